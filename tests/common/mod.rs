//! What several test files share: golden cases, random numbers, comparison. Not every file uses every part.
#![allow(dead_code)]

pub mod case;
pub mod described;
pub mod examples;
pub mod golden_files;
pub mod naive;
pub mod non_finite;
pub mod runs;

use batchnorm_lab::lanes::Real;
use batchnorm_lab::numeric::rng::Rng;

/// Doubles as the numbers of some lanes.
pub fn narrow<R: Real>(values: &[f64]) -> Vec<R> {
    values.iter().map(|v| R::from_f64(*v)).collect()
}

/// Any lanes' numbers as doubles.
pub fn widen<R: Real>(values: &[R]) -> Vec<f64> {
    values.iter().map(|v| v.to_f64()).collect()
}

/// A buffer that shows when a kernel leaves a place unwritten.
pub fn poisoned<R: Real>(len: usize) -> Vec<R> {
    vec![R::from_f64(f64::NAN); len]
}

/// Standard normal numbers, each exact in f32.
pub fn normals(rng: &mut Rng, len: usize) -> Vec<f64> {
    (0..len).map(|_| f64::from(rng.normal() as f32)).collect()
}

/// Fails where `|got − want| > atol + rtol·|want|`, a NaN, or a wrong length is found.
#[track_caller]
pub fn assert_close(what: &str, got: &[f64], want: &[f64], rtol: f64, atol: f64) {
    assert_eq!(got.len(), want.len(), "{what}: length");
    for (place, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (got - want).abs();
        // Not `error > bound`, which a NaN would pass.
        let fits = error <= atol + rtol * want.abs();
        assert!(
            fits,
            "{what}[{place}]: got {got:e}, want {want:e}, off by {error:e}"
        );
    }
}
