//! The colours of every chart, one meaning each, light and dark. The style sheet mirrors them under the tokens named here.

use crate::small_sort::Bound;

/// A colour: red, green, blue.
pub type Rgb = (u8, u8, u8);

/// Colours and type of the charts. Hues follow Okabe and Ito (2008), darkened or lightened until graphics reach a
/// contrast of 3:1 and text 4.5:1 on `background`; `tests` holds them to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// `--bn-color-background`: behind every chart.
    pub background: Rgb,
    /// `--bn-color-text`: names and emphasised figures.
    pub text: Rgb,
    /// `--bn-color-muted`: tick labels and units.
    pub muted: Rgb,
    /// `--bn-color-axis`: base lines, reference lines, truths.
    pub axis: Rgb,
    /// `--bn-color-grid`: lines that only guide the eye.
    pub grid: Rgb,
    /// `--bn-color-run-a`: side A, orange.
    pub run_a: Rgb,
    /// Side A before normalisation, and its noisy lines.
    pub run_a_pale: Rgb,
    /// `--bn-color-run-b`: side B, blue.
    pub run_b: Rgb,
    /// Side B before normalisation, and its noisy lines.
    pub run_b_pale: Rgb,
    /// `--bn-color-affine`: γ, β and what they give, violet.
    pub affine: Rgb,
    /// The same, as a surface.
    pub affine_pale: Rgb,
    /// Points of class 0, green.
    pub class_0: Rgb,
    /// Points of class 1, rose.
    pub class_1: Rgb,
    /// `--bn-color-warn`: diverged, refused, lost.
    pub warn: Rgb,
    /// `--bn-color-run-a-text`: letters of side A.
    pub run_a_text: Rgb,
    /// `--bn-color-run-b-text`: letters of side B.
    pub run_b_text: Rgb,
    /// Font family of all text in charts, as in a style sheet.
    pub font_family: &'static str,
}

/// As in the style sheet, with the names that a canvas cannot take from it.
const FONT_FAMILY: &str = "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Noto Sans SC\",\"Noto Sans CJK SC\",sans-serif";

/// Dark marks on white.
pub const LIGHT: Theme = Theme {
    background: (255, 255, 255),
    text: (28, 32, 38),
    muted: (94, 101, 112),
    axis: (132, 139, 150),
    grid: (231, 233, 237),
    run_a: (201, 112, 0),
    run_a_pale: (246, 210, 156),
    run_b: (0, 108, 184),
    run_b_pale: (171, 208, 238),
    affine: (140, 66, 190),
    affine_pale: (222, 196, 240),
    class_0: (0, 116, 88),
    class_1: (214, 88, 156),
    warn: (196, 50, 20),
    run_a_text: (154, 86, 0),
    run_b_text: (0, 98, 168),
    font_family: FONT_FAMILY,
};

/// Light marks on near black.
pub const DARK: Theme = Theme {
    background: (20, 23, 28),
    text: (232, 235, 240),
    muted: (155, 163, 175),
    axis: (116, 124, 137),
    grid: (44, 49, 57),
    run_a: (240, 164, 40),
    run_a_pale: (112, 77, 26),
    run_b: (86, 176, 240),
    run_b_pale: (36, 80, 116),
    affine: (196, 140, 240),
    affine_pale: (84, 58, 108),
    class_0: (24, 166, 126),
    class_1: (244, 158, 206),
    warn: (248, 120, 88),
    run_a_text: (240, 164, 40),
    run_b_text: (86, 176, 240),
    font_family: FONT_FAMILY,
};

impl Theme {
    /// Light or dark.
    pub fn of(is_dark: bool) -> Self {
        if is_dark { DARK } else { LIGHT }
    }

    /// Full and pale colour of a run, 0 being A.
    pub fn run(&self, side: usize) -> (Rgb, Rgb) {
        match side {
            0 => (self.run_a, self.run_a_pale),
            _ => (self.run_b, self.run_b_pale),
        }
    }

    /// The colour in which letters of a line's colour are read: the same hue, dark enough for text.
    pub(crate) fn letters(&self, color: Rgb) -> Rgb {
        match color {
            c if c == self.run_a => self.run_a_text,
            c if c == self.run_b => self.run_b_text,
            other => other,
        }
    }

