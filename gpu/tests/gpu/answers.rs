//! Waiting for what a GPU gives.
use std::time::{Duration, Instant};

use batchnorm_lab::engine::{Engine, Progress, Slice};
use batchnorm_lab::error::Error;
use batchnorm_lab::network::Network;

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

/// Makes the steps of a slice; what came of them, the state in the network.
pub fn advance<'e>(
    engine: &'e mut dyn Engine,
    network: &mut Network,
    slice: &Slice<'_>,
) -> Result<&'e mut Progress, Error> {
    engine.advance(network, slice)?;
    until(|| Ok(engine.poll(None)?.then_some(())))?;
    Ok(engine.take(network))
}
