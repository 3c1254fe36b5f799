//! What a pool tells of the steps of a run. Decides nothing.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use batchnorm_lab::jobs::Weighed;
use batchnorm_lab::measure::{LayerDrift, Scaled};

use crate::measured::{Drift, WeightPath};
use crate::panels::measured::ask::diverged_at;
use crate::panels::pool::{get, number, text};

fn list(of: &JsValue, name: &str) -> Array {
    let list = get(of, name);
    match list.is_undefined() {
        true => Array::new(),
        false => Array::from(&list),
    }
}

fn figure(of: &JsValue, name: &str) -> f32 {
    number(&get(of, name)) as f32
}

fn step(of: &JsValue) -> u64 {
    number(&get(of, "step")).max(0.0) as u64
}

fn side(result: &JsValue) -> u8 {
    u8::from(text(result, "run") == "B")
}

/// The drift of a side, held against so many steps back.
pub(super) fn drift(result: &JsValue, back: u64) -> Drift {
    let states = list(result, "drift").into_iter().map(|state| {
        let layers = list(&state, "layers").into_iter().map(|layer| LayerDrift {
            mean: figure(&layer, "mean"),
            deviation: figure(&layer, "deviation"),
            drift: figure(&layer, "drift"),
        });
        (step(&state), layers.collect())
    });
    Drift {
        side: side(result),
        states: states.collect(),
        back,
        diverged_at: diverged_at(result),
    }
}

/// The weights of a run, and its last state times that factor.
pub(super) fn weights(result: &JsValue, factor: f64) -> WeightPath {
    let states = list(result, "weights").into_iter().map(|state| Weighed {
        step: step(&state),
        norm: figure(&state, "norm"),
        rate: figure(&state, "rate"),
    });
    let scaled = get(result, "scaled");
    let pair = |name: &str| {
        let of = list(&scaled, name);
        [0, 1].map(|place| number(&of.get(place)) as f32)
    };
    WeightPath {
        side: side(result),
        decay: number(&get(result, "decay")),
        states: states.collect(),
        scaled: (!scaled.is_undefined()).then(|| Scaled {
            norm: pair("norm"),
            output: figure(&scaled, "output"),
            change: figure(&scaled, "change"),
            turned: figure(&scaled, "turned") as u32,
            rows: figure(&scaled, "rows") as u32,
            gradient: pair("gradient"),
        }),
        factor,
        diverged_at: diverged_at(result),
    }
}