    /// Colour of a class.
    pub fn class(&self, label: u8) -> Rgb {
        match label {
            0 => self.class_0,
            _ => self.class_1,
        }
    }
}

/// `share` of `to` over `from`; 0 gives `from`, 1 gives `to`.
pub fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let share = share.bound(0.0, 1.0);
    let channel =
        |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
    (
        channel(from.0, to.0),
        channel(from.1, to.1),
        channel(from.2, to.2),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance((r, g, b): Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    /// The colours of the style sheet's tokens under `selector`.
    fn tokens(selector: &str) -> Vec<(&'static str, Rgb)> {
        let sheet = include_str!("../../../../styles/tokens.css");
        let start = sheet.find(selector).expect("the selector is there");
        let rule = sheet[start..].split('}').next().unwrap_or_default();
        rule.lines()
            .filter_map(|line| line.trim().strip_prefix("--bn-color-")?.split_once(": #"))
            .map(|(name, digits)| {
                let digits = digits.trim_end_matches(';');
                let wide = match digits.len() {
                    3 => digits.chars().flat_map(|c| [c, c]).collect(),
                    _ => digits.to_owned(),
                };
                let part = |at| u8::from_str_radix(&wide[at..at + 2], 16).expect("a colour");
                (name, (part(0), part(2), part(4)))
            })
            .collect()
    }

    #[test]
    fn charts_and_style_sheet_have_the_same_colours() {
        for (theme, selector) in [(LIGHT, ".bn-root {"), (DARK, "[data-theme=\"dark\"] {")] {
            let mut compared = 0;
            for (name, color) in tokens(selector) {
                let of_charts = match name {
                    "background" => theme.background,
                    "text" => theme.text,
                    "muted" => theme.muted,
                    "axis" => theme.axis,
                    "grid" => theme.grid,
                    "run-a" => theme.run_a,
                    "run-b" => theme.run_b,
                    "affine" => theme.affine,
                    "warn" => theme.warn,
                    "run-a-text" => theme.run_a_text,
                    "run-b-text" => theme.run_b_text,
                    // Surfaces of the page alone.
                    "surface" | "warn-surface" => continue,
                    other => panic!("`{other}` is no colour of the charts: say here what it is"),
                };
                assert_eq!(of_charts, color, "{selector} {name}");
                compared += 1;
            }
            assert_eq!(compared, 11, "{selector}");
        }
    }

    #[test]
    fn text_and_graphics_have_contrast() {
        for theme in [LIGHT, DARK] {
            for text in [
                theme.text,
                theme.muted,
                theme.affine,
                theme.warn,
                theme.letters(theme.run_a),
                theme.letters(theme.run_b),
            ] {
                let seen = contrast(text, theme.background);
                assert!(seen >= 4.5, "{text:?} {seen:.2}");
            }
            let graphics = [
                theme.axis,
                theme.run_a,
                theme.run_b,
                theme.affine,
                theme.class_0,
                theme.class_1,
            ];
            for graphic in graphics {
                let seen = contrast(graphic, theme.background);
                assert!(seen >= 3.0, "{graphic:?} {seen:.2}");
            }
            // A pale surface is bounded by its full colour: the two must differ too.
            for (full, pale) in [
                theme.run(0),
                theme.run(1),
                (theme.affine, theme.affine_pale),
            ] {
                assert!(contrast(full, pale) >= 2.0, "{full:?} {pale:?}");
            }
        }
    }

    #[test]
    fn classes_differ_in_lightness_too() {
        for theme in [LIGHT, DARK] {
            assert!(contrast(theme.class_0, theme.class_1) > 1.4);
        }
    }

    #[test]
    fn mixing_reaches_both_ends() {
        assert_eq!(mix((0, 0, 0), (10, 20, 30), 0.0), (0, 0, 0));
        assert_eq!(mix((0, 0, 0), (10, 20, 30), 1.0), (10, 20, 30));
        assert_eq!(mix((0, 0, 0), (10, 20, 30), f64::INFINITY), (10, 20, 30));
    }
}
