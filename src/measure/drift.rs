//! How far the distribution of what each hidden layer's activation is given has moved since an earlier state, on the same rows:
//! the internal covariate shift of Ioffe and Szegedy 2015, in standard deviations. Moves no parameter; running averages move,
//! so it is given a copy.

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network};

/// What each unit of each hidden layer gave its activation for some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distributions {
    /// By layer and unit, rising.
    layers: Vec<Vec<Vec<f32>>>,
}

/// One hidden layer, means over its units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerDrift {
    /// Mean of the units' means.
    pub mean: f32,
    /// Mean of the units' standard deviations, biased.
    pub deviation: f32,
    /// Mean of the units' Wasserstein-1 distances from the earlier state, each over its deviation there; 0 of the first state.
    pub drift: f32,
}

impl Distributions {
    /// Of these rows, in training mode.
    ///
    /// # Shapes
    /// `x` as `Network::forward`.
    ///
    /// # Errors
    /// As `Network::forward`.
    pub fn of<L: Lanes>(
        network: &mut Network<L>,
        hidden: &[HiddenLayer],
        x: &[L::Real],
        rows: usize,
    ) -> Result<Self, Error> {
        network.forward(x, rows, Mode::Train)?;
        let layers = hidden.iter().map(|layer| {
            let given = network.activation(layer.norm.unwrap_or(layer.product));
            let units = given.units().map(|values| {
                let mut values: Vec<f32> = values.iter().map(|v| v.to_f64() as f32).collect();
                values.sort_by(f32::total_cmp);
                values
            });
            units.collect()
        });
        Ok(Self {
            layers: layers.collect(),
        })
    }

    /// How far they are from those of an earlier state of the same network, on as many rows.
    ///
    /// # Panics
    /// If these are of another network or of other numbers of rows.
    pub fn since(&self, earlier: &Self) -> Vec<LayerDrift> {
        assert_eq!(self.layers.len(), earlier.layers.len(), "layers");
        let layers = self.layers.iter().zip(&earlier.layers);
        let drifts = layers.map(|(now, before)| {
            let units = now.len() as f64;
            let mut sums = [0.0_f64; 3];
            for (now, before) in now.iter().zip(before) {
                let (mean, deviation) = moments(now);
                let (_, scale) = moments(before);
                let distance = distance(now, before);
                for (sum, value) in sums.iter_mut().zip([
                    mean,
                    deviation,
                    // A unit that gives one value only is as far as it has moved.
                    if distance == 0.0 {
                        0.0
                    } else {
                        distance / scale
                    },
                ]) {
                    *sum += value;
                }
            }
            let [mean, deviation, drift] = sums.map(|sum| (sum / units) as f32);
            LayerDrift {
                mean,
                deviation,
                drift,
            }
        });
        drifts.collect()
    }
}

/// Wasserstein-1 of two samples of equally many values, each rising: the mean distance of values of the same rank.
fn distance(now: &[f32], before: &[f32]) -> f64 {
    assert_eq!(now.len(), before.len(), "values of a unit");
    let pairs = now.iter().zip(before);
    let sum: f64 = pairs
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs())
        .sum();
    sum / now.len() as f64
}

fn moments(values: &[f32]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    (mean, (squares.sum::<f64>() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(units: &[&[f32]]) -> Distributions {
        Distributions {
            layers: vec![units.iter().map(|unit| unit.to_vec()).collect()],
        }
    }

    #[test]
    fn a_shift_is_its_size_in_deviations_and_order_counts_for_nothing() {
        // Deviations 1 and 10.
        let before = of(&[&[-1.0, -1.0, 1.0, 1.0], &[0.0, 0.0, 20.0, 20.0]]);
        for (now, drift) in [
            (of(&[&[-1.0, -1.0, 1.0, 1.0], &[0.0, 0.0, 20.0, 20.0]]), 0.0),
            // Both by half a deviation.
            (of(&[&[-0.5, -0.5, 1.5, 1.5], &[5.0, 5.0, 25.0, 25.0]]), 0.5),
            // The first twice as wide: each value by one; the second stays.
            (of(&[&[-2.0, -2.0, 2.0, 2.0], &[0.0, 0.0, 20.0, 20.0]]), 0.5),
        ] {
            let seen = now.since(&before);
            assert!(
                (seen[0].drift - drift).abs() < 1e-6,
                "{seen:?}, not {drift}"
            );
        }
        let seen = before.since(&before)[0];
        assert_eq!((seen.mean, seen.deviation), (5.0, 5.5));
    }
}
