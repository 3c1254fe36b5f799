//! The figures of a frame as plain objects, under the names that embedding pages read. Computes none.

use batchnorm_lab::protocol::{Distribution, Frame, LayerStats, Side};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::state::Lab;
use crate::url;

/// The figures of a frame as a plain object: of the last run shown, and of each under `sides`.
pub fn snapshot(lab: Lab, frame: &Frame) -> JsValue {
    let Some(last) = frame.sides.last() else {
        return JsValue::NULL;
    };
    let object = heading(lab, frame, last);
    put(&object, "layers", layers(last));
    let sides = Array::new();
    for side in &frame.sides {
        let entry = figures(side);
        put(&entry, "layers", layers(side));
        sides.push(&entry);
    }
    put(&object, "sides", sides);
    put(
        &object,
        "state",
        url::write(None, &lab.run.link.get_untracked()),
    );
    object.into()
}

/// The figures of one side and where the run is: the detail of `bnlab-frame`.
pub(super) fn heading(lab: Lab, frame: &Frame, side: &Side) -> Object {
    let object = figures(side);
    put(&object, "run", frame.run);
    put(&object, "step", frame.step as f64);
    put(&object, "epoch", frame.epoch as f64);
    put(&object, "engine", lab.services.engine.get_untracked());
    put(&object, "playing", frame.is_playing);
    object
}

fn figures(side: &Side) -> Object {
    let object = Object::new();
    put(&object, "index", side.index);
    put(&object, "norm", side.norm.as_str());
    let loss = Object::new();
    put(&loss, "batch", number(side.loss.batch));
    put(&loss, "train", number(side.loss.train));
    put(&loss, "eval", number(side.loss.eval));
    put(&object, "loss", loss);
    let accuracy = Object::new();
    put(&accuracy, "train", number(side.accuracy.train));
    put(&accuracy, "eval_batch", number(side.accuracy.eval_batch));
    put(
        &accuracy,
        "eval_running",
        number(side.accuracy.eval_running),
    );
    put(&accuracy, "eval_full", number(side.accuracy.eval_full));
    put(&object, "accuracy", accuracy);
    put(
        &object,
        "diverged",
        side.diverged_at
            .map_or(JsValue::NULL, |step| JsValue::from(step as f64)),
    );
    put(
        &object,
        "refused",
        side.refused
            .as_ref()
            .map_or(JsValue::NULL, |f| JsValue::from(f.code.as_str())),
    );
    object
}

fn layers(side: &Side) -> Array {
    side.layers.iter().map(layer).collect()
}

fn layer(layer: &LayerStats) -> Object {
    let object = Object::new();
    put(&object, "name", layer.name.as_str());
    put(&object, "kind", layer.kind.as_str());
    put(&object, "before", distribution(&layer.before));
    for (name, stage) in [("normalized", &layer.normalized), ("after", &layer.after)] {
        put(
            &object,
            name,
            stage
                .as_ref()
                .map_or(JsValue::NULL, |d| distribution(d).into()),
        );
    }
    put(&object, "output", distribution(&layer.output));
    for (name, values) in [
        ("gamma", &layer.gamma),
        ("beta", &layer.beta),
        ("running_mean", &layer.running_mean),
        ("running_var", &layer.running_var),
        ("batch_mean", &layer.batch_mean),
        ("batch_var", &layer.batch_var),
        ("full_mean", &layer.full_mean),
        ("full_var", &layer.full_var),
    ] {
        put(
            &object,
            name,
            values.iter().map(|v| number(*v)).collect::<Array>(),
        );
    }
    put(&object, "gradient_norm", number(layer.gradient_norm));
    put(&object, "saturated", number(layer.saturated));
    object
}

fn distribution(of: &Distribution) -> Object {
    let object = Object::new();
    put(&object, "mean", number(of.mean));
    put(&object, "std", number(of.std));
    put(&object, "min", number(of.min));
    put(&object, "max", number(of.max));
    put(&object, "low", number(of.low));
    put(&object, "high", number(of.high));
    let counts: Array = of.histogram.iter().map(|n| JsValue::from(*n)).collect();
    put(&object, "histogram", counts);
    object
}

/// JSON knows no NaN and no infinity.
fn number(x: f32) -> JsValue {
    if x.is_finite() {
        JsValue::from(x)
    } else {
        JsValue::NULL
    }
}

pub(super) fn put(object: &Object, name: &str, value: impl Into<JsValue>) {
    // Setting a property of a fresh plain object cannot fail.
    let _ = Reflect::set(object, &JsValue::from_str(name), &value.into());
}
