//! One run whose steps an engine makes elsewhere: what that engine is to be, its batches, and what came of them. The
//! network here stands still meanwhile; it shows what came back.

use super::{Run, hyper, signs};
use crate::choice::Loss;
use crate::dataset::Split;
use crate::engine::{self, Batch, Engine, Model, Progress, State};
use crate::error::Error;
use crate::network::Mode;
use crate::settings::Settings;

impl Run {
    /// The network that an engine is to train.
    pub(crate) fn model(&self, now: &Settings) -> Model {
        Model {
            input: self.plan.input,
            layers: self.plan.layers.clone(),
            objective: now.loss_used().into(),
            max_rows: self.max_rows,
        }
    }

    /// What that engine starts from.
    pub(crate) fn engine_state(&self) -> State {
        engine::state_of(&self.network)
    }

    /// Rows that the network here has room for, and an engine made after it.
    pub(crate) fn most_rows(&self) -> usize {
        self.max_rows
    }

    /// Keeps why it cannot take a step of so many rows, if it cannot.
    pub(crate) fn refuse_rows(&mut self, rows: usize) -> bool {
        self.refused = self.network.check_rows(rows, Mode::Train).err();
        self.refused.is_some()
    }

    /// These training points as an engine takes them.
    pub(crate) fn batch(&mut self, train: &Split, rows: &[u32], now: &Settings) -> Batch {
        self.gather(train, rows);
        let targets = match now.loss_used() {
            Loss::SquaredError => engine::Targets::Values(signs(&self.labels).collect()),
            _ => engine::Targets::Labels(self.labels.clone()),
        };
        Batch {
            x: self.x.clone(),
            targets,
            rows: rows.len(),
            lengths: (!self.lengths.is_empty()).then(|| self.lengths.clone()),
        }
    }

    /// Starts these batches on its engine.
    pub(crate) fn start(
        &mut self,
        engine: &mut dyn Engine,
        batches: &[Batch],
        now: &Settings,
        wants_state: bool,
    ) -> Result<(), Error> {
        // The network here goes on from the same rules if the engine fails.
        self.set_rules(now);
        engine.set_batch_norm_momentum(now.momentum);
        engine.set_frozen(now.frozen.affine(), now.frozen.statistics());
        engine.advance(batches, &hyper(now), wants_state)
    }

    /// Nothing after this step has been.
    pub(crate) fn rewind(&mut self, step: u64) {
        self.diverged_at = self.diverged_at.filter(|at| *at <= step);
    }

    /// Takes over what came of batches started after `done` updates.
    pub(crate) fn take(&mut self, progress: &Progress, done: u64) -> Result<(), Error> {
        if let Some(state) = &progress.state {
            engine::put(&mut self.network, state)?;
        }
        let first_lost = progress.losses.iter().position(|loss| !loss.is_finite());
        if let Some(loss) = progress.losses.last() {
            self.loss_batch = *loss;
        }
        if let Some(place) = first_lost {
            self.diverged_at = Some(done + 1 + place as u64);
        }
        Ok(())
    }
}
