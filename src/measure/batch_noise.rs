//! How the statistics of random mini-batches scatter, measured on the network as it stands. Trains nothing.

use crate::data::Split;
use crate::engine::{network_state, restore_network};
use crate::network::{Mode, Moments};
use crate::numeric::rng::Rng;
use crate::observe::ObservedNetwork;
use crate::observe::statistics::standard_deviation;
use crate::protocol::{BatchNoiseReport, BatchNoiseRow};
use crate::settings::Settings;
use crate::training::SideRun;

/// Draws for each batch size: the relative error of a standard deviation from them is 1/√(2·256), 4 %.
const DRAWS: usize = 256;
/// Batch sizes measured, as far as the training set allows half of itself.
const BATCHES: [usize; 8] = [2, 4, 8, 16, 32, 64, 128, 256];

/// A measurement under way: one draw at a time.
pub struct BatchNoise {
    network: ObservedNetwork,
    rng: Rng,
    full: Vec<Moments>,
    /// Of the unit over the training set; the variance is biased.
    mean: f64,
    variance: f64,
    report: BatchNoiseReport,
    row: usize,
}

impl BatchNoise {
    /// Freezes the network as it is and looks at the selected unit.
    pub fn new(side: &SideRun, train: &Split, now: &Settings, run: u32, step: u64) -> Self {
        let mut frozen = ObservedNetwork::new(side.norm(), now, side.observed.factory)
            .expect("it exists already");
        restore_network(&mut frozen.network, &network_state(&side.observed.network))
            .expect("the same settings have the same state");
        let (layer, unit) = frozen.selected(now);
        let pin = (now.pin as usize).min(train.len() - 1);
        let full = frozen.full_moments(train);
        // A mean that f32 cannot hold is told in two parts.
        let [mean, low, variance] = [
            &full[layer].mean,
            &full[layer].mean_low,
            &full[layer].variance,
        ]
        .map(|values| f64::from(values[unit]));
        let mean = mean + low;
        let [.., pinned] = observe(
            &mut frozen,
            &full,
            train,
            &[pin as u32],
            (layer, unit),
            false,
        );
        let scale = (variance + now.epsilon).sqrt();
        let rows = BATCHES
            .iter()
            .filter(|batch| **batch * 2 <= train.len())
            .map(|batch| BatchNoiseRow {
                batch: *batch as u32,
                ..BatchNoiseRow::default()
            })
            .collect();
        Self {
            rng: Rng::new(
                u64::from(now.seed),
                &format!("noise {step} {layer} {unit} {pin}"),
            ),
            network: frozen,
            full,
            mean,
            variance,
            report: BatchNoiseReport {
                run,
                step,
                side: side.index(),
                layer: layer as u32,
                unit: unit as u32,
                pin: pin as u32,
                z: ((pinned - mean) / scale) as f32,
                rows,
            },
            row: 0,
        }
    }

    /// One draw; the report when it was the last.
    pub fn measure(&mut self, train: &Split, epsilon: f64) -> Option<BatchNoiseReport> {
        let Some(row) = self.report.rows.get_mut(self.row) else {
            return Some(std::mem::take(&mut self.report));
        };
        let size = row.batch as usize;
        let selected = (self.report.layer as usize, self.report.unit as usize);
        // Where no batch touches what a unit gets, full-set statistics stand for the batch's.
        let by_batch = self.network.norm.mixes_rows();
        let mut rows = draw(&mut self.rng, size, train.len());
        let full_variance = self.variance;
        let full_deviation = (full_variance + epsilon).sqrt();
        let [mean, variance, _] = observe(
            &mut self.network,
            &self.full,
            train,
            &rows,
            selected,
            by_batch,
        );
        // The same company, joined by the pinned point in place of its first member.
        if !rows.contains(&self.report.pin) {
            rows[0] = self.report.pin;
        }
        let place = rows.iter().position(|row| *row == self.report.pin);
        rows.swap(0, place.expect("the pinned point has just joined"));
        let [pin_mean, pin_variance, pinned] = observe(
            &mut self.network,
            &self.full,
            train,
            &rows,
            selected,
            by_batch,
        );
        let x_hat = (pinned - pin_mean) / (pin_variance + epsilon).sqrt();
        row.means.push(((mean - self.mean) / full_deviation) as f32);
        row.variances
            .push((variance / full_variance.max(f64::MIN_POSITIVE)) as f32);
        row.x_hats.push(x_hat as f32);
        if row.x_hats.len() == DRAWS {
            let z = f64::from(self.report.z);
            row.mean_sd = standard_deviation(&row.means);
            row.variance_mean = row.variances.iter().sum::<f32>() / DRAWS as f32;
            row.variance_sd = standard_deviation(&row.variances);
            row.x_hat_sd = standard_deviation(&row.x_hats);
            row.x_hat_sd_theory = ((1.0 + z * z / 2.0) / size as f64).sqrt() as f32;
            self.row += 1;
        }
        None
    }
}

/// Mean and biased variance of the unit over these rows (of a channel: at all positions), and its value at the first of
/// them, in the middle of its image. The layers below are normalised by the rows' own statistics or the full set's.
fn observe(
    observed: &mut ObservedNetwork,
    full: &[Moments],
    train: &Split,
    rows: &[u32],
    (layer, unit): (usize, usize),
    by_batch: bool,
) -> [f64; 3] {
    let mode = if by_batch {
        Mode::Batch
    } else {
        Mode::Given(full)
    };
    observed.gather(train, rows);
    let network = &mut observed.network;
    let batch = &observed.batch;
    if network.forward(&batch.x, batch.rows, mode).is_err() {
        // Ghost batches may leave a chunk of one.
        network
            .forward(&batch.x, batch.rows, Mode::Given(full))
            .expect("fixed statistics take any number of rows");
    }
    let part = &observed.architecture.hidden[layer];
    let values = network.activation(part.product).unit(unit);
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
    let deviation = f64::from(standard_deviation(values));
    [
        mean,
        deviation * deviation,
        f64::from(values[part.position * rows.len()]),
    ]
}

/// So many different points.
fn draw(rng: &mut Rng, size: usize, points: usize) -> Vec<u32> {
    let mut rows = Vec::with_capacity(size);
    while rows.len() < size {
        let row = rng.below(points) as u32;
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}
