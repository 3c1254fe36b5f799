//! When charts are drawn: once per animation frame, only those that changed and are seen, within a share of the frame.

use std::rc::Rc;

use batchnorm_lab::protocol::Command;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::state::Lab;

/// Drawing time per animation frame, in milliseconds: half of what a 60 Hz screen gives.
const BUDGET_MS: f64 = 8.0;

struct Chart {
    id: usize,
    draw: Rc<dyn Fn()>,
    is_dirty: bool,
    is_visible: bool,
}

/// The charts of one lab and what is still to be done for them.
#[derive(Default)]
pub struct Schedule {
    charts: Vec<Chart>,
    next_id: usize,
    /// Where the last round stopped: no chart starves when there is more to draw than time.
    cursor: usize,
    /// A frame is being drawn that the worker waits to hear about.
    owes_answer: bool,
    request: Option<i32>,
    tick: Option<Closure<dyn FnMut(f64)>>,
}

impl Lab {
    /// Adds a chart, not yet seen; the number names it from now on.
    pub fn add_chart(self, draw: Rc<dyn Fn()>) -> usize {
        let mut id = 0;
        self.schedule.update_value(|schedule| {
            id = schedule.next_id;
            schedule.next_id += 1;
            schedule.charts.push(Chart {
                id,
                draw,
                is_dirty: true,
                is_visible: false,
            });
        });
        id
    }

    /// Forgets a chart.
    pub fn remove_chart(self, id: usize) {
        self.schedule
            .try_update_value(|schedule| schedule.charts.retain(|chart| chart.id != id));
    }

    /// What the chart shows has changed.
    pub fn mark_chart(self, id: usize) {
        self.change_chart(id, |chart| chart.is_dirty = true);
    }

    /// The chart has come into view or left it.
    pub fn show_chart(self, id: usize, is_visible: bool) {
        self.change_chart(id, |chart| chart.is_visible = is_visible);
    }

    /// A frame has come: the worker is told once its charts are on the screen.
    pub fn frame_came(self) {
        // A hidden page gets no animation frames; there the worker must not wait for one.
        if document().hidden() {
            self.send(&Command::FrameShown);
            return;
        }
        self.schedule
            .update_value(|schedule| schedule.owes_answer = true);
        self.ask_for_tick();
    }

    /// Draws nothing any more.
    pub fn stop_drawing(self) {
        self.schedule.try_update_value(|schedule| {
            if let Some(request) = schedule.request.take() {
                // A request that has already run needs no cancelling.
                let _ = window().cancel_animation_frame(request);
            }
            schedule.charts.clear();
        });
    }

    fn change_chart(self, id: usize, change: impl FnOnce(&mut Chart)) {
        let is_due = self.schedule.try_update_value(|schedule| {
            let Some(chart) = schedule.charts.iter_mut().find(|chart| chart.id == id) else {
                return false;
            };
            change(chart);
            chart.is_dirty && chart.is_visible
        });
        if is_due == Some(true) {
            self.ask_for_tick();
        }
    }

    fn ask_for_tick(self) {
        self.schedule.try_update_value(|schedule| {
            if schedule.request.is_some() {
                return;
            }
            let tick = schedule
                .tick
                .get_or_insert_with(|| Closure::new(move |_| self.tick()));
            schedule.request = window()
                .request_animation_frame(tick.as_ref().unchecked_ref())
                .ok();
        });
    }

    fn tick(self) {
        let clock = window().performance();
        let now = || clock.as_ref().map_or(0.0, |clock| clock.now());
        let begin = now();
        self.schedule
            .try_update_value(|schedule| schedule.request = None);
        loop {
            // The chart is drawn outside the borrow: drawing reads signals, which may mark other charts.
            let next = self
                .schedule
                .try_update_value(Schedule::take_next)
                .flatten();
            let Some(draw) = next else {
                self.answer();
                return;
            };
            draw();
            if now() - begin > BUDGET_MS {
                self.ask_for_tick();
                return;
            }
        }
    }

    fn answer(self) {
        let owes = self
            .schedule
            .try_update_value(|schedule| std::mem::take(&mut schedule.owes_answer));
        if owes == Some(true) {
            self.send(&Command::FrameShown);
        }
    }
}

impl Schedule {
    fn take_next(&mut self) -> Option<Rc<dyn Fn()>> {
        let count = self.charts.len();
        for offset in 0..count {
            let place = (self.cursor + offset) % count;
            let chart = &mut self.charts[place];
            if chart.is_dirty && chart.is_visible {
                chart.is_dirty = false;
                self.cursor = place + 1;
                return Some(chart.draw.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn only_dirty_and_visible_charts_are_drawn_and_each_gets_its_turn() {
        let drawn = Rc::new(RefCell::new(Vec::new()));
        let mut schedule = Schedule::default();
        for (id, is_dirty, is_visible) in [
            (0, true, true),
            (1, false, true),
            (2, true, false),
            (3, true, true),
        ] {
            let log = drawn.clone();
            schedule.charts.push(Chart {
                id,
                draw: Rc::new(move || log.borrow_mut().push(id)),
                is_dirty,
                is_visible,
            });
        }
        schedule.take_next().unwrap()();
        // Chart 0 changes again before chart 3 had its turn: 3 still comes first.
        schedule.charts[0].is_dirty = true;
        while let Some(draw) = schedule.take_next() {
            draw();
        }
        assert_eq!(*drawn.borrow(), [0, 3, 0]);
    }
}
