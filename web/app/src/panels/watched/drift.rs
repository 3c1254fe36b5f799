//! What the activations of each layer are given, over the steps, and how fast that moves.

use js_sys::Array;

use super::drift_chart::chart;
use super::read;
use crate::format;
use crate::i18n::key;
use crate::measured::{BACK, Drift, USUAL_BACK, back};
use crate::panels::Panel;
use crate::panels::figure::figure;
use crate::panels::measured::ask::What;
use crate::panels::measured::measuring::Measuring;
use crate::panels::measured::walk::{panel, readable};
use crate::panels::table::Module;
use crate::spoken::{Spoken, run_name};
use crate::state::Lab;
use crate::ui::{El, el, value_of};

/// The panel.
pub fn drift(lab: Lab) -> El {
    let measuring = Measuring::new::<{ Module::Watched as u8 }>(
        lab,
        lab.run.drift,
        USUAL_BACK,
        |_, choice| Some(What::Drift(back(choice))),
        all,
    );
    let chart = readable(measuring, count, chart(measuring));
    let words = lab.view.words;
    panel(
        measuring,
        Panel::Drift,
        key::WATCHED_DRIFT_TITLE,
        move || words.get(key::WATCHED_DRIFT_LEGEND).to_owned(),
        vec![figure(lab, chart)],
        count,
        move || said(measuring),
    )
    .child(steps_back(measuring))
}

fn all(results: &Array, back: &What) -> Vec<Drift> {
    let back = match back {
        What::Drift(back) => u64::from(*back),
        _ => 0,
    };
    let results = results.iter();
    results.map(|result| read::drift(&result, back)).collect()
}

fn count(sides: &[Drift]) -> [usize; 2] {
    let states = sides.iter().map(|side| side.states.len());
    let depth = sides.iter().map(Drift::depth).fold(0, usize::max);
    [states.fold(0, usize::max), depth * sides.len()]
}

/// How many steps back the state lies that one is held against.
fn steps_back(measuring: Measuring<Drift>) -> El {
    let lab = measuring.lab;
    let options = BACK.iter().enumerate().map(|(place, back)| {
        el("option")
            .attr("value", &place.to_string())
            .text(&back.to_string())
    });
    let select = el("select")
        .attr("data-part", "drift-back")
        .children(options)
        .value(move || measuring.choice.get().to_string())
        .on("change", move |event| {
            if let Ok(place) = value_of(&event).parse() {
                measuring.choice.set(place);
            }
        });
    el("label")
        .class("watched-choice")
        .child(el("span").tell(lab, key::WATCHED_DRIFT_BACK))
        .child(select)
}

/// The value that is read, with its units.
fn said(measuring: Measuring<Drift>) -> Option<String> {
    let lab = measuring.lab;
    let (state, line) = measuring.selected.get()?;
    let values = measuring.with(|of| {
        let sides = of?.newest().1;
        let side = sides.get(line % sides.len())?;
        let layer = line / sides.len();
        let longest = sides.iter().max_by_key(|side| side.states.len())?;
        let at = side
            .states
            .get(state)
            .and_then(|(_, layers)| layers.get(layer));
        let figures = at.map_or(["–".into(), "–".into(), "–".into()], |of| {
            [of.mean, of.deviation, of.drift].map(|figure| format::value(f64::from(figure)))
        });
        Some((
            side.side,
            layer,
            longest.states.get(state)?.0,
            figures,
            side.back,
        ))
    });
    let (side, layer, step, [mean, deviation, drift], back) = values?;
    Some(lab.view.words.fill(
        key::WATCHED_DRIFT_AT,
        &[
            ("run", &run_name(lab, side)),
            ("layer", &(layer + 1).to_string()),
            ("step", &format::count(step)),
            ("mean", &mean),
            ("deviation", &deviation),
            ("drift", &drift),
            ("back", &back.to_string()),
        ],
    ))
}
