//! One panel's grid: started, followed and cancelled. A figure trains it by itself once its reader has started, and again
//! where a setting changes it; in the lab it waits for a press.

use std::cell::{Cell, RefCell};

use batchnorm_lab::lessons::Lesson;
use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::pool_link::{Request, Told};
use crate::grid::{CellState, Grid, GridAxis, GridOptions, base, link};
use crate::panels::pool::{Failed, OwnPool, Pool};
use crate::panels::seen::watch_visibility;
use crate::panels::table::Module;
use crate::panels::telling;
use crate::state::{Lab, Phase, ViewKind, WorkerState};
use crate::ui::{El, Signal, after, derive, follow, on_cleanup, untrack};

/// One panel's grid.
#[derive(Clone, Copy)]
pub(super) struct Training {
    pub lab: Lab,
    /// As far as it is.
    pub grid: Signal<Option<Grid>>,
    first: fn(Option<&'static Lesson>) -> GridOptions,
    asked: Signal<String>,
    pub is_running: Signal<bool>,
    /// Why it cannot be trained.
    pub failed: Signal<Option<Failed>>,
    /// The cell that is read.
    pub selected: Signal<Option<usize>>,
    pool: OwnPool,
    steer: Signal<Option<Function>>,
    /// Out of sight nothing is trained: the panel, the lab or its document, as for the run itself.
    pub is_seen: Signal<bool>,
    /// Ended by the reader, who starts it again.
    is_stopped: Signal<bool>,
}

impl Training {
    /// Nothing is trained yet.
    pub fn new(
        lab: Lab,
        grid: Signal<Option<Grid>>,
        asked: Signal<String>,
        first: fn(Option<&'static Lesson>) -> GridOptions,
    ) -> Self {
        telling::apart::bring::<{ Module::Grids as u8 }>();
        let training = Self {
            lab,
            grid,
            asked,
            first,
            is_running: Signal::new(false),
            failed: Signal::new(None),
            selected: Signal::new(None),
            pool: OwnPool::new(lab),
            steer: Signal::new(None),
            is_seen: Signal::new(true),
            is_stopped: Signal::new(false),
        };
        on_cleanup(move || {
            grid.try_update_value(|grid| *grid = None);
        });
        training
    }

    /// What would be trained now.
    pub fn request(self) -> Request {
        let options = self.options();
        let axes: Vec<GridAxis> = options.axes().cloned().collect();
        let also = match self.lab.services.engine.get().as_str() {
            "relaxed" => "engine=relaxed",
            _ => "",
        };
        Request {
            base: self.lab.run.now.with(|now| base(now, &axes, also)),
            asked: link::write(&options),
        }
    }

    /// What it is asked for: as the link says, else as it begins.
    pub fn options(self) -> GridOptions {
        self.asked.with(|text| match text.is_empty() {
            true => (self.first)(self.lab.run.lesson.get()),
            false => link::read(text),
        })
    }

    /// The reader asks for something else.
    pub fn ask(self, options: &GridOptions) {
        self.asked.set(link::write(options));
    }

    /// What makes its pictures stale.
    pub fn track(self) {
        self.grid.track();
        self.selected.track();
        self.asked.track();
        self.lab.run.lesson.track();
        self.lab.run.now.track();
    }

    /// Runs `of` on the grid, or on what would be trained before anything is. Follows nothing.
    pub fn with_grid<R>(self, of: impl FnOnce(&Grid) -> R) -> R {
        if self.grid.with_untracked(Option::is_some) {
            return self.grid.with_untracked(|grid| match grid {
                Some(grid) => of(grid),
                None => of(&Grid::default()),
            });
        }
        let now = self.lab.run.now.get_untracked();
        let options = untrack(|| self.options());
        of(&Grid::new(
            options.x.clone(),
            options.y.clone(),
            options.sides(&now),
            options.steps,
            options.seeds,
        ))
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
        self.stop();
        self.is_stopped.set_value(false);
        self.failed.set(None);
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
        self.grid.set(None);
    }

    fn run(self, pool: &Pool, number: u32) {
        let request = untrack(|| self.request());
        let steer = request.run(pool, move |told| self.hear(told, number));
        self.steer.set_value(steer);
        self.steer(JsValue::from_bool(!self.is_seen.get_untracked()));
    }

    /// Pauses the grid that runs, or not; cancels it where nothing is said.
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
            Told::Planned(mut grid) => {
                let classes = self.lab.run.now.with_untracked(|now| now.data.classes());
                grid.chance = 1.0 / classes as f32;
                let count = grid.cells.len();
                self.selected
                    .update(|selected| *selected = selected.filter(|place| *place < count));
                self.grid.set(Some(grid));
            }
            Told::Cell(place, state) => self.grid.update(|grid| {
                let cell = grid.as_mut().and_then(|grid| grid.cells.get_mut(place));
                if let Some(cell) = cell
                    && !matches!(cell, CellState::Done(_))
                {
                    *cell = state;
                }
            }),
            Told::Done | Told::Failed(None) => self.is_running.set(false),
            Told::Failed(Some(why)) => self.fail(why),
        }
    }
}
