//! What a picture of a measurement says in words.

use crate::format;
use crate::i18n::key;
use crate::measured::{FACTORS, STATES, factor, growth};
use crate::stills::run::Run;
use crate::stills::words::Said;

/// How high the loss is along the gradient of each side, at the largest step size.
pub(super) fn along(run: &Run, words: Said) -> Option<String> {
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
pub(super) fn through(run: &Run, words: Said) -> Option<String> {
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

/// How far the last layer of each side drifts.
pub(super) fn drifts(run: &Run, words: Said) -> Option<String> {
    let (step, sides) = run.drift.as_ref()?.newest();
    let of = |side: usize| {
        let side = sides.get(side)?;
        let drift = side.mean(side.depth().checked_sub(1)?)?;
        Some(format::short(f64::from(drift)))
    };
    Some(words.fill(
        key::STILL_DRIFTS,
        &[
            ("step", &format::count(step)),
            ("back", &sides.first()?.back.to_string()),
            ("a", &of(0)?),
            ("b", &of(1)?),
        ],
    ))
}

/// What ten times as large weights do to the output and the gradient.
pub(super) fn scaled(run: &Run, words: Said) -> Option<String> {
    let (step, paths) = run.weights.as_ref()?.newest();
    let path = paths.first()?;
    let scaled = path.scaled?;
    let [from, to] = [path.states.first()?, path.states.last()?].map(|of| of.norm);
    let short = |figure: f32| format::short(f64::from(figure));
    Some(words.fill(
        key::STILL_SCALED,
        &[
            ("step", &format::count(step)),
            ("from", &short(from)),
            ("to", &short(to)),
            ("factor", &format::setting(path.factor)),
            ("turned", &scaled.turned.to_string()),
            ("rows", &scaled.rows.to_string()),
            ("ratio", &short(scaled.gradient[1] / scaled.gradient[0])),
        ],
    ))
}

/// How far three ways to share statistics have come from the whole batch.
pub(super) fn together(run: &Run, words: Said) -> Option<String> {
    let all = run.devices.as_ref()?;
    let last = |way: usize| all.ways[way].looks.last();
    let off = |way| Some(format::value(f64::from(last(way)?.parameters)));
    Some(words.fill(
        key::STILL_TOGETHER,
        &[
            ("n", &all.shards.len().to_string()),
            ("step", &format::count(last(0)?.step)),
            ("sync", &off(0)?),
            ("averaged", &off(1)?),
            ("local", &off(2)?),
        ],
    ))
}

/// What is left of the network's numbers, and how far its scores have moved.
pub(super) fn folded(run: &Run, words: Said) -> Option<String> {
    let (step, of) = run.folded.as_ref()?.newest();
    let of = of.first()?;
    Some(words.fill(
        key::STILL_FOLDED,
        &[
            ("step", &format::count(step)),
            ("numbers", &format::count(of.numbers[0] as u64)),
            ("fewer", &format::count(of.numbers[1] as u64)),
            ("points", &of.points.to_string()),
            ("share", &format::value(f64::from(of.share()))),
        ],
    ))
}
