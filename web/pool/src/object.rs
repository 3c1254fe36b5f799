//! Errors and reports as plain objects, which cross between page and worker. Computes nothing.

use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::JobReport;
use batchnorm_lab::protocol::{Accuracies, Losses};
use batchnorm_lab::settings::SETTINGS;
use js_sys::{Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// Sets a property.
pub fn put(object: &Object, name: &str, value: impl Into<JsValue>) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// `{ code, field, got, allowed }`: the setting or layer concerned, what came, what can be used.
pub fn refusal(error: &Error) -> JsValue {
    let (got, allowed) = match error {
        Error::UnknownSetting { name } => {
            let names: Vec<&str> = SETTINGS.iter().map(|row| row.name).collect();
            (name.clone(), names.join(" | "))
        }
        Error::InvalidSetting { value, allowed, .. } => (value.clone(), allowed.clone()),
        Error::Shape { got, needs, .. } => (got.clone(), needs.clone()),
        Error::TooFewValues { batch, nearest, .. } => {
            let sizes: Vec<String> = nearest.iter().flatten().map(usize::to_string).collect();
            (
                format!("batch={batch}"),
                format!("batch={}", sizes.join(" | ")),
            )
        }
        Error::Engine { detail, .. } => (detail.clone(), String::new()),
        Error::Message { what } => ((*what).into(), String::new()),
    };
    let object = Object::new();
    put(&object, "code", error.code());
    let field = match error {
        Error::Engine { .. } => "engine",
        other => other.field(),
    };
    put(&object, "field", field);
    put(&object, "got", got);
    put(&object, "allowed", allowed);
    object.into()
}

/// `{ train, batch, running, full }`.
pub fn accuracies(of: &Accuracies) -> Object {
    let accuracy = Object::new();
    put(&accuracy, "train", f64::from(of.train));
    put(&accuracy, "batch", f64::from(of.eval_batch));
    put(&accuracy, "running", f64::from(of.eval_running));
    put(&accuracy, "full", f64::from(of.eval_full));
    accuracy
}

/// `{ batch, train, eval }`.
pub fn losses(of: &Losses) -> Object {
    let losses = Object::new();
    put(&losses, "batch", f64::from(of.batch));
    put(&losses, "train", f64::from(of.train));
    put(&losses, "eval", f64::from(of.eval));
    losses
}

/// Bytes of this worker's memory.
fn memory_bytes() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return (core::arch::wasm32::memory_size::<0>() * 65_536) as f64;
    #[cfg(not(target_arch = "wasm32"))]
    return 0.0;
}

/// What came of a job, but for what was measured on the way, and the memory of the worker it was done in. The fingerprint is
/// a text of 16 hexadecimal digits: a number of JavaScript has 53 bits.
pub fn report(report: &JobReport) -> Object {
    let object = Object::new();
    put(&object, "step", report.step as f64);
    put(&object, "accuracy", accuracies(&report.accuracy));
    put(&object, "losses", losses(&report.loss));
    let diverged_at = report
        .diverged_at
        .map_or(JsValue::NULL, |at| JsValue::from(at as f64));
    put(&object, "diverged_at", diverged_at);
    put(
        &object,
        "fingerprint",
        format!("{:016x}", report.fingerprint),
    );
    put(&object, "memory", memory_bytes());
    put(&object, "state", report.state.as_str());
    let curve = Object::new();
    put(&curve, "stride", report.curve.stride as f64);
    put(
        &curve,
        "losses",
        Float32Array::from(&report.curve.losses[..]),
    );
    put(&object, "curve", curve);
    object
}
