//! Between row-major data and feature-major activations. Moves numbers, computes none.

/// `[rows, features]` into `[features, rows]`; the other way round with the two counts exchanged.
///
/// # Panics
/// If the two slices do not both have `rows·features` values.
pub fn transpose<T: Copy>(from: &[T], into: &mut [T], rows: usize, features: usize) {
    assert_eq!(from.len(), rows * features, "values to turn round");
    assert_eq!(into.len(), rows * features, "room to turn them into");
    if rows == 0 {
        return;
    }
    for (feature, column) in into.chunks_exact_mut(rows).enumerate() {
        for (row, value) in column.iter_mut().enumerate() {
            *value = from[row * features + feature];
        }
    }
}
