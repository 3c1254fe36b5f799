//! One mini-batch through the four steps of Batch Normalization, on number lines: its numbers can be moved, pasted, added and
//! taken away, and whatever is done is what the core's kernels make of them.

mod board;
mod fields;
mod formula;
mod hand;

use self::board::Board;
use super::figure::{Figure, figure};
use super::table::Module;
use super::telling;
use super::telling::about;
use crate::charts::NumberLineChart;
use crate::format;
use crate::i18n::key;
use crate::number_line::formula::{NAMES, OPERATIONS};
use crate::panels::Panel;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, el};

/// The panel.
pub fn number_line(lab: Lab) -> El {
    telling::apart::bring::<{ Module::NumberLine as u8 }>();
    let board = Board::new(lab);
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::NUMBER_LINE_TITLE))
        .child(about(lab, Panel::NumberLine))
        .child(
            el("span")
                .class("number-line-of")
                .attr("data-part", "number-line-of")
                .say(move || of_what(board)),
        );
    let lines = el("div")
        .class("number-line-lines")
        .attr("data-part", "number-line-lines")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::NUMBER_LINE_KEYS)
        .on("keydown", move |event| hand::press(board, &event))
        .child(hand::draggable(board, figure(lab, chart(board))));
    let side = el("div")
        .class("number-line-side")
        .child(formula::formula(board))
        .child(fields::fields(board));
    el("figure")
        .class("number-line")
        .attr("data-part", "number-line")
        .child(caption)
        .child(el("div").class("number-line-body").child(lines).child(side))
}

fn chart(board: Board) -> Figure {
    let lab = board.lab;
    Figure::new(
        "number-line-chart",
        move || lab.view.words.get(key::PANEL_NUMBER_LINE).to_owned(),
        move || {
            lab.run.number_line.track();
            board.window.track();
        },
        move |draw| {
            board.with_untracked(|of| {
                draw(&NumberLineChart {
                    of,
                    window: board.window.get_untracked(),
                    names: NAMES,
                    operations: OPERATIONS,
                });
            });
        },
    )
}

/// Whose numbers these are.
fn of_what(board: Board) -> String {
    let words = board.lab.view.words;
    let said = board.with(|of| match of.of {
        Some((layer, unit, step)) => words.fill(
            key::NUMBER_LINE_OF,
            &[
                ("layer", &(layer + 1).to_string()),
                ("unit", &(unit + 1).to_string()),
                ("step", &format::count(step)),
                ("m", &of.rows().to_string()),
            ],
        ),
        None => words.fill(key::NUMBER_LINE_OWN, &[("m", &of.rows().to_string())]),
    });
    said.unwrap_or_else(|| words.get(key::NUMBER_LINE_NONE).to_owned())
}
