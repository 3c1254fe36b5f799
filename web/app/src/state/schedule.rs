//! What is to be drawn: only charts that changed and are seen, each in its turn. Draws nothing itself.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

/// A chart on the page.
pub struct ScheduledChart {
    pub(crate) id: usize,
    pub(crate) draw: Rc<dyn Fn()>,
    pub(crate) is_dirty: bool,
    pub(crate) is_visible: bool,
}

/// The charts of one lab and what is still to be done for them.
#[derive(Default)]
pub struct Schedule {
    pub(crate) charts: Vec<ScheduledChart>,
    pub(crate) next_id: usize,
    /// Where the last round stopped: no chart starves when there is more to draw than time.
    cursor: usize,
    /// A frame is being drawn that the worker waits to hear about.
    pub(crate) owes_answer: bool,
    /// Number of the animation frame that was asked for.
    pub(crate) request: Option<i32>,
    pub(crate) tick: Option<Closure<dyn FnMut(f64)>>,
    /// Pixels of the screen for one of CSS, when charts were drawn last.
    ratio: f64,
}

impl Schedule {
    /// A finer or coarser screen: what was drawn for the other is drawn again, also where its size was told before.
    pub(crate) fn follow_ratio(&mut self, ratio: f64) {
        if self.ratio != ratio {
            self.ratio = ratio;
            for chart in &mut self.charts {
                chart.is_dirty = true;
            }
        }
    }

    /// The next chart to draw, which counts as drawn from now on.
    pub(crate) fn take_next(&mut self) -> Option<Rc<dyn Fn()>> {
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
            schedule.charts.push(ScheduledChart {
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
