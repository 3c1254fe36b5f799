//! What a pool is asked for several devices, and what it tells of them. Decides nothing.

use js_sys::{Array, Float32Array, Function, Object};
use wasm_bindgen::prelude::*;

use crate::devices::{Compared, Comparison, DeviceOptions, LOOKS, LayerMoments, OneDevice, WAYS};
use crate::panels::pool::{Failed, Pool, failed, get, number, put};
use crate::small_sort::Bound;

/// What is asked of the workers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// The text of a link.
    pub base: String,
    /// Rows of a batch.
    pub batch: usize,
    /// What the reader chooses beside it.
    pub options: DeviceOptions,
}

/// Something that the workers tell.
pub(super) enum Told {
    /// A look at a way, or why that one cannot be trained: taken into the comparison.
    News(Array),
    /// All are done.
    Done,
    /// It has ended before: cancelled, where nothing is said.
    Failed(Option<Failed>),
}

impl Request {
    /// Starts it, and gives what steers it: called with whether it is to wait, or with nothing to cancel it.
    pub fn run(&self, pool: &Pool, tell: impl Fn(Told) + 'static) -> Option<Function> {
        let hear: Box<dyn Fn(Array)> = Box::new(move |said| {
            tell(match &*said.get(0).as_string().unwrap_or_default() {
                "done" => Told::Done,
                "failed" => Told::Failed(failed(&said.get(1))),
                _ => Told::News(said),
            });
        });
        let options = Object::new();
        let numbers = |list: &mut dyn Iterator<Item = f64>| -> JsValue {
            list.map(JsValue::from_f64).collect::<Array>().into()
        };
        let shards = self.options.shards(self.batch);
        let ways: Array = WAYS.iter().map(|word| JsValue::from_str(word)).collect();
        put(&options, "ways", &ways);
        let shards = numbers(&mut shards.iter().map(|rows| *rows as f64));
        put(&options, "shards", &shards);
        let looks = numbers(&mut LOOKS.iter().map(|step| f64::from(*step)));
        put(&options, "looks", &looks);
        let base = JsValue::from_str(&self.base);
        let all = Array::of2(&base, &options);
        // The browser frees it with the devices.
        all.push(&Closure::wrap(hear).into_js_value());
        pool.call("devices", &all)
    }
}

/// Takes what was told into the comparison.
pub(super) fn take(all: &mut Comparison, said: &Array) {
    let place = number(&said.get(1)).bound(0.0, 9.0) as usize;
    if said.get(0) == "refused" {
        if let Some(way) = all.ways.get_mut(place) {
            way.is_refused = true;
        }
        return;
    }
    let [own, whole] = [3, 4].map(|index| Float32Array::new(&said.get(index)).to_vec());
    let bytes = Array::from(&said.get(7));
    let of = Compared {
        step: number(&said.get(2)).bound(0.0, 9e15) as u64,
        parameters: [&own, &whole],
        devices: Array::from(&said.get(5)).iter().map(device).collect(),
        whole: moments(&said.get(6)),
        bytes: [0, 1, 2].map(|of| number(&bytes.get(of)).bound(0.0, 9e15) as u64),
    };
    all.take(place, of);
}

fn device(of: JsValue) -> OneDevice {
    let of = Array::from(&of);
    OneDevice {
        rows: number(&of.get(0)).bound(0.0, 9e6) as usize,
        layers: moments(&of.get(1)),
    }
}

fn moments(layers: &JsValue) -> Vec<LayerMoments> {
    let list = |layer: &JsValue, name| Float32Array::new(&get(layer, name)).to_vec();
    let layers = Array::from(layers);
    let of = layers.iter().map(|layer| LayerMoments {
        mean: list(&layer, "mean"),
        variance: list(&layer, "variance"),
    });
    of.collect()
}
