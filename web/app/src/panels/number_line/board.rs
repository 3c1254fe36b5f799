//! What lies on the lines: the run's mini-batch, or the reader's own numbers once one was moved; and the way back.

use std::rc::Rc;

use crate::measured::kept;
use crate::number_line::{Affine, FEWEST, MOST, NO_CLASS, NumberLine, Points, within};
use crate::panels::telling::seen::with_seen;
use crate::small_sort::sort_few;
use crate::state::Lab;
use crate::tell::{Seen, batch_of};
use crate::ui::{Signal, follow, on_cleanup};

/// What the reader has put in place of the run's.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Own {
    pub points: Option<Points>,
    pub gamma: Option<f32>,
    pub beta: Option<f32>,
}

/// What changed last, so that one way of a number is one thing to undo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Act {
    Move(usize),
    Other,
}

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub lab: Lab,
    pub own: Signal<Own>,
    pub selected: Signal<usize>,
    /// The ends of the line of x while a number is drawn along it.
    pub window: Signal<Option<(f64, f64)>>,
    past: Signal<Vec<Own>>,
    last: Signal<Act>,
}

impl Board {
    /// The run's batch; from now on it is kept with the run.
    pub fn new(lab: Lab) -> Self {
        let board = Self {
            lab,
            own: Signal::new(Own::default()),
            selected: Signal::new(0),
            window: Signal::new(None),
            past: Signal::new(Vec::new()),
            last: Signal::new(Act::Other),
        };
        follow(move || {
            lab.run.frame.track();
            lab.run.now.track();
            let own = board.own.get();
            let selected = board.selected.get();
            let of = with_seen(lab, |seen| line(seen, &own, selected));
            lab.run.number_line.set(of.map(|of| Rc::new(of) as Rc<_>));
        });
        on_cleanup(move || {
            lab.run.number_line.try_update_value(|of| *of = None);
        });
        board
    }

    /// Runs `of` on what lies on the lines.
    pub fn with<R>(self, of: impl FnOnce(&NumberLine) -> R) -> Option<R> {
        let lines = self.lab.run.number_line;
        lines.with(|all| kept::<NumberLine>(all).map(of))
    }

    /// The same, and follows nothing.
    pub fn with_untracked<R>(self, of: impl FnOnce(&NumberLine) -> R) -> Option<R> {
        let lines = self.lab.run.number_line;
        lines.with_untracked(|all| kept::<NumberLine>(all).map(of))
    }

    fn points(self) -> Option<Points> {
        self.with_untracked(|of| Points {
            x: of.stages[0].clone(),
            labels: of.labels.clone(),
        })
    }

    /// Puts something in the place of what is there.
    pub fn put(self, own: Own, act: Act) {
        let before = self.own.get_untracked();
        if before == own {
            return;
        }
        let goes_on = act != Act::Other && self.last.get_untracked() == act;
        if !goes_on {
            self.past.update(|past| past.push(before));
        }
        self.last.set_value(act);
        self.own.set(own);
    }

    /// A number's way has ended: the next is another.
    pub fn rest(self) {
        self.last.set_value(Act::Other);
    }

    /// Puts other numbers there.
    pub fn replace(self, points: Points, selected: usize) {
        let own = Own {
            points: Some(points),
            ..self.own.get_untracked()
        };
        self.put(own, Act::Other);
        self.selected.set(selected);
    }

    /// Puts the number that is looked at somewhere, at once.
    pub fn throw_to(self, x: f64) {
        self.rest();
        self.move_to(x);
        self.rest();
    }

    /// Moves the number that is looked at.
    pub fn move_to(self, x: f64) {
        let Some(mut points) = self.points() else {
            return;
        };
        let row = self.selected.get_untracked().min(points.x.len() - 1);
        points.x[row] = within(x as f32);
        let own = Own {
            points: Some(points),
            ..self.own.get_untracked()
        };
        self.put(own, Act::Move(row));
    }

    /// One more number, between the two that are farthest apart.
    pub fn add(self) {
        let Some(mut points) = self.points().filter(|points| points.x.len() < MOST) else {
            return;
        };
        let mut sorted = points.x.clone();
        sort_few(&mut sorted, |a, b| a > b);
        let widest = sorted
            .windows(2)
            .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
        points
            .x
            .push(widest.map_or(0.0, |pair| (pair[0] + pair[1]) / 2.0));
        points.labels.push(NO_CLASS);
        let newest = points.x.len() - 1;
        self.replace(points, newest);
    }

    /// Takes the number away that is looked at.
    pub fn remove(self) {
        let Some(mut points) = self.points().filter(|points| points.x.len() > FEWEST) else {
            return;
        };
        let row = self.selected.get_untracked().min(points.x.len() - 1);
        points.x.remove(row);
        points.labels.remove(row);
        let left = points.x.len();
        self.replace(points, row.min(left - 1));
    }

    pub fn can_undo(self) -> bool {
        self.past.with(|past| !past.is_empty())
    }

    pub fn undo(self) {
        self.rest();
        let before = self.past.try_update_value(Vec::pop).flatten();
        if let Some(before) = before {
            self.past.update(|_| {});
            self.own.set(before);
        }
    }

    /// Back to the run's batch; this, too, can be undone.
    pub fn reset(self) {
        self.put(Own::default(), Act::Other);
    }

    /// Looks at the next number along the line, or the one before.
    pub fn walk(self, direction: isize) {
        let next = self.with_untracked(|of| {
            let x = &of.stages[0];
            let mut order: Vec<usize> = (0..x.len()).collect();
            sort_few(&mut order, |a, b| x[*a] > x[*b]);
            let at = order
                .iter()
                .position(|row| *row == of.selected)
                .unwrap_or(0);
            order[at.saturating_add_signed(direction).min(x.len() - 1)]
        });
        if let Some(next) = next {
            self.rest();
            self.selected.set(next);
        }
    }
}

/// What lies on the lines.
fn line(seen: &Seen, own: &Own, selected: usize) -> Option<NumberLine> {
    let run = batch_of(seen);
    let points = own
        .points
        .as_ref()
        .or(run.as_ref().map(|run| &run.points))?;
    let [gamma, beta] = run.as_ref().map_or([1.0, 0.0], |run| run.learned);
    let affine = Affine {
        gamma: own.gamma.unwrap_or(gamma),
        beta: own.beta.unwrap_or(beta),
        epsilon: seen.now.epsilon,
    };
    let mut line = NumberLine::new(points, affine, selected);
    if own.points.is_none() {
        line.of = run.map(|run| run.of);
    }
    Some(line)
}
