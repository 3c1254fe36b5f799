//! A bounded table of rows over steps: the stride between rows doubles as the run grows. Knows no quantity by name.

use batchnorm_lab::observe::recorded;

/// Rows of numbers, one per remembered step, steps growing.
///
/// Steps fall into buckets of as many steps as the worker records one of, which follows from the newest step as the worker's
/// does (`observe::recorded`). The first row of a bucket is kept: the recorded one, wherever all that was recorded has come.
/// The newest row is always there and is replaced while it shares its bucket with a kept one. Where the stride doubles, the
/// first row of each wider bucket stays, so rows stay spread over the whole run, and are the same however its frames came.
#[derive(Clone, Debug)]
pub struct Table {
    width: usize,
    capacity: u64,
    /// Least number of steps between two rows.
    stride: u64,
    steps: Vec<u64>,
    values: Vec<f32>,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            width: 0,
            capacity: 2,
            stride: 1,
            steps: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl Table {
    /// Remembers a row; `write` fills it, and what it does not fill is NaN.
    ///
    /// `capacity` is the most rows besides the newest; a changed `width` starts the table afresh.
    ///
    /// # Panics
    /// If `capacity` is less than 2.
    pub fn push(&mut self, capacity: u64, width: usize, step: u64, write: impl FnOnce(&mut [f32])) {
        assert!(
            capacity >= 2,
            "a table of {capacity} rows cannot thin itself"
        );
        if width != self.width {
            *self = Self {
                width,
                ..Self::default()
            };
        }
        while self.steps.last().is_some_and(|last| *last >= step) {
            self.pop();
        }
        self.capacity = capacity;
        if let [.., kept, newest] = self.steps[..] {
            let bucket = self.recorded_stride(newest);
            if kept / bucket == newest / bucket {
                self.pop();
            }
        }
        self.steps.push(step);
        let start = self.values.len();
        self.values.resize(start + width, f32::NAN);
        write(&mut self.values[start..]);
        // It never shrinks: a run taken up again from an earlier step has rows of the wider stride before it.
        let stride = recorded::stride(step, capacity);
        if stride > self.stride {
            self.stride = stride;
            self.thin();
        }
    }

    fn pop(&mut self) {
        self.steps.pop();
        self.values.truncate(self.steps.len() * self.width);
    }

    fn thin(&mut self) {
        let mut kept = 0;
        for row in 0..self.steps.len() {
            let is_newest = row + 1 == self.steps.len();
            let bucket = self.steps[row] / self.stride;
            if is_newest || kept == 0 || self.steps[kept - 1] / self.stride != bucket {
                self.steps[kept] = self.steps[row];
                let start = row * self.width;
                self.values
                    .copy_within(start..start + self.width, kept * self.width);
                kept += 1;
            }
        }
        self.steps.truncate(kept);
        self.values.truncate(kept * self.width);
    }

    /// So many of its rows at most, evenly, the first and the newest among them; where nothing is missing between two of them
    /// here, nothing is there.
    #[cfg(not(any(target_arch = "wasm32", feature = "split")))]
    pub fn thinned(&self, most: usize) -> Self {
        let last = self.len().saturating_sub(1);
        let count = most.min(self.len());
        let kept = (0..count).map(|place| last * place / (count - 1).max(1));
        let kept: Vec<usize> = kept.collect();
        let is_whole = |pair: &&[usize]| {
            let steps = &self.steps[pair[0]..=pair[1]];
            steps.windows(2).all(|pair| !self.has_gap(pair[0], pair[1]))
        };
        let whole = kept.windows(2).filter(is_whole);
        let apart = whole.map(|pair| self.steps[pair[1]] - self.steps[pair[0]]);
        Self {
            width: self.width,
            capacity: self.capacity,
            stride: apart.max().unwrap_or(1).max(self.stride),
            steps: kept.iter().map(|row| self.steps[*row]).collect(),
            values: kept
                .iter()
                .flat_map(|row| self.row(*row))
                .copied()
                .collect(),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The remembered steps, growing.
    pub fn steps(&self) -> &[u64] {
        &self.steps
    }

    /// Whether something is missing between two neighbours: they stand further apart than rows are recorded.
    pub fn has_gap(&self, step: u64, next: u64) -> bool {
        next - step > self.recorded_stride(next)
    }

    /// Steps from one row to the next where they are recorded now.
    pub fn stride(&self) -> u64 {
        self.steps
            .last()
            .map_or(1, |newest| self.recorded_stride(*newest))
    }

    fn recorded_stride(&self, step: u64) -> u64 {
        recorded::recorded_stride(step, self.capacity).max(self.stride)
    }

    /// One row, oldest first.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    /// The newest row.
    pub fn newest(&self) -> Option<&[f32]> {
        self.len().checked_sub(1).map(|last| self.row(last))
    }

    /// One column over the steps; nothing if there is no such column.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (u64, f32)> + '_ {
        let rows = if column < self.width { self.len() } else { 0 };
        (0..rows).map(move |row| (self.steps[row], self.row(row)[column]))
    }

    /// The row whose step lies nearest to `step`.
    pub fn nearest(&self, step: f64) -> Option<usize> {
        let distance = |row: &usize| (self.steps[*row] as f64 - step).abs();
        (0..self.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(table: &mut Table, step: u64) {
        table.push(8, 1, step, |row| row[0] = step as f32);
    }

    #[test]
    fn rows_stay_spread_over_the_whole_run() {
        for pace in [1, 3, 7, 64] {
            let mut table = Table::default();
            for frame in 0..1000 {
                push(&mut table, frame * pace);
                assert!(table.len() <= 9);
                assert_eq!(table.steps()[0], 0);
                assert_eq!(table.steps().last(), Some(&(frame * pace)));
                assert!(table.steps().windows(2).all(|pair| pair[0] < pair[1]));
                assert!(table.column(0).all(|(step, value)| value == step as f32));
            }
            assert!(table.len() >= 4, "{:?}", table.steps());
        }
    }

    #[test]
    fn rows_are_the_recorded_ones_whatever_frames_came_between() {
        for (capacity, pace) in [8, 512]
            .into_iter()
            .flat_map(|c| [1, 3, 7, 64].map(|p| (c, p)))
        {
            let mut table = Table::default();
            for step in 0..1300 {
                if recorded::is_recorded(step, capacity) || step % pace == pace / 2 {
                    table.push(capacity, 1, step, |row| row[0] = step as f32);
                }
                let newest = *table.steps().last().expect("a row");
                assert_eq!(table.stride(), recorded::recorded_stride(newest, capacity));
                let stride = recorded::stride(newest, capacity);
                let is_kept = |step: &u64| {
                    step.is_multiple_of(stride) && recorded::is_recorded(*step, capacity)
                };
                let steps = table.steps();
                let kept = steps.iter().filter(|step| is_kept(step)).count();
                assert!(kept as u64 > step.min(capacity / 2), "{steps:?}");
                let mut pairs = steps.windows(2);
                assert!(
                    pairs.all(|pair| !table.has_gap(pair[0], pair[1])),
                    "{steps:?}"
                );
                assert!(table.len() - kept <= 1, "{steps:?}");
            }
        }
    }

    #[cfg(not(any(target_arch = "wasm32", feature = "split")))]
    #[test]
    fn a_thinned_table_has_a_gap_where_the_whole_one_has() {
        let mut table = Table::default();
        for step in (0..400).filter(|step| !(150..300).contains(step)) {
            table.push(512, 1, step, |row| row[0] = step as f32);
        }
        let few = table.thinned(43);
        assert_eq!((few.len(), few.steps()[0], few.steps()[42]), (43, 0, 399));
        let pairs = few.steps().windows(2);
        let gaps: Vec<&[u64]> = pairs.filter(|pair| few.has_gap(pair[0], pair[1])).collect();
        assert_eq!(gaps.len(), 1, "{gaps:?}");
        assert!(gaps[0][0] < 150 && gaps[0][1] >= 300, "{gaps:?}");
        for row in 0..few.len() {
            assert_eq!(few.row(row), [few.steps()[row] as f32]);
        }
        assert_eq!(table.thinned(1000).steps(), table.steps());
        assert!(Table::default().thinned(3).is_empty());
    }

    #[test]
    fn a_gap_is_wider_than_the_stride_and_a_run_taken_up_again_has_none() {
        let mut table = Table::default();
        for step in [0, 1, 2, 5, 6] {
            push(&mut table, step);
        }
        let gaps = |table: &Table| -> Vec<u64> {
            let pairs = table.steps().windows(2);
            let gaps = pairs.filter(|pair| table.has_gap(pair[0], pair[1]));
            gaps.map(|pair| pair[0]).collect()
        };
        assert_eq!(gaps(&table), [2]);
        let mut table = Table::default();
        for step in 0..40 {
            push(&mut table, step);
        }
        for step in 30..50 {
            push(&mut table, step);
        }
        assert_eq!(
            (table.stride(), gaps(&table)),
            (8, vec![]),
            "{:?}",
            table.steps()
        );
    }

    #[test]
    fn a_step_that_is_there_is_replaced_with_all_that_came_after() {
        let mut table = Table::default();
        for step in 0..6 {
            push(&mut table, step);
        }
        table.push(8, 1, 3, |row| row[0] = -1.0);
        assert_eq!(table.steps(), [0, 1, 2, 3]);
        assert_eq!(table.newest(), Some(&[-1.0][..]));
    }

    #[test]
    fn memory_stops_growing() {
        let mut table = Table::default();
        for step in 0..100 {
            push(&mut table, step);
        }
        let capacity = (table.steps.capacity(), table.values.capacity());
        for step in 100..10_000 {
            push(&mut table, step);
        }
        assert_eq!(capacity, (table.steps.capacity(), table.values.capacity()));
    }

    #[test]
    fn the_nearest_row_is_found() {
        let mut table = Table::default();
        assert_eq!(table.nearest(3.0), None);
        for step in [0, 10, 20] {
            push(&mut table, step);
        }
        assert_eq!(table.nearest(14.0), Some(1));
        assert_eq!(table.nearest(-5.0), Some(0));
        assert_eq!(table.nearest(f64::INFINITY), Some(0));
    }
}
