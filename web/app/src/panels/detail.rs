//! The selected layer and unit: how γ and β learn, three kinds of statistics, gradients, the batch's points.

use batchnorm_lab::settings::choice::{Norm, View};

mod affine;
mod moments;

use super::Panel;
use super::gradients::gradients;
use super::telling::about;
use crate::charts::{AffineKind, Moment};
use crate::controls::choice::radio;
use crate::history::LayerHistory;
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, Signal, button, derive, el};

/// Charts of one layer and one unit, and gradients of all layers.
pub fn detail(lab: Lab) -> El {
    let over_units = Signal::new(false);
    let charts = el("div")
        .class("detail-charts")
        .attr("data-area", "detail")
        .child(gamma_beta(lab))
        .child(moments_over(lab, over_units))
        .child(
            el("div")
                .class("single")
                .attr("data-area", "gradients")
                .child(gradients(lab)),
        );
    el("div")
        .class("detail")
        .child(heading(lab, over_units))
        .child(charts)
}

/// How γ and β of the selected layer learn.
pub fn gamma_beta(lab: Lab) -> El {
    let has_affine = derive(move || {
        let side = shown_side(lab);
        lab.run
            .now
            .with(|s| s.affine && if side == 0 { s.norm_a } else { s.norm_b } != Norm::None)
    });
    pair("gamma-beta").swap(move || {
        if has_affine.get() {
            vec![
                affine::affine(lab, AffineKind::Gamma),
                affine::affine(lab, AffineKind::Beta),
            ]
        } else {
            let why = el("p").class("empty").tell(lab, key::DETAIL_NO_AFFINE);
            vec![why.child(about(lab, Panel::GammaBeta))]
        }
    })
}

/// Mean and variance of the selected unit over steps.
pub fn moments(lab: Lab) -> El {
    moments_over(lab, Signal::new(false))
}

fn moments_over(lab: Lab, over_units: Signal<bool>) -> El {
    pair("moments").swap(move || {
        let of = if over_units.get() {
            moments::snapshot
        } else {
            moments::moments
        };
        vec![of(lab, Moment::Mean), of(lab, Moment::Variance)]
    })
}

fn pair(name: &str) -> El {
    el("div")
        .class("pair")
        .attr("data-area", name)
        .attr("data-part", name)
}

/// The run whose layer is looked at: the last that normalises, else the last shown.
fn shown_side(lab: Lab) -> u8 {
    lab.run.now.with(|s| match s.view {
        View::A => 0,
        View::B => 1,
        View::Twin if s.norm_b == Norm::None && s.norm_a != Norm::None => 0,
        View::Twin => 1,
    })
}

fn heading(lab: Lab, over_units: Signal<bool>) -> El {
    let words = lab.view.words;
    let move_unit = move |by: i64| {
        let (layer, unit) = lab.selected_unit();
        let width = lab.run.now.with_untracked(|s| s.width_of(layer));
        let next = (unit as i64 + by).rem_euclid(width as i64);
        lab.edit(|s| s.selected_unit = next as u32);
    };
    let title = move || {
        let (layer, unit) = lab.selected_unit();
        words.fill(
            key::DETAIL_TITLE,
            &[
                ("layer", &(layer + 1).to_string()),
                ("unit", &(unit + 1).to_string()),
            ],
        )
    };
    let step = |sign: &str, by: i64, name: Key| {
        button()
            .text(sign)
            .named(lab, name)
            .hint(lab, name)
            .press(move || move_unit(by))
    };
    let view = |is_units: bool, name: Key| {
        radio(
            "choice-detail",
            "",
            move || over_units.get() == is_units,
            move || over_units.set(is_units),
        )
        .child(el("span").tell(lab, name))
    };
    el("div")
        .class("detail-bar")
        .child(el("h2").say(title))
        .child(
            el("span")
                .class("stepper")
                .attr("data-part", "unit")
                .child(step("‹", -1, key::DETAIL_UNIT_BEFORE))
                .child(step("›", 1, key::DETAIL_UNIT_AFTER)),
        )
        .child(
            el("div")
                .class("options plain")
                .attr("role", "group")
                .named(lab, key::DETAIL_VIEW)
                .child(view(false, key::DETAIL_OVER_STEPS))
                .child(view(true, key::DETAIL_OVER_UNITS)),
        )
        .child(el("p").class("line-note").tell(lab, key::DETAIL_LINES))
}

/// Runs `of` on the remembered selected layer.
fn with_layer(lab: Lab, of: &mut dyn FnMut(&LayerHistory, usize, usize)) {
    let (layer, unit) = lab.selected_unit();
    let side = usize::from(shown_side(lab));
    lab.run.history.with_untracked(|history| {
        if let Some(past) = history.sides[side].layers.get(layer) {
            of(past, side, unit);
        }
    });
}

/// Follows what the charts of the selected layer and unit show.
pub(super) fn follow_selection(lab: Lab) {
    lab.run.frame.track();
    lab.view.cursor.track();
    lab.view.hovered.track();
    lab.run.now.with(|s| (s.selected_layer, s.selected_unit));
}
