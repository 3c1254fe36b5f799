//! A job whose steps are made elsewhere, many at once: what these need, and what came of them. Trains nothing.

use super::JobRun;
use crate::engine::{UpdateRules, restore_network};
use crate::error::Error;
use crate::protocol::NetworkState;
use crate::training::update_rules;

/// The next steps of a job, under the same settings.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Updates.
    pub steps: u32,
    /// N, rows of each batch.
    pub rows: usize,
    /// Training points of the batches, `[steps, rows]`.
    pub order: Vec<u32>,
    /// What holds for them.
    pub rules: UpdateRules,
    /// Updates made before.
    pub updates: u64,
    /// Batches in the running averages before.
    pub batches_tracked: u64,
    /// Whether the running averages of any normalisation over the batch move.
    pub tracks: bool,
}

impl JobRun {
    /// So many further steps at most: up to the job's end or to the next change of its settings. What came of them is
    /// told by `hear` before anything else is done. Of a job that has ended there are none.
    pub fn ahead(&mut self, most: u32) -> Stretch {
        self.reach_changes();
        let done = self.solo.steps;
        let later = self.job.settings.changes.iter().map(|change| change.step);
        let end = later
            .filter(|step| *step > done)
            .fold(self.job.steps, u64::min);
        let steps = match self.is_done() {
            true => 0,
            false => u64::from(most).min(end - done) as u32,
        };
        let (rows, rules) = (self.now.batch_size(), update_rules(&self.now));
        let network = &mut self.solo.run.observed.network;
        network.set_batch_norm_momentum(rules.momentum);
        network.set_frozen(rules.frozen);
        Stretch {
            steps,
            rows,
            rules,
            updates: network.updates(),
            batches_tracked: network.batches_tracked(),
            tracks: network.tracks_any(),
            order: self.solo.order(&self.dataset.train, steps, rows, &self.now),
        }
    }

    /// The losses of the steps that `ahead` gave, in order. One that is not finite ends the job, and what comes after it
    /// is of no account.
    pub fn hear(&mut self, losses: &[f32]) {
        let lost = losses.iter().position(|loss| !loss.is_finite());
        let losses = &losses[..lost.map_or(losses.len(), |place| place + 1)];
        self.solo.hear(losses);
        losses.iter().for_each(|loss| self.curve.add(*loss));
        let network = &mut self.solo.run.observed.network;
        let (steps, tracks) = (losses.len() as u64, network.tracks_any());
        network.set_updates(network.updates() + steps);
        network.set_batches_tracked(network.batches_tracked() + if tracks { steps } else { 0 });
    }

    /// Puts the numbers to which these steps led in place of those that stood here, which a report tells of.
    ///
    /// # Errors
    /// `Error::Message` if they are another network's.
    pub fn put(&mut self, state: &NetworkState) -> Result<(), Error> {
        let run = &mut self.solo.run;
        run.forget_observation(false);
        restore_network(&mut run.observed.network, state)
    }
}
