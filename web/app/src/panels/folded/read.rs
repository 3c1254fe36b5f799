//! What the pool has measured of a network and the one it is folded into, from its plain objects.

use batchnorm_lab::measure::{CallTime, Folded, FoldedUnit};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::panels::measured::What;
use crate::panels::measured::ask::numbers;
use crate::panels::pool::{get, number};

/// A list of one; empty of a run that had diverged before.
pub(super) fn all(results: &Array, _: &What) -> Vec<Folded> {
    results
        .iter()
        .filter_map(|result| folded(&result))
        .collect()
}

fn folded(result: &JsValue) -> Option<Folded> {
    let of = get(result, "folded");
    if of.is_undefined() {
        return None;
    }
    let figure = |name: &str| number(&get(&of, name)) as f32;
    let list = |name: &str| numbers(&get(&of, name));
    let counts = |name: &str| pair(&get(&of, name)).map(|count| count as usize);
    let two = |name: &str| pair(&get(&of, name)).map(|figure| figure as f32);
    let times = Array::from(&get(&of, "times"));
    Some(Folded {
        points: figure("points") as usize,
        scores: figure("scores") as usize,
        own: list("own"),
        folded: list("folded"),
        deviation: figure("deviation"),
        largest: figure("largest"),
        unit: FoldedUnit {
            weights: [list("weights"), list("folded_weights")],
            norm: two("norm"),
            bias: two("bias"),
            mean: figure("mean"),
            variance: figure("variance"),
            gamma: figure("gamma"),
            beta: figure("beta"),
            epsilon: number(&get(&of, "epsilon")),
        },
        numbers: counts("numbers"),
        layers: counts("layers"),
        times: times.iter().map(|time| call(&time)).collect(),
    })
}

fn call(time: &JsValue) -> CallTime {
    CallTime {
        points: number(&get(time, "points")) as usize,
        micros: pair(&get(time, "micros")),
    }
}

/// Of the network, of the folded one.
fn pair(list: &JsValue) -> [f64; 2] {
    let list = Array::from(list);
    [0, 1].map(|place| number(&list.get(place)))
}
