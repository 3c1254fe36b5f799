//! What Batch Normalization makes of the gradient of the selected unit: three terms a value, their sum, and the two sums
//! over the batch that vanish.

use batchnorm_lab::jobs::backward_side;
use batchnorm_lab::measure::UnitBackward;
use js_sys::Array;

use super::ask::{What, backward as read};
use super::measuring::Measuring;
use super::walk::{panel, readable};
use crate::charts::Backward;
use crate::controls::choice::radio;
use crate::format;
use crate::i18n::{Key, key};
use crate::measured::{BACKWARD_NAMES, in_order};
use crate::panels::Panel;
use crate::panels::figure::{Figure, figure};
use crate::panels::table::Module;
use crate::panels::telling::seen::with_seen;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::tell;
use crate::ui::{El, Signal, el};

/// The panel.
pub fn backward(lab: Lab) -> El {
    let measuring =
        Measuring::new::<{ Module::Backward as u8 }>(lab, lab.run.backward, 0, what, all);
    let is_sorted = Signal::new(true);
    let words = lab.view.words;
    let legend = move || {
        let (layer, unit) = lab.selected_unit();
        let step = measuring.with(|of| of.map_or(0, |of| of.newest().0));
        words.fill(
            key::BACKWARD_AT,
            &[
                ("layer", &(layer + 1).to_string()),
                ("unit", &(unit + 1).to_string()),
                ("step", &format::count(step)),
            ],
        )
    };
    let chart = figure(lab, readable(measuring, count, chart(measuring, is_sorted)));
    let place = el("div").class("backward-chart").child(chart);
    panel(
        measuring,
        Panel::Backward,
        key::PANEL_BACKWARD,
        legend,
        vec![place.child(orders(lab, is_sorted))],
        count,
        move || said(measuring, is_sorted),
    )
    .class("measured backward")
}

/// Nothing where no side shown has Batch Normalization.
fn what(lab: Lab, _: i32) -> Option<What> {
    let (layer, unit) = lab.selected_unit();
    let side = lab.run.now.with(backward_side);
    side.map(|_| What::Backward([layer, unit]))
}

fn all(results: &Array, _: &What) -> Vec<UnitBackward> {
    results.iter().filter_map(|result| read(&result)).collect()
}

fn count(of: &[UnitBackward]) -> [usize; 2] {
    [of.first().map_or(0, |of| of.shown.len()), of.len()]
}

/// In which order the values stand.
fn orders(lab: Lab, is_sorted: Signal<bool>) -> El {
    let order = |sorted: bool, name: Key| {
        radio(
            "choice-backward",
            if sorted { "x" } else { "batch" },
            move || is_sorted.get() == sorted,
            move || is_sorted.set(sorted),
        )
        .child(el("span").tell(lab, name))
    };
    el("div")
        .class("options plain backward-orders")
        .attr("role", "group")
        .attr("data-part", "backward-order")
        .named(lab, key::BACKWARD_ORDER)
        .child(order(true, key::BACKWARD_SORTED))
        .child(order(false, key::BACKWARD_AS_DRAWN))
}

fn chart(measuring: Measuring<UnitBackward>, is_sorted: Signal<bool>) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        "backward-chart",
        move || words.get(key::PANEL_BACKWARD).to_owned(),
        move || {
            measuring.track();
            is_sorted.track();
        },
        move |draw| {
            let is_sorted = is_sorted.get_untracked();
            let side = lab.run.now.with_untracked(backward_side).unwrap_or(1);
            let x_name = match is_sorted {
                true => key::BACKWARD_BY_X,
                false => key::BACKWARD_BY_PLACE,
            };
            measuring.with_untracked(|of| {
                draw(&Backward {
                    of: of.and_then(|of| of.newest().1.first()),
                    side: usize::from(side),
                    is_sorted,
                    names: BACKWARD_NAMES.map(|name| words.get(name)),
                    x_name: words.get(x_name),
                    y_name: words.get(key::BACKWARD_GRADIENT),
                    selected: measuring.selected.get_untracked().map(|(place, _)| place),
                });
            });
        },
    )
}

/// The value that is read; else what the sums over the batch say, as the panel is told.
fn said(measuring: Measuring<UnitBackward>, is_sorted: Signal<bool>) -> Option<String> {
    let lab = measuring.lab;
    let words = lab.view.words;
    let side = lab.run.now.with(backward_side);
    measuring.of.track();
    let is_measured = measuring.with(|of| of.is_some());
    let selected = measuring.selected.get();
    let is_sorted = is_sorted.get();
    if side.is_some() && !is_measured {
        return None;
    }
    let value = measuring.with(|of| {
        let of = of?.newest().1.first()?;
        let (place, _) = selected?;
        let place = *in_order(of, is_sorted).get(place)?;
        of.shown.get(place).copied()
    });
    let Some(value) = value.filter(|_| side.is_some()) else {
        return Some(with_seen(lab, tell::backward).sentence);
    };
    let text = |figure: f32| format::value(f64::from(figure));
    let [direct, mean, variance] = value.terms.map(text);
    Some(words.fill(
        key::BACKWARD_VALUE,
        &[
            ("n", &(value.place + 1).to_string()),
            ("x", &text(value.x)),
            ("xhat", &text(value.x_hat)),
            ("dy", &text(value.d_y)),
            ("direct", &direct),
            ("mean", &mean),
            ("variance", &variance),
            ("dx", &text(value.d_x)),
        ],
    ))
}
