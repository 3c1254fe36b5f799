//! The link to the pool that trains a grid: `openGrids` of `web/pool/page/grid.js`, fetched when the first grid is
//! started. Takes in what they tell; decides nothing.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::grid::{CellState, Grid, GridAxis, Trained};
use crate::js_promise;
use crate::small_sort::Bound;
use crate::state::Lab;
use crate::worker_link::text_of;

/// What is asked of the workers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// The text of a link without what the axes say.
    pub base: String,
    /// One axis or two.
    pub axes: Vec<GridAxis>,
    /// Updates of each network.
    pub steps: u64,
    /// Seeds of each cell.
    pub seeds: u64,
}

/// Something that the workers tell.
pub(super) enum Told {
    /// The networks that there will be.
    Planned(Grid),
    /// A network is done, or has come to a step.
    Cell(usize, CellState),
    /// All are done.
    Done,
    /// It has ended before: cancelled, where nothing is said.
    Failed(Option<Failed>),
}

/// Why a grid cannot be trained.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failed {
    /// A setting, what was asked of it, what can be asked.
    Refused([String; 3]),
    /// Another reason, in the browser's words.
    Other(String),
}

/// What the page's script gives, once it has come.
#[derive(Clone)]
pub(super) struct Grids(JsValue);

/// Fetches it, and gives it or why it did not come. Both may be called when the lab is gone.
pub(super) fn load(lab: Lab, came: impl Fn(Result<Grids, Failed>) + Clone + 'static) {
    let Some(load) = lab.services.load_grids.get_untracked() else {
        return came(Err(Failed::Other(String::new())));
    };
    let failed = came.clone();
    js_promise::call(
        &load,
        &JsValue::NULL,
        move |grids| came(Ok(Grids(grids))),
        move |error| failed(Err(Failed::Other(text_of(&error)))),
    );
}

/// A grid that was started.
#[derive(Clone)]
pub(super) struct Started(JsValue);

impl Started {
    /// Ends it.
    pub fn cancel(&self) {
        call(&self.0, "cancel", &JsValue::UNDEFINED);
    }

    /// Whether no more networks are begun; what is in training is ended.
    pub fn pause(&self, is_paused: bool) {
        call(&self.0, "pause", &JsValue::from_bool(is_paused));
    }
}

impl Grids {
    /// Starts a grid.
    pub fn run(&self, request: &Request, tell: impl Fn(Told) + 'static) -> Started {
        let asked = request.clone();
        let hear: Box<dyn Fn(Array)> = Box::new(move |said| {
            if let Some(told) = read(&asked, &said) {
                tell(told);
            }
        });
        let axes = Array::new();
        for axis in &request.axes {
            let values = Array::new();
            for value in &axis.values {
                values.push(&JsValue::from_str(value));
            }
            let object = Object::new();
            put(&object, "setting", &JsValue::from_str(&axis.setting));
            put(&object, "values", &values);
            axes.push(&object);
        }
        let all = Array::of2(&axes, &JsValue::from_str(&request.base));
        all.push(&JsValue::from_f64(request.steps as f64));
        all.push(&JsValue::from_f64(request.seeds as f64));
        // The browser frees it with the grid.
        all.push(&Closure::wrap(hear).into_js_value());
        Started(call(&self.0, "run", &all))
    }

    /// Ends every grid and every worker.
    pub fn end(&self) {
        call(&self.0, "end", &JsValue::UNDEFINED);
    }
}

fn read(asked: &Request, said: &Array) -> Option<Told> {
    let place = number(&said.get(1)) as usize;
    Some(match said.get(0).as_string()?.as_str() {
        "plan" => Told::Planned(planned(asked, &Array::from(&said.get(1)))),
        "progress" => Told::Cell(place, CellState::At(number(&said.get(2)) as u64)),
        "cell" => Told::Cell(place, CellState::Done(Box::new(trained(&said.get(2))))),
        "done" => Told::Done,
        _ => Told::Failed(failed(&said.get(1))),
    })
}

/// The sides are those of the first place: cells come by places, then by sides.
fn planned(asked: &Request, cells: &Array) -> Grid {
    let mut axes = asked.axes.iter().cloned();
    let x = axes.next().unwrap_or_default();
    let y = axes.next();
    let rows = y.as_ref().map_or(1, |axis| axis.values.len());
    let count = cells.length() as usize / (x.values.len() * rows).max(1);
    let side = |cell: JsValue| u8::from(text(&cell, "run") == "B");
    let sides: Vec<u8> = cells.iter().take(count).map(side).collect();
    Grid::new(x, y, &sides, asked.steps, asked.seeds)
}

fn trained(cell: &JsValue) -> Trained {
    let figure = |of: &JsValue, name: &str| number(&get(of, name)) as f32;
    let accuracy = get(cell, "accuracy");
    let curve = get(cell, "curve");
    let losses = Array::from(&get(&curve, "losses"));
    let range = match get(cell, "range") {
        range if range.is_undefined() => Array::new(),
        range => Array::from(&range),
    };
    let diverged_at = get(cell, "diverged_at").as_f64();
    Trained {
        step: number(&get(cell, "step")) as u64,
        accuracy: ["batch", "running", "full"].map(|name| figure(&accuracy, name)),
        loss: figure(cell, "loss"),
        diverged_at: diverged_at.map(|step| step.bound(0.0, 9e15) as u64),
        state: text(cell, "state"),
        losses: losses.iter().map(|loss| number(&loss) as f32).collect(),
        stride: number(&get(&curve, "stride")) as u64,
        range: (range.length() == 2).then(|| [0, 1].map(|end| number(&range.get(end)) as f32)),
    }
}

fn failed(error: &JsValue) -> Option<Failed> {
    match text(error, "name").as_str() {
        "AbortError" => None,
        "Refusal" => {
            let parts = ["field", "got", "allowed"].map(|name| text(error, name));
            Some(Failed::Refused(parts))
        }
        _ => Some(Failed::Other(text_of(error))),
    }
}

/// What a method gives. Those of the page's script do not throw.
fn call(object: &JsValue, name: &str, argument: &JsValue) -> JsValue {
    let method: Option<Function> = get(object, name).dyn_into().ok();
    let given = method.and_then(|method| method.call1(object, argument).ok());
    given.unwrap_or_default()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

fn number(value: &JsValue) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn put(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}
