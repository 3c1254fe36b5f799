//! Points with classes: the toy sets of TensorFlow Playground, scaled to [-1, 1], digits and sequences. Reads no file and no clock.

mod batch;
pub mod digits;
pub mod sequences;

pub use batch::Batch;

use std::ops::Range;

use crate::error::Error;
use crate::numeric::angle::sin_cos;
use crate::numeric::rng::Rng;
use crate::settings::Settings;
use crate::settings::choice::{BatchOrder, DatasetKind};

/// Training or test points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// Features, row-major `[points, features]`.
    pub x: Vec<f32>,
    /// Class of each point.
    pub labels: Vec<u8>,
    /// Steps of each point, if they are sequences; else empty.
    pub lengths: Vec<usize>,
}

/// Points of a split that stand one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    /// As `Split::x`.
    pub x: &'a [f32],
    /// As `Split::labels`.
    pub labels: &'a [u8],
    /// As `Split::lengths`.
    pub lengths: &'a [usize],
}

impl Split {
    /// Number of points.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// These points.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn points(&self, range: Range<usize>) -> Points<'_> {
        let features = self.x.len() / self.len().max(1);
        let lengths = match self.lengths.is_empty() {
            true => &[],
            false => &self.lengths[range.clone()],
        };
        Points {
            x: &self.x[range.start * features..range.end * features],
            labels: &self.labels[range],
            lengths,
        }
    }

    /// The points' classes, if batches are to be of one.
    pub(crate) fn classes(&self, now: &Settings) -> Option<&[u8]> {
        (now.batches == BatchOrder::ByClass).then_some(&self.labels)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// A data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// Trained on.
    pub train: Split,
    /// Kept back.
    pub test: Split,
}

/// Features of a point of a toy set.
pub const FEATURES: usize = 2;
/// The sets are drawn on [-6, 6]² as in TensorFlow Playground, then divided by this.
const EXTENT: f64 = 6.0;

impl Dataset {
    /// Any set that the settings describe, drawn from the seed or, for digits, read from these bytes.
    ///
    /// # Errors
    /// The bytes are no digits.
    pub fn with_bytes(settings: &Settings, bytes: &[u8]) -> Result<Self, Error> {
        match settings.data {
            DatasetKind::Digits => digits::dataset(bytes, settings),
            DatasetKind::Sequences => Ok(sequences::dataset(settings)),
            _ => Ok(Self::new(settings)),
        }
    }

    /// The toy set that the settings describe; the same settings give the same points. Of what are no points of a
    /// plane it is empty.
    ///
    /// # Shapes
    /// `samples·split/100` training points, the rest test points, shuffled together before the cut.
    pub fn new(settings: &Settings) -> Self {
        let n = settings.samples as usize;
        let noise = f64::from(settings.noise) / 100.0;
        let mut rng = Rng::new(u64::from(settings.seed), "data");
        let mut points: Vec<([f64; 2], u8)> = match settings.data {
            DatasetKind::Circle => (0..n).map(|i| circle(&mut rng, noise, i < n / 2)).collect(),
            DatasetKind::Xor => (0..n).map(|_| xor(&mut rng, noise)).collect(),
            DatasetKind::Gauss => (0..n).map(|i| gauss(&mut rng, noise, i < n / 2)).collect(),
            DatasetKind::Spiral => (0..n).map(|i| spiral(&mut rng, noise, i, n)).collect(),
            DatasetKind::Digits | DatasetKind::Sequences => Vec::new(),
        };
        rng.shuffle(&mut points);
        let cut = settings.train_points().min(points.len());
        Self {
            train: Split::from_points(&points[..cut]),
            test: Split::from_points(&points[cut..]),
        }
    }
}

impl Dataset {
    /// These points after a shift s of their domain: every feature x becomes (1 + s/2)·x + 0.3·s. Sequences stay as they
    /// are: what stands behind their end is no feature.
    pub fn in_domain(mut self, now: &Settings) -> Self {
        if now.data != DatasetKind::Sequences && now.shift > 0.0 {
            let (scale, offset) = ((1.0 + now.shift / 2.0) as f32, (0.3 * now.shift) as f32);
            for split in [&mut self.train, &mut self.test] {
                split.x.iter_mut().for_each(|x| *x = *x * scale + offset);
            }
        }
        self
    }
}

impl Split {
    fn from_points(points: &[([f64; 2], u8)]) -> Self {
        Self {
            x: points
                .iter()
                .flat_map(|(x, _)| x.map(|v| (v / EXTENT) as f32))
                .collect(),
            labels: points.iter().map(|(_, label)| *label).collect(),
            lengths: Vec::new(),
        }
    }
}

/// Inside radius 2.5 is class 1, from 3.5 to 5 class 0; noise moves the point, not its class.
fn circle(rng: &mut Rng, noise: f64, inside: bool) -> ([f64; 2], u8) {
    const RADIUS: f64 = 5.0;
    let r = if inside {
        rng.uniform_in(0.0, RADIUS * 0.5)
    } else {
        rng.uniform_in(RADIUS * 0.7, RADIUS)
    };
    let (sin, cos) = sin_cos(rng.uniform());
    let (x, y) = (r * sin, r * cos);
    let dx = rng.uniform_in(-RADIUS, RADIUS) * noise;
    let dy = rng.uniform_in(-RADIUS, RADIUS) * noise;
    let label = (x + dx).powi(2) + (y + dy).powi(2) < (RADIUS * 0.5).powi(2);
    ([x, y], u8::from(label))
}

/// Four squares with a gap of 0.3 along the axes; noise may move the class.
fn xor(rng: &mut Rng, noise: f64) -> ([f64; 2], u8) {
    const GAP: f64 = 0.3;
    let mut coordinate = || {
        let v = rng.uniform_in(-5.0, 5.0);
        v + if v > 0.0 { GAP } else { -GAP }
    };
    let (x, y) = (coordinate(), coordinate());
    let dx = rng.uniform_in(-5.0, 5.0) * noise;
    let dy = rng.uniform_in(-5.0, 5.0) * noise;
    ([x, y], u8::from((x + dx) * (y + dy) >= 0.0))
}

/// Clouds at (2, 2) and (-2, -2); noise widens their variance from 0.5 to 4.
fn gauss(rng: &mut Rng, noise: f64, positive: bool) -> ([f64; 2], u8) {
    let deviation = (0.5 + 3.5 * (noise / 0.5)).sqrt();
    let centre = if positive { 2.0 } else { -2.0 };
    let x = centre + deviation * rng.normal();
    let y = centre + deviation * rng.normal();
    ([x, y], u8::from(positive))
}

/// Two arms of 1¾ turns each; noise moves the point.
fn spiral(rng: &mut Rng, noise: f64, i: usize, n: usize) -> ([f64; 2], u8) {
    let half = n / 2;
    let (place, positive) = if i < half {
        (i, true)
    } else {
        (i - half, false)
    };
    let fraction = place as f64 / half as f64;
    let r = fraction * 5.0;
    let (sin, cos) = sin_cos(1.75 * fraction + if positive { 0.0 } else { 0.5 });
    let x = r * sin + rng.uniform_in(-1.0, 1.0) * noise;
    let y = r * cos + rng.uniform_in(-1.0, 1.0) * noise;
    ([x, y], u8::from(positive))
}
