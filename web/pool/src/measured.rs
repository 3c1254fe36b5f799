//! What a job has measured, as plain objects. Measures nothing.

use batchnorm_lab::jobs::{Band, Landscape, LandscapePoint, Measured, Score};
use batchnorm_lab::measure::{
    BackwardValue, ByClass, CallTime, ClassValues, Company, Correction, DepthProfile, Folded,
    LayerDrift, LayerValues, Scaled, UnitBackward,
};
use js_sys::{Array, Float32Array, Object};
use wasm_bindgen::prelude::*;

use crate::object::{accuracies, losses, put};

/// What was asked for, put into a report: `landscape` is `{ points, loss: { low, high }, change }`; lists are `profile` of
/// `{ step, loss, layers }`, `scores` of `{ step, losses, accuracy }`, `corrections` of `{ step, batch, running, wanted, used,
/// bounds, clipped }`, `drift` of `{ step, layers }`, `weights` of `{ step, norm, rate }`; `scaled` is a `measure::Scaled`,
/// `by_class` `{ ends, training, evaluated }`, `company` `{ lengths, steps, batches, pooled }`,
/// `backward` `{ step, values, shown, … }`, `folded` `{ step, points, own, folded, … }`, `layer_values` `{ rows, channels,
/// positions, values }`.
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
    if let Some(by_class) = &measured.by_class {
        put(report, "by_class", of_by_class(by_class));
    }
    if let Some(company) = &measured.company {
        put(report, "company", of_company(company));
    }
    if let Some((step, backward)) = &measured.backward {
        put(report, "backward", of_backward(*step, backward));
    }
    if let Some((step, folded)) = &measured.folded {
        put(report, "folded", of_folded(*step, folded));
    }
    if let Some(values) = &measured.values {
        put(report, "layer_values", of_values(values));
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

fn of_values(of: &LayerValues) -> Object {
    let object = Object::new();
    put(&object, "rows", of.rows as f64);
    put(&object, "channels", of.channels as f64);
    put(&object, "positions", of.positions as f64);
    put(&object, "values", Float32Array::from(&of.values[..]));
    object
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

fn of_folded(step: u64, folded: &Folded) -> Object {
    let object = Object::new();
    let unit = &folded.unit;
    put(&object, "step", step as f64);
    put(&object, "epsilon", unit.epsilon);
    for (name, count) in [("points", folded.points), ("scores", folded.scores)] {
        put(&object, name, count as f64);
    }
    for (name, figure) in [
        ("deviation", folded.deviation),
        ("largest", folded.largest),
        ("mean", unit.mean),
        ("variance", unit.variance),
        ("gamma", unit.gamma),
        ("beta", unit.beta),
    ] {
        put(&object, name, figure);
    }
    for (name, list) in [
        ("own", &folded.own[..]),
        ("folded", &folded.folded),
        ("weights", &unit.weights[0]),
        ("folded_weights", &unit.weights[1]),
        ("norm", &unit.norm),
        ("bias", &unit.bias),
    ] {
        put(&object, name, numbers(list));
    }
    for (name, [own, of_folded]) in [("numbers", folded.numbers), ("layers", folded.layers)] {
        put(&object, name, pair([own as f64, of_folded as f64]));
    }
    put(
        &object,
        "times",
        folded.times.iter().map(of_time).collect::<Array>(),
    );
    object
}

fn of_time(time: &CallTime) -> Object {
    let object = Object::new();
    put(&object, "points", time.points as f64);
    put(&object, "micros", pair(time.micros));
    object
}

fn pair(of: [f64; 2]) -> Array {
    of.into_iter().map(JsValue::from).collect()
}
