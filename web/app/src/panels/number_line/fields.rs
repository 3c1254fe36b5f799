//! What is typed and pressed: the numbers as a text, γ and β, one more, one less, examples, the way back.

use super::board::{Act, Board, Own};
use crate::format::setting;
use crate::i18n::{Key, key};
use crate::number_line::{FEWEST, MOST, Points};
use crate::spoken::Spoken;
use crate::ui::{El, Signal, button, el, value_of};
use batchnorm_lab::numeric::decimal;

/// Two clumps, of which normalising makes no bell.
const CLUMPS: [f32; 8] = [-3.3, -3.1, -2.9, -2.7, 2.6, 2.9, 3.2, 3.5];
/// Where one number is thrown.
const FAR: f64 = 100.0;

/// All of them.
pub(super) fn fields(board: Board) -> El {
    let count = move || board.with(|of| of.rows()).unwrap_or_default();
    let has_own = move || board.own.with(|own| *own != Own::default());
    el("div")
        .class("number-line-fields")
        .child(numbers(board))
        .child(learned(board, "γ", |own| &mut own.gamma, |of| of.gamma))
        .child(learned(board, "β", |own| &mut own.beta, |of| of.beta))
        .child(
            sign(board, "add", "+", key::NUMBER_LINE_ADD)
                .flag_live("disabled", move || count() >= MOST)
                .press(move || board.add()),
        )
        .child(
            sign(board, "remove", "−", key::NUMBER_LINE_REMOVE)
                .flag_live("disabled", move || count() <= FEWEST)
                .press(move || board.remove()),
        )
        .child(act(
            board,
            "far",
            key::NUMBER_LINE_FAR,
            |board| board.throw_to(FAR),
            || true,
        ))
        .child(act(
            board,
            "clumps",
            key::NUMBER_LINE_CLUMPS,
            |board| board.replace(Points::of(&CLUMPS), 0),
            || true,
        ))
        .child(act(
            board,
            "undo",
            key::NUMBER_LINE_UNDO,
            Board::undo,
            move || board.can_undo(),
        ))
        .child(act(
            board,
            "reset",
            key::NUMBER_LINE_RESET,
            Board::reset,
            has_own,
        ))
}

/// A button with a sign, and its words for those who point at it or hear it.
fn sign(board: Board, part: &str, sign: &str, label: Key) -> El {
    button()
        .class("quiet")
        .attr("data-part", &["number-line-", part].concat())
        .named(board.lab, label)
        .hint(board.lab, label)
        .text(sign)
}

fn act(
    board: Board,
    part: &str,
    label: Key,
    press: fn(Board),
    can: impl Fn() -> bool + 'static,
) -> El {
    button()
        .class("quiet")
        .attr("data-part", &["number-line-", part].concat())
        .flag_live("disabled", move || !can())
        .tell(board.lab, label)
        .press(move || press(board))
}

/// The numbers as a text, to be typed over and pasted into.
fn numbers(board: Board) -> El {
    let lab = board.lab;
    let refused = Signal::new(None::<String>);
    let shown = move || {
        let said = board.with(|of| {
            let numbers = of.stages[0].iter().map(|x| {
                // As many places as a reader follows.
                decimal::fixed(f64::from(*x), 3)
            });
            let short = |text: String| {
                let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
                if text == "-0" { "0".into() } else { text }
            };
            numbers.map(short).collect::<Vec<_>>().join(", ")
        });
        said.unwrap_or_default()
    };
    el("label")
        .class("number-line-numbers")
        .child(el("span").tell(lab, key::NUMBER_LINE_NUMBERS))
        .child(
            el("input")
                .attr("type", "text")
                .class("value")
                .attr("data-part", "number-line-numbers")
                .attr("autocomplete", "off")
                .attr("spellcheck", "false")
                .value(move || refused.get().unwrap_or_else(shown))
                .live("aria-invalid", move || {
                    refused.with(Option::is_some).to_string()
                })
                .on("change", move |event| {
                    let text = value_of(&event);
                    match Points::read(&text) {
                        Some(points) => {
                            refused.set(None);
                            board.replace(points, 0);
                        }
                        None => refused.set((!text.trim().is_empty()).then_some(text)),
                    }
                }),
        )
        .child(
            el("span")
                .class("warn")
                .attr("role", "status")
                .say(move || match refused.with(Option::is_some) {
                    true => lab.view.words.fill(
                        key::NUMBER_LINE_REFUSED,
                        &[("fewest", &FEWEST.to_string()), ("most", &MOST.to_string())],
                    ),
                    false => String::new(),
                }),
        )
}

/// γ or β: the run's, or what is typed.
fn learned(
    board: Board,
    name: &'static str,
    place: fn(&mut Own) -> &mut Option<f32>,
    read: fn(&crate::number_line::Affine) -> f32,
) -> El {
    let shown = move || {
        let number = board.with(|of| f64::from(read(&of.affine)));
        let number = number.map(|number| (number * 1e3).round() / 1e3);
        number.map_or_else(String::new, setting)
    };
    el("label")
        .class("number-line-learned")
        .child(el("span").text(name))
        .child(
            el("input")
                .attr("type", "text")
                .class("value")
                .attr("inputmode", "decimal")
                .attr("autocomplete", "off")
                .attr(
                    "data-part",
                    &["number-line-", if name == "γ" { "gamma" } else { "beta" }].concat(),
                )
                .value(shown)
                .on("change", move |event| {
                    let text = value_of(&event).replace('−', "-");
                    let number = decimal::parse(text.trim()).filter(|number| number.abs() <= 1e6);
                    match number {
                        Some(number) => {
                            let mut own = board.own.get_untracked();
                            *place(&mut own) = Some(number as f32);
                            board.put(own, Act::Other);
                        }
                        None => crate::ui::write_back(&event, &shown()),
                    }
                }),
        )
}
