//! How γ and β of the selected layer learn, unit by unit.

use super::{follow_selection, shown_side, with_layer};
use crate::charts::{AffineKind, GammaBeta, Hover};
use crate::format;
use crate::history::UnitColumn;
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::{Figure, captioned, captioned_of, figure};
use crate::panels::read_step::with_stride;
use crate::state::Lab;
use crate::ui::El;

/// Trajectories of all units; a press selects the nearest.
pub(super) fn affine(lab: Lab, kind: AffineKind) -> El {
    let words = lab.view.words;
    let (title, part) = match kind {
        AffineKind::Gamma => (key::DETAIL_GAMMA, "gamma"),
        AffineKind::Beta => (key::DETAIL_BETA, "beta"),
    };
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || follow_selection(lab),
        move |draw| {
            with_layer(lab, &mut |layer, _, unit| {
                draw(&GammaBeta {
                    layer,
                    kind,
                    unit,
                    hovered: lab.view.hovered.get_untracked(),
                    cursor: lab.view.cursor.get_untracked(),
                    x_name: words.get(key::AXIS_STEP),
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Unit { unit, row, step } = hover else {
            return None;
        };
        lab.view.hovered.set(Some(unit));
        lab.view.cursor.set(Some(step));
        let mut lines = Vec::new();
        with_layer(lab, &mut |layer, _, _| {
            lines.push(with_stride(lab, unit_line(lab, unit, step), &layer.units));
            let cells = layer.units.row(row);
            let value = |column: UnitColumn| format::value(f64::from(cells[column.column(unit)]));
            let (gamma, beta) = (value(UnitColumn::Gamma), value(UnitColumn::Beta));
            lines.push(format!("γ {gamma}   β {beta}"));
        });
        lines.extend(gradient_line(lab, unit));
        Some(lines)
    })
    .press(move |hover| select_unit(lab, hover));
    match kind {
        AffineKind::Gamma => captioned(lab, title, "small", figure(lab, chart)),
        AffineKind::Beta => captioned_of(lab, Panel::GammaBeta, title, "small", figure(lab, chart)),
    }
}

/// Which unit is read out, at which step.
pub(super) fn unit_line(lab: Lab, unit: usize, step: u64) -> String {
    lab.view.words.fill(
        key::READ_UNIT,
        &[
            ("unit", &(unit + 1).to_string()),
            ("step", &format::count(step)),
        ],
    )
}

/// Selects the unit that was pressed.
pub(super) fn select_unit(lab: Lab, hover: Option<Hover>) {
    if let Some(Hover::Unit { unit, .. }) = hover {
        lab.edit(|s| s.selected_unit = unit as u32);
    }
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
