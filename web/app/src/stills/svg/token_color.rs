//! Colours as the charts name them: a token of the style sheet, and how much of it lies over the background. Charts are
//! given a theme of codes, from which both are read back; so a picture follows the theme of whoever shows it.

use crate::charts::{DARK, LIGHT, Rgb, Theme, scale};

/// A token and its share over the background, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::stills) struct TokenColor {
    /// Place in `TOKEN_COLORS`; behind these the colours that are the same in every theme.
    token: usize,
    share: u8,
}

/// Every colour of the charts: its name among the tokens, its code, its light and its dark value.
pub const TOKEN_COLORS: [(&str, Rgb, Rgb, Rgb); 13] = [
    ("background", (0, 0, 0), LIGHT.background, DARK.background),
    ("text", (255, 255, 255), LIGHT.text, DARK.text),
    ("muted", (255, 128, 128), LIGHT.muted, DARK.muted),
    ("axis", (128, 255, 128), LIGHT.axis, DARK.axis),
    ("grid", (128, 128, 255), LIGHT.grid, DARK.grid),
    ("run-a", (255, 0, 0), LIGHT.run_a, DARK.run_a),
    ("run-b", (0, 0, 255), LIGHT.run_b, DARK.run_b),
    ("affine", (255, 0, 255), LIGHT.affine, DARK.affine),
    ("class-0", (0, 255, 0), LIGHT.class_0, DARK.class_0),
    ("class-1", (255, 255, 0), LIGHT.class_1, DARK.class_1),
    ("warn", (0, 255, 255), LIGHT.warn, DARK.warn),
    (
        "run-a-text",
        (255, 128, 0),
        LIGHT.run_a_text,
        DARK.run_a_text,
    ),
    (
        "run-b-text",
        (0, 128, 255),
        LIGHT.run_b_text,
        DARK.run_b_text,
    ),
];

/// The pale colours are no tokens: a share of the full ones, as near to both themes as one share can be.
const PALE: u8 = 40;

/// The theme that charts are drawn with: each colour is a direction, its length is the share.
pub(in crate::stills) fn codes() -> Theme {
    let code = |name: &str, share: u8| {
        let (_, (r, g, b), ..) = TOKEN_COLORS[token(name)];
        let part = |channel: u8| (f64::from(channel) * f64::from(share) / 100.0).round() as u8;
        (part(r), part(g), part(b))
    };
    Theme {
        background: code("background", 100),
        text: code("text", 100),
        muted: code("muted", 100),
        axis: code("axis", 100),
        grid: code("grid", 100),
        run_a: code("run-a", 100),
        run_a_pale: code("run-a", PALE),
        run_b: code("run-b", 100),
        run_b_pale: code("run-b", PALE),
        affine: code("affine", 100),
        affine_pale: code("affine", PALE - 10),
        class_0: code("class-0", 100),
        class_1: code("class-1", 100),
        warn: code("warn", 100),
        run_a_text: code("run-a-text", 100),
        run_b_text: code("run-b-text", 100),
        ..LIGHT
    }
}

fn token(name: &str) -> usize {
    let found = TOKEN_COLORS.iter().position(|color| color.0 == name);
    found.unwrap_or_else(|| panic!("no colour is called {name}"))
}

impl TokenColor {
    /// A token as it is.
    pub(in crate::stills) fn of(name: &str) -> Self {
        Self::part(name, 100)
    }

    /// A share of a token over the background, percent.
    pub(in crate::stills) fn part(name: &str, share: u8) -> Self {
        let token = token(name);
        Self { token, share }
    }

    /// The full colour of a run, 0 being A.
    pub(in crate::stills) fn run(side: usize) -> Self {
        Self::of(["run-a", "run-b"][side])
    }

