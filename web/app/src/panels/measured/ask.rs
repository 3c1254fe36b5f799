//! What a pool is asked to measure, and what it tells of it. Decides nothing.

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

use batchnorm_lab::measure::{BackwardValue, UnitBackward};

use crate::measured::{
    DRIFT_ROWS, FACTORS, Landscape, LayerSignal, Profile, STATES, every, first_state, tens,
};
use crate::panels::pool::{Failed, Pool, failed, get, number, put, text};

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::panels) enum What {
    /// The loss along the gradient.
    Landscape,
    /// The signal through the depth under these normalisations.
    Profile(Vec<&'static str>),
    /// How far the distributions inside have moved since so many steps before.
    Drift(u32),
    /// The weights before a normalisation, times ten so many times.
    Weights(i32),
    /// The values by class of a unit, its hidden layer before it, from 0.
    ByClass([u32; 2]),
    /// What the sequences of a batch share.
    Company,
    /// The values of the first hidden layer, of so many rows.
    Values(usize),
    /// What Batch Normalization passes back of this unit of this layer, both from 0.
    Backward([usize; 2]),
    /// A network and the one it is folded into, with this unit of this layer, both from 0, for so manyth a time.
    Folded([usize; 2], i32),
}

impl What {
    /// Whether nothing of it is of the fresh networks.
    pub fn is_of_now(&self) -> bool {
        matches!(self, Self::Backward(_) | Self::Folded(..))
    }
}

/// What is asked of the workers.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::panels) struct Request {
    /// What.
    pub what: What,
    /// The text of a link to the run.
    pub base: String,
    /// Updates after which it is measured.
    pub step: u64,
}

impl Request {
    /// Starts it, and gives what cancels it; what comes is told once.
    pub fn measure(
        &self,
        pool: &Pool,
        tell: impl Fn(Result<Array, Option<Failed>>) + 'static,
    ) -> Option<Function> {
        let hear: Box<dyn Fn(Array)> = Box::new(move |said| {
            let of = said.get(1);
            let is_done = said.get(0).as_string().as_deref() == Some("done");
            tell(match is_done {
                true => Ok(Array::from(&of)),
                false => Err(failed(&of)),
            });
        });
        let (name, options) = match &self.what {
            What::Landscape => ("landscape", self.landscape()),
            What::Profile(kinds) => ("profile", self.profile(kinds)),
            What::Drift(back) => {
                let back = f64::from(*back);
                let every = every(self.step, back as u64) as f64;
                let rows = f64::from(DRIFT_ROWS);
                let more = [("every", every), ("back", back), ("rows", rows)];
                ("drift", self.up_to(&more))
            }
            What::Weights(times) => {
                let every = every(self.step, 1) as f64;
                let more = [("every", every), ("factor", tens(*times))];
                ("weights", self.up_to(&more))
            }
            What::ByClass([layer, unit]) => {
                ("by-class", self.at(&[("layer", *layer), ("unit", *unit)]))
            }
            What::Company => ("company", self.at(&[])),
            What::Values(rows) => ("values", self.values(*rows)),
            What::Backward(of) => ("backward", self.unit(*of)),
            What::Folded(of, _) => ("folded", self.unit(*of)),
        };
        let all = Array::of3(
            &JsValue::from_str(name),
            &JsValue::from_str(&self.base),
            &options,
        );
        // The browser frees it with the measurement.
        all.push(&Closure::wrap(hear).into_js_value());
        pool.call("measure", &all)
    }

    fn landscape(&self) -> Object {
        let options = Object::new();
        let step = self.step;
        for (name, value) in [
            ("steps", step),
            ("from", first_state(step)),
            ("every", 1),
            ("last", STATES),
        ] {
            put(&options, name, &JsValue::from_f64(value as f64));
        }
        let factors: Array = FACTORS.iter().copied().map(JsValue::from_f64).collect();
        put(&options, "factors", &factors);
        options
    }

    /// From the start up to the step.
    fn up_to(&self, more: &[(&str, f64)]) -> Object {
        let options = Object::new();
        put(&options, "steps", &JsValue::from_f64(self.step as f64));
        for (name, value) in more {
            put(&options, name, &JsValue::from_f64(*value));
        }
        options
    }

    fn at(&self, more: &[(&str, u32)]) -> Object {
        let options = Object::new();
        put(&options, "at", &JsValue::from_f64(self.step as f64));
        for (name, value) in more {
            put(&options, name, &JsValue::from_f64(f64::from(*value)));
        }
        options
    }

    fn values(&self, rows: usize) -> Object {
        let options = Object::new();
        for (name, value) in [("step", self.step), ("rows", rows as u64)] {
            put(&options, name, &JsValue::from_f64(value as f64));
        }
        options
    }

