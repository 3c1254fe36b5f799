//! One run whose steps an engine makes elsewhere: what that engine is to be, its batches, and what came of them. The
//! network here stands still meanwhile; it shows what came back.

use super::{SideRun, hyper, signs};
use crate::data::Split;
use crate::engine::{self, Batch, Engine, Model, ObservationRequest, Progress, State};
use crate::error::Error;
use crate::network::Mode;
use crate::observe::Observation;
use crate::settings::Settings;
use crate::settings::choice::{Loss, Statistics};

/// What an engine was asked to look at, and what it saw of the state that the network here stands at.
#[derive(Default)]
pub(super) struct Seen {
    asked: Option<ObservationRequest>,
    sight: Option<(ObservationRequest, Observation)>,
}

impl SideRun {
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
        self.gathered(now)
    }

    fn gathered(&self, now: &Settings) -> Batch {
        let targets = match now.loss_used() {
            Loss::SquaredError => engine::Targets::Values(signs(&self.labels).collect()),
            _ => engine::Targets::Labels(self.labels.clone()),
        };
        Batch {
            x: self.x.clone(),
            targets,
            rows: self.labels.len(),
            lengths: (!self.lengths.is_empty()).then(|| self.lengths.clone()),
        }
    }

    /// Starts these batches on its engine.
    pub(crate) fn start(
        &mut self,
        engine: &mut dyn Engine,
        batches: &[Batch],
        now: &Settings,
        look: Option<ObservationRequest>,
        wants_state: bool,
    ) -> Result<(), Error> {
        if let Some(look) = &look {
            engine.look_at(look.clone());
        }
        self.afar.asked = look;
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
            self.afar.sight = self.afar.asked.take().zip(progress.sight.clone());
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

    /// What an engine is to look at for the frame after these rows; `None` where it is for the lanes: moments that no
    /// engine has, or a batch of one.
    pub(crate) fn look(
        &mut self,
        train: &Split,
        rows: &[u32],
        now: &Settings,
        limits: [f32; 3],
    ) -> Option<ObservationRequest> {
        self.network.check_rows(rows.len(), Mode::Batch).ok()?;
        let batch = self.batch(train, rows, now);
        self.look_at(batch, now, limits)
    }

    fn look_at(
        &self,
        batch: Batch,
        now: &Settings,
        limits: [f32; 3],
    ) -> Option<ObservationRequest> {
        let is_of_batch = now.statistics == Statistics::Batch;
        (is_of_batch || now.tracks).then(|| ObservationRequest {
            batch,
            running: !is_of_batch,
            columns: self.plan.hidden.clone(),
            limits,
            lens: self.in_lens(now),
        })
    }

    /// What the engine saw of the gathered batch, if it was asked for just this.
    pub(crate) fn seen_afar(&mut self, now: &Settings, limits: [f32; 3]) -> Option<Observation> {
        self.afar.sight.as_ref()?;
        if self.diverged_at.is_some() {
            // Steps beyond the end were made there.
            return None;
        }
        let look = self.look_at(self.gathered(now), now, limits)?;
        let (asked, sight) = self.afar.sight.as_ref()?;
        (*asked == look).then(|| sight.clone())
    }

    /// The network here has moved on.
    pub(super) fn forget_seen(&mut self) {
        self.afar.sight = None;
    }
}
