//! Losses, accuracies and moments on the sets of points, and what they are taken for. Trains nothing and moves no running
//! statistics.

use super::ObservedNetwork;
use crate::data::Split;
use crate::network::{Mode, Moments, Table};
use crate::protocol::{BOUNDARY_SIDE, GUESSES};
use crate::settings::Settings;
use crate::settings::choice::{Loss, Statistics};

/// Loss and accuracy on some points.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    pub loss: f32,
    pub accuracy: f32,
}

/// Multiplications that one evaluation of a set of points may take, so that a pause is heard while frames are made: the
/// plainest build does two thousand million a second.
const EVALUATION_WORK: usize = 4_000_000;
/// Points that are always evaluated.
const LEAST_EVALUATED: usize = 128;

impl ObservedNetwork {
    /// How many points of a set losses, accuracies and full-set statistics are of: always the same, the first.
    pub fn sample(&self, split: &Split) -> usize {
        let most = (EVALUATION_WORK / self.architecture.work.max(1)).max(LEAST_EVALUATED);
        split.len().min(most)
    }

    /// Moments of every hidden pre-activation over the training set (its sample), where each layer below is
    /// normalised by its own moments of the whole.
    pub(crate) fn full_moments(&mut self, train: &Split) -> Vec<Moments> {
        let rows = self.sample(train);
        // Ghost batches may leave a chunk of one: it stays out.
        for rows in [rows, rows - 1] {
            if self.infer(train.points(0..rows), Mode::Batch).is_ok() {
                return self.scratch.moments().to_vec();
            }
        }
        // Ghost batches of one row have no moments at all, so that nothing is normalised and nothing trains.
        let standard = self.network.standard_moments();
        self.infer(train.points(0..rows), Mode::Given(&standard))
            .expect("fixed statistics take any number of rows");
        self.scratch.moments().to_vec()
    }

    /// `full_moments`, and loss and accuracy on the training set in inference mode: of one pass, where no statistics of a
    /// batch take part.
    pub(super) fn moments_and_score(
        &mut self,
        train: &Split,
        now: &Settings,
    ) -> (Vec<Moments>, Score) {
        if self.norm.mixes_rows() {
            return (
                self.full_moments(train),
                self.score(train, Mode::Running, now),
            );
        }
        let rows = self.sample(train);
        let kind = now.loss_used();
        let logits = self
            .infer(train.points(0..rows), Mode::Batch)
            .expect("no statistics of a batch take part");
        let score = score(logits, &train.labels[..rows], kind);
        (self.scratch.moments().to_vec(), score)
    }

    /// Share of right answers.
    pub(super) fn accuracy(&mut self, split: &Split, mode: Mode<'_>) -> f32 {
        let rows = self.sample(split);
        match self.infer(split.points(0..rows), mode) {
            Ok(logits) => right(logits, &split.labels[..rows]) as f32 / rows as f32,
            // As in `score`.
            Err(_) => f32::NAN,
        }
    }

    pub(crate) fn score(&mut self, split: &Split, mode: Mode<'_>, now: &Settings) -> Score {
        let rows = self.sample(split);
        let Ok(logits) = self.infer(split.points(0..rows), mode) else {
            // Ghost batches without running averages, of which the last has one row.
            return Score {
                loss: f32::NAN,
                accuracy: f32::NAN,
            };
        };
        score(logits, &split.labels[..rows], now.loss_used())
    }

    /// What the sample of the test set is taken for: counted by class and class, and the first ones one by one; of
    /// sequences all, which are then counted by length.
    pub(super) fn answers(&mut self, test: &Split, mode: Mode<'_>) -> (Vec<u32>, Vec<u8>) {
        let rows = self.sample(test);
        let logits = self
            .infer(test.points(0..rows), mode)
            .expect("fixed statistics take any number of rows");
        let classes = classes(logits);
        let mut confusion = vec![0; classes * classes];
        let mut guesses: Vec<u8> = (0..rows).map(|row| guess(logits, row)).collect();
        for (label, guess) in test.labels.iter().zip(&guesses) {
            confusion[usize::from(*label) * classes + usize::from(*guess)] += 1;
        }
        if test.lengths.is_empty() {
            guesses.truncate(GUESSES);
        }
        (confusion, guesses)
    }

