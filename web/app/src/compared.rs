//! Whole runs beside each other, as far as they are trained: what charts show and what is told of them. Trains nothing,
//! draws nothing.

#[cfg(any(test, not(any(target_arch = "wasm32", feature = "split"))))]
pub mod native;
mod table;

use std::rc::Rc;

use batchnorm_lab::settings::Settings;

pub use self::table::{By, Comparison, Form, Line, Variant, comparison};
use crate::measured::AnyMeasured;

/// Updates from one look at r and d to the next.
pub const CORRECTIONS_EVERY: u64 = 25;

/// Several runs, or the one that r and d are of.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What the runs are.
    pub comparison: &'static Comparison,
    /// In the order of its variants.
    pub runs: Vec<Progress>,
    /// The step at which settings change for the first time, where they do.
    pub change: Option<u64>,
    /// Share of points that guessing gets right.
    pub chance: f32,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Not begun.
    Waiting,
    /// After so many updates.
    At(u64),
    /// Trained.
    Done(Box<WholeRun>),
}

/// A run from its start to its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WholeRun {
    /// Updates made.
    pub step: u64,
    /// Updates of which each of `losses` is the mean.
    pub stride: u64,
    /// Losses of mini-batches in training mode, oldest first.
    pub losses: Vec<f32>,
    /// Losses and accuracies on the way, oldest first.
    pub looks: Vec<Look>,
    /// Those at the end.
    pub end: Look,
    /// r and d on the way, where they were asked for.
    pub corrections: Vec<Corrections>,
    /// The step at which numbers stopped being finite.
    pub diverged_at: Option<u64>,
}

/// Losses and accuracies of a state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Updates made.
    pub step: u64,
    /// Of the training set and of the test set, in inference mode.
    pub losses: [f32; 2],
    /// Of the training set, and of the test set by running averages and by statistics of the whole training set.
    pub train: f32,
    /// See `train`.
    pub running: f32,
    /// See `train`.
    pub full: f32,
}

/// r and d of a unit on one mini-batch; pairs are of r and of d.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corrections {
    /// Updates made.
    pub step: u64,
    /// Mean and standard deviation of the mini-batch.
    pub batch: [f32; 2],
    /// The running ones.
    pub running: [f32; 2],
    /// Before the bounds.
    pub wanted: [f32; 2],
    /// Within them.
    pub used: [f32; 2],
    /// The largest r and the largest |d|.
    pub bounds: [f32; 2],
    /// Shares of the layer's units that are clipped.
    pub clipped: [f32; 2],
}

impl Compared {
    /// Runs that are not begun.
    pub fn new(comparison: &'static Comparison, link: &Settings) -> Self {
        Self {
            comparison,
            runs: vec![Progress::Waiting; comparison.variants.len()],
            change: link.changes.iter().map(|change| change.step).min(),
            chance: 1.0 / link.data.classes() as f32,
        }
    }

    /// A run that is trained.
    pub fn trained(&self, place: usize) -> Option<&WholeRun> {
        match self.runs.get(place) {
            Some(Progress::Done(run)) => Some(run),
            _ => None,
        }
    }

    /// How many are trained.
    pub fn done(&self) -> usize {
        (0..self.runs.len())
            .filter(|place| self.trained(*place).is_some())
            .count()
    }

    /// Whether all are.
    pub fn is_whole(&self) -> bool {
        self.done() == self.runs.len()
    }

    /// The test accuracy that counts of a variant's run at its end.
    pub fn score(&self, place: usize) -> Option<f32> {
        let run = self.trained(place)?;
        let score = match self.comparison.variants[place].by {
            By::Running => run.end.running,
            By::Full => run.end.full,
        };
        (run.diverged_at.is_none() && score.is_finite()).then_some(score)
    }

    /// The test accuracy of its run before settings changed.
    pub fn before(&self, place: usize) -> Option<f32> {
        let (run, change) = (self.trained(place)?, self.change?);
        let looks = run.looks.iter().rev();
        let mut looks = looks.skip_while(|look| look.step > change);
        looks.next().map(|look| look.running)
    }
}

/// What is kept with the run, if it is of this kind.
pub fn known(of: &AnyMeasured) -> Option<&Compared> {
    of.as_ref()?.downcast_ref()
}

/// The same to be kept.
pub fn keep(of: Compared) -> AnyMeasured {
    Some(Rc::new(of))
}
