//! How far numbers of two engines are apart.

/// The largest distance as a share of the largest number.
pub fn distance(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "numbers");
    let most = b.iter().fold(0.0_f32, |most, b| most.max(b.abs()));
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    // A NaN must not hide behind `max`.
    assert!(
        a.iter().chain(b).all(|x| x.is_finite()),
        "numbers that are none"
    );
    apart.fold(0.0, f32::max) / most.max(f32::MIN_POSITIVE)
}
