//! Inverted dropout (Srivastava et al. 2014): in training each value is kept with probability 1 − p and divided by
//! it, so that inference does nothing. The mask comes from a seeded generator and is kept for the way back.

use crate::lanes::{Lanes, Real, each};
use crate::numeric::rng::Rng;

/// What multiplies a value that is kept: 1/(1 − p), and 0 for p = 1, which keeps none.
///
/// # Panics
/// If p is not a probability.
pub fn factor<R: Real>(probability: f64) -> R {
    assert!(
        (0.0..=1.0).contains(&probability),
        "dropout of no probability"
    );
    if probability < 1.0 {
        R::from_f64(1.0 / (1.0 - probability))
    } else {
        R::ZERO
    }
}

/// A fresh mask: `factor` with probability 1 − p, else 0.
pub fn draw<R: Real>(probability: f64, rng: &mut Rng, mask: &mut [R]) {
    let factor = factor(probability);
    for mask in mask {
        *mask = if rng.uniform() < probability {
            R::ZERO
        } else {
            factor
        };
    }
}

/// Values, or backwards their gradients, times the mask, in place.
///
/// # Shapes
/// The same for both.
pub fn apply<L: Lanes>(values: &mut [L::Real], mask: &[L::Real]) {
    each::update::<L>(values, mask, |value, mask| value * mask);
}
