//! What a job is to measure, and what it has measured, as plain objects. Measures nothing.

use batchnorm_lab::jobs::{
    BackwardPlan, Band, Landscape, LandscapePlan, LandscapePoint, Measure, Measured,
};
use batchnorm_lab::measure::{BackwardValue, DepthProfile, UnitBackward};
use js_sys::{Array, Float64Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::put;

#[wasm_bindgen]
extern "C" {
    /// `{ landscape?: { from, every, factors: Float64Array, last }, profile?: Float64Array, backward?: { at, layer, unit } }`.
    pub type Asked;

    #[wasm_bindgen(method, getter)]
    fn landscape(this: &Asked) -> Option<AskedLandscape>;

    #[wasm_bindgen(method, getter)]
    fn profile(this: &Asked) -> Option<Float64Array>;

    #[wasm_bindgen(method, getter)]
    fn backward(this: &Asked) -> Option<AskedBackward>;

    type AskedBackward;

    #[wasm_bindgen(method, getter)]
    fn at(this: &AskedBackward) -> f64;

    #[wasm_bindgen(method, getter)]
    fn layer(this: &AskedBackward) -> u32;

    #[wasm_bindgen(method, getter)]
    fn unit(this: &AskedBackward) -> u32;

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
        backward: asked.backward().map(|asked| BackwardPlan {
            at: asked.at() as u64,
            layer: asked.layer() as usize,
            unit: asked.unit() as usize,
        }),
    }
}

/// What was asked for, put into a report: `landscape` `{ points, loss: { low, high }, change }`, `profile` a list of
/// `{ step, loss, layers }`, `backward` `{ step, values, shown, … }`.
pub fn write(measured: &Measured, report: &Object) {
    if let Some(landscape) = &measured.landscape {
        put(report, "landscape", of_landscape(landscape));
    }
    if !measured.profile.is_empty() {
        let all: Array = measured.profile.iter().map(of_profile).collect();
        put(report, "profile", all);
    }
    if let Some((step, backward)) = &measured.backward {
        put(report, "backward", of_backward(*step, backward));
    }
}

fn of_backward(step: u64, backward: &UnitBackward) -> Object {
    let object = Object::new();
    put(&object, "step", step as f64);
    put(&object, "values", backward.values as f64);
    let shown: Array = backward.shown.iter().map(of_value).collect();
    put(&object, "shown", shown);
    put(&object, "uses_batch", backward.uses_batch);
    for (name, figure) in [
        ("gamma", backward.gamma),
        ("deviation", backward.deviation),
        ("sum_d_y", backward.sum_d_y),
        ("sum_d_y_x_hat", backward.sum_d_y_x_hat),
        ("sum_d_x", backward.sum_d_x),
        ("sum_d_x_x_hat", backward.sum_d_x_x_hat),
        ("size_d_x", backward.size_d_x),
        ("size_direct", backward.size_direct),
    ] {
        put(&object, name, figure);
    }
    let bias = backward.bias_gradient.map_or(JsValue::NULL, JsValue::from);
    put(&object, "bias_gradient", bias);
    object
}

fn of_value(value: &BackwardValue) -> Object {
    let object = Object::new();
    put(&object, "place", value.place);
    put(&object, "x", value.x);
    put(&object, "x_hat", value.x_hat);
    put(&object, "d_y", value.d_y);
    put(&object, "terms", numbers(&value.terms));
    put(&object, "d_x", value.d_x);
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
