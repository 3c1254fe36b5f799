//! Every kind with what the cell shares under it: a row each, which lights its cells when it is pressed; and the groups.

use super::board::Board;
use crate::cells::Kind;
use crate::format;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::ui::{El, button, el, value_of};

/// Rows and slider.
pub(super) fn side(board: Board) -> El {
    let lab = board.lab;
    let head = [
        key::CELLS_KIND,
        key::CELLS_COUNT,
        key::CELLS_MEAN,
        key::CELLS_DEVIATION,
        key::CELLS_X_HAT,
    ];
    let head = head.map(|name| el("th").attr("scope", "col").tell(lab, name));
    let table = el("table")
        .class("cells-table")
        .attr("data-part", "cells-table")
        .child(el("thead").child(el("tr").children(head)))
        .child(el("tbody").children(Kind::ALL.map(|kind| row(board, kind))));
    el("div")
        .class("number-line-side cells-side")
        .child(table)
        .child(groups(board))
        .child(
            el("p")
                .class("axis-note")
                .attr("data-part", "cells-same")
                .attr("role", "status")
                .say(move || same(board)),
        )
}

fn row(board: Board, kind: Kind) -> El {
    let words = board.lab.view.words;
    let name = move || words.find(&["choice.a.", kind.name()].concat());
    let figure = move |read: fn(&crate::cells::Cells, Kind) -> String| {
        el("td").say(move || {
            board
                .with(|of| read(of, kind))
                .unwrap_or_else(|| "–".into())
        })
    };
    el("tr")
        .class_live("lit", move || board.kind.get() == kind)
        .child(
            el("th").attr("scope", "row").child(
                button()
                    .class("quiet")
                    .attr("data-part", &["cells-", kind.name()].concat())
                    .live("aria-pressed", move || {
                        (board.kind.get() == kind).to_string()
                    })
                    .say(name)
                    .press(move || board.kind.set(kind)),
            ),
        )
        .child(figure(|of, kind| of.shared(kind).count.to_string()))
        .child(figure(|of, kind| match kind {
            Kind::Rms => "–".into(),
            _ => format::value(of.shared(kind).mean.into()),
        }))
        .child(figure(|of, kind| {
            format::value(of.shared(kind).deviation.into())
        }))
        .child(figure(|of, kind| format::value(of.x_hat(kind).into())))
}

/// A slider over the numbers that divide the channels.
fn groups(board: Board) -> El {
    let now = move || board.with(|of| of.groups).unwrap_or(1);
    el("label")
        .class("number-line-numbers")
        .child(el("span").say(move || {
            let words = board.lab.view.words;
            words.fill(key::CELLS_GROUPS, &[("groups", &now().to_string())])
        }))
        .child(el("div").class("track").child(slider(board)))
}

fn slider(board: Board) -> El {
    let divisors = move || {
        board
            .with(|of| of.layer.divisors())
            .unwrap_or_else(|| vec![1])
    };
    let now = move || board.with(|of| of.groups).unwrap_or(1);
    let place = move || {
        let place = divisors().iter().position(|divisor| *divisor == now());
        place.unwrap_or(0)
    };
    let last = move || divisors().len() - 1;
    el("input")
        .attr("type", "range")
        .attr("min", "0")
        .attr("step", "1")
        .attr("data-part", "cells-groups")
        .live("max", move || last().to_string())
        .live("aria-valuetext", move || now().to_string())
        .style_live("--share", move || {
            format::share(place() as f64 / last().max(1) as f64)
        })
        .value(move || place().to_string())
        .on("input", move |event| {
            let place: usize = value_of(&event).parse().unwrap_or(0);
            let divisors = board.with_untracked(|of| of.layer.divisors());
            if let Some(groups) = divisors.and_then(|all| all.get(place).copied()) {
                board.groups.set(groups);
                board.kind.set(Kind::Group);
            }
        })
}

/// Which kinds now have the same cells as Group Normalization.
fn same(board: Board) -> String {
    let words = board.lab.view.words;
    let said = board.with(|of| {
        let groups = of.shared(Kind::Group);
        let is = |kind: Kind| groups == of.shared(kind);
        if is(Kind::Layer) {
            Some(words.get(key::CELLS_SAME_LAYER))
        } else if is(Kind::Instance) {
            Some(words.get(key::CELLS_SAME_INSTANCE))
        } else {
            None
        }
    });
    said.flatten().unwrap_or_default().to_owned()
}
