//! The statistics of a mini-batch scatter: the same point is normalised differently in every company.

use super::evidence::settings;
use super::gather::{apart, below};
use super::{Claim, Ground};
use crate::architecture::FULL;
use crate::data::Dataset;
use crate::error::Error;
use crate::measure::BatchNoise;
use crate::network::Mode;
use crate::numeric::rng::Rng;
use crate::observe::ObservedNetwork;
use crate::protocol::BatchNoiseReport;
use crate::settings::choice::Norm;
use crate::training::SideRun;

const LESSON: &str = "noise";

/// Deviation allowed from √((1 + z²/2)/B).
const CLOSE: f64 = 0.15;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "noise-closed-form", |ground| {
        let reports = four_nearest(ground)?;
        let ratios = [8, 16, 32].map(|batch| {
            let ratio = |report: &BatchNoiseReport| {
                let row = row(report, batch);
                f64::from(row.x_hat_sd / row.x_hat_sd_theory)
            };
            reports.iter().map(ratio).sum::<f64>() / reports.len() as f64
        });
        let off = ratios.map(|ratio| (ratio - 1.0).abs());
        Ok(below(off.into_iter().fold(0.0, f64::max), CLOSE))
    }),
    // The guess: four times the batch halves the jitter.
    Claim::checked(LESSON, "noise-halved", |ground| {
        let reports = four_nearest(ground)?;
        let sum = |batch: u32| {
            let all = reports.iter().map(|report| row(report, batch).x_hat_sd);
            f64::from(all.sum::<f32>())
        };
        Ok(below((sum(8) / sum(32) - 2.0).abs(), 0.4))
    }),
    Claim::checked(LESSON, "noise-layer", |ground| still(ground, Norm::Layer)),
    Claim::checked(LESSON, "noise-rms", |ground| still(ground, Norm::Rms)),
];

fn row(report: &BatchNoiseReport, batch: u32) -> &crate::protocol::BatchNoiseRow {
    let mut rows = report.rows.iter();
    rows.find(|row| row.batch == batch)
        .expect("a size measured")
}

/// The closed form is that of Gaussian values: reports of the unit that comes nearest to them, and of the four of its first
/// points that lie nearest to one standard deviation out; each of 256 draws, so that all have a standard error of 2.2 %.
fn four_nearest(ground: &Ground<'_>) -> Result<Vec<BatchNoiseReport>, Error> {
    let mut now = settings(LESSON, ground.seed, "");
    let data = (FULL.data)(&now, ground.digits)?;
    let side = SideRun::new(1, now.norm_b, &now, FULL)?;
    let mut report = |unit: u32, pin: u32| {
        (now.selected_unit, now.pin) = (unit, pin);
        let mut noise = BatchNoise::new(&side, &data.train, &now, 0, 0);
        loop {
            if let Some(report) = noise.measure(&data.train, now.epsilon) {
                return report;
            }
        }
    };
    // Variances of 32 Gaussian values scatter by 2·31/32² of their square.
    let odd = |report: &BatchNoiseReport| {
        (row(report, 32).variance_sd.powi(2) * 1024.0 / 62.0 - 1.0).abs()
    };
    let mut units: Vec<_> = (0..16).map(|unit| report(unit, 0)).collect();
    units.sort_by(|a, b| odd(a).total_cmp(&odd(b)));
    let unit = units[0].unit;
    let mut reports: Vec<_> = (0..24).map(|pin| report(unit, pin)).collect();
    reports.sort_by(|a, b| (a.z.abs() - 1.0).abs().total_cmp(&(b.z.abs() - 1.0).abs()));
    reports.truncate(4);
    Ok(reports)
}

/// One point in ten companies, in training mode: what the network gives for it is the same to the bit, where with Batch
/// Normalization it is not.
fn still(ground: &Ground<'_>, norm: Norm) -> Result<f32, Error> {
    let now = settings(LESSON, ground.seed, "");
    let data = (FULL.data)(&now, ground.digits)?;
    let moves = |norm: Norm| moves_in_company(norm, &now, &data, ground.seed);
    let (own, batch) = (moves(norm)?, moves(Norm::Batch)?);
    // Without its own scatter there is nothing that could have stood still.
    Ok(if own == 0.0 {
        (batch - 0.01) as f32
    } else {
        -own as f32
    })
}

/// How far outputs for the first point lie apart in ten companies of 7 others, over the largest.
fn moves_in_company(
    norm: Norm,
    now: &crate::settings::Settings,
    data: &Dataset,
    seed: u32,
) -> Result<f64, Error> {
    let mut observed = ObservedNetwork::new(norm, now, FULL)?;
    let mut rng = Rng::new(u64::from(seed), "company");
    let mut outputs = Vec::new();
    for _ in 0..10 {
        let company = (0..7).map(|_| 1 + rng.below(data.train.len() - 1) as u32);
        let rows: Vec<u32> = std::iter::once(0).chain(company).collect();
        observed.gather(&data.train, &rows);
        let batch = &observed.batch;
        observed
            .network
            .forward(&batch.x, batch.rows, Mode::Batch)?;
        outputs.push(observed.network.output().at(0, 0));
    }
    let first = vec![outputs[0]; outputs.len()];
    Ok(apart(&first, &outputs))
}
