//! The layers: whether values keep their spread from the first to the last, and what the activation leaves of them.

use batchnorm_lab::protocol::Side;
use batchnorm_lab::settings::choice::{Activation, Norm, Statistics};

use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::history::{LayerHistory, RidgeColumn, Stage};
use crate::i18n::key;

/// A spread that changes by this factor from the first layer to the last fades or grows.
const FACTOR: f32 = 4.0;
/// x̂ is as wide as it should be between this and its inverse.
const UNIT: f32 = 0.8;
/// Points that differ by less than this share of a layer's spread look the same to it.
const ALIKE: f32 = 0.1;
/// From this share on, the flat part of the activation is worth a word.
const FLAT: f32 = 0.5;

/// Distributions, layer by layer.
pub fn layers(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let sides = seen.sides();
    if sides.is_empty() {
        return saying.only(key::TELL_NOTHING);
    }
    saying.columns(&[key::TELL_COLUMN_RUN, key::AXIS_LAYER]);
    for stage in ["", "x̂ ", "γ·x̂ + β "] {
        for moment in [key::TELL_COLUMN_MEAN, key::TELL_COLUMN_SPREAD] {
            let name = [stage, saying.word(moment)].concat();
            saying.column(name);
        }
    }
    saying.columns(&[key::TELL_COLUMN_FLAT]);
    for side in sides {
        let past = &seen.history.sides[usize::from(side.index.min(1))].layers;
        let is_over = saying.is_over(side);
        if !is_over && side.layers.iter().any(|l| l.before.histogram.is_empty()) {
            // Not observed: nobody looks at it.
            saying.say(key::TELL_NOTHING);
            continue;
        }
        if !is_over {
            spreads(&mut saying, side, past);
            alike(&mut saying, side);
            flat(&mut saying, side);
        }
        rows(&mut saying, side, past);
    }
    saying.told()
}

/// Mean and deviation of a stage as the chart has them: of a run that has diverged, those before.
fn moments(past: &LayerHistory, stage: Stage) -> [f32; 2] {
    let newest = past.ridge(stage).newest();
    newest.map_or([f32::NAN; 2], |row| {
        [
            row[RidgeColumn::Mean as usize],
            row[RidgeColumn::Std as usize],
        ]
    })
}

fn spreads_of(past: &[LayerHistory], stage: Stage) -> Vec<f32> {
    past.iter().map(|layer| moments(layer, stage)[1]).collect()
}

fn spreads(saying: &mut Saying, side: &Side, past: &[LayerHistory]) {
    let before = spreads_of(past, Stage::Before);
    let Some(all) = span(&before) else {
        return;
    };
    saying.count("n", past.len() as u64);
    let norm = saying.seen.norm(side.index);
    let normalized = span(&spreads_of(past, Stage::Normalized)).filter(|_| norm != Norm::None);
    let is_one = past.len() == 1;
    let Some(around) = normalized else {
        let ends = (before[0], before[before.len() - 1]);
        let (key, told) = match ends {
            _ if is_one => (key::TELL_LAYERS_ONE, ends),
            (first, last) if last * FACTOR < first => (key::TELL_LAYERS_FADE, ends),
            (first, last) if last > FACTOR * first => (key::TELL_LAYERS_GROW, ends),
            _ => (key::TELL_LAYERS_KEEP, all),
        };
        saying.number("first", told.0);
        saying.number("last", told.1);
        return saying.say(key);
    };
    let is_unit = around.0 >= UNIT && around.1 <= 1.0 / UNIT;
    let (key, told) = match (is_unit, is_one) {
        (true, true) => (key::TELL_LAYERS_NORMALIZED_ONE, all),
        (true, false) => (key::TELL_LAYERS_NORMALIZED, all),
        (false, true) => (key::TELL_LAYERS_NOT_UNIT_ONE, around),
        (false, false) => (key::TELL_LAYERS_NOT_UNIT, around),
    };
    saying.number("first", told.0);
    saying.number("last", told.1);
    saying.say(key);
    let now = saying.seen.now;
    let is_running = now.statistics == Statistics::Running && now.tracks && norm.mixes_rows();
    if is_running && !is_unit {
        saying.say(key::TELL_LAYERS_RUNNING);
    }
}

/// Whether points differ from each other in the last layer, or units alone do.
fn alike(saying: &mut Saying, side: &Side) {
    let norm = saying.seen.norm(side.index);
    let Some(layer) = side.layers.last().filter(|_| norm == Norm::None) else {
        return;
    };
    let sum: f32 = layer.batch_var.iter().sum();
    let within = (sum / layer.batch_var.len().max(1) as f32).sqrt();
    if within > 0.0 && within < ALIKE * layer.before.std {
        saying.count("layer", side.layers.len() as u64);
        saying.number("within", within);
        saying.say(key::TELL_LAYERS_ALIKE);
    }
}

/// The layer with most of its activations in their flat part.
fn flat(saying: &mut Saying, side: &Side) {
    let mut most = (0, 0.0);
    for (place, layer) in side.layers.iter().enumerate() {
        if layer.before.mean.is_finite() && layer.saturated > most.1 {
            most = (place, layer.saturated);
        }
    }
    let share = most.1;
    let key = match saying.seen.now.activation {
        _ if share < FLAT => return,
        Activation::Identity => return,
        Activation::Relu if share >= 1.0 => key::TELL_LAYERS_DEAD,
        // That half of the units are off is how ReLU works.
        Activation::Relu | Activation::LeakyRelu if share < 0.9 => return,
        Activation::Relu => key::TELL_LAYERS_OFF,
        _ => key::TELL_LAYERS_FLAT,
    };
    saying.count("layer", most.0 as u64 + 1);
    saying.share("share", share);
    saying.say(key);
}

fn rows(saying: &mut Saying, side: &Side, past: &[LayerHistory]) {
    for (place, past) in past.iter().enumerate() {
        saying.run_cell(side.index);
        saying.count_cell(place as u64 + 1);
        for stage in [Stage::Before, Stage::Normalized, Stage::After] {
            saying.figures(&moments(past, stage));
        }
        let flat = match side.layers.get(place) {
            Some(layer) if side.diverged_at.is_none() => 100.0 * layer.saturated,
            _ => f32::NAN,
        };
        saying.figures(&[flat]);
        saying.end_row();
    }
}
