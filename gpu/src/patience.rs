//! How long an answer has been waited for. Keeps no clock.

use crate::faults::Fault;
use batchnorm_lab::error::Error;

/// What counts at most between two looks.
const LONGEST_WAIT_MILLIS: f64 = 1000.0;

/// A wait under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    looked_at: Option<f64>,
    waited_millis: f64,
}

impl Patience {
    /// Looks again, at this time of any clock that goes forward; without one nobody ever gives up.
    ///
    /// # Errors
    /// `Fault::Timeout` after more than `most_millis`.
    pub fn look(&mut self, now_millis: Option<f64>, most_millis: f64) -> Result<(), Error> {
        let Some(now) = now_millis else {
            return Ok(());
        };
        let last = self.looked_at.replace(now).unwrap_or(now);
        // A machine that slept between two looks has not waited.
        self.waited_millis += (now - last).min(LONGEST_WAIT_MILLIS);
        if self.waited_millis <= most_millis {
            return Ok(());
        }
        Err(Error::Engine {
            code: Fault::Timeout.code(),
            detail: format!("no answer within {most_millis} ms"),
        })
    }
}
