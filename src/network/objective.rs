//! What a network is trained towards: its loss and the targets that the loss takes.

use super::Shape;
use super::shape::refuse;
use crate::error::Error;
use crate::kernels::loss;
use crate::lanes::{Lanes, Real};
use crate::settings::choice::Loss;

/// A loss, the mean over a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// One output, binary cross-entropy with logits.
    BinaryCrossEntropy,
    /// An output a class, softmax cross-entropy.
    CrossEntropy,
    /// Half the mean squared error over all outputs.
    HalfSquaredError,
}

impl From<Loss> for Objective {
    fn from(loss: Loss) -> Self {
        match loss {
            Loss::BinaryCrossEntropy => Objective::BinaryCrossEntropy,
            Loss::CrossEntropy => Objective::CrossEntropy,
            Loss::SquaredError => Objective::HalfSquaredError,
        }
    }
}

/// What a batch should have given.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a, R> {
    /// A class of each row.
    Labels(&'a [u8]),
    /// A value of each output, `[K, N]`, feature-major.
    Values(&'a [R]),
}

impl Objective {
    /// Whether the last layer gives what the loss takes.
    pub(super) fn check(self, output: Shape) -> Result<(), Error> {
        let outputs = output.units();
        let (fits, needs) = match self {
            Objective::BinaryCrossEntropy => (outputs == 1, "1 output"),
            Objective::CrossEntropy => (outputs > 1, "an output a class, 2 or more"),
            Objective::HalfSquaredError => (outputs > 0, "an output"),
        };
        if !matches!(output, Shape::Features(_)) {
            return Err(refuse("loss", output, needs));
        }
        if fits {
            return Ok(());
        }
        Err(refuse("loss", format_args!("{outputs} outputs"), needs))
    }

    /// The loss; its gradient goes into `d`.
    ///
    /// # Panics
    /// If it cannot take such targets.
    pub(super) fn evaluate<L: Lanes>(
        self,
        output: &[L::Real],
        targets: Targets<'_, L::Real>,
        d: &mut [L::Real],
    ) -> L::Real {
        let one = L::Real::ONE;
        match (self, targets) {
            (Objective::BinaryCrossEntropy, Targets::Labels(labels)) => {
                loss::binary_cross_entropy::<L>(output, labels, one, d)
            }
            (Objective::CrossEntropy, Targets::Labels(labels)) => {
                loss::cross_entropy::<L>(output, labels, one, d)
            }
            (Objective::HalfSquaredError, Targets::Values(values)) => {
                let half = L::Real::from_f64(0.5);
                half * loss::mean_squared_error::<L>(output, values, half, d)
            }
            (Objective::HalfSquaredError, Targets::Labels(_)) => {
                panic!("a squared error of labels")
            }
            (_, Targets::Values(_)) => panic!("a cross-entropy of values"),
        }
    }
}
