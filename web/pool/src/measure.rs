//! What a job is to measure, read from a plain object. Measures nothing.

use batchnorm_lab::jobs::{
    BackwardPlan, DriftPlan, LandscapePlan, Measure, ScalePlan, UnitPlan, ValuesPlan,
};
use js_sys::Float64Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `{ landscape?: { from, every, factors: Float64Array, last }, profile?: Float64Array, scores?, corrections?,
    /// drift?: { every, back, rows }, weigh?, scale?: { at, factor }, by_class?: { at, layer, unit }, company?: at,
    /// values?: { step, rows }, backward?: { at, layer, unit }, fold?: { at, layer, unit } }`: `scores`, `corrections` and
    /// `weigh` are updates from one look to the next.
    pub type Asked;

    #[wasm_bindgen(method, getter)]
    fn landscape(this: &Asked) -> Option<AskedLandscape>;

    #[wasm_bindgen(method, getter)]
    fn profile(this: &Asked) -> Option<Float64Array>;

    #[wasm_bindgen(method, getter)]
    fn scores(this: &Asked) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn corrections(this: &Asked) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn drift(this: &Asked) -> Option<AskedDrift>;

    #[wasm_bindgen(method, getter)]
    fn weigh(this: &Asked) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn scale(this: &Asked) -> Option<AskedScale>;

    type AskedDrift;

    #[wasm_bindgen(method, getter, js_name = every)]
    fn drift_every(this: &AskedDrift) -> f64;

    #[wasm_bindgen(method, getter)]
    fn back(this: &AskedDrift) -> f64;

    #[wasm_bindgen(method, getter)]
    fn rows(this: &AskedDrift) -> u32;

    type AskedScale;

    #[wasm_bindgen(method, getter)]
    fn at(this: &AskedScale) -> f64;

    #[wasm_bindgen(method, getter)]
    fn factor(this: &AskedScale) -> f64;

    #[wasm_bindgen(method, getter)]
    fn by_class(this: &Asked) -> Option<AskedUnit>;

    #[wasm_bindgen(method, getter)]
    fn backward(this: &Asked) -> Option<AskedUnit>;

    #[wasm_bindgen(method, getter)]
    fn fold(this: &Asked) -> Option<AskedUnit>;

    #[wasm_bindgen(method, getter)]
    fn company(this: &Asked) -> Option<f64>;

    #[wasm_bindgen(method, getter)]
    fn values(this: &Asked) -> Option<AskedValues>;

    type AskedValues;

    #[wasm_bindgen(method, getter)]
    fn step(this: &AskedValues) -> f64;

    #[wasm_bindgen(method, getter, js_name = rows)]
    fn values_rows(this: &AskedValues) -> u32;

    type AskedUnit;

    #[wasm_bindgen(method, getter, js_name = at)]
    fn unit_at(this: &AskedUnit) -> f64;

    #[wasm_bindgen(method, getter)]
    fn layer(this: &AskedUnit) -> u32;

    #[wasm_bindgen(method, getter)]
    fn unit(this: &AskedUnit) -> u32;

    type AskedLandscape;

    #[wasm_bindgen(method, getter)]
    fn from(this: &AskedLandscape) -> f64;

    #[wasm_bindgen(method, getter)]
    fn every(this: &AskedLandscape) -> f64;

    #[wasm_bindgen(method, getter)]
    fn factors(this: &AskedLandscape) -> Float64Array;

    #[wasm_bindgen(method, getter)]
    fn last(this: &AskedLandscape) -> u32;
}

fn unit(asked: AskedUnit) -> UnitPlan {
    UnitPlan {
        at: asked.unit_at() as u64,
        layer: asked.layer(),
        unit: asked.unit(),
    }
}

/// `jobs::Measure`.
pub fn read(asked: Asked) -> Measure {
    let landscape = asked.landscape().map(|asked| LandscapePlan {
        from: asked.from() as u64,
        every: asked.every() as u64,
        factors: asked.factors().to_vec(),
        last: asked.last(),
    });
    let every = |every: Option<f64>| every.map(|every| every as u64);
    let (scores, corrections) = (every(asked.scores()), every(asked.corrections()));
    let profile = asked.profile().map(|steps| steps.to_vec());
    let profile = profile.unwrap_or_default().into_iter();
    Measure {
        landscape,
        profile: profile.map(|step| step as u64).collect(),
        scores,
        corrections,
        drift: asked.drift().map(|asked| DriftPlan {
            every: asked.drift_every() as u64,
            back: asked.back() as u64,
            rows: asked.rows() as usize,
        }),
        weigh: asked.weigh().map(|every| every as u64),
        scale: asked.scale().map(|asked| ScalePlan {
            at: asked.at() as u64,
            factor: asked.factor(),
        }),
        by_class: asked.by_class().map(unit),
        fold: asked.fold().map(unit),
        backward: asked.backward().map(|asked| BackwardPlan {
            at: asked.unit_at() as u64,
            layer: asked.layer() as usize,
            unit: asked.unit() as usize,
        }),
        company: asked.company().map(|at| at as u64),
        values: asked.values().map(|asked| ValuesPlan {
            step: asked.step() as u64,
            rows: asked.values_rows() as usize,
        }),
    }
}
