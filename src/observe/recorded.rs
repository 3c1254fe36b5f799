//! Which steps of a run are recorded: all of the first ones, then ever fewer, so that those kept lie over the whole run. A
//! function of the step alone: however a step was reached, the same ones were recorded.

/// Points of a curve: at most so many, and half as many once so many steps are done.
pub const POINTS: u64 = 512;
/// Points that are recorded while the steps double. A curve keeps the ones before as they are until it has no room, so
/// that half as many are measured as if all stood at one distance: each costs as much as seven steps.
const NEW_POINTS: u64 = POINTS / 4;
/// Rows of a ridgeline, likewise.
pub const RIDGE_ROWS: u64 = 28;
/// Numbers that all per-unit curves of a run may hold together (8 MB).
const UNIT_BUDGET: usize = 2_000_000;
/// Numbers that are recorded of each unit.
pub const NUMBERS_A_UNIT: usize = 8;

/// Least number of steps from one of `capacity` points to the next in a run of so many steps: the smallest power of two at
/// which they all have room.
pub fn stride(steps: u64, capacity: u64) -> u64 {
    (steps / capacity + 1).next_power_of_two()
}

/// Steps from one of `capacity` points to the next where they are recorded now, after so many steps: the stride, or twice
/// as many.
pub fn recorded_stride(step: u64, capacity: u64) -> u64 {
    stride(step, capacity).max(stride(step, 2 * NEW_POINTS))
}

/// Points of per-unit curves where each point has so many units, of all layers and runs together: within the budget for
/// the 12800 of the widest and deepest pair.
pub fn unit_points(units: usize) -> u64 {
    let points = (UNIT_BUDGET / (units * NUMBERS_A_UNIT).max(1)) as u64;
    points.clamp(16, POINTS)
}

/// Whether a step is recorded as one of so many points.
pub fn is_recorded(step: u64, capacity: u64) -> bool {
    step.is_multiple_of(recorded_stride(step, capacity))
}

/// The next recorded step.
pub fn next_recorded(step: u64) -> u64 {
    let stride = recorded_stride(step + 1, POINTS);
    (step / stride + 1) * stride
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{MAX_LAYERS, MAX_WIDTH};

    #[test]
    fn half_of_the_points_are_there_at_any_step_and_none_is_further_off_than_they_are_recorded() {
        for capacity in [16, 24, RIDGE_ROWS, 240, POINTS] {
            for steps in (0..2000).chain([4095, 4096, 99_999, 300_000]) {
                let stride = stride(steps, capacity);
                let kept = (0..=steps).step_by(stride as usize);
                let kept: Vec<u64> = kept.filter(|step| is_recorded(*step, capacity)).collect();
                let count = kept.len() as u64;
                assert!(count <= capacity, "{steps} {capacity}");
                assert!(count > steps.min(capacity / 2), "{steps} {capacity}");
                for pair in kept.windows(2) {
                    let most = recorded_stride(pair[1], capacity).max(stride);
                    assert!(pair[1] - pair[0] <= most, "{steps} {capacity} {pair:?}");
                }
            }
        }
    }

    #[test]
    fn per_unit_curves_keep_to_their_budget() {
        let most = 2 * MAX_LAYERS * MAX_WIDTH as usize;
        for units in [1, 192, 5120, most] {
            let numbers = unit_points(units) as usize * units * NUMBERS_A_UNIT;
            assert!(numbers <= UNIT_BUDGET, "{units} units: {numbers}");
        }
    }

    #[test]
    fn what_is_recorded_while_steps_double_is_half_of_what_is_kept() {
        for from in [1024, 4096, 65_536] {
            let new = (from..2 * from).filter(|step| is_recorded(*step, POINTS));
            assert_eq!(new.count() as u64, NEW_POINTS);
        }
    }

    #[test]
    fn the_next_is_the_next() {
        let mut next = 0;
        for step in 0..5000 {
            if is_recorded(step, POINTS) {
                assert_eq!(next, step);
                next = next_recorded(step);
            }
            assert!(next > step);
            assert_eq!(next_recorded(step), next);
            // What is recorded of ridgelines and units is recorded of curves.
            for capacity in [RIDGE_ROWS, unit_points(5000)] {
                assert!(is_recorded(step, POINTS) || !is_recorded(step, capacity));
            }
        }
    }
}
