//! What a job is to measure, and what it has measured, as plain objects. Measures nothing.

use batchnorm_lab::jobs::{
    Band, Landscape, LandscapePlan, LandscapePoint, Measure, Measured, ValuesPlan,
};
use batchnorm_lab::measure::{DepthProfile, LayerValues};
use js_sys::{Array, Float32Array, Float64Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::put;

#[wasm_bindgen]
extern "C" {
    /// `{ landscape?: { from, every, factors: Float64Array, last }, profile?: Float64Array, values?: { step, rows } }`.
    pub type Asked;

    #[wasm_bindgen(method, getter)]
    fn landscape(this: &Asked) -> Option<AskedLandscape>;

    #[wasm_bindgen(method, getter)]
    fn profile(this: &Asked) -> Option<Float64Array>;

    #[wasm_bindgen(method, getter)]
    fn values(this: &Asked) -> Option<AskedValues>;

    type AskedValues;

    #[wasm_bindgen(method, getter)]
    fn step(this: &AskedValues) -> f64;

    #[wasm_bindgen(method, getter)]
    fn rows(this: &AskedValues) -> u32;

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
    let values = asked.values();
    Measure {
        landscape,
        profile: profile.map(|step| step as u64).collect(),
        drift: None,
        values: values.map(|asked| ValuesPlan {
            step: asked.step() as u64,
            rows: asked.rows() as usize,
        }),
    }
}

/// What was asked for of `landscape`, `profile` and `values`, put into a report: `{ points, loss: { low, high }, change }`, a
/// list of `{ step, loss, layers }`, and `{ rows, channels, positions, values }`.
pub fn write(measured: &Measured, report: &Object) {
    if let Some(landscape) = &measured.landscape {
        put(report, "landscape", of_landscape(landscape));
    }
    if !measured.profile.is_empty() {
        let all: Array = measured.profile.iter().map(of_profile).collect();
        put(report, "profile", all);
    }
    if let Some(values) = &measured.values {
        put(report, "layer_values", of_values(values));
    }
}

fn of_values(of: &LayerValues) -> Object {
    let object = Object::new();
    put(&object, "rows", of.rows as f64);
    put(&object, "channels", of.channels as f64);
    put(&object, "positions", of.positions as f64);
    put(&object, "values", Float32Array::from(&of.values[..]));
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
