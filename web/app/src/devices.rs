//! One batch on several devices, by four ways of sharing statistics, each against the whole batch on one device: what charts
//! show and what is told of it. Trains nothing, draws nothing.

#[cfg(any(test, not(any(target_arch = "wasm32", feature = "split"))))]
pub mod native;
mod words;

pub use words::{BoxWords, box_words};

use std::any::Any;
use std::rc::Rc;

use batchnorm_lab::devices::deviation;

/// What is shared, in the order in which it is trained and drawn: by the words of `batchnorm_lab::devices::Sharing`.
pub const WAYS: [&str; 4] = ["sync", "averaged", "local", "group"];
/// The way whose devices are looked at first.
pub const FIRST_WAY: usize = 0;
/// Updates after which parameters are compared: close together where they begin to part.
pub const LOOKS: [u32; 14] = [1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 80, 100];
/// Fewest and most devices.
pub const COUNTS: std::ops::RangeInclusive<usize> = 2..=8;

/// What the reader chooses beside the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceOptions {
    /// How many devices.
    pub count: usize,
    /// Whether the first has half of the batch.
    pub is_unequal: bool,
}

impl Default for DeviceOptions {
    fn default() -> Self {
        Self {
            count: 4,
            is_unequal: false,
        }
    }
}

impl DeviceOptions {
    /// Rows of each device of a batch of so many.
    pub fn shards(self, batch: usize) -> Vec<usize> {
        let deal = |rows: usize, count: usize| {
            (0..count).map(move |place| rows / count + usize::from(place < rows % count))
        };
        match self.is_unequal && self.count > 1 {
            false => deal(batch, self.count).collect(),
            true => {
                let first = batch / 2;
                let rest = deal(batch - first, self.count - 1);
                std::iter::once(first).chain(rest).collect()
            }
        }
    }
}

/// Mean and biased variance of each channel, by which one layer normalised in the last step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerMoments {
    /// μ.
    pub mean: Vec<f32>,
    /// σ².
    pub variance: Vec<f32>,
}

/// One device as it was at the last look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OneDevice {
    /// Rows of the batch.
    pub rows: usize,
    /// Of each layer that normalises over the batch; none of a network that normalises otherwise.
    pub layers: Vec<LayerMoments>,
}

/// How far several devices have come from one that has the whole batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Updates made.
    pub step: u64,
    /// Largest deviation of a parameter.
    pub parameters: f32,
    /// Of a mean or variance of the last step on any device; none where the network has none.
    pub statistics: Option<f32>,
}

/// What came of one way to share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// Looks so far, the first first.
    pub looks: Vec<Look>,
    /// Bytes that one device sends in a step: forward, backward, gradients.
    pub bytes: [u64; 3],
    /// The devices at the last look.
    pub devices: Vec<OneDevice>,
    /// The one that has the whole batch, at the last look.
    pub whole: Vec<LayerMoments>,
    /// Whether it cannot be trained so: a device has too few rows for statistics of its own.
    pub is_refused: bool,
}

/// What is compared at one step, as it comes from the devices.
pub struct Compared<'a> {
    /// Updates made.
    pub step: u64,
    /// Parameters, equal on all devices, and of the one with the whole batch.
    pub parameters: [&'a [f32]; 2],
    /// The devices.
    pub devices: Vec<OneDevice>,
    /// The one with the whole batch.
    pub whole: Vec<LayerMoments>,
    /// As of `Way`.
    pub bytes: [u64; 3],
}

/// All ways, as far as they are trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Rows of each device.
    pub shards: Vec<usize>,
    /// One for each of `WAYS`.
    pub ways: Vec<Way>,
}

impl Comparison {
    /// Nothing is trained yet.
    pub fn new(shards: Vec<usize>) -> Self {
        Self {
            shards,
            ways: vec![Way::default(); WAYS.len()],
        }
    }

    /// Takes in a look at a way.
    pub fn take(&mut self, way: usize, of: Compared) {
        let Some(way) = self.ways.get_mut(way) else {
            return;
        };
        let [own, whole] = of.parameters;
        let statistics = of.devices.iter().filter(|device| device.rows > 0);
        let statistics = statistics.map(|device| apart(&device.layers, &of.whole));
        let most = statistics.fold(0.0, |most: f32, off| match most.is_nan() || off <= most {
            true => most,
            false => off,
        });
        way.looks.push(Look {
            step: of.step,
            parameters: deviation(own, whole),
            statistics: (!of.whole.is_empty()).then_some(most),
        });
        (way.devices, way.whole, way.bytes) = (of.devices, of.whole, of.bytes);
    }

    /// How many looks there have been, and how many there will be.
    pub fn progress(&self) -> [usize; 2] {
        let done = self.ways.iter().map(|way| match way.is_refused {
            true => LOOKS.len(),
            false => way.looks.len(),
        });
        [done.sum(), WAYS.len() * LOOKS.len()]
    }

    /// Whether all ways are trained to their end.
    pub fn is_done(&self) -> bool {
        let [done, all] = self.progress();
        done == all
    }
}

fn apart(own: &[LayerMoments], whole: &[LayerMoments]) -> f32 {
    let flat = |layers: &[LayerMoments]| -> Vec<f32> {
        let of = layers
            .iter()
            .flat_map(|of| of.mean.iter().chain(&of.variance));
        of.copied().collect()
    };
    deviation(&flat(own), &flat(whole))
}

/// A comparison, once it is begun: known to the modules that show it, as `measured::AnyMeasured`.
pub type AnyComparison = Option<Rc<dyn Any>>;

/// What is compared, if it is that.
pub fn known(of: &AnyComparison) -> Option<&Comparison> {
    of.as_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_the_batch_and_no_device_is_left_a_single_row_of_32() {
        for count in COUNTS {
            for is_unequal in [false, true] {
                let shards = DeviceOptions { count, is_unequal }.shards(32);
                assert_eq!(shards.len(), count);
                assert_eq!(shards.iter().sum::<usize>(), 32);
                assert!(shards.iter().all(|rows| *rows >= 2), "{shards:?}");
                let (low, high) = (shards.iter().min(), shards.iter().max());
                // Two halves are equal.
                let differ = high.unwrap_or(&0) - low.unwrap_or(&0) > 1;
                assert_eq!(differ, is_unequal && count > 2, "{shards:?}");
            }
        }
    }

    #[test]
    fn a_look_is_of_the_device_that_is_furthest_off() {
        let moments = |mean: f32| LayerMoments {
            mean: vec![mean],
            variance: vec![1.0],
        };
        let mut all = Comparison::new(vec![2, 2]);
        let device = |mean| OneDevice {
            rows: 2,
            layers: vec![moments(mean)],
        };
        all.take(
            1,
            Compared {
                step: 1,
                parameters: [&[1.0, 2.0], &[1.0, 1.5]],
                devices: vec![device(0.5), device(0.0)],
                whole: vec![moments(0.25)],
                bytes: [12, 8, 4],
            },
        );
        let look = all.ways[1].looks[0];
        assert_eq!(look.statistics, Some(0.25));
        assert!((look.parameters - 0.5 / 1.5).abs() < 1e-6);
        assert_eq!(all.progress(), [1, 56]);
        assert!(!all.is_done());
    }
}
