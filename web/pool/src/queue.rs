//! The jobs that a worker has, done one after the other, a slice of time at once. Reads the time through its caller and
//! posts nothing itself.

use std::collections::VecDeque;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobReport, JobRun};

/// Work between two looks at the messages: a quarter of the 20 ms within which a cancel must be heard.
const SLICE_MILLIS: f64 = 5.0;
/// Steps are made in bursts of about this long between two looks at the clock.
const BURST_MILLIS: f64 = 0.5;
/// Time from one report of progress to the next.
pub(crate) const PROGRESS_MILLIS: f64 = 100.0;

/// What came of a slice.
pub enum Did {
    /// Steps, of which nobody need hear.
    Steps,
    /// Steps of this job, which stands at that step.
    Progress(f64, u64),
    /// The last step of this job.
    Finished(f64, Box<JobReport>),
    /// Nothing: this job cannot be made.
    Refused(f64, Error),
    /// Nothing: there is no job.
    Nothing,
}

impl Did {
    /// The job concerned.
    pub fn number(&self) -> Option<f64> {
        match self {
            Did::Progress(number, _) | Did::Finished(number, _) | Did::Refused(number, _) => {
                Some(*number)
            }
            Did::Steps | Did::Nothing => None,
        }
    }
}

/// When to work again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Next {
    /// As soon as messages have been looked at.
    Soon,
    /// After so many milliseconds.
    After(f64),
    /// With the next message.
    WithMessage,
}

/// The jobs of a worker, by the number that the page gave each, whatever trains them.
pub trait Jobs {
    /// The bytes of the digits, for jobs that come after.
    fn set_digits(&mut self, bytes: Vec<u8>);

    /// Those bytes; empty before they came.
    fn digits(&self) -> &[u8];

    /// Another job, after those that wait.
    fn add(&mut self, number: f64, job: Job);

    /// Forgets a job, where it is not done.
    fn cancel(&mut self, number: f64);

    /// When there is work.
    fn next(&self) -> Next;

    /// Works for one slice at most; a single step or the evaluation at the end may take longer.
    fn work(&mut self, now: &dyn Fn() -> f64) -> Did;
}

/// Jobs done in the lanes of this worker.
#[derive(Default)]
pub struct Queue {
    digits: Vec<u8>,
    waiting: VecDeque<(f64, Job)>,
    current: Option<Current>,
}

struct Current {
    number: f64,
    run: JobRun,
    /// Steps of a burst.
    burst: u32,
    next_progress_at: f64,
}

impl Jobs for Queue {
    fn set_digits(&mut self, bytes: Vec<u8>) {
        self.digits = bytes;
    }

    fn digits(&self) -> &[u8] {
        &self.digits
    }

    fn add(&mut self, number: f64, job: Job) {
        self.waiting.push_back((number, job));
    }

    fn cancel(&mut self, number: f64) {
        self.waiting.retain(|(waiting, _)| *waiting != number);
        self.current.take_if(|current| current.number == number);
    }

    fn next(&self) -> Next {
        match self.current.is_some() || !self.waiting.is_empty() {
            true => Next::Soon,
            false => Next::WithMessage,
        }
    }

    fn work(&mut self, now: &dyn Fn() -> f64) -> Did {
        let start = now();
        if self.current.is_none() {
            let Some((number, job)) = self.waiting.pop_front() else {
                return Did::Nothing;
            };
            match JobRun::new(job, &self.digits, FULL) {
                Ok(run) => {
                    self.current = Some(Current {
                        number,
                        run,
                        burst: 1,
                        next_progress_at: start + PROGRESS_MILLIS,
                    });
                }
                Err(error) => return Did::Refused(number, error),
            }
        }
        let Some(current) = &mut self.current else {
            return Did::Nothing;
        };
        let mut time = start;
        while time < start + SLICE_MILLIS {
            if current.run.advance(current.burst) {
                // What is timed takes longer than a burst: messages are looked at after each slice of it.
                if !current.run.time(now) {
                    return Did::Steps;
                }
                let report = Box::new(current.run.report());
                let number = current.number;
                self.current = None;
                return Did::Finished(number, report);
            }
            let after = now();
            if after - time < BURST_MILLIS / 2.0 {
                current.burst = current.burst.saturating_mul(2);
            } else if after - time > BURST_MILLIS {
                current.burst = (current.burst / 2).max(1);
            }
            time = after;
        }
        if time < current.next_progress_at {
            return Did::Steps;
        }
        current.next_progress_at = time + PROGRESS_MILLIS;
        Did::Progress(current.number, current.run.step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use batchnorm_lab::jobs::{Measure, Until};
    use batchnorm_lab::settings::Settings;
    use std::cell::Cell;

    fn job(link: &str, steps: u64) -> Job {
        Job {
            settings: Settings::from_text(link).0,
            side: 1,
            steps,
            until: Until::Diverged,
            curve_points: 8,
            measure: Measure::default(),
        }
    }

    /// Works until something is heard, on a clock of which each look takes so many milliseconds.
    fn next(queue: &mut Queue, clock: &Cell<f64>, tick: f64) -> Did {
        let now = || {
            clock.set(clock.get() + tick);
            clock.get()
        };
        loop {
            match queue.work(&now) {
                Did::Steps => {}
                other => return other,
            }
        }
    }

    #[test]
    fn jobs_are_done_in_turn_and_each_says_what_became_of_it() {
        let mut queue = Queue::default();
        queue.add(1.0, job("layers=4", 40));
        queue.add(2.0, job("batch=1", 40));
        queue.add(3.0, job("layers=4", 30));
        queue.add(4.0, job("layers=4", 50));
        queue.cancel(3.0);
        let clock = Cell::new(0.0);
        assert!(
            matches!(next(&mut queue, &clock, 0.1), Did::Finished(1.0, report) if report.step == 40)
        );
        assert!(
            matches!(next(&mut queue, &clock, 0.1), Did::Refused(2.0, error) if error.code() == "too-few-values")
        );
        assert!(
            matches!(next(&mut queue, &clock, 0.1), Did::Finished(4.0, report) if report.step == 50)
        );
        assert!(
            matches!(next(&mut queue, &clock, 0.1), Did::Nothing)
                && queue.next() == Next::WithMessage
        );
    }

    #[test]
    fn a_slice_is_short_a_long_job_tells_how_far_it_is_and_a_cancel_ends_it() {
        let mut queue = Queue::default();
        queue.add(7.0, job("layers=4", 100_000));
        let clock = Cell::new(0.0);
        // Each look at the clock is a burst of two milliseconds: bursts stay single steps, three a slice.
        let now = || {
            clock.set(clock.get() + 2.0);
            clock.get()
        };
        let mut slices = 0;
        let step = loop {
            let before = clock.get();
            let did = queue.work(&now);
            slices += 1;
            assert!(clock.get() - before <= 8.0 + SLICE_MILLIS);
            if let Did::Progress(7.0, step) = did {
                break step;
            }
        };
        assert_eq!(step, 3 * slices);
        queue.cancel(7.0);
        assert_eq!(queue.next(), Next::WithMessage);
    }
}
