//! One panel's measurement: made when the panel is seen, again as the run goes on, given up when it is out of sight.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::ask::{Request, What};
use crate::measured::{AnyMeasured, Measured, base, known};
use crate::panels::pool::{Failed, OwnPool, Pool};
use crate::panels::seen::watch_visibility;
use crate::panels::telling;
use crate::state::{Lab, Phase, WorkerState};
use crate::ui::{El, Signal, after, on_cleanup, untrack};

/// While a run plays, it is measured again once it is so much further than at the last time, a share: each time its steps are
/// repeated from the start, so that all times together cost a few times the run.
const FURTHER: u64 = 4;

/// One panel's measurement.
pub(in crate::panels) struct Measuring<T: 'static> {
    pub lab: Lab,
    /// As far as it is.
    pub of: Signal<AnyMeasured>,
    pub is_running: Signal<bool>,
    /// Why it cannot be measured.
    pub failed: Signal<Option<Failed>>,
    /// What is read: a column's place and a line's.
    pub selected: Signal<Option<(usize, usize)>>,
    /// What the reader chooses of it, where there is something to choose.
    pub choice: Signal<i32>,
    what: fn(Lab, i32) -> Option<What>,
    read: fn(&Array, &What) -> Vec<T>,
    pool: OwnPool,
    cancel: Signal<Option<Function>>,
    /// What was asked for last.
    asked: Signal<Option<Request>>,
    /// What the newest that is there is of.
    had: Signal<Option<What>>,
}

impl<T> Clone for Measuring<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Measuring<T> {}

