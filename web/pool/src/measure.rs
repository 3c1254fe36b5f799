//! What a job is to measure, and what it has measured, as plain objects. Measures nothing.

use batchnorm_lab::jobs::{
    Band, Landscape, LandscapePlan, LandscapePoint, Measure, Measured, UnitPlan,
};
use batchnorm_lab::measure::{ByClass, ClassValues, Company, DepthProfile};
use js_sys::{Array, Float64Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::put;

#[wasm_bindgen]
extern "C" {
    /// `{ landscape?: { from, every, factors: Float64Array, last }, profile?: Float64Array, by_class?: { at, layer, unit },
    /// company?: at }`.
    pub type Asked;

    #[wasm_bindgen(method, getter)]
    fn landscape(this: &Asked) -> Option<AskedLandscape>;

    #[wasm_bindgen(method, getter)]
    fn profile(this: &Asked) -> Option<Float64Array>;

    #[wasm_bindgen(method, getter)]
    fn by_class(this: &Asked) -> Option<AskedUnit>;

    #[wasm_bindgen(method, getter)]
    fn company(this: &Asked) -> Option<f64>;

    type AskedUnit;

    #[wasm_bindgen(method, getter)]
    fn at(this: &AskedUnit) -> f64;

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

/// `jobs::Measure`.
pub fn read(asked: Asked) -> Measure {
    let landscape = asked.landscape().map(|asked| LandscapePlan {
        from: asked.from() as u64,
        every: asked.every() as u64,
        factors: asked.factors().to_vec(),
        last: asked.last(),
    });
    let profile = asked.profile().map(|steps| steps.to_vec());
    let profile = profile.unwrap_or_default().into_iter();
    Measure {
        landscape,
        profile: profile.map(|step| step as u64).collect(),
        drift: None,
        by_class: asked.by_class().map(|asked| UnitPlan {
            at: asked.at() as u64,
            layer: asked.layer(),
            unit: asked.unit(),
        }),
        company: asked.company().map(|at| at as u64),
    }
}

/// What was asked for, put into a report: `landscape` is `{ points, loss: { low, high }, change }`, `profile` a list of
/// `{ step, loss, layers }`, `by_class` `{ ends, training, evaluated }`, `company` `{ lengths, steps, batches, pooled }`.
pub fn write(measured: &Measured, report: &Object) {
    if let Some(landscape) = &measured.landscape {
        put(report, "landscape", of_landscape(landscape));
    }
    if !measured.profile.is_empty() {
        let all: Array = measured.profile.iter().map(of_profile).collect();
        put(report, "profile", all);
    }
    if let Some(by_class) = &measured.by_class {
        put(report, "by_class", of_by_class(by_class));
    }
    if let Some(company) = &measured.company {
        put(report, "company", of_company(company));
    }
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

fn of_by_class(by_class: &ByClass) -> Object {
    let object = Object::new();
    let values = |of: &[ClassValues]| of.iter().map(of_class).collect::<Array>();
    put(&object, "ends", numbers(&by_class.ends));
    put(&object, "training", values(&by_class.training));
    put(&object, "evaluated", values(&by_class.evaluated));
    object
}

fn of_class(of: &ClassValues) -> Object {
    let object = Object::new();
    put(&object, "count", of.count);
    put(&object, "mean", of.mean);
    put(&object, "deviation", of.deviation);
    put(&object, "shares", numbers(&of.shares));
    object
}

fn of_company(company: &Company) -> Object {
    let object = Object::new();
    let lengths = company.lengths.iter().copied().map(JsValue::from);
    let steps = company.steps.iter().map(|step| {
        let object = Object::new();
        put(&object, "count", step.count);
        put(&object, "missing", step.missing);
        put(&object, "off", step.off);
        object
    });
    put(&object, "lengths", lengths.collect::<Array>());
    put(&object, "steps", steps.collect::<Array>());
    put(&object, "batches", company.batches);
    put(&object, "pooled", company.pooled);
    object
}

fn numbers(values: &[f32]) -> Array {
    values.iter().copied().map(JsValue::from).collect()
}
