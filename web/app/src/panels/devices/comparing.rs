//! One panel's devices: started, followed and cancelled. A figure trains them by itself once its reader has started, and again
//! where a setting changes what is trained; in the lab they wait for a press.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::ask::{Request, Told, take};
use crate::devices::{AnyComparison, Comparison, DeviceOptions, FIRST_WAY, known};
use crate::grid::base;
use crate::panels::pool::{Failed, OwnPool, Pool};
use crate::panels::seen::watch_visibility;
use crate::panels::table::Module;
use crate::panels::telling;
use crate::state::{Lab, Phase, ViewKind, WorkerState};
use crate::ui::{El, Signal, after, derive, follow, on_cleanup, untrack};

/// One panel's devices.
#[derive(Clone, Copy)]
pub(super) struct Comparing {
    pub lab: Lab,
    /// As far as they are.
    pub of: Signal<AnyComparison>,
    pub options: Signal<DeviceOptions>,
    /// The way whose devices are shown, by its place in `WAYS`.
    pub way: Signal<usize>,
    /// What is read: a look's place and a way's.
    pub selected: Signal<Option<(usize, usize)>>,
    pub is_running: Signal<bool>,
    /// Why it cannot be trained.
    pub failed: Signal<Option<Failed>>,
    pool: OwnPool,
    steer: Signal<Option<Function>>,
    is_seen: Signal<bool>,
    /// Ended by the reader, who starts it again.
    is_stopped: Signal<bool>,
}

impl Comparing {
    /// Nothing is trained yet.
    pub fn new(lab: Lab) -> Self {
        telling::apart::bring::<{ Module::Devices as u8 }>();
        let of = lab.run.devices;
        on_cleanup(move || {
            of.try_update_value(|of| *of = None);
        });
        Self {
            lab,
            of,
            options: Signal::new(DeviceOptions::default()),
            way: Signal::new(FIRST_WAY),
            selected: Signal::new(None),
            is_running: Signal::new(false),
            failed: Signal::new(None),
            pool: OwnPool::new(lab),
            steer: Signal::new(None),
            is_seen: Signal::new(true),
            is_stopped: Signal::new(false),
        }
    }

    /// Runs `of` on what is trained so far, or on nothing trained yet. Follows it.
    pub fn with<R>(self, of: impl FnOnce(&Comparison) -> R) -> R {
        let empty = || {
            let batch = self.lab.run.now.with(|now| now.batch_size());
            Comparison::new(self.options.get().shards(batch))
        };
        self.of.with(|all| match known(all) {
            Some(all) => of(all),
            None => of(&empty()),
        })
    }

    /// What makes its pictures stale.
    pub fn track(self) {
        self.of.track();
        self.options.track();
        self.way.track();
        self.selected.track();
        self.lab.run.now.track();
    }

    fn request(self) -> Request {
        let lab = self.lab;
        let also = match lab.services.engine.get().as_str() {
            "relaxed" => "engine=relaxed",
            _ => "",
        };
        let options = self.options.get();
        lab.run.now.with(|now| Request {
            base: base(now, &[], also),
            batch: now.batch_size(),
            options,
        })
    }

    /// By itself while the panel is seen and the reader has started, where it is a figure.
    pub fn follow(self, panel: &El) {
        let lab = self.lab;
        let in_view = Signal::new(false);
        watch_visibility(panel, in_view);
        follow(move || {
            let is_seen = in_view.get() && lab.services.is_seen.get();
            self.is_seen.set(is_seen);
            self.steer(JsValue::from_bool(!is_seen));
        });
        let wanted = derive(move || self.request());
        let asked = RefCell::new(None);
        let shown = Cell::new(None);
        after(move || {
            let wanted = wanted.get();
            let lesson = lab.run.lesson.get().map(|lesson| lesson.id);
            if shown.replace(lesson) != lesson {
                self.clear();
                asked.take();
            }
            let is_started = matches!(lab.run.phase.get(), Phase::Playing | Phase::Paused);
            let is_figure = lab.view.kind.get() != ViewKind::Lab;
            let is_again = asked.borrow().is_some();
            let is_ready = lab.services.worker.get() == WorkerState::Ready;
            let is_time = self.is_seen.get() && is_ready && (is_again || is_started);
            let is_asked = asked.borrow().as_ref() == Some(&wanted);
            if is_figure && is_time && !is_asked && !self.is_stopped.get_untracked() {
                *asked.borrow_mut() = Some(wanted);
                self.start();
            }
        });
    }

    /// Begins, or begins afresh.
    pub fn start(self) {
        self.clear();
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
        self.steer(JsValue::UNDEFINED);
        self.steer.set_value(None);
        self.is_running.set(false);
    }

    fn clear(self) {
        self.stop();
        self.is_stopped.set_value(false);
        self.selected.set(None);
        self.failed.set(None);
        self.of.set(None);
    }

    fn run(self, pool: &Pool, number: u32) {
        let request = untrack(|| self.request());
        let shards = request.options.shards(request.batch);
        self.of.set(Some(Rc::new(Comparison::new(shards))));
        let steer = request.run(pool, move |told| self.hear(told, number));
        self.steer.set_value(steer);
        self.steer(JsValue::from_bool(!self.is_seen.get_untracked()));
    }

    /// Pauses what runs, or not; cancels it where nothing is said.
    fn steer(self, is_paused: JsValue) {
        self.steer.with_untracked(|steer| {
            if let Some(steer) = steer {
                // It does not throw.
                let _ = steer.call1(&JsValue::NULL, &is_paused);
            }
        });
    }

    fn fail(self, why: Failed) {
        self.is_running.set(false);
        self.failed.set(Some(why));
    }

    fn hear(self, told: Told, number: u32) {
        if !self.pool.is_newest(number) {
            return;
        }
        match told {
            Told::News(said) => {
                let before = self.of.with_untracked(|of| known(of).cloned());
                if let Some(mut all) = before {
                    take(&mut all, &said);
                    self.of.set(Some(Rc::new(all)));
                }
            }
            Told::Done | Told::Failed(None) => self.is_running.set(false),
            Told::Failed(Some(why)) => self.fail(why),
        }
    }
}