    fn unit(&self, [layer, unit]: [usize; 2]) -> Object {
        let options = Object::new();
        for (name, value) in [
            ("at", self.step as f64),
            ("layer", layer as f64),
            ("unit", unit as f64),
        ] {
            put(&options, name, &JsValue::from_f64(value));
        }
        options
    }

    fn profile(&self, kinds: &[&str]) -> Object {
        let options = Object::new();
        let kinds: Array = kinds.iter().map(|kind| JsValue::from_str(kind)).collect();
        put(&options, "kinds", &kinds);
        let steps = Array::of1(&JsValue::from_f64(self.step as f64));
        put(&options, "steps", &steps);
        options
    }
}

pub(in crate::panels) fn numbers(list: &JsValue) -> Vec<f32> {
    let list = Array::from(list);
    list.iter().map(|value| number(&value) as f32).collect()
}

pub(in crate::panels) fn diverged_at(result: &JsValue) -> Option<u64> {
    let step = get(result, "diverged_at").as_f64();
    step.map(|step| step.max(0.0) as u64)
}

/// Of which side a result is.
pub(in crate::panels) fn side(result: &JsValue) -> u8 {
    u8::from(text(result, "run") == "B")
}

/// The landscape of a side.
pub(in crate::panels) fn landscape(result: &JsValue) -> Landscape {
    let of = get(result, "landscape");
    let points = Array::from(&get(&of, "points"));
    let last = points.get(points.length().saturating_sub(1));
    let figure = |of: &JsValue, name: &str| number(&get(of, name));
    let smoothness = points
        .iter()
        .map(|point| figure(&point, "smoothness") as f32);
    let has_points = points.length() > 0;
    let of_last = |name: &str| match has_points {
        true => get(&last, name),
        false => JsValue::UNDEFINED,
    };
    Landscape {
        side: side(result),
        rate: number(&of_last("rate")),
        loss: number(&of_last("loss")) as f32,
        last: match has_points {
            true => numbers(&of_last("losses")),
            false => Vec::new(),
        },
        low: numbers(&get(&get(&of, "loss"), "low")),
        high: numbers(&get(&get(&of, "loss"), "high")),
        rise: numbers(&get(&get(&of, "change"), "high")),
        smoothness: smoothness.fold(0.0, f32::max),
        diverged_at: diverged_at(result),
    }
}

/// The profile of a kind: of the one step that was asked for, unless it had diverged before.
pub(in crate::panels) fn profile(result: &JsValue) -> Profile {
    let profile = get(result, "profile");
    let layers = match profile.is_undefined() {
        true => Array::new(),
        false => Array::from(&get(&Array::from(&profile).get(0), "layers")),
    };
    let layers = layers.iter().map(|layer| {
        let figure = |name: &str| get(&layer, name).as_f64();
        let deviation = figure("normalized").or_else(|| figure("before"));
        LayerSignal {
            deviation: deviation.unwrap_or(f64::NAN) as f32,
            gradient: figure("weight_gradient").unwrap_or(f64::NAN) as f32,
        }
    });
    Profile {
        kind: text(result, "norm"),
        layers: layers.collect(),
        diverged_at: diverged_at(result),
    }
}

/// What is passed back; nothing of a run that had diverged before.
pub(super) fn backward(result: &JsValue) -> Option<UnitBackward> {
    let of = get(result, "backward");
    if of.is_undefined() {
        return None;
    }
    let figure = |name: &str| number(&get(&of, name)) as f32;
    let shown = Array::from(&get(&of, "shown"));
    Some(UnitBackward {
        values: figure("values") as usize,
        shown: shown.iter().map(|value| backward_value(&value)).collect(),
        gamma: figure("gamma"),
        deviation: figure("deviation"),
        uses_batch: get(&of, "uses_batch").is_truthy(),
        sum_d_y: figure("sum_d_y"),
        sum_d_y_x_hat: figure("sum_d_y_x_hat"),
        sum_d_x: figure("sum_d_x"),
        sum_d_x_x_hat: figure("sum_d_x_x_hat"),
        size_d_x: figure("size_d_x"),
        size_direct: figure("size_direct"),
        bias_gradient: get(&of, "bias_gradient").as_f64().map(|g| g as f32),
    })
}

fn backward_value(value: &JsValue) -> BackwardValue {
    let figure = |name: &str| number(&get(value, name)) as f32;
    let mut terms = [f32::NAN; 3];
    for (term, figure) in terms.iter_mut().zip(numbers(&get(value, "terms"))) {
        *term = figure;
    }
    BackwardValue {
        place: figure("place") as u32,
        x: figure("x"),
        x_hat: figure("x_hat"),
        d_y: figure("d_y"),
        terms,
        d_x: figure("d_x"),
    }
}
