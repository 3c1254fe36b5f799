//! The picture that stands for a lesson's figure until it is started: drawn when the site is built, from the lesson's own
//! run, by the page's own charts. In no page: `examples/stills.rs` writes the files, `tools/xtask/src/stills.rs` says who
//! shows them and how.

mod caption;
mod figure;
mod panels;
mod plane;
mod run;
mod svg;
#[cfg(test)]
mod tests;
mod tongues;
mod words;

pub use self::svg::TOKEN_COLORS;

use batchnorm_lab::lessons::{LESSONS, Lesson};

use self::figure::Shape;
use self::run::Run;
use crate::i18n::Lang;

/// The still picture of a lesson in a language.
pub struct Still {
    /// `Lesson::id`.
    pub lesson: &'static str,
    /// The language.
    pub lang: Lang,
    /// The lesson's title.
    pub title: String,
    /// What is seen, for who cannot see it.
    pub alt: String,
    /// What the run has come to, in a sentence.
    pub caption: String,
    /// 720 × 460.
    pub wide: String,
    /// 360 × 680.
    pub narrow: String,
}

/// The pictures of these lessons; `digits` are the bytes of `assets/digits/digits.bin`.
///
/// # Panics
/// If a lesson's run cannot be made, or has a panel that has no picture.
pub fn draw(lessons: &[Lesson], digits: &[u8]) -> Vec<Still> {
    lessons
        .iter()
        .flat_map(|lesson| {
            let run = Run::of(lesson, digits);
            Lang::ALL.map(|lang| still(&run, lang))
        })
        .collect()
}

/// The pictures of what these lessons begin with; `text` gives a lesson's text in English by its id.
///
/// # Panics
/// As `draw`, or if a text names no run.
pub fn draw_problems(
    lessons: &[Lesson],
    text: impl Fn(&str) -> String,
    digits: &[u8],
) -> Vec<Still> {
    lessons
        .iter()
        .flat_map(|lesson| {
            let run = Run::problem(lesson, &text(lesson.id), digits);
            Lang::ALL.map(|lang| still(&run, lang))
        })
        .collect()
}

/// All pictures.
///
/// # Panics
/// As `draw`.
pub fn draw_all(digits: &[u8]) -> Vec<Still> {
    draw(LESSONS, digits)
}

/// What `index.html` shows while it loads: the first lesson in every language, wide and narrow.
///
/// # Panics
/// As `draw`.
pub fn draw_page(digits: &[u8]) -> [String; 2] {
    let run = Run::of(&LESSONS[0], digits);
    [Shape::Wide, Shape::Narrow].map(|shape| {
        // The same room for the words, so that all else is in the same places.
        let lines = Lang::ALL.map(|lang| figure::lead_lines(&run, words::Said(lang), shape));
        let lines = lines.into_iter().max().unwrap_or_default();
        let picture = |lang| {
            let words = words::Said(lang);
            figure::draw(&run, words, shape, lines, &caption::caption(&run, words))
        };
        tongues::together(&picture(Lang::En), &picture(Lang::ZhHans))
    })
}

fn still(run: &Run, lang: Lang) -> Still {
    let words = words::Said(lang);
    let (title, alt) = (words.title(run.lesson.id), caption::alt(run, words));
    let caption = caption::caption(run, words);
    let picture = |shape| figure::draw(run, words, shape, 0, &caption);
    Still {
        lesson: run.lesson.id,
        lang,
        wide: picture(Shape::Wide),
        narrow: picture(Shape::Narrow),
        title,
        alt,
        caption,
    }
}
