//! r and d of the selected unit over a whole run, within their bounds.

use super::ask::Request;
use super::charts;
use super::frame::{panel, readable};
use super::training::{Training, link_of};
use crate::charts::CorrectionKind;
use crate::compared::{Compared, Comparison};
use crate::format;
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::figure;
use crate::state::Lab;
use crate::ui::El;

/// The panel.
pub fn r_and_d(lab: Lab) -> El {
    let training = Training::new(lab, lab.run.corrections, plan);
    let charts = [CorrectionKind::R, CorrectionKind::D].map(|kind| {
        let chart = charts::corrections(training, kind);
        figure(lab, readable(training, count, chart))
    });
    panel(
        training,
        Panel::RAndD,
        key::COMPARED_CORRECTIONS,
        charts.into(),
        count,
        move || said(training),
    )
}

fn plan(lab: Lab, row: &'static Comparison) -> Request {
    let (link, also) = link_of(lab);
    // Which unit is looked at is what is measured.
    let (layer, unit) = lab
        .run
        .link
        .with(|link| (link.selected_layer, link.selected_unit));
    let run = format!("{link}&layer={layer}&unit={unit}{also}");
    Request {
        runs: vec![(run.trim_start_matches('&').into(), 0)],
        link,
        steps: row.steps,
        every: None,
    }
}

fn count(of: &Compared) -> [usize; 2] {
    let columns = of.trained(0).map_or(0, |run| run.corrections.len());
    [columns, 1]
}

fn said(training: Training) -> Option<String> {
    let words = training.lab.view.words;
    let (column, _) = training.selected.get()?;
    let at = training.with(|of| of?.trained(0)?.corrections.get(column).copied())?;
    let number = |value: f32| format::value(f64::from(value));
    let [r, d] = at.used.map(number);
    let [ratio, distance] = at.wanted.map(number);
    let [r_max, d_max] = at.bounds.map(number);
    Some(words.fill(
        key::COMPARED_CORRECTION,
        &[
            ("step", &format::count(at.step)),
            ("r", &r),
            ("d", &d),
            ("ratio", &ratio),
            ("distance", &distance),
            ("rmax", &r_max),
            ("dmax", &d_max),
        ],
    ))
}
