//! What a pool is asked for a grid, and what it tells of it. Decides nothing.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use crate::grid::{CellState, Grid, GridOptions, Trained, link};
use crate::panels::pool::{Failed, Pool, number};
use crate::small_sort::Bound;
use crate::worker_link::text_of;

/// What is asked of the workers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// The text of a link without what the axes say.
    pub base: String,
    /// Axes, steps and seeds, as `grid::link` writes them.
    pub asked: String,
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

impl Request {
    /// Starts the grid, and gives what steers it: called with whether no more networks are to be begun, or with nothing to
    /// cancel it.
    pub fn run(&self, pool: &Pool, tell: impl Fn(Told) + 'static) -> Option<Function> {
        let asked = self.clone();
        let hear: Box<dyn Fn(Array)> = Box::new(move |said| {
            if let Some(told) = read(&asked, &said) {
                tell(told);
            }
        });
        let all = Array::of2(
            &JsValue::from_str(&self.asked),
            &JsValue::from_str(&self.base),
        );
        // The browser frees it with the grid.
        all.push(&Closure::wrap(hear).into_js_value());
        pool.call("run", &all)
    }
}

fn read(asked: &Request, said: &Array) -> Option<Told> {
    let at = |index: u32| number(&said.get(index));
    let text = |index: u32| said.get(index).as_string().unwrap_or_default();
    let place = at(1) as usize;
    Some(match &*text(0) {
        "plan" => Told::Planned(planned(asked, &Array::from(&said.get(1)))),
        "progress" => Told::Cell(place, CellState::At(at(2) as u64)),
        "cell" => {
            let figures = Array::from(&said.get(3));
            let losses = Array::from(&said.get(4));
            let trained = trained(text(2), &figures, &losses);
            Told::Cell(place, CellState::Done(Box::new(trained)))
        }
        "done" => Told::Done,
        "cancelled" => Told::Failed(None),
        "refused" => Told::Failed(Some(Failed::Refused([1, 2, 3].map(text)))),
        _ => Told::Failed(Some(Failed::Other(text_of(&said.get(1))))),
    })
}

/// The sides are those of the first place: cells come by places, then by sides.
fn planned(asked: &Request, runs: &Array) -> Grid {
    let GridOptions { x, y, steps, seeds } = link::read(&asked.asked);
    let rows = y.as_ref().map_or(1, |axis| axis.values.len());
    let count = runs.length() as usize / (x.values.len() * rows).max(1);
    let side = |run: JsValue| u8::from(run == "B");
    let sides: Vec<u8> = runs.iter().take(count).map(side).collect();
    Grid::new(x, y, &sides, steps, seeds)
}

/// `figures`: step, accuracies under batch, running and full-set statistics, loss, the step of divergence, the curve's
/// stride, and of several seeds the lowest and the highest accuracy.
fn trained(state: String, figures: &Array, losses: &Array) -> Trained {
    let at = |index: u32| number(&figures.get(index));
    let diverged_at = figures.get(5).as_f64();
    Trained {
        step: at(0) as u64,
        accuracy: [1, 2, 3].map(|index| at(index) as f32),
        loss: at(4) as f32,
        diverged_at: diverged_at.map(|step| step.bound(0.0, 9e15) as u64),
        state,
        losses: losses.iter().map(|loss| number(&loss) as f32).collect(),
        stride: at(6) as u64,
        range: (figures.length() == 9).then(|| [7, 8].map(|index| at(index) as f32)),
    }
}
