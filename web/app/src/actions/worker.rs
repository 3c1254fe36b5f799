//! The worker: started, briefed, spoken to, given up.

use batchnorm_lab::protocol::{Command, Failure};
use batchnorm_lab::settings::Settings;

use crate::actions::engine_choice;
use crate::host_events;
use crate::state::{Lab, WorkerState};
use crate::worker_link::WorkerLink;

impl Lab {
    /// Lets another build of the worker take over where this one stands, once it is there: until then, and if it does not
    /// come, this one goes on.
    pub fn use_engine(self, engine: &str) {
        if self
            .services
            .engines
            .with_untracked(|all| all.iter().any(|e| e == engine))
        {
            self.services.find_gpu.set_value(None);
            self.services.engine_failure.set(None);
            if self.services.worker.get_untracked() == WorkerState::Ready {
                if let Err(text) = self.begin(engine, WorkerLink::start_next) {
                    self.keep_worker(text);
                }
            } else {
                self.services.engine.set(engine.to_owned());
                self.start_worker();
            }
        }
    }

    /// The worker that was begun beside the one at work is ready.
    pub(super) fn take_over(self, engine: &str) {
        let has_followed = self
            .services
            .worker_link
            .try_update_value(|link| link.as_mut().is_some_and(WorkerLink::take_over));
        if has_followed == Some(true) {
            self.services
                .has_full_build
                .set_value(self.needs_full_build(engine));
        }
    }

    /// The worker that was begun beside the one at work did not come.
    pub(super) fn keep_worker(self, text: String) {
        self.services.worker_link.update_value(|link| {
            if let Some(link) = link {
                link.stop_next();
            }
        });
        host_events::report_error(self, "worker", &text);
        // Shown anew where the reader chose another.
        self.services.engine.update(|_| {});
        self.services.engine_failure.set(Some(Failure {
            code: "not-loaded".into(),
            message: text,
            ..Failure::default()
        }));
    }

    /// Whether the run needs the build that has convolution and all else, which the one for WebGPU is.
    fn needs_full_build(self, engine: &str) -> bool {
        engine == engine_choice::NAME || self.run.link.with_untracked(Settings::needs_full_build)
    }

    /// Begins the build of that engine that has what the run needs.
    fn begin(
        self,
        engine: &str,
        begin: fn(&mut WorkerLink, &str) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut build = engine.to_owned();
        if engine != engine_choice::NAME && self.needs_full_build(engine) {
            build.insert_str(0, "full-");
        }
        let begun = self
            .services
            .worker_link
            .try_update_value(|link| match link {
                Some(link) => begin(link, &build),
                None => Ok(()),
            });
        begun.unwrap_or(Ok(()))
    }

    /// Starts the worker, or another after one was lost; the run goes on from the last checkpoint.
    pub fn start_worker(self) {
        self.services.worker.set(WorkerState::Starting);
        let engine = self.services.engine.get_untracked();
        self.services
            .has_full_build
            .set_value(self.needs_full_build(&engine));
        if let Err(text) = self.begin(&engine, WorkerLink::start) {
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
