//! What is shown of a run, and what it goes on from. Moves nothing.

use super::Trainer;
use crate::observe::View;
use crate::protocol::{Checkpoint, Event, Frame, Side};
use crate::training::SideRun;

impl Trainer {
    /// Whether something has changed since the last frame.
    pub fn frame_wanted(&self) -> bool {
        self.frame_wanted && !self.sides.is_empty() && !self.state_is_stale()
    }

    /// Whether a frame would answer what was asked: it need not wait for the page to draw the one before.
    pub fn owes_answer(&self) -> bool {
        self.asked.owes_answer() && self.frame_wanted()
    }

    /// What the networks look like now.
    pub fn frame(&mut self) -> Event {
        self.frame_wanted = false;
        self.owes_frame = false;
        self.asked.tell();
        self.shown = self.observed;
        self.record_start();
        let view = self.view(self.observed, true);
        let (data, now, rows) = (&self.dataset, &self.now, &self.restore_point.last_batch);
        let sides = self.sides.iter_mut();
        let sides = sides.map(|side| side.side_frame(data, rows, now, view));
        let sides = sides.collect();
        Event::Frame(Box::new(self.frame_with(view, sides)))
    }

    /// What is known of the run besides its sides.
    pub(super) fn frame_with(&self, view: View, sides: Vec<Side>) -> Frame {
        Frame {
            run: self.run,
            step: self.step,
            epoch: self.restore_point.epoch,
            is_playing: self.is_training(),
            answered: self.asked.answered(),
            observed: view.wanted,
            replay_left: self.base.at.saturating_sub(self.step),
            evaluated: self.sides.first().map_or([0; 2], |side| {
                [&self.dataset.train, &self.dataset.test].map(|s| side.observed.sample(s) as u32)
            }),
            axis_limits: view.limits,
            sides,
        }
    }

    /// Everything needed to go on in another worker.
    pub fn checkpoint(&self) -> Event {
        Event::Checkpoint(Box::new(Checkpoint {
            run: self.run,
            step: self.restore_point.step,
            epoch: self.restore_point.epoch,
            position: self.restore_point.position as u32,
            last_batch: self.restore_point.last_batch.clone(),
            axis_limits: self.axis_limits,
            sides: self.sides.iter().map(SideRun::state).collect(),
        }))
    }
}
