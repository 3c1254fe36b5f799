//! Play, pause, step, reset.

use batchnorm_lab::protocol::Command;

use crate::state::{Lab, WorkerState, is_halted};

impl Lab {
    /// Trains until told otherwise.
    pub fn play(self) {
        let run = self.run;
        let is_halted = run
            .frame
            .with_untracked(|f| f.as_deref().is_some_and(is_halted));
        if is_halted || run.impossible.with_untracked(Option::is_some) {
            return;
        }
        self.run.is_playing.set(true);
        self.send(&Command::Play);
    }

    /// Stops after the step being done.
    pub fn pause(self) {
        self.run.is_playing.set(false);
        self.send(&Command::Pause);
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
