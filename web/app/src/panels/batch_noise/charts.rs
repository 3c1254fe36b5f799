//! The report in charts: three scatters in strips, and the law of x̂.

use batchnorm_lab::protocol::BatchNoiseReport;

use crate::charts::{Hover, NoiseStrips, Scatter, XHatNoise};
use crate::format;
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::{Figure, captioned, captioned_of, figure};
use crate::state::Lab;
use crate::ui::El;

/// How one statistic scatters at each batch size.
pub(super) fn strips(lab: Lab, scatter: Scatter) -> El {
    let words = lab.view.words;
    let (title, axis, part) = match scatter {
        Scatter::Means => (
            key::BATCH_NOISE_MEANS,
            key::AXIS_DEVIATIONS,
            "batch-noise-means",
        ),
        Scatter::Variances => (
            key::BATCH_NOISE_VARIANCES,
            key::AXIS_RATIO,
            "batch-noise-variances",
        ),
        Scatter::XHats => (
            key::BATCH_NOISE_X_HATS,
            key::AXIS_X_HAT,
            "batch-noise-x-hats",
        ),
    };
    let chart = Figure::new(
        part,
        move || words.get(title).to_owned(),
        move || watch(lab),
        move |draw| {
            with_report(lab, &mut |report, current| {
                draw(&NoiseStrips {
                    report,
                    scatter,
                    current: Some(current),
                    x_name: words.get(axis),
                    y_name: words.get(key::AXIS_BATCH),
                    truth: words.get(key::BATCH_NOISE_TRUTH),
                });
            });
        },
    )
    .read(move |hover| read_row(lab, hover, scatter));
    match scatter {
        Scatter::Variances => {
            let panel = Panel::StatisticsNoise;
            captioned_of(lab, panel, title, "small", figure(lab, chart))
        }
        _ => captioned(lab, title, "small", figure(lab, chart)),
    }
}

/// The pinned point's x̂ against batch size.
pub(super) fn law(lab: Lab) -> El {
    let words = lab.view.words;
    let title = key::BATCH_NOISE_LAW;
    let chart = Figure::new(
        "batch-noise-law",
        move || words.get(title).to_owned(),
        move || watch(lab),
        move |draw| {
            with_report(lab, &mut |report, current| {
                draw(&XHatNoise {
                    report,
                    current: Some(current),
                    x_name: words.get(key::AXIS_BATCH),
                    y_name: words.get(key::AXIS_SPREAD),
                });
            });
        },
    )
    .read(move |hover| read_row(lab, hover, Scatter::XHats));
    captioned_of(lab, Panel::XHatNoise, title, "small", figure(lab, chart))
}

fn watch(lab: Lab) {
    lab.run.batch_noise.track();
    lab.run.now.with(|s| s.batch);
}

/// Runs `of` on the newest report and the batch size of the run on the page.
fn with_report(lab: Lab, of: &mut dyn FnMut(&BatchNoiseReport, u32)) {
    let current = lab.run.now.with_untracked(|s| s.batch_size() as u32);
    lab.run.batch_noise.with_untracked(|noise| {
        if let Some(report) = noise.as_deref() {
            of(report, current);
        }
    });
}

fn read_row(lab: Lab, hover: Hover, scatter: Scatter) -> Option<Vec<String>> {
    let Hover::Batch { index, .. } = hover else {
        return None;
    };
    let words = lab.view.words;
    let value = |x: f32| format::value(f64::from(x));
    let mut lines = None;
    with_report(lab, &mut |report, _| {
        lines = report.rows.get(index).map(|row| {
            let spread = match scatter {
                Scatter::Means => row.mean_sd,
                Scatter::Variances => row.variance_sd,
                Scatter::XHats => row.x_hat_sd,
            };
            let mut lines = vec![
                words.fill(key::READ_BATCH, &[("batch", &row.batch.to_string())]),
                words.fill(key::READ_SPREAD, &[("sd", &value(spread))]),
            ];
            if scatter == Scatter::XHats {
                let theory = value(row.x_hat_sd_theory);
                lines.push(words.fill(key::READ_THEORY, &[("sd", &theory)]));
            }
            lines
        });
    });
    lines
}
