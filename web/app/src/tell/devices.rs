//! One batch on several devices: how far each way to share statistics has come from the whole batch, and what it costs in bytes.

use super::saying::Saying;
use super::{Seen, Told};
use crate::devices::{WAYS, Way};
use crate::i18n::{Key, key};

/// Names of the ways, in their order.
const NAMES: [Key; WAYS.len()] = [
    key::DEVICES_SYNC,
    key::DEVICES_AVERAGED,
    key::DEVICES_LOCAL,
    key::DEVICES_GROUP,
];
/// Steps whose deviation stands in the table.
const STEPS: [u64; 3] = [1, 11, 100];

/// All ways that are trained.
pub fn devices(seen: &Seen) -> Told {
    let mut saying = Saying::new(seen);
    let Some(all) = seen.devices else {
        return saying.only(key::TELL_NOTHING);
    };
    saying.count("n", all.shards.len() as u64);
    let rows: Vec<String> = all.shards.iter().map(usize::to_string).collect();
    saying.text("rows", rows.join(", "));
    saying.say(key::TELL_DEVICES_SHARDS);
    for (place, way) in all.ways.iter().enumerate() {
        saying.kind(place as u32, saying.word(NAMES[place]).to_owned());
        say(&mut saying, way);
    }
    saying.column(saying.word(key::DEVICES_WAY).to_owned());
    for step in STEPS {
        saying.count("step", step);
        let name = saying.filled(key::TELL_DEVICES_AFTER);
        saying.column(name);
    }
    saying.columns(&[
        key::DEVICES_STATISTICS,
        key::TELL_DEVICES_FORWARD,
        key::TELL_DEVICES_BACKWARD,
        key::TELL_DEVICES_GRADIENTS,
    ]);
    for (place, way) in all.ways.iter().enumerate() {
        row(&mut saying, way, NAMES[place]);
    }
    saying.told()
}

fn say(saying: &mut Saying, way: &Way) {
    if way.is_refused {
        return saying.say(key::TELL_DEVICES_REFUSED);
    }
    let Some(look) = way.looks.last() else {
        return saying.say(key::TELL_DEVICES_WAITING);
    };
    saying.count("step", look.step);
    saying.number("off", look.parameters);
    let [forward, backward, gradients] = way.bytes;
    saying.count("statistics", forward + backward);
    saying.count("gradients", gradients);
    saying.say(match forward + backward {
        0 => key::TELL_DEVICES_SILENT,
        _ => key::TELL_DEVICES_SENT,
    });
}

fn row(saying: &mut Saying, way: &Way, name: Key) {
    saying.cell(saying.word(name).to_owned());
    let at = |step| way.looks.iter().find(|look| look.step == step);
    let off = STEPS.map(|step| at(step).map_or(f32::NAN, |look| look.parameters));
    saying.figures(&off);
    let statistics = way.looks.last().and_then(|look| look.statistics);
    saying.figures(&[statistics.unwrap_or(f32::NAN)]);
    for bytes in way.bytes {
        match way.looks.is_empty() {
            true => saying.figures(&[f32::NAN]),
            false => saying.count_cell(bytes),
        }
    }
    saying.end_row();
}
