//! The selected layer and unit: how γ and β learn, three kinds of statistics, gradients, the batch's points.

use std::rc::Rc;

use batchnorm_lab::settings::choice::{Norm, View};

use super::gradients::gradients;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    AffineKind, GammaBetaData, GammaBetaText, Hover, Moment, MomentsData, MomentsText,
    SnapshotData, draw_gamma_beta, draw_moments, draw_snapshot, locate_gamma_beta, locate_moments,
    locate_snapshot,
};
use crate::controls::choice::radio;
use crate::format;
use crate::history::{LayerHistory, UnitColumn};
use crate::i18n::{Key, key};
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, Signal, button, derive, el};

/// Charts of one layer and one unit, and gradients of all layers.
pub fn detail(lab: Lab) -> El {
    let over_units = Signal::new(false);
    let has_affine = derive(move || {
        let side = shown_side(lab);
        lab.run
            .now
            .with(|s| s.affine && if side == 0 { s.norm_a } else { s.norm_b } != Norm::None)
    });
    let pair = |name: &str| {
        el("div")
            .class("pair")
            .attr("data-area", name)
            .attr("data-part", name)
    };
    let affine_charts = move || {
        if has_affine.get() {
            vec![
                affine(lab, AffineKind::Gamma),
                affine(lab, AffineKind::Beta),
            ]
        } else {
            vec![el("p").class("empty").tell(lab, key::DETAIL_NO_AFFINE)]
        }
    };
    let moment_charts = move || {
        let of = if over_units.get() { snapshot } else { moments };
        vec![of(lab, Moment::Mean), of(lab, Moment::Variance)]
    };
    let charts = el("div")
        .class("detail-charts")
        .attr("data-area", "detail")
        .child(pair("gamma-beta").swap(affine_charts))
        .child(pair("moments").swap(moment_charts))
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

/// A chart with its name above it.
pub(super) fn figure(lab: Lab, title: Key, class: &str, chart: El) -> El {
    el("figure")
        .class(class)
        .child(el("figcaption").child(el("span").tell(lab, title)))
        .child(chart)
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

pub(super) fn watch(lab: Lab) -> Box<dyn Fn()> {
    Box::new(move || {
        lab.run.frame.track();
        lab.view.cursor.track();
        lab.view.hovered.track();
        lab.run.now.with(|s| (s.selected_layer, s.selected_unit));
    })
}

fn affine(lab: Lab, kind: AffineKind) -> El {
    let words = lab.view.words;
    let (title, part) = match kind {
        AffineKind::Gamma => (key::DETAIL_GAMMA, "gamma"),
        AffineKind::Beta => (key::DETAIL_BETA, "beta"),
    };
    let with = move |of: &mut dyn FnMut(GammaBetaData)| {
        with_layer(lab, &mut |layer, _, unit| {
            of(GammaBetaData {
                layer,
                kind,
                focus: unit,
                hovered: lab.view.hovered.get_untracked(),
                cursor: lab.view.cursor.get_untracked(),
                labelled: false,
            });
        });
    };
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = GammaBetaText {
                    x_name: words.get(key::AXIS_STEP),
                    ..GammaBetaText::default()
                };
                let _ = draw_gamma_beta(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_gamma_beta(&data, size, point);
                let Some(Hover::Unit { unit, row, step }) = found else {
                    lab.view.hovered.set(None);
                    return;
                };
                lab.view.hovered.set(Some(unit));
                lab.view.cursor.set(Some(step));
                let cells = data.layer.units.row(row);
                let value =
                    |column: UnitColumn| format::value(f64::from(cells[column.column(unit)]));
                let mut text = vec![
                    words.fill(
                        key::READ_UNIT,
                        &[
                            ("unit", &(unit + 1).to_string()),
                            ("step", &format::count(step)),
                        ],
                    ),
                    format!(
                        "γ {}   β {}",
                        value(UnitColumn::Gamma),
                        value(UnitColumn::Beta)
                    ),
                ];
                text.extend(gradient_line(lab, unit));
                lines = Some(text);
            });
            lines
        })),
        press: Some(Rc::new(move |_, _| {
            if let Some(unit) = lab.view.hovered.get_untracked() {
                lab.edit(|s| s.selected_unit = unit as u32);
            }
        })),
    };
    figure(lab, title, "small", canvas(lab, chart))
}

