//! What a grid is asked for: the settings of its axes with their values, steps, seeds. Lies over the map while it is open.

use super::training::Training;
use crate::grid::{AXES, GridAxis, GridOptions, name, suggested, values_of};
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::ui::{El, Signal, button, el, value_of};

/// Seeds that a cell may have.
const SEEDS: [u64; 4] = [1, 3, 5, 9];

/// The button that opens and closes them.
pub(super) fn opener(training: Training, is_open: Signal<bool>) -> El {
    button()
        .class("quiet")
        .attr("data-part", "grid-options-open")
        .live("aria-expanded", move || is_open.get().to_string())
        .tell(training.lab, key::GRID_OPTIONS)
        .press(move || is_open.update(|is_open| *is_open = !*is_open))
}

/// The fields.
pub(super) fn options(training: Training, is_open: Signal<bool>) -> El {
    let steps = field(training, key::GRID_STEPS).child(
        el("input")
            .attr("data-part", "grid-steps")
            .attr("inputmode", "numeric")
            .named(training.lab, key::GRID_STEPS)
            .value(move || training.options().steps.to_string())
            .on("change", move |event| {
                let steps = value_of(&event).trim().parse();
                // What is none is refused by whoever plans: no step is the nearest to it.
                training.ask(&GridOptions {
                    steps: steps.unwrap_or(0),
                    ..training.options()
                });
            }),
    );
    let seeds = SEEDS.map(|count| {
        let count = count.to_string();
        el("option").attr("value", &count).text(&count)
    });
    // A link may say another number.
    let said = move || training.options().seeds.to_string();
    let other = el("option")
        .live("value", said)
        .flag_live("hidden", move || SEEDS.contains(&training.options().seeds))
        .say(said);
    let seeds = field(training, key::GRID_SEEDS).child(
        el("select")
            .attr("data-part", "grid-seeds")
            .named(training.lab, key::GRID_SEEDS)
            .children(seeds)
            .child(other)
            .value(said)
            .on("change", move |event| {
                let seeds = value_of(&event).parse().unwrap_or(1);
                training.ask(&GridOptions {
                    seeds,
                    ..training.options()
                });
            }),
    );
    el("div")
        .class("grid-options")
        .attr("data-part", "grid-options")
        .flag_live("hidden", move || !is_open.get())
        .child(axis(training, "x", key::GRID_ACROSS))
        .child(axis(training, "y", key::GRID_UP))
        .child(el("div").class("grid-numbers").child(steps).child(seeds))
}

fn field(training: Training, label: Key) -> El {
    el("label").child(el("span").tell(training.lab, label))
}

/// One axis: its setting and the values, as a reader types them.
fn axis(training: Training, which: &'static str, label: Key) -> El {
    let lab = training.lab;
    let is_x = which == "x";
    let now = move || {
        let GridOptions { x, y, .. } = training.options();
        if is_x { x } else { y.unwrap_or_default() }
    };
    let put = move |axis: GridAxis| {
        let mut now = training.options();
        match is_x {
            true => now.x = axis,
            false => now.y = (!axis.setting.is_empty()).then_some(axis),
        }
        training.ask(&now);
    };
    let none = (!is_x).then(|| el("option").attr("value", "").tell(lab, key::GRID_NO_AXIS));
    let names = AXES.map(|(setting, _)| {
        el("option")
            .attr("value", setting)
            .say(move || name(lab.view.words.0.get(), setting).to_owned())
    });
    let select = el("select")
        .attr("data-part", ["grid-setting-", which].concat().as_str())
        .named(lab, label)
        .children(none)
        .children(names)
        .value(move || now().setting)
        .on("change", move |event| put(suggested(&value_of(&event))));
    let values = el("input")
        .attr("data-part", ["grid-values-", which].concat().as_str())
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .named(lab, key::GRID_VALUES)
        .value(move || now().values.join(" "))
        .on("change", move |event| {
            let setting = now().setting;
            let values = values_of(&value_of(&event));
            put(GridAxis { setting, values });
        });
    el("div")
        .class("grid-axis")
        .child(field(training, label).child(select))
        .child(values)
}
