//! The signal through the depth: what vanishes or explodes on its way forward, and what on its way back.

use super::saying::{Saying, span};
use super::{Seen, Told};
use crate::grid::label;
use crate::i18n::key;
use crate::measured::{LayerSignal, Profile, growth};

/// What changes by this factor from the second layer to the last vanishes or explodes.
const FACTOR: f32 = 10.0;

/// The profiles of all kinds.
pub fn depth_profile(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(of) = seen.profiles else {
        return saying.only(key::TELL_NOTHING);
    };
    let (step, kinds) = of.newest();
    saying.count("step", step);
    saying.say(key::TELL_NOISE_WHEN);
    for (place, kind) in kinds.iter().enumerate() {
        saying.kind(place as u32, label(seen.lang, "b", &kind.kind));
        say(&mut saying, kind);
    }
    table(&mut saying, kinds, &of.start);
    saying.told()
}

fn say(saying: &mut Saying, kind: &Profile) {
    if let Some(step) = kind.diverged_at {
        saying.count("step", step);
        return saying.say(key::TELL_DIVERGED);
    }
    let depth = kind.layers.len();
    saying.count("n", depth as u64);
    let deviations: Vec<f32> = kind.layers.iter().map(|layer| layer.deviation).collect();
    let ends = span(&deviations).zip(deviations.last());
    let Some(((least, most), last)) = ends else {
        return saying.say(key::TELL_NOTHING);
    };
    saying.number("last", *last);
    saying.number("least", least);
    saying.number("most", most);
    let whole = |each: f32| each.powf(depth.saturating_sub(2) as f32);
    let forward = growth(&kind.layers, |layer| layer.deviation).map(f32::recip);
    saying.number("each", forward.unwrap_or(1.0));
    saying.say(match forward.map(whole) {
        Some(ratio) if ratio * FACTOR < 1.0 => key::TELL_DEPTH_VANISHES,
        Some(ratio) if ratio > FACTOR => key::TELL_DEPTH_EXPLODES,
        _ => key::TELL_DEPTH_HOLDS,
    });
    if let Some(back) = growth(&kind.layers, |layer| layer.gradient) {
        saying.number("each", back);
        saying.say(match whole(back) {
            ratio if ratio * FACTOR < 1.0 => key::TELL_DEPTH_BACK_FADES,
            ratio if ratio > FACTOR => key::TELL_DEPTH_BACK_GROWS,
            _ => key::TELL_DEPTH_BACK_HOLDS,
        });
    }
}

fn table(saying: &mut Saying, kinds: &[Profile], start: &[Profile]) {
    saying.columns(&[key::GRID_AXIS_B, key::AXIS_LAYER]);
    for of in [key::MEASURED_DEVIATION, key::MEASURED_GRADIENT] {
        for when in [key::MEASURED_NOW, key::MEASURED_START] {
            let name = [saying.word(of), ", ", saying.word(when)].concat();
            saying.column(name);
        }
    }
    let none = LayerSignal {
        deviation: f32::NAN,
        gradient: f32::NAN,
    };
    for (kind, before) in kinds.iter().zip(start) {
        let name = label(saying.seen.lang, "b", &kind.kind);
        for (place, first) in before.layers.iter().enumerate() {
            let now = kind.layers.get(place).unwrap_or(&none);
            saying.cell(name.clone());
            saying.count_cell(place as u64 + 1);
            saying.figures(&[now.deviation, first.deviation, now.gradient, first.gradient]);
            saying.end_row();
        }
    }
}
