//! What a picture says in words: what the run came to, and what is to be seen, from the run's own figures.

use super::panels::shown_accuracy;
use super::run::Run;
use super::words::Said;
use crate::format;
use crate::history::UnitColumn;
use crate::i18n::{Key, key};
use crate::measured::{FACTORS, STATES, factor, growth};

/// Who gets as many of the points right has learned: the claim of the lesson on learning rates.
const LEARNED: f32 = 0.93;

/// What the run came to.
pub(super) fn caption(run: &Run, words: Said) -> String {
    let panels = run.lesson.panels;
    let said = if run.is_problem {
        None
    } else if panels.contains(&"race-grid") {
        race(run, words)
    } else if panels.contains(&"landscape") {
        along(run, words)
    } else if panels.contains(&"depth-profile") {
        through(run, words)
    } else if panels.contains(&"sweep") {
        sweep(run, words)
    } else if panels.contains(&"x-hat-noise") {
        noise(run, words)
    } else if panels.contains(&"gamma-beta") {
        affine(run, words)
    } else if panels.contains(&"three-accuracies") {
        three(run, words)
    } else {
        None
    };
    said.unwrap_or_else(|| accuracy(run, words))
}

/// The panels by name, then what the run came to.
pub(super) fn alt(run: &Run, words: Said) -> String {
    let names = run
        .lesson
        .panels
        .iter()
        .map(|name| words.get(panel_name(name)));
    let names: Vec<&str> = names.collect();
    let lead = words.fill(
        key::STILL_ALT,
        &[("panels", &names.join(words.get(key::STILL_AND)))],
    );
    format!("{lead}{}", caption(run, words))
}

fn panel_name(name: &str) -> Key {
    match name {
        "layers" => key::STILL_LAYERS,
        "boundary" => key::STILL_BOUNDARY,
        "loss" => key::STILL_LOSS,
        "accuracy" => key::STILL_ACCURACY,
        "three-accuracies" => key::STILL_THREE,
        "gamma-beta" => key::STILL_GAMMA_BETA,
        "moments" => key::STILL_MOMENTS,
        "x-hat-noise" => key::STILL_X_HAT_NOISE,
        "race-grid" => key::STILL_RACE_GRID,
        "sweep" => key::STILL_BATCH_SIZE,
        "landscape" => key::STILL_LANDSCAPE,
        "depth-profile" => key::STILL_DEPTH_PROFILE,
        other => panic!("the panel {other} has no name for still pictures"),
    }
}

fn accuracy(run: &Run, words: Said) -> String {
    let step = format::count(run.frame.step);
    let right = |side: usize| shown_accuracy(run, side);
    match run.sides()[..] {
        [side] => words.fill(key::STILL_ONE, &[("step", &step), ("right", &right(side))]),
        _ => words.fill(
            key::STILL_BOTH,
            &[("step", &step), ("a", &right(0)), ("b", &right(1))],
        ),
    }
}

fn three(run: &Run, words: Said) -> Option<String> {
    let accuracy = &run.side(*run.sides().last()?)?.accuracy;
    Some(words.fill(
        key::STILL_GAP,
        &[
            ("step", &format::count(run.frame.step)),
            ("batch", &format::percent(accuracy.eval_batch)),
            ("running", &format::percent(accuracy.eval_running)),
        ],
    ))
}

fn affine(run: &Run, words: Said) -> Option<String> {
    let side = *run.sides().last()?;
    let layer = run.settings.selected_layer as usize;
    let history = run.history.sides[side].layers.get(layer)?;
    let row = history.units.newest()?;
    let ends = |column: UnitColumn| {
        let values = (0..history.width).map(|unit| row[column.column(unit)]);
        let (low, high) = values.fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
        [low, high].map(|value| format::short(f64::from(value)))
    };
    let ([from, to], [low, high]) = (ends(UnitColumn::Gamma), ends(UnitColumn::Beta));
    Some(words.fill(
        key::STILL_AFFINE,
        &[
            ("step", &format::count(run.frame.step)),
            ("layer", &(layer + 1).to_string()),
            ("from", &from),
            ("to", &to),
            ("low", &low),
            ("high", &high),
        ],
    ))
}

