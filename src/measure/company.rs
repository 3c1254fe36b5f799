//! How well the sequences of a mini-batch stand for all at each of their steps: how many reach it, and how far the mean of
//! what a layer gives there is from that of all training sequences. What one mean over all steps makes of it, beside. Moves
//! nothing.

use crate::architecture::HiddenLayer;
use crate::data::Batch;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network};

/// What sequences of a batch share at each step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Company {
    /// Steps of each sequence of the next batch.
    pub lengths: Vec<u32>,
    /// Each step, first to last.
    pub steps: Vec<StepCompany>,
    /// Batches that the figures are of: the coming ones.
    pub batches: u32,
    /// The same of one mean over all steps and what is filled up, as a layer before a recurrence takes it.
    pub pooled: f32,
}

/// One step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepCompany {
    /// Sequences of the next batch that have it.
    pub count: u32,
    /// Batches of which no sequence has it, as a share.
    pub missing: f32,
    /// How far the mean over the sequences of a batch is from that over all, in their standard deviations: root of the mean
    /// square over batches that have one, and over units; no number where none has.
    pub off: f32,
}

/// Sums by step and unit.
struct Sums {
    count: f64,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(units: usize) -> Self {
        Self {
            count: 0.0,
            sums: vec![0.0; units],
            squares: vec![0.0; units],
        }
    }

    fn mean(&self, unit: usize) -> f64 {
        self.sums[unit] / self.count
    }

    fn variance(&self, unit: usize) -> f64 {
        self.squares[unit] / self.count - self.mean(unit).powi(2)
    }

    /// Mean square over the units of how far this mean is from that of all, in its variance.
    fn away(&self, all: &Self) -> f64 {
        let units = self.sums.len();
        let each = (0..units).map(|unit| {
            let off = self.mean(unit) - all.mean(unit);
            // Units that never move have no error.
            off * off / all.variance(unit).max(1e-12)
        });
        each.sum::<f64>() / units as f64
    }
}

/// What a layer gives for these sequences, summed by step, and over all steps with what is filled up.
fn sums<L: Lanes<Real = f32>>(
    network: &mut Network<L>,
    layer: &HiddenLayer,
    batch: &Batch,
) -> Result<Vec<Sums>, Error> {
    network.forward(&batch.x, batch.rows, Mode::Batch)?;
    let given = network.activation(layer.product);
    let steps = given.rows() / batch.rows;
    let mut all: Vec<Sums> = (0..=steps).map(|_| Sums::new(given.features())).collect();
    for step in 0..steps {
        for row in 0..batch.rows {
            let is_there = batch.lengths.get(row).is_none_or(|length| step < *length);
            let own = is_there.then_some(step);
            for place in own.into_iter().chain([steps]) {
                let of = &mut all[place];
                of.count += 1.0;
                for (unit, values) in given.units().enumerate() {
                    let value = values[step * batch.rows + row].to_f64();
                    of.sums[unit] += value;
                    of.squares[unit] += value * value;
                }
            }
        }
    }
    Ok(all)
}

impl Company {
    /// Of the coming batches, held against `all`.
    ///
    /// # Errors
    /// As `Network::forward`.
    pub(crate) fn of<L: Lanes<Real = f32>>(
        layer: &HiddenLayer,
        (network, all): (&mut Network<L>, &Batch),
        coming: &mut [(Network<L>, Batch)],
    ) -> Result<Self, Error> {
        let whole = sums(network, layer, all)?;
        let steps = whole.len() - 1;
        let mut off = vec![0.0; steps + 1];
        let mut having = vec![0_u32; steps + 1];
        for (network, batch) in coming.iter_mut() {
            let own = sums(network, layer, batch)?;
            for (place, (own, all)) in own.iter().zip(&whole).enumerate() {
                if own.count > 0.0 && all.count > 0.0 {
                    off[place] += own.away(all);
                    having[place] += 1;
                }
            }
        }
        let lengths = coming.first().map_or(&[][..], |(_, next)| &next.lengths);
        let root = |place: usize| (off[place] / f64::from(having[place])).sqrt() as f32;
        let batches = coming.len() as u32;
        let each = (0..steps).map(|step| StepCompany {
            count: lengths.iter().filter(|length| **length > step).count() as u32,
            missing: (batches - having[step]) as f32 / batches as f32,
            off: root(step),
        });
        Ok(Self {
            steps: each.collect(),
            pooled: root(steps),
            lengths: lengths.iter().map(|length| *length as u32).collect(),
            batches,
        })
    }
}
