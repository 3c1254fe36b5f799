//! When charts are drawn: once per animation frame, only those that changed and are seen, within a share of the frame.

use std::rc::Rc;

use batchnorm_lab::protocol::Command;
use wasm_bindgen::prelude::*;

use crate::state::{Lab, Schedule, ScheduledChart};
use crate::ui::{document, window};

/// Drawing time per animation frame, in milliseconds: half of what a 60 Hz screen gives.
const BUDGET_MS: f64 = 8.0;

impl Lab {
    /// Adds a chart, not yet seen; the number names it from now on.
    pub fn add_chart(self, draw: Rc<dyn Fn()>) -> usize {
        let mut id = 0;
        self.services.schedule.update_value(|schedule| {
            id = schedule.next_id;
            schedule.next_id += 1;
            schedule.charts.push(ScheduledChart {
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
        self.services
            .schedule
            .try_update_value(|schedule| schedule.charts.retain(|chart| chart.id != id));
    }

    /// What the chart shows has changed.
    pub fn mark_chart(self, id: usize) {
        self.change_chart(id, |chart| chart.is_dirty = true);
    }

    /// Draws the chart at once, seen or not, if what it shows has changed.
    pub fn draw_now(self, id: usize) {
        let draw = self.services.schedule.try_update_value(|schedule| {
            let chart = schedule.charts.iter_mut().find(|chart| chart.id == id)?;
            std::mem::take(&mut chart.is_dirty).then(|| chart.draw.clone())
        });
        if let Some(Some(draw)) = draw {
            draw();
        }
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
        self.services
            .schedule
            .update_value(|schedule| schedule.owes_answer = true);
        self.ask_for_tick();
    }

    /// Draws nothing any more.
    pub fn stop_drawing(self) {
        self.services.schedule.try_update_value(|schedule| {
            if let Some(request) = schedule.request.take() {
                // A request that has already run needs no cancelling.
                let _ = window().cancel_animation_frame(request);
            }
            schedule.charts.clear();
        });
    }

    /// The document was hidden: the frame that waits to be drawn is answered without.
    pub fn answer_unseen(self) {
        if document().hidden() {
            self.answer();
        }
    }

    fn change_chart(self, id: usize, change: impl FnOnce(&mut ScheduledChart)) {
        let is_due = self.services.schedule.try_update_value(|schedule| {
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
        self.services.schedule.try_update_value(|schedule| {
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
        let ratio = window().device_pixel_ratio();
        self.services.schedule.try_update_value(|schedule| {
            schedule.request = None;
            schedule.follow_ratio(ratio);
        });
        loop {
            // The chart is drawn outside the borrow: drawing reads signals, which may mark other charts.
            let next = self
                .services
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
            .services
            .schedule
            .try_update_value(|schedule| std::mem::take(&mut schedule.owes_answer));
        if owes == Some(true) {
            self.send(&Command::FrameShown);
        }
    }
}
