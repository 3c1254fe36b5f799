//! Engines other than the one of this build: requested for each run, given when they have come, and done without when
//! they fail. Makes none.

use super::Trainer;
use crate::engine::{Engine, Model};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::protocol::{Event, Failure};

/// What was requested.
#[derive(Default)]
pub(super) struct RequestedEngines {
    /// The engines' name, as long as every run is to have some.
    name: Option<&'static str>,
    /// Number of the last request, and whether it is still to be told.
    number: u64,
    is_untold: bool,
    /// Whether they have not come.
    is_awaited: bool,
}

impl RequestedEngines {
    /// The engines' name.
    pub(super) fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// What was made for a run that is over is of no use.
    pub(super) fn forget(&mut self) {
        self.number += 1;
        self.is_untold = false;
        self.is_awaited = false;
    }
}

/// A request for engines.
#[derive(Debug)]
pub struct EngineRequest {
    /// To be given back with them.
    pub number: u64,
    /// One for each engine, in order.
    pub models: Vec<Model>,
}

impl Trainer {
    /// From the next `Configure` on, every run requests engines of this name.
    pub fn use_engines(&mut self, name: &'static str) {
        self.requested.name = Some(name);
    }

    /// No engines after all: what is configured trains here, and the page is told why.
    pub fn do_without_engines(&mut self, error: &Error) {
        let name = self.requested.name.take();
        self.requested.forget();
        self.in_flight = None;
        for side in &mut self.sides {
            side.use_cpu_engine();
        }
        if name.is_some() {
            let failed = Event::EngineFailed(Best::NAME.into(), Failure::from(error));
            self.events.push(failed);
        }
        self.frame_wanted = true;
        self.obey_waiting();
    }

    /// The engines that a run needs now, told once.
    pub fn engine_request(&mut self) -> Option<EngineRequest> {
        if !std::mem::take(&mut self.requested.is_untold) {
            return None;
        }
        Some(EngineRequest {
            number: self.requested.number,
            models: self.sides.iter().map(|s| s.model(&self.now)).collect(),
        })
    }

    /// Takes the engines of a request, or why there are none; whether they were awaited: those of an earlier request
    /// are of no use any more.
    ///
    /// # Panics
    /// If there is not one for each side.
    pub fn give_engines(&mut self, number: u64, made: Result<Vec<Box<dyn Engine>>, Error>) -> bool {
        if number != self.requested.number || self.requested.name.is_none() {
            return false;
        }
        let used = made.and_then(|engines| {
            assert_eq!(engines.len(), self.sides.len(), "an engine for each side");
            let mut sides = self.sides.iter_mut().zip(engines);
            sides.try_for_each(|(side, engine)| side.use_engine(engine))
        });
        match used {
            Ok(()) => self.requested.is_awaited = false,
            Err(error) => self.do_without_engines(&error),
        }
        true
    }

    /// Whether engines were requested and have not come: no step is made until then.
    pub fn awaits_engines(&self) -> bool {
        self.requested.is_awaited
    }

    /// Asks for engines, if every run is to have some, in place of those there are.
    pub(super) fn request_engines(&mut self) {
        self.requested.forget();
        self.requested.is_untold = self.requested.name.is_some();
        self.requested.is_awaited = self.requested.is_untold;
    }
}
