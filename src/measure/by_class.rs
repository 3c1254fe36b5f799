//! What a unit gives its activation, class by class: on the batches that training will see next, normalised as in training,
//! and on points of all classes at once, as by statistics of the whole training set. Moves nothing.

use crate::architecture::HiddenLayer;
use crate::data::Batch;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network};

/// Bins of a histogram.
pub const CLASS_BINS: usize = 24;

/// The values of a unit, of each class by its number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByClass {
    /// Where the first bin begins and the last one ends; all histograms have the same bins.
    pub ends: [f32; 2],
    /// On the coming batches, each normalised by its own statistics.
    pub training: Vec<ClassValues>,
    /// On points of all classes in one batch.
    pub evaluated: Vec<ClassValues>,
}

/// The values that a unit has for the points of a class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassValues {
    /// How many.
    pub count: u32,
    /// Their mean; no number of none.
    pub mean: f32,
    /// Their standard deviation, biased.
    pub deviation: f32,
    /// The share of them in each bin.
    pub shares: Vec<f32>,
}

/// The values of a unit by the class of their rows.
#[derive(Clone, Debug)]
pub(crate) struct Values(Vec<Vec<f32>>);

impl Values {
    /// None yet, of so many classes.
    pub fn new(classes: usize) -> Self {
        Self(vec![Vec::new(); classes])
    }

    /// Adds those of a batch, normalised by its own statistics, at every position of a row.
    ///
    /// # Errors
    /// As `Network::forward`.
    pub fn add<L: Lanes<Real = f32>>(
        &mut self,
        network: &mut Network<L>,
        (layer, unit): (&HiddenLayer, usize),
        batch: &Batch,
    ) -> Result<(), Error> {
        network.forward(&batch.x, batch.rows, Mode::Batch)?;
        let given = network.activation(layer.norm.unwrap_or(layer.product));
        // Rows are innermost.
        let values = given.unit(unit).iter().zip(batch.labels.iter().cycle());
        for (value, class) in values {
            self.0[usize::from(*class)].push(value.to_f64() as f32);
        }
        Ok(())
    }
}

impl ByClass {
    /// In training and evaluated.
    pub(crate) fn of(training: &Values, evaluated: &Values) -> Self {
        let all = training.0.iter().chain(&evaluated.0).flatten();
        let finite = all.copied().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        // A unit that gives one value only still has a bin around it.
        let ends = match high > low {
            true => [low, high],
            false if low.is_finite() => [low - 0.5, low + 0.5],
            false => [-1.0, 1.0],
        };
        let values = |of: &Values| of.0.iter().map(|own| summed_up(own, ends)).collect();
        Self {
            ends,
            training: values(training),
            evaluated: values(evaluated),
        }
    }
}

fn summed_up(values: &[f32], [low, high]: [f32; 2]) -> ClassValues {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    let deviation = (squares.sum::<f64>() / n).sqrt();
    let mut shares = vec![0.0; CLASS_BINS];
    for value in values.iter().filter(|value| value.is_finite()) {
        let place = ((value - low) / (high - low) * CLASS_BINS as f32) as usize;
        shares[place.min(CLASS_BINS - 1)] += 1.0 / n as f32;
    }
    ClassValues {
        count: values.len() as u32,
        mean: mean as f32,
        deviation: deviation as f32,
        shares,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_class_add_up_and_the_largest_value_is_in_the_last_bin() {
        let one = Values(vec![vec![0.0, 1.0, 1.0, 24.0], vec![]]);
        let other = Values(vec![vec![12.0], vec![7.5, 7.5]]);
        let of = ByClass::of(&one, &other);
        assert_eq!(of.ends, [0.0, 24.0]);
        let first = &of.training[0];
        assert_eq!((first.count, first.mean), (4, 6.5));
        assert_eq!(
            (first.shares[0], first.shares[1], first.shares[23]),
            (0.25, 0.5, 0.25)
        );
        assert!(of.training[1].mean.is_nan() && of.training[1].shares.iter().all(|s| *s == 0.0));
        assert_eq!(of.evaluated[1].shares[7], 1.0);
        assert_eq!(of.evaluated[1].deviation, 0.0);
    }

    #[test]
    fn a_unit_of_one_value_has_a_bin() {
        let one = Values(vec![vec![3.0, 3.0]]);
        let of = ByClass::of(&one, &one);
        assert_eq!(of.ends, [2.5, 3.5]);
        assert_eq!(of.training[0].shares.iter().sum::<f32>(), 1.0);
    }
}
