//! An engine that may fail with one behind it that does not: the run goes on from the same step, and nothing is lost.
//!
//! The second engine stands at the last state that came back. What was started since then is kept as batches, and is
//! computed again by the second engine when the first fails.

use super::{Batch, CpuEngine, Engine, Progress, State};
use crate::error::Error;
use crate::network::Hyper;

/// Batches that one `advance` was given.
struct Started {
    batches: Vec<Batch>,
    hyper: Hyper,
    momentum: Option<Option<f64>>,
}

/// Two engines, of which the second takes over.
pub struct Fallback {
    first: Option<Box<dyn Engine>>,
    second: CpuEngine,
    /// Collected since the last state, in order.
    since_state: Vec<Started>,
    under_way: Option<(Started, bool)>,
    momentum: Option<Option<f64>>,
    failure: Option<Error>,
}

impl Fallback {
    /// `first` computes as long as it can; both stand at the same state now.
    pub fn new(first: Box<dyn Engine>, second: CpuEngine) -> Self {
        Self {
            first: Some(first),
            second,
            since_state: Vec::new(),
            under_way: None,
            momentum: None,
            failure: None,
        }
    }

    /// Why the first engine was given up, told once.
    pub fn take_failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Starts the work again on the second engine, after what it has not seen.
    fn take_over(&mut self, error: Error) -> Result<(), Error> {
        self.first = None;
        self.failure = Some(error);
        for started in std::mem::take(&mut self.since_state) {
            self.start_second(&started, false)?;
            self.second.poll(None)?;
        }
        if let Some((started, wants_state)) = self.under_way.take() {
            self.start_second(&started, wants_state)?;
        }
        // It may have changed since the last batch was started.
        if let Some(momentum) = self.momentum {
            self.second.set_batch_norm_momentum(momentum);
        }
        Ok(())
    }

    fn start_second(&mut self, started: &Started, wants_state: bool) -> Result<(), Error> {
        if let Some(momentum) = started.momentum {
            self.second.set_batch_norm_momentum(momentum);
        }
        self.second
            .advance(&started.batches, &started.hyper, wants_state)
    }
}

impl Engine for Fallback {
    fn name(&self) -> &'static str {
        match &self.first {
            Some(first) => first.name(),
            None => self.second.name(),
        }
    }

    fn advance(
        &mut self,
        batches: &[Batch],
        hyper: &Hyper,
        wants_state: bool,
    ) -> Result<(), Error> {
        let Some(first) = &mut self.first else {
            return self.second.advance(batches, hyper, wants_state);
        };
        let started = Started {
            batches: batches.to_vec(),
            hyper: *hyper,
            momentum: self.momentum,
        };
        match first.advance(batches, hyper, wants_state) {
            Ok(()) => self.under_way = Some((started, wants_state)),
            Err(error @ Error::Engine { .. }) => {
                self.under_way = Some((started, wants_state));
                self.take_over(error)?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn poll(&mut self, now_millis: Option<f64>) -> Result<Option<Progress>, Error> {
        let Some(first) = &mut self.first else {
            return self.second.poll(now_millis);
        };
        match first.poll(now_millis) {
            Ok(None) => Ok(None),
            Ok(Some(progress)) => {
                match &progress.state {
                    Some(state) => {
                        self.second.restore(state)?;
                        self.since_state.clear();
                    }
                    None => {
                        let started = self.under_way.take().map(|(started, _)| started);
                        self.since_state.extend(started);
                    }
                }
                self.under_way = None;
                Ok(Some(progress))
            }
            Err(error) => {
                self.take_over(error)?;
                self.second.poll(now_millis)
            }
        }
    }

    fn restore(&mut self, state: &State) -> Result<(), Error> {
        self.since_state.clear();
        self.under_way = None;
        self.second.restore(state)?;
        if let Some(first) = &mut self.first
            && let Err(error) = first.restore(state)
        {
            self.take_over(error)?;
        }
        Ok(())
    }

    fn set_batch_norm_momentum(&mut self, momentum: Option<f64>) {
        self.momentum = Some(momentum);
        match &mut self.first {
            Some(first) => first.set_batch_norm_momentum(momentum),
            None => self.second.set_batch_norm_momentum(momentum),
        }
    }
}
