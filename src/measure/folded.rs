//! A network at inference beside the one that its Batch Normalization is folded into: what both give, one unit before and
//! after, and how long a call of each takes by a clock that the caller brings. Moves nothing; without a clock there are no
//! times, and all the rest has the same bits everywhere.

use crate::architecture::{HiddenLayer, Infer};
use crate::data::Points;
use crate::equivalences::bias_beside;
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Mode, Network, Scratch};

/// The most points whose scores are kept.
pub const MOST_FOLDED_POINTS: usize = 64;
/// The most weights of the unit that are told one by one.
pub const MOST_FOLDED_WEIGHTS: usize = 3;
/// A slice of calls is at least so long: several ticks of a browser's coarsest clock.
const SLICE_MILLIS: f64 = 8.0;
/// Slices of each network, in turns, so that what else goes on meets both.
const SLICES: usize = 7;
/// Of which the shortest count: a slice in which something else ran is longer.
const KEPT: usize = 5;
/// Calls of a slice at most: with a clock that stands still there is no time.
const MOST_CALLS: u32 = 1 << 22;

/// Both networks on the same points, the network's own figures before those of the folded one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folded {
    /// Points, at most `MOST_FOLDED_POINTS`.
    pub points: usize,
    /// Scores of a point.
    pub scores: usize,
    /// What the network gives, `[scores, points]`, the points next to each other.
    pub own: Vec<f32>,
    /// What the folded one gives, the same.
    pub folded: Vec<f32>,
    /// The largest difference of two of them.
    pub deviation: f32,
    /// The largest score of the network, without its sign.
    pub largest: f32,
    /// One unit of a hidden layer.
    pub unit: FoldedUnit,
    /// Parameters and running averages of each.
    pub numbers: [usize; 2],
    /// Layers of each.
    pub layers: [usize; 2],
    /// What calls take; none without a clock.
    pub times: Vec<CallTime>,
}

/// A unit and its Batch Normalization: w′ = s·w and b′ = s·(b − μ) + β with s = γ/√(σ² + ε).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoldedUnit {
    /// The first of w, at most `MOST_FOLDED_WEIGHTS`, and of w′.
    pub weights: [Vec<f32>; 2],
    /// Euclidean length of w and of w′.
    pub norm: [f32; 2],
    /// b and b′.
    pub bias: [f32; 2],
    /// μ, the running one.
    pub mean: f32,
    /// σ², the running one.
    pub variance: f32,
    /// γ; 1 where there is none.
    pub gamma: f32,
    /// β; 0 where there is none.
    pub beta: f32,
    /// ε.
    pub epsilon: f64,
}

/// How long a call takes here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CallTime {
    /// Points that a call is given.
    pub points: usize,
    /// Of the network and of the folded one, microseconds.
    pub micros: [f64; 2],
}

impl FoldedUnit {
    /// s = γ/√(σ² + ε).
    pub fn scale(&self) -> f32 {
        let deviation = (f64::from(self.variance) + self.epsilon).sqrt();
        (f64::from(self.gamma) / deviation) as f32
    }

    fn of([own, folded]: [&Network<Best>; 2], layer: &HiddenLayer, norm: usize, at: usize) -> Self {
        let bias = bias_beside(&layer.weight);
        let row = |network: &Network<Best>| {
            let all = network.parameter(&layer.weight);
            let inputs = all.len() / layer.width;
            all[at * inputs..][..inputs].to_vec()
        };
        let rows = [row(own), row(folded)];
        let length = |row: &Vec<f32>| {
            let squares = row.iter().map(|w| f64::from(*w).powi(2));
            squares.sum::<f64>().sqrt() as f32
        };
        let (mean, variance) = own.running(norm);
        // γ of all units, then β of all, where the normalisation has any.
        let affine = own.layer_places()[norm].parameters.clone();
        let affine = &own.parameters()[affine];
        Self {
            norm: [length(&rows[0]), length(&rows[1])],
            weights: rows.map(|row| row.into_iter().take(MOST_FOLDED_WEIGHTS).collect()),
            bias: [own, folded].map(|network| network.parameter(&bias)[at]),
            mean: mean[at],
            variance: variance[at],
            gamma: affine.get(at).copied().unwrap_or(1.0),
            beta: affine.get(layer.width + at).copied().unwrap_or(0.0),
            epsilon: 0.0,
        }
    }
}

