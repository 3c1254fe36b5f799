//! The runs of a lesson beside each other: curves over the steps, or bars of where they end.

use super::ask::Request;
use super::charts;
use super::frame::{panel, readable};
use super::reading::{count, said};
use super::training::{Training, link_of};
use crate::charts::RunCurve;
use crate::compared::{Comparison, Form};
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::figure;
use crate::state::Lab;
use crate::ui::El;

/// The panel.
pub fn compared_runs(lab: Lab) -> El {
    let training = Training::new(lab, lab.run.compared, plan);
    let curve = |of: RunCurve| {
        let chart = charts::curves(training, of);
        figure(lab, readable(training, count, chart))
            .flag_live("hidden", move || training.comparison().form != Form::Curves)
    };
    let bars = figure(lab, readable(training, count, charts::bars(training)))
        .flag_live("hidden", move || training.comparison().form != Form::Bars);
    panel(
        training,
        Panel::ComparedRuns,
        key::COMPARED_TITLE,
        vec![
            curve(RunCurve::TrainingLoss),
            curve(RunCurve::TestAccuracy),
            bars,
        ],
        count,
        move || said(training),
    )
}

fn plan(lab: Lab, row: &'static Comparison) -> Request {
    let (link, also) = link_of(lab);
    let (settings, _) = batchnorm_lab::settings::Settings::from_text(&link);
    let runs = row.variants.iter();
    Request {
        runs: runs
            .map(|run| (run.settings(&settings).to_text() + also, run.side))
            .collect(),
        link,
        steps: row.steps,
        every: Some(row.every),
    }
}
