//! Waiting for what a processor gives. Not every file uses every part.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use batchnorm_lab::engine::{Engine, Progress};
use batchnorm_lab::error::Error;

/// Long enough for a software adapter on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is an answer.
pub fn until<T>(mut ask: impl FnMut() -> Result<Option<T>, Error>) -> Result<T, Error> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        assert!(started.elapsed() < PATIENCE, "no answer within a minute");
        std::thread::yield_now();
    }
}

/// What an engine's last `advance` gave.
pub fn collect(engine: &mut dyn Engine) -> Result<Progress, Error> {
    until(|| engine.poll(None))
}
