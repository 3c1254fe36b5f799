//! The loss curve of a job, at a resolution that is known before it starts. Sums in f64, in the order of the steps.

/// Losses of mini-batches, each before its update: means over stretches of equally many steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossCurve {
    /// Steps of a stretch; the last may be shorter.
    pub stride: u64,
    /// The mean of each stretch, oldest first; one with a loss that is not finite is not either.
    pub losses: Vec<f32>,
}

/// A curve in the making.
#[derive(Debug)]
pub(super) struct CurveBuilder {
    curve: LossCurve,
    sum: f64,
    count: u64,
}

impl CurveBuilder {
    /// A curve of so many steps at most, in so many points at most.
    pub fn new(steps: u64, points: u32) -> Self {
        Self {
            curve: LossCurve {
                stride: steps.div_ceil(u64::from(points)).max(1),
                losses: Vec::new(),
            },
            sum: 0.0,
            count: 0,
        }
    }

    /// The loss of the next step.
    pub fn add(&mut self, loss: f32) {
        self.sum += f64::from(loss);
        self.count += 1;
        if self.count == self.curve.stride {
            let mean = self.mean();
            self.curve.losses.push(mean);
            (self.sum, self.count) = (0.0, 0);
        }
    }

    /// As far as it goes, a stretch begun included.
    pub fn curve(&self) -> LossCurve {
        let mut curve = self.curve.clone();
        if self.count > 0 {
            curve.losses.push(self.mean());
        }
        curve
    }

    fn mean(&self) -> f32 {
        (self.sum / self.count as f64) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_as_long_as_points_allow() {
        for (steps, points, stride, count) in [
            (1, 8, 1, 1),
            (8, 8, 1, 8),
            (9, 8, 2, 5),
            (100, 8, 13, 8),
            (3, 1, 3, 1),
        ] {
            let mut builder = CurveBuilder::new(steps, points);
            (1..=steps).for_each(|step| builder.add(step as f32));
            let curve = builder.curve();
            assert_eq!((curve.stride, curve.losses.len()), (stride, count));
            let first = (1 + stride.min(steps)) as f32 / 2.0;
            assert_eq!(curve.losses[0], first, "{steps} steps");
            // The last stretch alone may be short.
            let begun = (count as u64 - 1) * stride + 1;
            let last = (begun + steps) as f32 / 2.0;
            assert_eq!(curve.losses[count - 1], last, "{steps} steps");
        }
    }
}
