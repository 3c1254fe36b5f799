//! The worker: started, briefed, spoken to, given up.

use batchnorm_lab::protocol::Command;
use batchnorm_lab::settings::Settings;

use crate::host_events;
use crate::state::{Lab, WorkerState};

impl Lab {
    /// Lets another build of the worker take over where this one stands.
    pub fn use_engine(self, engine: &str) {
        if self
            .services
            .engines
            .with_untracked(|all| all.iter().any(|e| e == engine))
        {
            self.services.find_gpu.set_value(None);
            self.services.engine_failure.set(None);
            self.services.engine.set(engine.to_owned());
            self.start_worker();
        }
    }

    /// Starts the worker, or another after one was lost; the run goes on from the last checkpoint.
    pub fn start_worker(self) {
        self.services.worker.set(WorkerState::Starting);
        let mut engine = self.services.engine.get_untracked();
        let is_webgpu = engine == "webgpu";
        let has_full = is_webgpu || self.run.link.with_untracked(Settings::needs_full_build);
        self.services.has_full_build.set_value(has_full);
        if has_full && !is_webgpu {
            // The build that has convolution and all else, fetched only by who needs it.
            engine.insert_str(0, "full-");
        }
        let started = self
            .services
            .worker_link
            .try_update_value(|link| match link {
                Some(link) => link.start(&engine),
                None => Ok(()),
            });
        if let Some(Err(text)) = started {
            self.lose_worker(text);
        }
    }

    /// The worker is gone.
    pub fn lose_worker(self, text: String) {
        self.services.worker_link.update_value(|link| {
            if let Some(link) = link {
                link.stop();
            }
        });
        self.run.is_measuring.set(false);
        self.run.is_sweeping.set(false);
        host_events::report_error(self, "worker", &text);
        host_events::reject_calls(self, &text);
        self.services.worker.update(|state| {
            *state = match state {
                WorkerState::Ready => WorkerState::Lost(text),
                _ => WorkerState::NotLoaded(text),
            };
        });
    }

    /// Tells a worker that has just become ready what to do.
    pub fn brief_worker(self) {
        self.brief_observed();
        let run = self.run.number.get_untracked();
        let checkpoint = self
            .run
            .checkpoint
            .get_untracked()
            .filter(|checkpoint| checkpoint.run == run);
        let from = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.step);
        self.configure(checkpoint);
        // What another worker was asked and did not answer.
        for (setting, value) in self.run.wishes.get_untracked() {
            self.send(&Command::change(setting, value));
        }
        let steps = self
            .run
            .steps_due
            .try_update_value(std::mem::take)
            .unwrap_or(0);
        if steps > 0 {
            self.send(&Command::Step { steps });
        } else {
            self.go_on();
        }
        host_events::resume_steps(self, from);
    }

    /// Sends a command; a message that the browser refuses means that the worker is gone.
    pub fn send(self, command: &Command) {
        let sent = self
            .services
            .worker_link
            .with_untracked(|link| link.as_ref().map(|link| link.send(command)));
        if let Some(Err(text)) = sent {
            self.lose_worker(text);
        }
    }
}
