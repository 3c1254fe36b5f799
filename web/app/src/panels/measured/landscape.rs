//! The loss along the gradient: a band for each run against the step size.

use js_sys::Array;

use super::ask::{What, landscape as read};
use super::charts;
use super::measuring::Measuring;
use super::walk::{panel, readable};
use crate::format;
use crate::i18n::key;
use crate::measured::{FACTORS, Landscape, STATES, factor};
use crate::panels::Panel;
use crate::panels::figure::figure;
use crate::panels::table::Module;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::El;

/// The panel.
pub fn landscape(lab: Lab) -> El {
    let measuring = Measuring::new::<{ Module::Measured as u8 }>(
        lab,
        lab.run.landscape,
        0,
        |_, _| Some(What::Landscape),
        all,
    );
    let chart = readable(measuring, count, charts::landscape(measuring));
    let words = lab.view.words;
    let legend = move || {
        let states = measuring.with(|of| {
            let step = of.map_or(0, |of| of.newest().0);
            (step + 1).min(STATES)
        });
        words.fill(key::MEASURED_BAND, &[("n", &states.to_string())])
    };
    panel(
        measuring,
        Panel::Landscape,
        key::MEASURED_TITLE,
        legend,
        vec![figure(lab, chart)],
        count,
        move || said(measuring),
    )
}

fn all(results: &Array, _: &What) -> Vec<Landscape> {
    results.iter().map(|result| read(&result)).collect()
}

fn count(sides: &[Landscape]) -> [usize; 2] {
    [FACTORS.len(), sides.len()]
}

/// The value that is read, with its units.
fn said(measuring: Measuring<Landscape>) -> Option<String> {
    let lab = measuring.lab;
    let (column, line) = measuring.selected.get()?;
    let values = measuring.with(|of| {
        let of = of?;
        let side = of.newest().1.get(line)?;
        let before = of.start.iter().find(|start| start.side == side.side);
        let at = |losses: &[f32]| {
            losses
                .get(column)
                .map_or_else(|| "–".into(), |loss| loss_text(*loss))
        };
        Some((
            side.side,
            format::value(FACTORS.get(column)? * side.rate),
            [at(&side.last), at(&side.low), at(&side.high)],
            before.map_or_else(|| "–".into(), |before| at(&before.last)),
        ))
    });
    let (side, eta, [now, low, high], start) = values?;
    let run = run_name(lab, side);
    Some(lab.view.words.fill(
        key::MEASURED_LOSS,
        &[
            ("run", &run),
            ("eta", &eta),
            ("factor", &factor(FACTORS[column])),
            ("now", &now),
            ("low", &low),
            ("high", &high),
            ("start", &start),
        ],
    ))
}

fn loss_text(loss: f32) -> String {
    match loss.is_infinite() {
        true => "∞".into(),
        false => format::value(f64::from(loss)),
    }
}
