//! Sine and cosine of a share of a turn. Refuses angles in radians: they would need a reduction by a long π.
//!
//! `libm`'s `sin` and `cos` are right for every f64 and carry 1200 bits of 2/π for that; data sets and normal draws
//! need a turn or two. In turns the quarter is split off exactly, and what is left is small enough for a short series.

use std::f64::consts::TAU;

/// Sine and cosine of so many turns, each to an absolute 2e-16 and the rounding of `turns` itself.
///
/// # Panics
/// Beyond 2^20 turns, where a share of a turn is no longer known well.
pub fn sin_cos(turns: f64) -> (f64, f64) {
    assert!(turns.abs() < 1_048_576.0, "a few turns");
    let quarter = (turns * 4.0).round();
    let x = (turns - quarter / 4.0) * TAU;
    // Taylor's series on ±π/4: the next terms are below 1e-19.
    let (sin, cos) = (x * series(x * x, 1), series(x * x, 0));
    match (quarter as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// 1 − s/((f+1)(f+2)) · (1 − s/((f+3)(f+4)) · …): the cosine for f = 0, sine over argument for f = 1.
fn series(square: f64, first: u32) -> f64 {
    (0..9).rev().fold(1.0, |rest, term| {
        let next = f64::from(first + 2 * term);
        1.0 - square / ((next + 1.0) * (next + 2.0)) * rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_libm() {
        for i in -4000_i32..=4000 {
            let turns = f64::from(i) / 997.0;
            let (sin, cos) = sin_cos(turns);
            // libm sees an angle that rounding has moved by up to half a unit of its last place.
            let bound = 3e-16 + (turns * TAU).abs() * f64::EPSILON;
            assert!((sin - libm::sin(turns * TAU)).abs() < bound, "{turns}");
            assert!((cos - libm::cos(turns * TAU)).abs() < bound, "{turns}");
        }
    }

    #[test]
    fn quarters_are_exact() {
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
        assert_eq!(sin_cos(0.25), (1.0, 0.0));
        assert_eq!(sin_cos(-0.5), (0.0, -1.0));
        assert_eq!(sin_cos(1.75), (-1.0, 0.0));
    }
}