impl Folded {
    /// Both on the first of these points; `unit` is of the hidden layer `layer`, beyond the last it is the last.
    ///
    /// # Errors
    /// As `Network::infer`.
    ///
    /// # Panics
    /// If the layer has no normalisation over the batch.
    pub fn of(
        networks: [&Network<Best>; 2],
        (layer, unit): (&HiddenLayer, usize),
        epsilon: f64,
        points: Points<'_>,
        infer: Infer,
    ) -> Result<Self, Error> {
        let norm = layer.norm.expect("a normalisation");
        let mut scratch = Scratch::default();
        let rows = points.labels.len();
        let mut scores = |network| {
            let (x, mode) = (points.x, Mode::Running);
            let table = infer(network, x, rows, points.lengths, mode, &mut scratch)?;
            let mut all = Vec::with_capacity(rows * table.features());
            table.units().for_each(|unit| all.extend_from_slice(unit));
            Ok::<_, Error>(all)
        };
        let [own, folded] = [scores(networks[0])?, scores(networks[1])?];
        let most = |values: &mut dyn Iterator<Item = f32>| {
            // What is no number stays.
            values.fold(0.0_f32, |most, v| if v <= most { most } else { v })
        };
        let pairs = own.iter().zip(&folded);
        let width = layer.width;
        Ok(Self {
            points: rows,
            scores: networks[0].outputs(),
            deviation: most(&mut pairs.map(|(a, b)| (a - b).abs())),
            largest: most(&mut own.iter().map(|v| v.abs())),
            unit: FoldedUnit {
                epsilon,
                ..FoldedUnit::of(networks, layer, norm, unit.min(width - 1))
            },
            numbers: networks.map(|of| of.parameters().len() + of.buffers().len()),
            layers: networks.map(|of| of.layer_places().len()),
            own,
            folded,
            times: Vec::new(),
        })
    }

    /// The largest difference as a share of the largest score.
    pub fn share(&self) -> f32 {
        self.deviation / self.largest.max(f32::MIN_POSITIVE)
    }
}

/// Two calls timed in turns, a slice of each at a time, so that whoever has the clock can look at other things between.
#[derive(Clone, Debug, Default)]
pub struct CallTimer {
    /// Calls of a slice; 0 before the first.
    calls: u32,
    /// Milliseconds of both, slice by slice.
    slices: Vec<[f64; 2]>,
    has_failed: bool,
}

impl CallTimer {
    /// One slice of each by this clock, in milliseconds. Whether that was the last.
    pub fn advance(&mut self, calls: [&mut dyn FnMut(); 2], now: &dyn Fn() -> f64) -> bool {
        if self.is_done() {
            return true;
        }
        self.calls = self.calls.max(1);
        let took = calls.map(|call| {
            let start = now();
            (0..self.calls).for_each(|_| call());
            now() - start
        });
        if took.iter().all(|millis| *millis >= SLICE_MILLIS) {
            self.slices.push(took);
        } else {
            // Too few to be told from a tick: those before are of other numbers of calls.
            self.slices.clear();
            self.has_failed = self.calls >= MOST_CALLS;
            self.calls = self.calls.saturating_mul(2);
        }
        self.is_done()
    }

    /// Microseconds of a call of each, once it is done; nothing of a clock that stands still.
    pub fn micros(&self) -> Option<[f64; 2]> {
        (self.slices.len() >= SLICES).then(|| {
            [0, 1].map(|which| {
                let mut kept: Vec<f64> = self.slices.iter().map(|both| both[which]).collect();
                // So few are not worth the code of a sort.
                while kept.len() > KEPT {
                    let longest = kept.iter().copied().fold(0.0, f64::max);
                    let place = kept.iter().position(|millis| *millis == longest);
                    kept.swap_remove(place.unwrap_or(0));
                }
                let sum: f64 = kept.iter().sum();
                1000.0 * sum / (kept.len() as f64 * f64::from(self.calls))
            })
        })
    }

    fn is_done(&self) -> bool {
        self.has_failed || self.slices.len() >= SLICES
    }
}