    /// Test accuracy in training mode: each batch of the current size is normalised by itself. NaN where no batch of
    /// that size can be.
    pub(super) fn accuracy_in_batches(&mut self, test: &Split, now: &Settings) -> f32 {
        let rows = self.sample(test);
        let size = now.batch_size().clamp(2, rows);
        let mut sum = 0.0;
        let mut seen = 0;
        // A rest too short for a batch is left out, as in training.
        for batch in 0..rows / size {
            let points = test.points(batch * size..(batch + 1) * size);
            let Ok(logits) = self.infer(points, Mode::Batch) else {
                return f32::NAN;
            };
            // The share first: recorded fingerprints have its rounding.
            sum += right(logits, points.labels) as f32 / size as f32 * size as f32;
            seen += size;
        }
        sum / seen as f32
    }

    pub(super) fn boundary(&mut self, mode: Mode<'_>) -> Vec<f32> {
        let side = BOUNDARY_SIDE;
        let centre = |i: usize| (2 * i + 1) as f32 / side as f32 - 1.0;
        // Loops: an iterator of iterators took a quarter of the whole picture's time.
        let mut x = Vec::with_capacity(2 * side * side);
        for row in 0..side {
            for col in 0..side {
                x.extend_from_slice(&[centre(col), -centre(row)]);
            }
        }
        let scratch = &mut self.scratch;
        let logits = (self.factory.infer)(&self.network, &x, side * side, &[], mode, scratch)
            .expect("fixed statistics take any number of rows");
        let margin = |row| logit(logits, row, 1) - logit(logits, row, 0);
        (0..side * side).map(margin).collect()
    }
}

/// Whose moments normalise what is shown: the batch's where they are chosen and there are some, else the running ones;
/// where there are none of those, the training set's, which unlike a batch's always exist.
pub(super) fn shown_mode<'a>(
    now: &Settings,
    batch: Option<&'a [Moments]>,
    full: &'a [Moments],
) -> Mode<'a> {
    match (now.statistics, batch) {
        (Statistics::Batch, Some(moments)) => Mode::Given(moments),
        _ if now.tracks => Mode::Running,
        _ => Mode::Given(full),
    }
}

/// The value of a class at a row: a single output stands for class 1 against a class 0 of value 0.
fn logit(logits: Table<'_>, row: usize, class: usize) -> f32 {
    match (logits.features(), class) {
        (1, 0) => 0.0,
        (1, _) => logits.at(row, 0),
        _ => logits.at(row, class),
    }
}

fn classes(logits: Table<'_>) -> usize {
    logits.features().max(2)
}

/// The class of the largest value, the first of equal ones.
fn guess(logits: Table<'_>, row: usize) -> u8 {
    let better = |best: usize, class: usize| {
        if logit(logits, row, class) > logit(logits, row, best) {
            class
        } else {
            best
        }
    };
    (0..classes(logits)).fold(0, better) as u8
}

/// How many answers are right.
fn right(logits: Table<'_>, labels: &[u8]) -> usize {
    let labels = labels.iter().enumerate();
    labels
        .filter(|(row, label)| guess(logits, *row) == **label)
        .count()
}

/// Mean loss and share of right answers, summed in f64 in the order of the rows.
///
/// Binary cross-entropy is that of two classes, so one formula serves both.
fn score(logits: Table<'_>, labels: &[u8], kind: Loss) -> Score {
    let mut loss_sum = 0.0_f64;
    for (row, label) in labels.iter().enumerate() {
        let value = |class: usize| f64::from(logit(logits, row, class));
        let own = usize::from(*label);
        loss_sum += match kind {
            Loss::SquaredError => {
                let distance = value(1) - (2.0 * f64::from(*label) - 1.0);
                0.5 * distance * distance
            }
            _ => {
                let most = value(usize::from(guess(logits, row)));
                // The largest is most often one of two: its exponential is 1, to the bit.
                let exp = |below| if below == 0.0 { 1.0 } else { libm::exp(below) };
                let rest = (0..classes(logits)).map(|class| exp(value(class) - most));
                libm::log(rest.sum()) + most - value(own)
            }
        };
    }
    Score {
        loss: (loss_sum / labels.len() as f64) as f32,
        accuracy: right(logits, labels) as f32 / labels.len() as f32,
    }
}
