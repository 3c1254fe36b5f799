//! One panel's runs: trained by themselves once the reader has started, again where a setting changes them, given up when
//! the panel is out of sight or the reader has enough.

use std::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::ask::{Request, Told};
use crate::compared::{Compared, Comparison, Progress, comparison, keep, known};
use crate::measured::{AnyMeasured, base};
use crate::panels::pool::{Failed, OwnPool, Pool};
use crate::panels::seen::watch_visibility;
use crate::panels::table::Module;
use crate::panels::telling;
use crate::state::{Lab, Phase, ViewKind, WorkerState};
use crate::ui::{El, Signal, after, on_cleanup, untrack};

/// One panel's runs.
#[derive(Clone, Copy)]
pub(super) struct Training {
    pub lab: Lab,
    /// As far as they are.
    pub of: Signal<AnyMeasured>,
    pub is_running: Signal<bool>,
    /// Why they cannot be trained.
    pub failed: Signal<Option<Failed>>,
    /// What is read: a column's place and a run's.
    pub selected: Signal<Option<(usize, usize)>>,
    plan: fn(Lab, &'static Comparison) -> Request,
    pool: OwnPool,
    cancel: Signal<Option<Function>>,
    /// What was asked for last.
    asked: Signal<Option<Request>>,
    /// Ended by the reader, who starts it again.
    is_stopped: Signal<bool>,
}

impl Training {
    /// Nothing is trained yet.
    pub fn new(
        lab: Lab,
        of: Signal<AnyMeasured>,
        plan: fn(Lab, &'static Comparison) -> Request,
    ) -> Self {
        telling::apart::bring::<{ Module::Compared as u8 }>();
        let training = Self {
            lab,
            of,
            is_running: Signal::new(false),
            failed: Signal::new(None),
            selected: Signal::new(None),
            plan,
            pool: OwnPool::new(lab),
            cancel: Signal::new(None),
            asked: Signal::new(None),
            is_stopped: Signal::new(false),
        };
        on_cleanup(move || {
            of.try_update_value(|of| *of = None);
        });
        training
    }

    /// Runs `of` on the runs as far as they are.
    pub fn with<R>(self, of: impl FnOnce(Option<&Compared>) -> R) -> R {
        self.of.with(|all| of(known(all)))
    }

    /// The same, and follows nothing.
    pub fn with_untracked<R>(self, of: impl FnOnce(Option<&Compared>) -> R) -> R {
        self.of.with_untracked(|all| of(known(all)))
    }

    /// What makes its pictures stale.
    pub fn track(self) {
        self.of.track();
        self.selected.track();
        self.lab.run.lesson.track();
    }

    /// The runs of the lesson whose words are shown.
    pub fn comparison(self) -> &'static Comparison {
        let lesson = self.lab.run.lesson.get();
        comparison(lesson.map_or("", |lesson| lesson.id))
    }

    /// Trains whenever the panel is seen, the reader has started, and what it shows is of other runs.
    pub fn follow(self, panel: &El) {
        let lab = self.lab;
        let in_view = Signal::new(false);
        watch_visibility(panel, in_view);
        let shown = Cell::new(None);
        after(move || {
            let row = self.comparison();
            if shown.replace(Some(row.lesson)) != Some(row.lesson) {
                self.clear();
            }
            if !(in_view.get() && lab.services.is_seen.get()) {
                return self.give_up();
            }
            let wanted = (self.plan)(lab, row);
            let is_started = matches!(lab.run.phase.get(), Phase::Playing | Phase::Paused);
            let is_figure = lab.view.kind.get() != ViewKind::Lab;
            let is_ready = lab.services.worker.get() == WorkerState::Ready;
            let before = self.asked.get();
            let is_time = is_figure && is_ready && (is_started || before.is_some());
            let is_asked = before.as_ref() == Some(&wanted);
            if is_time && !is_asked && !self.is_stopped.get() {
                untrack(|| self.start());
            }
        });
    }

    /// Begins, or begins afresh.
    pub fn start(self) {
        self.stop();
        let row = self.comparison();
        let wanted = (self.plan)(self.lab, row);
        self.is_stopped.set_value(false);
        self.failed.set(None);
        let link = self.lab.run.link.get_untracked();
        let mut fresh = Compared::new(row, &link);
        fresh.runs.resize(wanted.runs.len(), Progress::Waiting);
        self.asked.set(Some(wanted));
        self.of.set(keep(fresh));
        self.is_running.set(true);
        self.pool.ask(move |came| match came {
            Ok((pool, number)) => self.run(pool, number),
            Err(why) => self.fail(why),
        });
    }

    /// The reader has enough.
    pub fn cancel(self) {
        self.stop();
        self.is_stopped.set_value(true);
    }

    fn stop(self) {
        self.pool.forget();
        let cancel = self.cancel.try_update_value(Option::take).flatten();
        if let Some(cancel) = cancel {
            // It does not throw.
            let _ = cancel.call0(&JsValue::NULL);
        }
        self.is_running.set(false);
    }

    /// Out of sight: what is under way begins again once it is seen.
    fn give_up(self) {
        if self.is_running.get_untracked() {
            untrack(|| self.stop());
            self.asked.set_value(None);
        }
    }

    fn clear(self) {
        untrack(|| self.stop());
        self.is_stopped.set_value(false);
        self.asked.set_value(None);
        self.selected.set(None);
        self.failed.set(None);
        if self.of.with_untracked(Option::is_some) {
            self.of.set(None);
        }
    }

    fn run(self, pool: &Pool, number: u32) {
        let Some(request) = self.asked.get_untracked() else {
            return;
        };
        let cancel = request.train(pool, move |told| {
            if self.pool.is_newest(number) {
                self.hear(told);
            }
        });
        self.cancel.set_value(cancel);
    }

    fn fail(self, why: Failed) {
        self.is_running.set(false);
        self.failed.set(Some(why));
    }

    fn hear(self, told: Told) {
        let put = |place: usize, now: Progress| {
            let mut of = self.with_untracked(|of| of.cloned());
            if let Some(run) = of.as_mut().and_then(|of| of.runs.get_mut(place)) {
                *run = now;
            }
            self.of.set(of.and_then(keep));
        };
        match told {
            Told::At(place, step) => put(place, Progress::At(step)),
            Told::Trained(place, run) => put(place, Progress::Done(run)),
            Told::Done | Told::Failed(None) => self.is_running.set(false),
            Told::Failed(Some(why)) => self.fail(why),
        }
    }
}

/// The link of the run on the page, and what is added for the engine.
pub(super) fn link_of(lab: Lab) -> (String, &'static str) {
    let also = match lab.services.engine.get().as_str() {
        "relaxed" => "&engine=relaxed",
        _ => "",
    };
    (lab.run.link.with(|link| base(link, "")), also)
}
