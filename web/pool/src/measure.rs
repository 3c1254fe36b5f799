//! What a job is to measure, and what it has measured, as plain objects. Measures nothing.

use batchnorm_lab::jobs::{
    Band, DriftPlan, Landscape, LandscapePlan, LandscapePoint, Measure, Measured, ScalePlan, Score,
};
use batchnorm_lab::measure::{Correction, DepthProfile, LayerDrift, Scaled};
use js_sys::{Array, Float64Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::{accuracies, losses, put};

#[wasm_bindgen]
extern "C" {
    /// `{ landscape?: { from, every, factors: Float64Array, last }, profile?: Float64Array, scores?, corrections?,
    /// drift?: { every, back, rows }, weigh?, scale?: { at, factor } }`: `scores`, `corrections` and `weigh` are updates from
    /// one look to the next.
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
    }
}

/// What was asked for, put into a report: `landscape` is `{ points, loss: { low, high }, change }`; lists are `profile` of
/// `{ step, loss, layers }`, `scores` of `{ step, losses, accuracy }`, `corrections` of `{ step, batch, running, wanted, used,
/// bounds, clipped }`, `drift` of `{ step, layers }`, `weights` of `{ step, norm, rate }`; `scaled` is a `measure::Scaled`.
pub fn write(measured: &Measured, report: &Object) {
    if let Some(landscape) = &measured.landscape {
        put(report, "landscape", of_landscape(landscape));
    }
    if !measured.profile.is_empty() {
        let all: Array = measured.profile.iter().map(of_profile).collect();
        put(report, "profile", all);
    }
    if !measured.scores.is_empty() {
        let all: Array = measured.scores.iter().map(of_score).collect();
        put(report, "scores", all);
    }
    if !measured.corrections.is_empty() {
        let all: Array = measured.corrections.iter().map(of_correction).collect();
        put(report, "corrections", all);
    }
    if !measured.drift.is_empty() {
        let all: Array = measured.drift.iter().map(of_drift).collect();
        put(report, "drift", all);
    }
    if !measured.weights.is_empty() {
        let weights = measured.weights.iter().map(|of| {
            let object = Object::new();
            put(&object, "step", of.step as f64);
            put(&object, "norm", of.norm);
            put(&object, "rate", of.rate);
            object
        });
        put(report, "weights", weights.collect::<Array>());
    }
    if let Some(scaled) = &measured.scaled {
        put(report, "scaled", of_scaled(scaled));
    }
}

fn of_score(score: &Score) -> Object {
    let object = Object::new();
    put(&object, "step", score.step as f64);
    put(&object, "losses", losses(&score.loss));
    put(&object, "accuracy", accuracies(&score.accuracy));
    object
}

fn of_correction((step, of): &(u64, Correction)) -> Object {
    let object = Object::new();
    put(&object, "step", *step as f64);
    for (name, pair) in [
        ("batch", of.batch),
        ("running", of.running),
        ("wanted", of.wanted),
        ("used", of.used),
        ("bounds", of.bounds),
        ("clipped", of.clipped),
    ] {
        put(&object, name, numbers(&pair));
    }
    object
}

fn of_drift((step, layers): &(u64, Vec<LayerDrift>)) -> Object {
    let object = Object::new();
    put(&object, "step", *step as f64);
    let layers = layers.iter().map(|layer| {
        let object = Object::new();
        put(&object, "mean", layer.mean);
        put(&object, "deviation", layer.deviation);
        put(&object, "drift", layer.drift);
        object
    });
    put(&object, "layers", layers.collect::<Array>());
    object
}

fn of_scaled(scaled: &Scaled) -> Object {
    let object = Object::new();
    put(&object, "norm", numbers(&scaled.norm));
    put(&object, "output", scaled.output);
    put(&object, "change", scaled.change);
    put(&object, "turned", scaled.turned);
    put(&object, "rows", scaled.rows);
    put(&object, "gradient", numbers(&scaled.gradient));
    object
}

fn of_landscape(landscape: &Landscape) -> Object {
    let object = Object::new();
    let points: Array = landscape.points.iter().map(of_point).collect();
    put(&object, "points", points);
    put(&object, "loss", of_band(&landscape.loss));
    put(&object, "change", of_band(&landscape.change));
    object
}

fn of_point(point: &LandscapePoint) -> Object {
    let object = Object::new();
    put(&object, "step", point.step as f64);
    put(&object, "rate", point.rate);
    put(&object, "loss", point.loss);
    put(&object, "gradient_norm", point.gradient_norm);
    put(&object, "losses", numbers(&point.losses));
    put(
        &object,
        "gradient_changes",
        numbers(&point.gradient_changes),
    );
    put(&object, "smoothness", point.smoothness);
    object
}

fn of_band(band: &Band) -> Object {
    let object = Object::new();
    put(&object, "low", numbers(&band.low));
    put(&object, "high", numbers(&band.high));
    object
}

fn of_profile((step, profile): &(u64, DepthProfile)) -> Object {
    let object = Object::new();
    put(&object, "step", *step as f64);
    put(&object, "loss", profile.loss);
    let layers = profile.layers.iter().map(|layer| {
        let object = Object::new();
        put(&object, "kind", layer.kind);
        put(&object, "before", layer.before);
        let normalized = layer.normalized.map_or(JsValue::NULL, JsValue::from);
        put(&object, "normalized", normalized);
        put(&object, "output", layer.output);
        put(&object, "weight_gradient", layer.weight_gradient);
        put(&object, "input_gradient", layer.input_gradient);
        object
    });
    put(&object, "layers", layers.collect::<Array>());
    object
}

fn numbers(values: &[f32]) -> Array {
    values.iter().copied().map(JsValue::from).collect()
}