/// The newest gradients of γ and β of a unit.
fn gradient_line(lab: Lab, unit: usize) -> Option<String> {
    let (layer, _) = lab.selected_unit();
    lab.read_side(shown_side(lab), |side| {
        let layer = side.layers.get(layer)?;
        let gamma = layer.d_gamma.get(unit)?;
        let beta = layer.d_beta.get(unit)?;
        Some(lab.view.words.fill(
            key::READ_GRADIENTS,
            &[
                ("gamma", &format::value(f64::from(*gamma))),
                ("beta", &format::value(f64::from(*beta))),
            ],
        ))
    })
    .flatten()
}

fn moment_title(moment: Moment) -> (Key, &'static str) {
    match moment {
        Moment::Mean => (key::DETAIL_MEAN, "mean"),
        Moment::Variance => (key::DETAIL_VARIANCE, "variance"),
    }
}

fn moment_columns(moment: Moment) -> [(UnitColumn, Key); 3] {
    match moment {
        Moment::Mean => [
            (UnitColumn::BatchMean, key::STATISTICS_BATCH),
            (UnitColumn::RunningMean, key::STATISTICS_RUNNING),
            (UnitColumn::FullMean, key::STATISTICS_FULL),
        ],
        Moment::Variance => [
            (UnitColumn::BatchVar, key::STATISTICS_BATCH),
            (UnitColumn::RunningVar, key::STATISTICS_RUNNING),
            (UnitColumn::FullVar, key::STATISTICS_FULL),
        ],
    }
}

/// One line per statistic that exists there.
fn moment_lines(
    lab: Lab,
    layer: &LayerHistory,
    moment: Moment,
    unit: usize,
    row: usize,
) -> Vec<String> {
    let cells = layer.units.row(row);
    moment_columns(moment)
        .into_iter()
        .map(|(column, key)| (cells[column.column(unit)], key))
        .filter(|(value, _)| !value.is_nan())
        .map(|(value, key)| {
            format!(
                "{} {}",
                lab.view.words.get(key),
                format::value(f64::from(value))
            )
        })
        .collect()
}

fn moments(lab: Lab, moment: Moment) -> El {
    let words = lab.view.words;
    let (title, part) = moment_title(moment);
    let with = move |of: &mut dyn FnMut(MomentsData)| {
        with_layer(lab, &mut |layer, side, unit| {
            of(MomentsData {
                layer,
                side,
                unit,
                moment,
                cursor: lab.view.cursor.get_untracked(),
                labelled: false,
            });
        });
    };
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = MomentsText {
                    x_name: words.get(key::AXIS_STEP),
                    ..MomentsText::default()
                };
                let _ = draw_moments(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                if let Some(Hover::Step { row, step }) = locate_moments(&data, size, point) {
                    lab.view.cursor.set(Some(step));
                    let mut text =
                        vec![words.fill(key::READ_STEP, &[("step", &format::count(step))])];
                    text.extend(moment_lines(lab, data.layer, moment, data.unit, row));
                    lines = Some(text);
                }
            });
            lines
        })),
        press: None,
    };
    figure(lab, title, "small", canvas(lab, chart))
}

fn snapshot(lab: Lab, moment: Moment) -> El {
    let words = lab.view.words;
    let (title, part) = moment_title(moment);
    let with = move |of: &mut dyn FnMut(SnapshotData)| {
        with_layer(lab, &mut |layer, side, focus| {
            of(SnapshotData {
                layer,
                side,
                focus,
                moment,
            });
        });
    };
    let pick = Signal::new(None::<usize>);
    let chart = Chart {
        part: part.into(),
        label: Box::new(move || words.get(title).to_owned()),
        watch: watch(lab),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = MomentsText {
                    x_name: words.get(key::AXIS_UNIT),
                    ..MomentsText::default()
                };
                let _ = draw_snapshot(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let found = locate_snapshot(&data, size, point);
                if let Some(Hover::Unit { unit, row, step }) = found {
                    pick.set(Some(unit));
                    let mut text = vec![words.fill(
                        key::READ_UNIT,
                        &[
                            ("unit", &(unit + 1).to_string()),
                            ("step", &format::count(step)),
                        ],
                    )];
                    text.extend(moment_lines(lab, data.layer, moment, unit, row));
                    lines = Some(text);
                }
            });
            lines
        })),
        press: Some(Rc::new(move |_, _| {
            if let Some(unit) = pick.get_untracked() {
                lab.edit(|s| s.selected_unit = unit as u32);
            }
        })),
    };
    figure(lab, title, "small", canvas(lab, chart))
}