impl<T: Clone + 'static> Measuring<T> {
    /// Nothing is measured yet. `MODULE` is that of the panel.
    pub fn new<const MODULE: u8>(
        lab: Lab,
        of: Signal<AnyMeasured>,
        choice: i32,
        what: fn(Lab, i32) -> Option<What>,
        read: fn(&Array, &What) -> Vec<T>,
    ) -> Self {
        telling::apart::bring::<MODULE>();
        let measuring = Self {
            lab,
            of,
            is_running: Signal::new(false),
            failed: Signal::new(None),
            selected: Signal::new(None),
            choice: Signal::new(choice),
            what,
            read,
            pool: OwnPool::new(lab),
            cancel: Signal::new(None),
            asked: Signal::new(None),
            had: Signal::new(None),
        };
        on_cleanup(move || {
            of.try_update_value(|of| *of = None);
        });
        measuring
    }

    /// Runs `of` on what is measured so far.
    pub fn with<R>(self, of: impl FnOnce(Option<&Measured<Vec<T>>>) -> R) -> R {
        self.of.with(|all| of(known(all)))
    }

    /// The same, and follows nothing.
    pub fn with_untracked<R>(self, of: impl FnOnce(Option<&Measured<Vec<T>>>) -> R) -> R {
        self.of.with_untracked(|all| of(known(all)))
    }

    /// What makes its pictures stale.
    pub fn track(self) {
        self.of.track();
        self.selected.track();
    }

    /// Measures whenever the panel is seen and what it shows is not of the run as it is.
    pub fn follow(self, panel: &El) {
        let lab = self.lab;
        let is_seen = Signal::new(false);
        watch_visibility(panel, is_seen);
        let shown = Cell::new(None);
        after(move || {
            let number = lab.run.number.get();
            if shown.replace(Some(number)) != Some(number) {
                self.clear();
            }
            let is_measuring = self.is_running.get();
            let is_ready = lab.services.worker.get() == WorkerState::Ready;
            if !(is_seen.get() && lab.services.is_seen.get()) {
                self.stop();
                return;
            }
            let at = lab.read(|frame| (frame.run, frame.step));
            let Some((_, step)) = at.filter(|(run, _)| *run == number) else {
                return;
            };
            let phase = lab.run.phase.get();
            if is_measuring || !is_ready {
                return;
            }
            if let Some(wanted) = self.wanted(step, phase) {
                self.start(wanted);
            }
        });
    }

    /// What would be measured now, if anything: the start first.
    fn wanted(self, step: u64, phase: Phase) -> Option<Request> {
        let has_start = self.of.with(Option::is_some);
        let what = (self.what)(self.lab, self.choice.get())?;
        let is_of_now = what.is_of_now();
        let request = |step| self.request(what.clone(), step);
        let before = self.asked.get_untracked();
        let is_other = before.as_ref().is_some_and(|before| before.what != what);
        if is_of_now && (before.is_none() || is_other) && phase != Phase::Replaying {
            return Some(request(step));
        }
        let Some(before) = before.filter(|_| has_start) else {
            let start = request(0);
            return (self.failed.with_untracked(Option::is_none)).then_some(start);
        };
        if phase == Phase::Replaying || (step == 0 && !is_other && !is_of_now) {
            return None;
        }
        let is_moving = phase == Phase::Playing;
        let is_far = step > before.step + before.step / FURTHER;
        let is_due = match is_moving {
            true => is_far || is_other,
            // A setting that was changed where the run stands holds from its next step.
            false => before != request(step),
        };
        is_due.then(|| request(step))
    }

    fn request(self, what: What, step: u64) -> Request {
        let lab = self.lab;
        let also = match lab.services.engine.get().as_str() {
            "relaxed" => "engine=relaxed",
            _ => "",
        };
        Request {
            what,
            base: lab.run.link.with(|link| base(link, also)),
            step,
        }
    }

    fn start(self, request: Request) {
        self.stop();
        self.failed.set(None);
        self.is_running.set(true);
        self.asked.set_value(Some(request));
        self.pool.ask(move |came| match came {
            Ok((pool, number)) => self.run(pool, number),
            Err(why) => self.fail(why),
        });
    }

    /// Gives up what is under way.
    fn stop(self) {
        if !self.is_running.get_untracked() {
            return;
        }
        self.pool.forget();
        let cancel = self.cancel.try_update_value(Option::take).flatten();
        if let Some(cancel) = cancel {
            // It does not throw.
            let _ = cancel.call0(&JsValue::NULL);
        }
        // It was asked for and did not come.
        let step = self.with_untracked(|of| of.map(|of| of.newest().0));
        self.asked
            .update_value(|asked| match (asked.as_mut(), step) {
                (Some(asked), Some(step)) if !asked.what.is_of_now() => {
                    asked.step = step;
                    if let Some(had) = self.had.get_untracked() {
                        asked.what = had;
                    }
                }
                _ => *asked = None,
            });
        self.is_running.set(false);
    }

    fn clear(self) {
        untrack(|| self.stop());
        self.asked.set_value(None);
        self.failed.set(None);
        if self.of.with_untracked(Option::is_some) {
            self.of.set(None);
        }
    }

    fn run(self, pool: &Pool, number: u32) {
        let Some(request) = self.asked.get_untracked() else {
            return;
        };
        let (step, is_of_now) = (request.step, request.what.is_of_now());
        let cancel = request.measure(pool, move |came| {
            if self.pool.is_newest(number) {
                self.hear(came, step, is_of_now);
            }
        });
        self.cancel.set_value(cancel);
    }

    fn fail(self, why: Failed) {
        self.failed.set(Some(why));
        self.is_running.set(false);
    }

    fn hear(self, came: Result<Array, Option<Failed>>, step: u64, is_of_now: bool) {
        match came {
            Ok(results) => {
                let Some(asked) = self.asked.get_untracked() else {
                    return;
                };
                let came = (self.read)(&results, &asked.what);
                let before = self.with_untracked(|of| of.map(|of| of.start.clone()));
                let of = match before {
                    _ if is_of_now => Measured {
                        start: came.clone(),
                        now: Some((step, came)),
                    },
                    Some(start) if step > 0 => Measured {
                        start,
                        now: Some((step, came)),
                    },
                    _ => Measured {
                        start: came,
                        now: None,
                    },
                };
                self.had.set_value(Some(asked.what));
                self.of.set(Some(Rc::new(of)));
                self.is_running.set(false);
            }
            Err(Some(why)) => self.fail(why),
            Err(None) => self.is_running.set(false),
        }
    }
}
