//! The loss along the negative gradient of a job's network, at several states of its run. Measures nothing.

/// The loss along the negative gradient, at several states of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landscape {
    /// Each state, oldest first.
    pub points: Vec<LandscapePoint>,
    /// Of the losses of the last states, by step size.
    pub loss: Band,
    /// Of what is added to the loss at the start, by step size.
    pub change: Band,
}

/// One state.
#[derive(Clone, Debug, PartialEq)]
pub struct LandscapePoint {
    /// Updates made.
    pub step: u64,
    /// The learning rate, of which the step sizes are multiples.
    pub rate: f64,
    /// Where the network stands: that of the next step's mini-batch.
    pub loss: f32,
    /// ‖g‖, Euclidean, of the parameters that updates move.
    pub gradient_norm: f32,
    /// By step size η = factor · rate: the loss at θ − η·g.
    pub losses: Vec<f32>,
    /// By step size: ‖g(θ − η·g) − g‖, how far the gradient turns; small where it predicts (Santurkar et al. 2018,
    /// Figure 4b).
    pub gradient_changes: Vec<f32>,
    /// The largest of ‖g(θ − η·g) − g‖ / (η·‖g‖) over the step sizes: effective β-smoothness (ibid., Figure 4c).
    pub smoothness: f32,
}

/// Least and most by step size. One that is not finite counts as ∞.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Least.
    pub low: Vec<f32>,
    /// Most.
    pub high: Vec<f32>,
}

impl Landscape {
    /// With its bands, over so many of these points.
    pub(super) fn new(points: Vec<LandscapePoint>, last: u32) -> Self {
        let start = points.len().saturating_sub(last as usize);
        let losses = points[start..].iter().map(|point| point.losses.clone());
        let changes = points[start..].iter().map(|point| {
            let added = point.losses.iter().map(|loss| loss - point.loss);
            added.collect::<Vec<f32>>()
        });
        Self {
            loss: Band::of(losses),
            change: Band::of(changes),
            points,
        }
    }
}

impl Band {
    fn of(rows: impl Iterator<Item = Vec<f32>>) -> Self {
        let mut band = Self::default();
        for mut row in rows {
            for value in row.iter_mut().filter(|value| !value.is_finite()) {
                *value = f32::INFINITY;
            }
            if band.low.is_empty() {
                band.low.clone_from(&row);
                band.high = row;
                continue;
            }
            for (place, value) in row.into_iter().enumerate() {
                band.low[place] = band.low[place].min(value);
                band.high[place] = band.high[place].max(value);
            }
        }
        band
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_is_of_the_last_points_and_what_is_not_finite_is_beyond_it() {
        let point = |step: u64, loss: f32, losses: [f32; 2]| LandscapePoint {
            step,
            rate: 1.0,
            loss,
            gradient_norm: 1.0,
            losses: losses.into(),
            gradient_changes: vec![0.0; 2],
            smoothness: 0.0,
        };
        let points = vec![
            point(0, 9.0, [9.0, -9.0]),
            point(1, 2.0, [1.0, 3.0]),
            point(2, 4.0, [3.0, f32::NAN]),
        ];
        for (last, loss, change) in [
            (
                2,
                [[1.0, 3.0], [3.0, f32::INFINITY]],
                [[-1.0, 1.0], [-1.0, f32::INFINITY]],
            ),
            (
                9,
                [[1.0, -9.0], [9.0, f32::INFINITY]],
                [[-1.0, -18.0], [0.0, f32::INFINITY]],
            ),
        ] {
            let landscape = Landscape::new(points.clone(), last);
            let band = |band: Band| [band.low, band.high];
            assert_eq!(band(landscape.loss), loss, "the last {last}");
            assert_eq!(band(landscape.change), change, "the last {last}");
        }
    }
}
