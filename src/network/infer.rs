//! Inference over any number of rows, layer by layer through two buffers. Changes nothing in the network.

use super::plan::{BatchNorm, Operation, Plan};
use super::{Mode, Network, Table};
use crate::error::Error;
use crate::kernels::norm::batch;
use crate::kernels::{activation, affine, layout};
use crate::lanes::{Best, Lanes, Real};

/// Mean and biased variance of each unit of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments<R = f32> {
    /// Per unit.
    pub mean: Vec<R>,
    /// Per unit, Σ(x − μ)²/N.
    pub variance: Vec<R>,
}

/// Room that inference works in; it grows to the largest use and is kept.
#[derive(Clone, Debug)]
pub struct Scratch<L: Lanes = Best> {
    current: Vec<L::Real>,
    next: Vec<L::Real>,
    moments: Vec<Moments<L::Real>>,
}

impl<L: Lanes> Default for Scratch<L> {
    fn default() -> Self {
        Self {
            current: Vec::new(),
            next: Vec::new(),
            moments: Vec::new(),
        }
    }
}

impl<L: Lanes> Scratch<L> {
    /// Moments of the last `infer`: one entry for each affine layer's output, in order, whether or not a
    /// normalisation follows; and, in its place in the order, for what any other normalisation takes.
    pub fn moments(&self) -> &[Moments<L::Real>] {
        &self.moments
    }

    fn make_room(&mut self, plan: &Plan, rows: usize) {
        let values = plan.widest() * rows;
        for buffer in [&mut self.current, &mut self.next] {
            if buffer.len() < values {
                buffer.resize(values, L::Real::ZERO);
            }
        }
        self.moments.resize_with(plan.measured, Moments::default);
        let input = plan.measures_input.then(|| plan.inputs());
        let outputs = plan.nodes.iter().filter(|node| node.is_measured);
        let widths = input.into_iter().chain(outputs.map(|node| node.outputs));
        for (moments, width) in self.moments.iter_mut().zip(widths) {
            moments.mean.resize(width, L::Real::ZERO);
            moments.variance.resize(width, L::Real::ZERO);
        }
    }

    fn measure(&mut self, index: usize, values: usize, rows: usize) {
        let Moments { mean, variance } = &mut self.moments[index];
        batch::moments::<L>(&self.current[..values], rows, mean, variance);
    }
}

/// Whose moments a normalisation divides by.
pub(super) enum Source<'a, R> {
    Batch,
    Running,
    Given(&'a Moments<R>),
}

impl BatchNorm {
    pub(super) fn source<'a, R: Copy>(&self, mode: Mode<'a, R>) -> Source<'a, R> {
        let uses_batch = match mode {
            Mode::Given(moments) => {
                let (at, got) = (self.moments_at, moments.len());
                assert!(at < got, "{}: entry {at} of {got} moments", self.name);
                return Source::Given(&moments[at]);
            }
            Mode::Train => self.rule.uses_batch(true),
            Mode::Batch => true,
            Mode::Running => self.rule.uses_batch(false),
        };
        if uses_batch {
            Source::Batch
        } else {
            Source::Running
        }
    }

    pub(super) fn affine_of<'a, R>(&self, parameters: &'a [R]) -> Option<batch::GammaBeta<'a, R>> {
        let (gamma, beta) = self.affine?;
        Some((&parameters[gamma.range()], &parameters[beta.range()]))
    }

    /// Running mean and variance; they stand side by side.
    pub(super) fn running_of<'a, R>(&self, buffers: &'a mut [R]) -> (&'a mut [R], &'a mut [R]) {
        buffers[self.running_mean.range().start..][..2 * self.features].split_at_mut(self.features)
    }
}

impl Plan {
    /// Refuses a single row where a normalisation would use its moments.
    pub(super) fn check_rows<R: Copy>(&self, rows: usize, mode: Mode<'_, R>) -> Result<(), Error> {
        for node in &self.nodes {
            if let Operation::BatchNorm(norm) = &node.operation
                && let Source::Batch = norm.source(mode)
            {
                batch::require_values(&norm.name, rows)?;
            }
        }
        Ok(())
    }

    pub(super) fn moves_any(&self) -> bool {
        self.nodes.iter().any(|node| match &node.operation {
            Operation::BatchNorm(norm) => norm.rule.moves(true),
            _ => false,
        })
    }
}

impl<L: Lanes> Network<L> {
    /// What the last layer gives for these rows, in memory for two layers' activations only.
    ///
    /// `Mode::Batch` takes the moments of all these rows together; `Mode::Train` is the same, as nothing moves here.
    ///
    /// # Shapes
    /// `x` `[rows, inputs]`, row-major, with any number of rows from 1.
    ///
    /// # Errors
    /// A normalisation would have to use the moments of a single row.
    pub fn infer<'s>(
        &self,
        x: &[L::Real],
        rows: usize,
        mode: Mode<'_, L::Real>,
        scratch: &'s mut Scratch<L>,
    ) -> Result<Table<'s, L::Real>, Error> {
        assert!(rows > 0, "inference on no rows");
        self.plan.check_rows(rows, mode)?;
        scratch.make_room(&self.plan, rows);
        let inputs = self.plan.inputs();
        layout::transpose(x, &mut scratch.current[..inputs * rows], rows, inputs);
        let mut measured = 0;
        if self.plan.measures_input {
            scratch.measure(measured, inputs * rows, rows);
            measured += 1;
        }
        for node in &self.plan.nodes {
            let x = &mut scratch.current[..node.inputs * rows];
            let y = &mut scratch.next[..node.outputs * rows];
            match &node.operation {
                Operation::Affine { weight, bias } => {
                    affine::forward::<L>(
                        x,
                        &self.parameters[weight.range()],
                        bias.map(|bias| &self.parameters[bias.range()]),
                        y,
                        affine::Size {
                            inputs: node.inputs,
                            outputs: node.outputs,
                            rows,
                        },
                    );
                    std::mem::swap(&mut scratch.current, &mut scratch.next);
                }
                Operation::Activation(function) => {
                    activation::forward::<L>(*function, x, y);
                    std::mem::swap(&mut scratch.current, &mut scratch.next);
                }
                Operation::BatchNorm(norm) => {
                    let moments = &scratch.moments[norm.moments_at];
                    let (mean, variance) = match norm.source(mode) {
                        Source::Batch => (&moments.mean[..], &moments.variance[..]),
                        Source::Running => (
                            &self.buffers[norm.running_mean.range()],
                            &self.buffers[norm.running_variance.range()],
                        ),
                        Source::Given(moments) => (&moments.mean[..], &moments.variance[..]),
                    };
                    let affine = norm.affine_of(&self.parameters);
                    let epsilon = norm.rule.epsilon;
                    batch::normalize_in_place::<L>(x, rows, mean, variance, epsilon, affine);
                }
            }
            if node.is_measured {
                scratch.measure(measured, node.outputs * rows, rows);
                measured += 1;
            }
        }
        let outputs = self.plan.outputs() * rows;
        Ok(Table::new(&scratch.current[..outputs], rows))
    }
}
