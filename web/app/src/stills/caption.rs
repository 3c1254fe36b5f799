//! What a picture says in words: what the run came to, and what is to be seen, from the run's own figures.

mod measured;

use self::measured::{along, drifts, folded, scaled, through, together};
use super::panels::shown_accuracy;
use super::run::Run;
use super::words::Said;
use crate::cells::Kind;
use crate::format;
use crate::history::UnitColumn;
use crate::i18n::{Key, key};

/// Who gets as many of the points right has learned: the claim of the lesson on learning rates.
const LEARNED: f32 = 0.93;

/// What the run came to.
pub(super) fn caption(run: &Run, words: Said) -> String {
    let panels = run.lesson.panels;
    let said = if run.is_problem {
        None
    } else if panels.contains(&"race-grid") {
        race(run, words)
    } else if panels.contains(&"compared-runs") {
        compared(run, words)
    } else if panels.contains(&"landscape") {
        along(run, words)
    } else if panels.contains(&"number-line") {
        steps(run, words)
    } else if panels.contains(&"which-cells") {
        cells(run, words)
    } else if panels.contains(&"depth-profile") {
        through(run, words)
    } else if panels.contains(&"drift") {
        drifts(run, words)
    } else if panels.contains(&"weight-norm") {
        scaled(run, words)
    } else if panels.contains(&"fold") {
        folded(run, words)
    } else if panels.contains(&"devices") {
        together(run, words)
    } else if panels.contains(&"sweep") {
        sweep(run, words)
    } else if panels.contains(&"by-class") {
        classes(run, words)
    } else if panels.contains(&"sharing") {
        company(run, words)
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
        "number-line" => key::STILL_NUMBER_LINE,
        "which-cells" => key::STILL_WHICH_CELLS,
        "sweep" => key::STILL_BATCH_SIZE,
        "by-class" => key::STILL_BY_CLASS,
        "sharing" => key::STILL_SHARING,
        "landscape" => key::STILL_LANDSCAPE,
        "depth-profile" => key::STILL_DEPTH_PROFILE,
        "compared-runs" => key::STILL_COMPARED,
        "r-and-d" => key::STILL_CORRECTIONS,
        "drift" => key::STILL_DRIFT,
        "weight-norm" => key::STILL_WEIGHT_NORM,
        "devices" => key::STILL_DEVICES,
        "fold" => key::STILL_FOLD,
        "backward" => key::STILL_BACKWARD,
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

/// What was learned of batches of one class each.
fn classes(run: &Run, words: Said) -> Option<String> {
    let loss = run.side(0)?.loss.batch;
    Some(words.fill(
        key::STILL_CLASSES,
        &[
            ("step", &format::count(run.frame.step)),
            ("loss", &format::short(f64::from(loss))),
            ("a", &shown_accuracy(run, 0)),
            ("b", &shown_accuracy(run, 1)),
        ],
    ))
}

/// How far a mean is off at the first step and at the last.
fn company(run: &Run, words: Said) -> Option<String> {
    let of = &run.company.as_ref()?.newest().1.first()?.of;
    let short = |off: f32| format::short(f64::from(off));
    Some(words.fill(
        key::STILL_COMPANY,
        &[
            ("batch", &run.settings.batch.to_string()),
            ("first", "1"),
            ("off", &short(of.steps.first()?.off)),
            ("last", &of.steps.len().to_string()),
            ("more", &short(of.steps.last()?.off)),
            ("step", &format::count(run.frame.step)),
            ("a", &shown_accuracy(run, 0)),
            ("b", &shown_accuracy(run, 1)),
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

/// Where the values of the batch lie, and their x̂.
fn steps(run: &Run, words: Said) -> Option<String> {
    let of = run.number_line.as_ref()?;
    let x_hat = of.stages[2].iter().copied();
    let (low, high) = x_hat.fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
    let said = |number: f64| format::value(number);
    Some(words.fill(
        key::STILL_STEPS,
        &[
            ("m", &of.rows().to_string()),
            ("mean", &said(of.mean.into())),
            ("std", &said(f64::from(of.variance).sqrt())),
            ("low", &said(low.into())),
            ("high", &said(high.into())),
            ("bound", &said(of.bound())),
        ],
    ))
}

/// What one cell shares under two kinds.
fn cells(run: &Run, words: Said) -> Option<String> {
    let of = run.cells.as_ref()?;
    let [batch, group] = [Kind::Batch, Kind::Group].map(|kind| of.shared(kind));
    Some(words.fill(
        key::STILL_CELLS,
        &[
            ("batch", &batch.count.to_string()),
            ("mean", &format::value(batch.mean.into())),
            ("groups", &of.groups.to_string()),
            ("group", &group.count.to_string()),
            ("own", &format::value(group.mean.into())),
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

/// Where each run ended; of more than find room, the last and the first.
fn compared(run: &Run, words: Said) -> Option<String> {
    const MOST: usize = 4;
    let of = run.compared.as_ref()?;
    let variants = of.comparison.variants;
    let step = format::count(of.comparison.steps);
    let scores = (0..variants.len()).map(|place| of.score(place));
    let scores = scores.collect::<Option<Vec<f32>>>()?;
    let name = |place: usize| {
        let above = variants[..=place].iter().rev();
        let group = above.filter_map(|one| one.group).next();
        let group = group.map_or_else(String::new, |key| [words.get(key), " · "].concat());
        group + words.get(variants[place].name)
    };
    if scores.len() > MOST {
        let place = |share: f32| scores.iter().position(|score| *score == share);
        let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        return Some(words.fill(
            key::STILL_COMPARED_ENDS,
            &[
                ("step", &step),
                ("low", &format::percent(low)),
                ("high", &format::percent(high)),
                ("worst", &name(place(low)?)),
                ("best", &name(place(high)?)),
            ],
        ));
    }
    let each = scores.iter().enumerate().map(|(place, score)| {
        let right = format::percent(*score);
        words.fill(
            key::STILL_COMPARED_ONE,
            &[("run", &name(place)), ("right", &right)],
        )
    });
    let said = each
        .collect::<Vec<_>>()
        .join(words.get(key::STILL_COMPARED_AND));
    Some(words.fill(key::STILL_COMPARED_ALL, &[("step", &step), ("runs", &said)]))
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
