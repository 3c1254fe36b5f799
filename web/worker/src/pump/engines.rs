//! Engines other than the one of this build: handed to the trainer when they have come, given up when they do not.

use batchnorm_lab::engine::{Engine, PATIENCE_MILLIS};
use batchnorm_lab::error::Error;
use batchnorm_lab::trainer::EngineRequest;

use super::{POLL_MILLIS, Pump};
use crate::pump::slices::Slices;

impl Pump {
    /// Has every run request engines of this name.
    pub fn use_engines(&mut self, name: &'static str) {
        self.trainer.use_engines(name);
    }

    /// No engines after all, and why.
    pub fn do_without_engines(&mut self, error: &Error) {
        self.trainer.do_without_engines(error);
    }

    /// The engines that are to be made now, told once.
    pub fn engine_request(&mut self) -> Option<EngineRequest> {
        self.trainer.engine_request()
    }

    /// Takes the engines of a request.
    pub fn give_engines(&mut self, number: u64, made: Result<Vec<Box<dyn Engine>>, Error>) {
        if self.trainer.give_engines(number, made) {
            self.slices = Slices::default();
            self.awaited_since = None;
        }
    }

    /// Engines that have not come for so long will not.
    pub(super) fn give_up_engines(&mut self, time: f64) {
        let since = *self.awaited_since.get_or_insert(time);
        if time - since > PATIENCE_MILLIS {
            self.do_without_engines(&Error::Engine {
                code: "engine-timeout",
                detail: "no engine has come".into(),
            });
        }
    }

    /// Milliseconds until engines that are awaited are given up, and a moment.
    pub(super) fn wait_for_engines(&self, time: f64) -> f64 {
        let since = self.awaited_since.unwrap_or(time);
        (since + PATIENCE_MILLIS - time).max(0.0) + POLL_MILLIS
    }
}