/// How many networks of each side have learned.
fn race(run: &Run, words: Said) -> Option<String> {
    let grid = run.race.as_ref()?;
    let learned = |side: usize| {
        let places = (0..grid.cells.len()).filter(|place| grid.at(*place)[2] == side);
        let scores = places.filter_map(|place| grid.trained(place));
        let learned = scores.filter(|one| one.score() >= LEARNED);
        learned.count().to_string()
    };
    let all = grid.cells.len() / grid.sides.len();
    Some(words.fill(
        key::STILL_RACE,
        &[
            ("all", &all.to_string()),
            ("a", &learned(0)),
            ("b", &learned(1)),
            ("level", &format::percent(LEARNED)),
        ],
    ))
}

/// How high the loss is along the gradient of each side, at the largest step size.
fn along(run: &Run, words: Said) -> Option<String> {
    let (step, sides) = run.landscape.as_ref()?.newest();
    let ends = |side: usize| {
        let of = sides.get(side)?;
        Some([&of.low, &of.high].map(|band| {
            let loss = band.last().copied().unwrap_or(f32::NAN);
            format::short(f64::from(loss))
        }))
    };
    let ([a_low, a_high], [b_low, b_high]) = (ends(0)?, ends(1)?);
    Some(words.fill(
        key::STILL_ALONG,
        &[
            ("far", &factor(FACTORS[FACTORS.len() - 1])),
            ("a-low", &a_low),
            ("a-high", &a_high),
            ("b-low", &b_low),
            ("b-high", &b_high),
            ("n", &STATES.to_string()),
            ("step", &format::count(step)),
        ],
    ))
}

/// What the fresh networks make of the signal, without and with Batch Normalization.
fn through(run: &Run, words: Said) -> Option<String> {
    let start = &run.profiles.as_ref()?.start;
    let of = |kind: &str| start.iter().find(|one| one.kind == kind);
    let (without, with) = (&of("none")?.layers, &of("batch")?.layers);
    let short = |figure: f32| format::value(f64::from(figure));
    Some(words.fill(
        key::STILL_THROUGH,
        &[
            ("n", &without.len().to_string()),
            ("from", &short(without.get(1)?.deviation)),
            ("to", &short(without.last()?.deviation)),
            ("one", &format::short(f64::from(with.last()?.deviation))),
            ("each", &short(growth(with, |layer| layer.gradient)?)),
        ],
    ))
}

fn noise(run: &Run, words: Said) -> Option<String> {
    let rows = &run.noise.as_ref()?.rows;
    let spread = |batch: u32| {
        let row = rows.iter().find(|row| row.batch == batch)?;
        Some(format::short(f64::from(row.x_hat_sd)))
    };
    let batch = run.settings.batch;
    Some(words.fill(
        key::STILL_NOISE,
        &[
            ("batch", &batch.to_string()),
            ("spread", &spread(batch)?),
            ("larger", &(4 * batch).to_string()),
            ("less", &spread(4 * batch)?),
        ],
    ))
}

fn sweep(run: &Run, words: Said) -> Option<String> {
    let grid = run.sweep.as_ref()?;
    let right = |kind: &str, batch: &str| {
        let at = |values: &[String], value: &str| values.iter().position(|one| one == value);
        let (x, y) = (at(&grid.x.values, batch)?, at(&grid.y.values, kind)?);
        let one = grid.trained(grid.place([x, y, 0]))?;
        Some(format::percent(one.score()))
    };
    let (small, large) = (run.settings.batch.to_string(), "64");
    Some(words.fill(
        key::STILL_SWEEP,
        &[
            ("small", &small),
            ("large", large),
            ("small-right", &right("batch", &small)?),
            ("large-right", &right("batch", large)?),
            ("group", &right("group", &small)?),
        ],
    ))
}
