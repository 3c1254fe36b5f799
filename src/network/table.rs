//! A block of activations as seen from outside: features and rows without knowing how they lie in memory.

/// Values of every feature at every row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a, R = f32> {
    values: &'a [R],
    rows: usize,
}

impl<'a, R: Copy> Table<'a, R> {
    /// # Shapes
    /// `values` `[F, N]`, feature-major.
    pub(crate) fn new(values: &'a [R], rows: usize) -> Self {
        Self { values, rows }
    }

    /// All values, feature-major `[F, N]`: all rows of feature 0, then all rows of feature 1.
    pub fn values(self) -> &'a [R] {
        self.values
    }

    /// N, the rows of the batch.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// F.
    pub fn features(self) -> usize {
        self.values.len().checked_div(self.rows).unwrap_or(0)
    }

    /// One feature at every row.
    ///
    /// # Panics
    /// If there is no such feature.
    pub fn unit(self, feature: usize) -> &'a [R] {
        &self.values[feature * self.rows..][..self.rows]
    }

    /// One value.
    ///
    /// # Panics
    /// If there is no such row or feature.
    pub fn at(self, row: usize, feature: usize) -> R {
        self.unit(feature)[row]
    }

    /// Each feature's rows, first feature first.
    pub fn units(self) -> impl Iterator<Item = &'a [R]> {
        self.values.chunks_exact(self.rows.max(1))
    }

    /// A row-major copy, `[N, F]`.
    pub fn to_row_major(self) -> Vec<R> {
        let features = self.features();
        let rows = 0..self.rows;
        rows.flat_map(|row| (0..features).map(move |feature| self.at(row, feature)))
            .collect()
    }
}
