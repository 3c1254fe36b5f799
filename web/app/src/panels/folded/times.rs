//! How long a call of each network takes on this device: two bars for many points at once and two for one alone, and the
//! press that measures again. Times are of here and now; nothing of them is kept or compared.

use batchnorm_lab::measure::Folded;

use super::with_newest;
use crate::folded::{factor, took};
use crate::format;
use crate::i18n::key;
use crate::panels::measured::Measuring;
use crate::spoken::Spoken;
use crate::ui::{El, button, el};

/// Both pairs, in the order in which they are measured, by how many points a call has.
const CALLS: [usize; 2] = [256, 1];

/// All of it; its size is the same before and after.
pub(super) fn times(measuring: Measuring<Folded>) -> El {
    let lab = measuring.lab;
    let again = button()
        .class("quiet")
        .attr("data-part", "fold-again")
        .flag_live("disabled", move || {
            measuring.is_running.get() || with_newest(measuring, |_| ()).is_none()
        })
        .tell(lab, key::FOLD_AGAIN)
        .press(move || measuring.choice.update(|times| *times += 1));
    el("div")
        .class("fold-times")
        .attr("data-part", "fold-times")
        .child(el("span").tell(lab, key::FOLD_TIMES))
        .child(again)
        .children([0, 1].map(|place| call(measuring, place)))
}

/// The time of a call, where it was measured.
fn of_call(measuring: Measuring<Folded>, place: usize) -> Option<([f64; 2], f64)> {
    with_newest(measuring, |of| of.times.get(place).and_then(took)).flatten()
}

fn call(measuring: Measuring<Folded>, place: usize) -> El {
    let words = measuring.lab.view.words;
    let title = move || {
        let ratio = of_call(measuring, place).map_or("–".into(), |(_, ratio)| factor(ratio));
        let name = match CALLS[place] {
            1 => key::FOLD_CALL_ONE,
            _ => key::FOLD_CALL,
        };
        let points = CALLS[place].to_string();
        words.fill(name, &[("n", &points), ("ratio", &ratio)])
    };
    el("div")
        .class("fold-call")
        .child(el("p").say(title))
        .children([0, 1].map(|which| row(measuring, place, which)))
}

fn row(measuring: Measuring<Folded>, place: usize, which: usize) -> El {
    let lab = measuring.lab;
    let micros = move || of_call(measuring, place).map(|(both, _)| both);
    let share = move || {
        let share = micros().map_or(0.0, |both| both[which] / both[0].max(both[1]));
        format::share(share)
    };
    el("div")
        .class("fold-time")
        .child(el("span").tell(lab, [key::FOLD_SHORT_OWN, key::FOLD_FOLDED][which]))
        .child(
            el("span")
                .class("fold-track")
                .child(el("i").style_live("--share", share)),
        )
        .child(el("span").class("fold-micros").say(move || {
            let said = micros().map(|both| [&format::value(both[which]), " µs"].concat());
            said.unwrap_or_else(|| "– µs".into())
        }))
}