    /// What a colour of the theme of codes means; shares are rounded to one of `levels`.
    pub(super) fn decode((r, g, b): Rgb, levels: u8) -> Self {
        if let Some(place) = fixed().position(|color| color == (r, g, b)) {
            let token = TOKEN_COLORS.len() + place;
            return Self { token, share: 100 };
        }
        let most = f64::from(r.max(g).max(b));
        let share = (most / 255.0 * f64::from(levels)).round() / f64::from(levels) * 100.0;
        if share < 1.0 {
            return Self::of("background");
        }
        let distance = |code: &Rgb| {
            let miss =
                |value: u8, code: u8| (f64::from(value) / most - f64::from(code) / 255.0).powi(2);
            miss(r, code.0) + miss(g, code.1) + miss(b, code.2)
        };
        let colors = TOKEN_COLORS.iter().enumerate().skip(1);
        let nearest = colors.min_by(|a, b| distance(&a.1.1).total_cmp(&distance(&b.1.1)));
        let token = nearest.map_or(0, |(token, _)| token);
        Self {
            token,
            share: share.round() as u8,
        }
    }

    /// Whether it is the ground itself.
    pub(super) fn is_background(self) -> bool {
        self.token == 0
    }

    /// Whether it is a token as it is.
    pub(super) fn is_full(self) -> bool {
        self.share == 100
    }

    /// The tokens that its value names.
    pub(super) fn tokens(self) -> Vec<usize> {
        match (self.token, self.share) {
            (token, _) if token >= TOKEN_COLORS.len() => vec![],
            (token, 100) => vec![token],
            (token, _) => vec![token, 0],
        }
    }

    /// Its value in a style sheet, in the names of `definition`.
    pub(super) fn css(self) -> String {
        let fixed = self.token.checked_sub(TOKEN_COLORS.len());
        if let Some(color) = fixed.and_then(|place| self::fixed().nth(place)) {
            return hex(color);
        }
        match self.share {
            100 => variable(self.token),
            share => format!(
                "color-mix(in srgb,{} {share}%,{})",
                variable(self.token),
                variable(0)
            ),
        }
    }
}

/// The scale of shares and what is written on it.
fn fixed() -> impl Iterator<Item = Rgb> {
    (0..scale::LEVELS).map(scale::color).chain(scale::INKS)
}

fn variable(token: usize) -> String {
    format!("var(--s{token:x})")
}

/// How a token is called within a picture: the page's own where there is one around, else as the reader's theme is.
pub(super) fn definition(token: usize) -> String {
    let (name, _, light, dark) = TOKEN_COLORS[token];
    let (light, dark) = (hex(light), hex(dark));
    format!("--s{token:x}:var(--bn-color-{name},light-dark({light},{dark}));")
}

fn hex((r, g, b): Rgb) -> String {
    match [r, g, b].iter().all(|channel| channel >> 4 == channel & 15) {
        true => format!("#{:x}{:x}{:x}", r & 15, g & 15, b & 15),
        false => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::mix;

    #[test]
    fn every_colour_of_the_theme_is_read_back_at_every_share() {
        let theme = codes();
        let colors = [
            (theme.text, "text"),
            (theme.muted, "muted"),
            (theme.axis, "axis"),
            (theme.grid, "grid"),
            (theme.run_a, "run-a"),
            (theme.run_b, "run-b"),
            (theme.affine, "affine"),
            (theme.class_0, "class-0"),
            (theme.class_1, "class-1"),
            (theme.warn, "warn"),
            (theme.run_a_text, "run-a-text"),
            (theme.run_b_text, "run-b-text"),
        ];
        for (color, name) in colors {
            for share in [5_u8, 10, 25, 40, 85, 100] {
                let mixed = mix(theme.background, color, f64::from(share) / 100.0);
                assert_eq!(
                    TokenColor::decode(mixed, 20),
                    TokenColor::part(name, share),
                    "{name} {share}"
                );
            }
        }
        assert_eq!(
            TokenColor::decode(theme.run_b_pale, 20),
            TokenColor::part("run-b", PALE)
        );
        assert!(TokenColor::decode(theme.background, 20).is_background());
        for color in fixed() {
            assert_eq!(TokenColor::decode(color, 20).css(), hex(color));
        }
    }
}
