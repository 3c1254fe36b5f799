//! A worker as one of several devices. The protocol, in plain objects:
//!
//! in: `{ device: sharing, link }`; `{ place, shards: Uint32Array }`, which begins a step; `{ all: Float32Array }`, what all
//! devices have sent; `{ ask: "give up" | "report" }`. Out: `{ opened: { batch, parameters, channels } }`; `{ stage, norm?,
//! message }` where it stands still, of `idle` with `step`, `loss` and `rows`; `{ report }`; or `{ refused }` (`object`).

use batchnorm_lab::devices::{Device, Sharing, Stage};
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::settings_of;
use js_sys::{Array, Float32Array, Object, Uint32Array};
use wasm_bindgen::prelude::*;

use crate::object::{accuracies, losses, put, refusal};

#[wasm_bindgen]
extern "C" {
    /// What the page asks of a device.
    pub type Asked;

    #[wasm_bindgen(method, getter)]
    pub fn device(this: &Asked) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn link(this: &Asked) -> String;

    #[wasm_bindgen(method, getter)]
    fn place(this: &Asked) -> u32;

    #[wasm_bindgen(method, getter)]
    fn shards(this: &Asked) -> Option<Uint32Array>;

    #[wasm_bindgen(method, getter)]
    fn all(this: &Asked) -> Option<Float32Array>;

    #[wasm_bindgen(method, getter)]
    fn ask(this: &Asked) -> Option<String>;
}

/// What it answers; `None` where it was not asked.
pub fn answer(device: &mut Option<Device>, asked: &Asked, digits: &[u8]) -> Option<Object> {
    if let Some(sharing) = asked.device() {
        return Some(match open(&sharing, &asked.link(), digits) {
            Ok(made) => opened(device.insert(made)),
            Err(error) => refused(&error),
        });
    }
    let device = device.as_mut()?;
    if let Some(shards) = asked.shards() {
        let shards: Vec<usize> = shards.to_vec().iter().map(|rows| *rows as usize).collect();
        return Some(match device.begin(asked.place() as usize, &shards) {
            Ok(()) => stands(device),
            Err(error) => refused(&error),
        });
    }
    if let Some(all) = asked.all() {
        device.hear(&all.to_vec());
        return Some(stands(device));
    }
    match asked.ask()?.as_str() {
        "give up" => {
            device.give_up();
            Some(stands(device))
        }
        _ => Some(report(device)),
    }
}

fn open(sharing: &str, link: &str, digits: &[u8]) -> Result<Device, Error> {
    Device::new(&settings_of(link)?, Sharing::named(sharing)?, digits)
}

fn refused(error: &Error) -> Object {
    let object = Object::new();
    put(&object, "refused", refusal(error));
    object
}

fn opened(device: &mut Device) -> Object {
    let of = Object::new();
    put(&of, "batch", device.batch_size() as f64);
    put(&of, "parameters", device.parameters().len() as f64);
    let channels = Array::new();
    for count in device.waiting_channels() {
        channels.push(&JsValue::from(count as f64));
    }
    put(&of, "channels", channels);
    let object = Object::new();
    put(&object, "opened", of);
    object
}

fn stands(device: &Device) -> Object {
    let object = Object::new();
    let (name, norm) = match device.stage() {
        Stage::Idle => ("idle", None),
        Stage::Moments(norm) => ("moments", Some(norm)),
        Stage::Sums(norm) => ("sums", Some(norm)),
        Stage::Gradients => ("gradients", None),
    };
    put(&object, "stage", name);
    if let Some(norm) = norm {
        put(&object, "norm", norm as f64);
    }
    put(&object, "message", Float32Array::from(device.message()));
    put(&object, "step", device.steps() as f64);
    put(&object, "loss", f64::from(device.loss()));
    put(&object, "rows", device.rows() as f64);
    object
}

fn report(device: &mut Device) -> Object {
    let report = device.report();
    let of = Object::new();
    put(&of, "step", report.step as f64);
    put(&of, "accuracy", accuracies(&report.accuracy));
    put(&of, "losses", losses(&report.loss));
    put(&of, "fingerprint", format!("{:016x}", report.fingerprint));
    put(&of, "parameters", Float32Array::from(device.parameters()));
    let statistics = Array::new();
    for layer in device.statistics() {
        let moments = Object::new();
        put(&moments, "mean", Float32Array::from(&layer.mean[..]));
        put(
            &moments,
            "variance",
            Float32Array::from(&layer.variance[..]),
        );
        statistics.push(&moments);
    }
    put(&of, "statistics", statistics);
    let object = Object::new();
    put(&object, "report", of);
    object
}
