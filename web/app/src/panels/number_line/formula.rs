//! The formula of each step with the numbers of the moment, and how far f32 is from f64.

use super::board::Board;
use crate::format::value;
use crate::i18n::key;
use crate::number_line::formula::LINES;
use crate::ui::{El, el};

/// All of them.
pub(super) fn formula(board: Board) -> El {
    let words = board.lab.view.words;
    let lines = LINES.map(|(name, line)| {
        el("p")
            .attr("data-part", &["number-line-", name].concat())
            .say(move || board.with(line).unwrap_or_default())
    });
    let checked = move || {
        let said = board.with(|of| {
            let deviation = value(of.deviation);
            words.fill(key::NUMBER_LINE_CHECKED, &[("deviation", &deviation)])
        });
        said.unwrap_or_default()
    };
    el("div")
        .class("number-line-formula")
        .attr("data-part", "number-line-formula")
        .children(lines)
        .child(
            el("p")
                .class("axis-note")
                .attr("data-part", "number-line-checked")
                .say(checked),
        )
}
