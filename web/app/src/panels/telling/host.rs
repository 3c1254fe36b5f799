//! What a panel says, for the page around: the sentence and the table of its sheet, as a plain object, and whether what it
//! trains or measures beside the run is all there.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::seen::with_seen;
use super::sheet::told_now;
use crate::compared::Compared;
use crate::devices::Comparison;
use crate::grid::Grid;
use crate::panels::Panel;
use crate::state::Lab;
use crate::tell::Seen;

/// `{ sentence, head, rows, whole }` of the moment.
pub(in crate::panels) fn told(lab: Lab, panel: Panel) -> JsValue {
    let told = told_now(lab, panel);
    let list = |cells: &[String]| {
        cells
            .iter()
            .map(|cell| JsValue::from_str(cell))
            .collect::<Array>()
    };
    let rows: Array = told.table.rows.iter().map(|row| list(row)).collect();
    let object = Object::new();
    for (name, value) in [
        ("sentence", JsValue::from_str(&told.sentence)),
        ("head", list(&told.table.head).into()),
        ("rows", rows.into()),
        ("whole", with_seen(lab, |seen| is_whole(panel, seen)).into()),
    ] {
        // A new object takes any field.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// Whether all networks of a grid or a comparison are trained, a measurement is of the step on the screen. Others show the run alone.
fn is_whole(panel: Panel, seen: &Seen) -> bool {
    let is_done = |grid: Option<&Grid>| grid.is_some_and(|grid| grid.done() == grid.cells.len());
    let step = seen.step();
    match panel {
        Panel::RaceGrid => is_done(seen.race_grid),
        Panel::Sweep => is_done(seen.sweep),
        Panel::Landscape => seen.landscape.is_some_and(|of| of.newest().0 == step),
        Panel::Devices => seen.devices.is_some_and(Comparison::is_done),
        Panel::WhichCells => seen.cells.is_some_and(|of| of.step == step),
        Panel::Fold => seen.folded.is_some_and(|of| of.newest().0 == step),
        Panel::DepthProfile => seen.profiles.is_some_and(|of| of.newest().0 == step),
        Panel::ComparedRuns => seen.compared.is_some_and(Compared::is_whole),
        Panel::RAndD => seen.corrections.is_some_and(Compared::is_whole),
        Panel::Drift => seen.drift.is_some_and(|of| of.newest().0 == step),
        Panel::WeightNorm => seen.weights.is_some_and(|of| of.newest().0 == step),
        Panel::XHatNoise | Panel::StatisticsNoise => {
            seen.noise.is_some_and(|report| report.step == step)
        }
        _ => true,
    }
}
