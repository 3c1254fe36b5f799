//! Which cells of a layer share a mean and a deviation: the values of the run's own first layer, measured on a copy; a cell
//! is chosen by pointer, finger or keys, a kind by its row.

mod board;
mod side;

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

use self::board::Board;
use super::figure::{Figure, figure};
use super::pool::why;
use super::telling::about;
use crate::cells::Form;
use crate::charts::{CellsChart, Hover};
use crate::format;
use crate::i18n::key;
use crate::panels::Panel;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el};

/// The panel.
pub fn which_cells(lab: Lab) -> El {
    let board = Board::new(lab);
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::CELLS_TITLE))
        .child(about(lab, Panel::WhichCells))
        .children([
            form(board, Form::Image, "(N, C, H, W)"),
            form(board, Form::Sequence, "(N, T, C)"),
        ])
        .child(
            el("span")
                .class("number-line-of")
                .say(move || of_what(board)),
        );
    let map = el("div")
        .class("number-line-lines")
        .attr("data-part", "cells-map")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::CELLS_KEYS)
        .on("keydown", move |event| press(board, &event))
        .child(figure(lab, chart(board)));
    let body = el("div")
        .class("number-line-body")
        .child(map)
        .child(side::side(board));
    let panel = el("figure")
        .class("number-line")
        .attr("data-part", "which-cells")
        .live("aria-busy", move || {
            board.measuring.is_running.get().to_string()
        })
        .child(caption)
        .child(body);
    board.measuring.follow(&panel);
    panel
}

/// As what the values are looked at.
fn form(board: Board, form: Form, label: &str) -> El {
    button()
        .class("quiet")
        .attr(
            "data-part",
            if form == Form::Image {
                "cells-image"
            } else {
                "cells-sequence"
            },
        )
        .live("aria-pressed", move || {
            (board.form.get() == form).to_string()
        })
        .text(label)
        .press(move || board.form.set(form))
}

fn chart(board: Board) -> Figure {
    let lab = board.lab;
    Figure::new(
        "cells-chart",
        move || lab.view.words.get(key::PANEL_WHICH_CELLS).to_owned(),
        move || lab.run.cells.track(),
        move |draw| {
            board.with_untracked(|of| {
                let side = board.side();
                draw(&CellsChart {
                    of,
                    side,
                    is_plain: false,
                });
            });
        },
    )
    .read(move |hover| {
        if let Hover::Cell { place } = hover {
            board.look_at(place);
        }
        None
    })
}

/// Of what the values are.
fn of_what(board: Board) -> String {
    let words = board.lab.view.words;
    if let Some(failed) = board.measuring.failed.get() {
        return why(board.lab, failed);
    }
    let said = board.with(|of| {
        let [row, channel, position] = of.layer.parts(of.at);
        let [n, c, p] = [row, channel, position].map(|place| (place + 1).to_string());
        let value = format::value(of.value().into());
        let step = format::count(of.step);
        words.fill(
            key::CELLS_OF,
            &[
                ("n", &n),
                ("rows", &of.layer.rows.to_string()),
                ("c", &c),
                ("p", &p),
                ("value", &value),
                ("step", &step),
            ],
        )
    });
    said.unwrap_or_else(|| words.get(key::MEASURED_BUSY).to_owned())
}

/// Arrows go from cell to cell; at the edge of a map to the next map.
fn press(board: Board, event: &Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let direction = match event.key().as_str() {
        "ArrowLeft" => [-1, 0],
        "ArrowRight" => [1, 0],
        "ArrowUp" => [0, -1],
        "ArrowDown" => [0, 1],
        _ => return,
    };
    board.walk(direction);
    event.prevent_default();
    event.stop_propagation();
}
