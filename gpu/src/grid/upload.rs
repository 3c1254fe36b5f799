//! What one dispatch brings along: which points come next, and what differs from step to step. Equal orders stand once.

use std::collections::BTreeMap;

use batchnorm_lab::jobs::Stretch;

use super::TOLD;
use super::plan::Plan;
#[cfg(test)]
use super::program::source;
use super::records::{SlicePlace, slice, step_numbers};

/// Filled network by network.
#[derive(Default)]
pub struct Upload {
    /// Records of slices, one behind the other.
    pub slices: Vec<u8>,
    /// Training points.
    pub order: Vec<u32>,
    /// Numbers of single steps.
    pub numbers: Vec<f32>,
    known: BTreeMap<Vec<u32>, usize>,
}

impl Upload {
    /// Adds the slice of the network at this place.
    pub fn add(&mut self, plan: &Plan, mut stretch: Stretch, place: usize) {
        let rows = std::mem::take(&mut stretch.order);
        let order = match self.known.get(&rows) {
            Some(at) => *at,
            None => {
                let at = self.order.len();
                self.order.extend(&rows);
                self.known.insert(rows, at);
                at
            }
        };
        let numbers = self.numbers.len();
        step_numbers(plan, &stretch, &mut self.numbers);
        let losses = place * TOLD;
        let at = SlicePlace {
            order,
            losses,
            done: losses + TOLD - 1,
            numbers,
        };
        let record = slice(&stretch, at);
        #[cfg(test)]
        crate::check::record("grid_steps", &source(1, true), "Slice", &record);
        self.slices.extend(record.bytes());
    }
}
