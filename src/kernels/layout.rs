//! Between row-major data and feature-major activations. Moves numbers, computes none.

/// `[rows, features]` into `[features, rows]`; the other way round with the two counts exchanged.
///
/// # Panics
/// If the two slices do not both have `rows·features` values.
pub fn transpose<T: Copy>(from: &[T], into: &mut [T], rows: usize, features: usize) {
    assert_eq!(from.len(), rows * features, "values to transpose");
    assert_eq!(into.len(), rows * features, "room to transpose into");
    if rows == 0 {
        return;
    }
    for (feature, column) in into.chunks_exact_mut(rows).enumerate() {
        for (row, value) in column.iter_mut().enumerate() {
            *value = from[row * features + feature];
        }
    }
}

/// Sequences `[rows, steps, features]` into `[features, steps, rows]`.
///
/// # Panics
/// If the two slices do not both have `rows·steps·features` values.
pub fn transpose_sequences<T: Copy>(
    from: &[T],
    into: &mut [T],
    rows: usize,
    steps: usize,
    features: usize,
) {
    assert_eq!(from.len(), rows * steps * features, "values to transpose");
    assert_eq!(into.len(), from.len(), "room to transpose into");
    if from.is_empty() {
        return;
    }
    for (place, run) in into.chunks_exact_mut(rows).enumerate() {
        let (feature, step) = (place / steps, place % steps);
        for (row, value) in run.iter_mut().enumerate() {
            *value = from[(row * steps + step) * features + feature];
        }
    }
}
