//! What no setting says: how many devices, whether their shards are equal, the statistics of which way are looked at.

use super::comparing::Comparing;
use crate::devices::{COUNTS, DeviceOptions, WAYS};
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::ui::{El, el, value_of};

/// Names of the ways, in their order.
pub(super) const NAMES: [Key; WAYS.len()] = [
    key::DEVICES_SYNC,
    key::DEVICES_AVERAGED,
    key::DEVICES_LOCAL,
    key::DEVICES_GROUP,
];

/// The fields.
pub(super) fn fields(comparing: Comparing) -> [El; 3] {
    let lab = comparing.lab;
    let words = lab.view.words;
    let counts = COUNTS.map(|count| {
        let count = count.to_string();
        el("option").attr("value", &count).text(&count)
    });
    let count = select(comparing, "devices-count", key::DEVICES_COUNT, counts)
        .value(move || comparing.options.get().count.to_string())
        .on("change", move |event| {
            let count = value_of(&event).parse();
            comparing.options.update(|options| {
                options.count = count.unwrap_or(DeviceOptions::default().count);
            });
        });
    let shards = [
        ("equal", key::DEVICES_EQUAL),
        ("unequal", key::DEVICES_UNEQUAL),
    ];
    let shards = shards.map(|(value, name)| el("option").attr("value", value).tell(lab, name));
    let shards = select(comparing, "devices-shards", key::DEVICES_SHARDS, shards)
        .value(move || {
            let is_unequal = comparing.options.get().is_unequal;
            if is_unequal { "unequal" } else { "equal" }.to_owned()
        })
        .on("change", move |event| {
            let is_unequal = value_of(&event) == "unequal";
            comparing
                .options
                .update(|options| options.is_unequal = is_unequal);
        });
    let ways = WAYS.iter().zip(NAMES).map(|(word, name)| {
        el("option")
            .attr("value", word)
            .say(move || words.get(name).to_owned())
    });
    let way = select(comparing, "devices-way", key::DEVICES_WAY, ways)
        .value(move || WAYS[comparing.way.get()].to_owned())
        .on("change", move |event| {
            let chosen = value_of(&event);
            let place = WAYS.iter().position(|word| *word == chosen);
            comparing.way.set(place.unwrap_or_default());
        });
    let field = |(name, input)| el("label").child(el("span").tell(lab, name)).child(input);
    [
        (key::DEVICES_COUNT, count),
        (key::DEVICES_SHARDS, shards),
        (key::DEVICES_WAY, way),
    ]
    .map(field)
}

fn select(
    comparing: Comparing,
    part: &str,
    name: Key,
    options: impl IntoIterator<Item = El>,
) -> El {
    el("select")
        .attr("data-part", part)
        .named(comparing.lab, name)
        .children(options)
}
