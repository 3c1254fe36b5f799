//! What the worker says, taken into the state. Decides nothing about looks.

use std::sync::Arc;

use batchnorm_lab::protocol::{Event, Frame};
use batchnorm_lab::settings::Settings;

use crate::history::History;
use crate::host_events;
use crate::state::{Lab, WorkerState, is_halted};
use crate::worker_link::Report;

impl Lab {
    /// Takes in a report.
    pub fn receive(self, report: Report) {
        match report {
            Report::Event(event) => self.hear(event),
            Report::Lost(text) => self.lose_worker(text),
            Report::NextLost(text) => self.keep_worker(text),
        }
    }

    fn hear(self, event: Event) {
        let run = self.run.number.get_untracked();
        match event {
            Event::Ready { engine } => {
                self.take_over(&engine);
                self.services.engine.set(engine);
                self.services.worker.set(WorkerState::Ready);
                self.brief_worker();
            }
            Event::Changed { run: of, step } if of == run => self.record_wish(step),
            Event::Frame(frame) => self.take_frame(*frame),
            Event::Recorded(points) => self.run.history.update_value(|history| {
                for point in points.iter().filter(|point| point.run == run) {
                    history.feed(point);
                }
            }),
            Event::Checkpoint(checkpoint) if checkpoint.run == run => {
                self.run.checkpoint.set_value(Some(checkpoint));
            }
            Event::BatchNoise(report) if report.run == run => {
                self.run.is_measuring.set(false);
                self.run.batch_noise.set(Some(Arc::from(report)));
            }
            Event::EngineFailed(engine, failure) => {
                self.services.engine.set(engine);
                host_events::report_error(self, &failure.code, &failure.message);
                self.services.engine_failure.set(Some(failure));
            }
            Event::DataWanted => self.bring_digits(),
            Event::Failed { run: of, failure } if of == run => {
                self.run.is_playing.set(false);
                host_events::report_error(self, &failure.code, &failure.message);
                host_events::reject_calls(self, &failure.message);
                // Nothing of another run stands beside a run that there is not.
                self.run.history.set_value(History::default());
                self.run.impossible.set(Some(failure));
                self.run.frame.set(None);
            }
            // An answer about a run that is no longer on the screen.
            Event::Changed { .. }
            | Event::Checkpoint(_)
            | Event::BatchNoise(_)
            | Event::Failed { .. } => {}
        }
    }

    fn take_frame(self, frame: Frame) {
        if frame.run != self.run.number.get_untracked() {
            // Nobody will see it, but the worker waits for an answer.
            self.frame_came();
            return;
        }
        if self.run.impossible.with_untracked(Option::is_some) {
            // That was said of an older run.
            self.run.impossible.set(None);
        }
        if self
            .run
            .link
            .with_untracked(|link| !link.changes.is_empty())
        {
            self.follow_link(frame.step);
        }
        let is_given_up = |link: &Settings| frame.replay_left == 0 && link.at > frame.step;
        if self.run.link.with_untracked(is_given_up) {
            // The link leads to where its replay was stopped, not to where it would have ended.
            self.run.link.update(|link| link.at = frame.step);
        }
        self.run.history.update_value(|history| {
            history.feed(&frame);
        });
        if is_halted(&frame) && !frame.is_playing {
            self.run.is_playing.set(false);
        }
        let frame = Arc::new(frame);
        self.run.frame.set(Some(frame.clone()));
        host_events::report_frame(self, &frame);
        self.rest_unseen();
        self.frame_came();
    }
}
