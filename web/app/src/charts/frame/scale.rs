//! From a share to a colour that is as much lighter as it is more, for every kind of colour vision. Draws nothing.

use crate::charts::paint::theme::{Rgb, mix};
use crate::small_sort::Bound;

/// Cividis (Nuñez, Anderton and Renslow 2018), from dark to light at equal distances.
const STOPS: [Rgb; 5] = [
    (0, 34, 78),
    (67, 78, 108),
    (124, 123, 120),
    (188, 174, 108),
    (254, 232, 56),
];

/// Colours that are told apart: a step is a twentieth of the way from chance to all right.
pub(crate) const LEVELS: usize = 21;
/// Letters on a colour, dark and light. Codes of their own, so that still pictures know them from the theme's.
pub(crate) const INKS: [Rgb; 2] = [(0, 0, 1), (255, 255, 254)];
/// From this level on the dark letters have the greater contrast.
const DARK_INK_FROM: usize = 10;

/// The colour of a level.
pub(crate) fn color(level: usize) -> Rgb {
    let at = level.min(LEVELS - 1) as f64 / (LEVELS - 1) as f64 * (STOPS.len() - 1) as f64;
    let place = (at as usize).min(STOPS.len() - 2);
    mix(STOPS[place], STOPS[place + 1], at - place as f64)
}

/// The level of a share, 0 to 1.
pub(crate) fn level(share: f32) -> usize {
    (share.bound(0.0, 1.0) * (LEVELS - 1) as f32).round() as usize
}

/// What is read on a level.
pub(crate) fn ink(level: usize) -> Rgb {
    INKS[usize::from(level < DARK_INK_FROM)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance((r, g, b): Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            match c <= 0.04045 {
                true => c / 12.92,
                false => ((c + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    #[test]
    fn colours_grow_lighter_and_letters_are_read_on_each() {
        let levels: Vec<f64> = (0..LEVELS).map(|at| luminance(color(at))).collect();
        assert!(levels.windows(2).all(|pair| pair[1] > pair[0]));
        for (at, ground) in levels.iter().enumerate() {
            let letters = luminance(ink(at));
            let (dark, light) = (letters.min(*ground), letters.max(*ground));
            let contrast = (light + 0.05) / (dark + 0.05);
            assert!(contrast >= 4.5, "level {at}: {contrast:.2}");
        }
    }

    #[test]
    fn shares_have_levels_whatever_they_are() {
        for (share, at) in [(0.0, 0), (1.0, 20), (0.5, 10), (-3.0, 0), (f32::NAN, 0)] {
            assert_eq!(level(share), at, "{share}");
        }
    }
}
