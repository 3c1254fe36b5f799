//! What a pool is asked to train, and what it tells of it. Decides nothing.

use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

use crate::compared::{CORRECTIONS_EVERY, Corrections, Look, WholeRun};
use crate::panels::pool::{Failed, Pool, failed, get, number, put};

/// What is asked of the workers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// The run on the page, as its link says it.
    pub link: String,
    /// Each run: the text of a link, and its side.
    pub runs: Vec<(String, u8)>,
    /// Updates of each.
    pub steps: u64,
    /// Updates from one look at the accuracy to the next; none where r and d are asked for.
    pub every: Option<u64>,
}

/// Something that the workers tell.
pub(super) enum Told {
    /// A run has come to a step.
    At(usize, u64),
    /// A run is trained.
    Trained(usize, Box<WholeRun>),
    /// All are.
    Done,
    /// It has ended before: cancelled, where nothing is said.
    Failed(Option<Failed>),
}

impl Request {
    /// Starts it, and gives what cancels it.
    pub fn train(&self, pool: &Pool, tell: impl Fn(Told) + 'static) -> Option<Function> {
        let hear: Box<dyn Fn(Array)> = Box::new(move |said| tell(read(&said)));
        let options = Object::new();
        let steps = JsValue::from_f64(self.steps as f64);
        put(&options, "steps", &steps);
        let every = self.every.unwrap_or(CORRECTIONS_EVERY);
        put(&options, "every", &JsValue::from_f64(every as f64));
        let runs = self.runs.iter().map(|(link, side)| {
            Array::of2(
                &JsValue::from_str(link),
                &JsValue::from_f64(f64::from(*side)),
            )
        });
        put(&options, "runs", &runs.collect::<Array>());
        let name = match self.every {
            Some(_) => "runs",
            None => "corrections",
        };
        let (link, _) = self.runs.first()?;
        let all = Array::of3(&JsValue::from_str(name), &JsValue::from_str(link), &options);
        // The browser frees it with the runs.
        all.push(&Closure::wrap(hear).into_js_value());
        pool.call("measure", &all)
    }
}

fn read(said: &Array) -> Told {
    let place = || number(&said.get(1)) as usize;
    match said.get(0).as_string().as_deref() {
        Some("progress") => Told::At(place(), number(&said.get(2)) as u64),
        Some("result") => Told::Trained(place(), Box::new(whole(&said.get(2)))),
        Some("done") => Told::Done,
        _ => Told::Failed(failed(&said.get(1))),
    }
}

fn figure(of: &JsValue, name: &str) -> f32 {
    number(&get(of, name)) as f32
}

fn numbers(list: &JsValue) -> Vec<f32> {
    let list = Array::from(list);
    list.iter().map(|value| number(&value) as f32).collect()
}

fn pair(of: &JsValue, name: &str) -> [f32; 2] {
    let list = numbers(&get(of, name));
    [0, 1].map(|at| list.get(at).copied().unwrap_or(f32::NAN))
}

fn step(of: &JsValue) -> u64 {
    number(&get(of, "step")) as u64
}

fn look(of: &JsValue) -> Look {
    let (losses, accuracy) = (get(of, "losses"), get(of, "accuracy"));
    Look {
        step: step(of),
        losses: [figure(&losses, "train"), figure(&losses, "eval")],
        train: figure(&accuracy, "train"),
        running: figure(&accuracy, "running"),
        full: figure(&accuracy, "full"),
    }
}

fn correction(of: &JsValue) -> Corrections {
    Corrections {
        step: step(of),
        batch: pair(of, "batch"),
        running: pair(of, "running"),
        wanted: pair(of, "wanted"),
        used: pair(of, "used"),
        bounds: pair(of, "bounds"),
        clipped: pair(of, "clipped"),
    }
}

fn each<T>(of: &JsValue, name: &str, read: impl Fn(&JsValue) -> T) -> Vec<T> {
    let list = get(of, name);
    match list.is_undefined() {
        true => Vec::new(),
        false => Array::from(&list).iter().map(|one| read(&one)).collect(),
    }
}

fn whole(of: &JsValue) -> WholeRun {
    let curve = get(of, "curve");
    let diverged_at = get(of, "diverged_at").as_f64();
    WholeRun {
        step: step(of),
        stride: number(&get(&curve, "stride")) as u64,
        losses: numbers(&get(&curve, "losses")),
        looks: each(of, "scores", look),
        end: look(of),
        corrections: each(of, "corrections", correction),
        diverged_at: diverged_at.map(|step| step.max(0.0) as u64),
    }
}
