//! Play, pause, step, reset.

use batchnorm_lab::protocol::Command;

use crate::host_events;
use crate::state::{Lab, WorkerState, is_halted};

impl Lab {
    /// Trains until told otherwise.
    pub fn play(self) {
        if self
            .run
            .frame
            .with_untracked(|f| f.as_deref().is_some_and(is_halted))
        {
            return;
        }
        self.run.is_playing.set(true);
        self.go_on();
    }

    /// Stops after the step being done; steps that the embedding page waits for are not made any more.
    pub fn pause(self) {
        host_events::interrupt_steps(self, "paused");
        self.hold();
    }

    /// Stops after the step being done.
    pub(crate) fn hold(self) {
        self.run.is_playing.set(false);
        self.send(&Command::Pause);
    }

    /// Lets a run that is to play do so, where it is seen.
    pub(super) fn go_on(self) {
        if self.run.is_playing.get_untracked() && self.services.is_seen.get_untracked() {
            self.send(&Command::Play);
        }
    }

    /// The lab has come into sight or left it. Out of sight a run that plays stands still; steps that were asked for and a
    /// replay have an end, and are made.
    pub fn see(self, is_seen: bool) {
        self.services.is_seen.set(is_seen);
        self.go_on();
        self.rest_unseen();
    }

    /// Stops the worker where nobody looks; the reader's wish to play stays.
    pub(super) fn rest_unseen(self) {
        if self.services.is_seen.get_untracked() || host_events::awaits_steps(self) {
            return;
        }
        let is_training = self.run.frame.with_untracked(|frame| {
            let frame = frame.as_deref();
            frame.is_some_and(|frame| frame.is_playing && frame.replay_left == 0)
        });
        if is_training && self.run.is_playing.get_untracked() {
            self.send(&Command::Pause);
        }
    }

    /// Plays or pauses.
    pub fn toggle(self) {
        if self.run.is_playing.get_untracked() {
            self.pause();
        } else {
            self.play();
        }
    }

    /// Trains exactly so many steps and waits.
    pub fn step(self, steps: u32) {
        host_events::interrupt_steps(self, "other steps were asked for");
        self.run.is_playing.set(false);
        if self.services.worker.get_untracked() == WorkerState::Ready {
            self.send(&Command::Step { steps });
        } else {
            self.run.steps_due.update_value(|due| *due += steps);
        }
    }

    /// Back to step 0 with the values that the controls show.
    pub fn reset(self) {
        self.run.is_playing.set(false);
        self.start_run(self.run.now.get_untracked().afresh(), None);
    }

    /// Another seed, from step 0.
    pub fn reseed(self) {
        // The next number, not a random one: what two readers press comes out the same.
        self.edit(|settings| settings.seed = (settings.seed + 1) % 1_000_000);
    }
}
