//! The figure's box: title, sentence, panels, the place where play will be, what the run came to. As high and wide and
//! with its parts in the places of the figure that a press puts there (`web/styles/figures.css`).

use batchnorm_lab::settings::choice::DatasetKind;

use super::caption::alt;
use super::panels::{draw_panel, is_large};
use super::run::Run;
use super::svg::{Rect, SvgDocument, SvgTextStyle, TokenColor};
use super::words::{Said, lines};
use crate::charts::Align;
use crate::format;
use crate::i18n::key;

/// The two boxes of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// From 560 px of width up.
    Wide,
    /// Below.
    Narrow,
}

/// Letters, and from line to line, css pixels.
const TITLE: (f64, f64) = (16.0, 24.0);
const LEAD: (f64, f64) = (14.0, 20.0);
const NOTE: (f64, f64) = (12.0, 18.0);
/// The round mark where play will be.
const PLAY: f64 = 18.0;

impl Shape {
    pub(super) fn size(self) -> (u32, u32) {
        match self {
            Shape::Wide => (720, 460),
            Shape::Narrow => (360, 680),
        }
    }

    /// Left and right of everything.
    fn margin(self) -> f64 {
        match self {
            Shape::Wide => 16.0,
            Shape::Narrow => 12.0,
        }
    }
}

/// A text of this size, the base line such that capitals stand in the middle of the line.
pub(super) fn line_of(
    svg: &mut SvgDocument,
    text: &str,
    (left, top): (f64, f64),
    (size, height): (f64, f64),
    of: SvgTextStyle,
) {
    let base = top + (height + size * 0.7) / 2.0;
    svg.text(text, (left, base.round()), of);
}

pub(super) fn typed(size: f64, color: TokenColor, align: Align) -> SvgTextStyle {
    SvgTextStyle {
        size: (size * 10.0) as u32,
        is_bold: false,
        color,
        align,
    }
}

/// How many lines the lesson's sentences take.
pub(super) fn lead_lines(run: &Run, words: Said, shape: Shape) -> usize {
    lead(run, words, shape).len()
}

fn lead(run: &Run, words: Said, shape: Shape) -> Vec<String> {
    let (width, _) = shape.size();
    let room = f64::from(width) - 2.0 * shape.margin();
    lines(
        words.find(&format!("lesson.{}.lead", run.lesson.id)),
        LEAD.0,
        room,
    )
}

/// The picture; for its sentences there is room for so many lines at least.
pub(super) fn draw(
    run: &Run,
    words: Said,
    shape: Shape,
    least_lines: usize,
    caption: &str,
) -> String {
    let (title, alt) = (words.title(run.lesson.id), alt(run, words));
    let (width, height) = shape.size();
    let (width, height) = (f64::from(width), f64::from(height));
    let margin = shape.margin();
    let room = width - 2.0 * margin;
    let mut svg = SvgDocument::new(shape.size());
    let strong = SvgTextStyle {
        is_bold: true,
        ..typed(TITLE.0, TokenColor::of("text"), Align::Start)
    };
    line_of(&mut svg, &title, (margin, 12.0), TITLE, strong);
    let mut top = 36.0;
    let least = top + LEAD.1 * least_lines.max(2) as f64;
    for line in lead(run, words, shape) {
        line_of(
            &mut svg,
            &line,
            (margin, top),
            LEAD,
            typed(LEAD.0, TokenColor::of("muted"), Align::Start),
        );
        top += LEAD.1;
    }
    top = top.max(least);
    let note = foot(
        &mut svg,
        words,
        run,
        caption,
        Rect::new(margin, 0.0, room, height - 12.0),
    );
    let stage = Rect::new(margin, top + 8.0, room, note - 8.0 - (top + 8.0));
    for (name, place) in run.lesson.panels.iter().zip(places(run, shape, stage)) {
        draw_panel(&mut svg, run, words, name, place);
    }
    svg.document(
        words.0.tag(),
        words.fonts(),
        &[("title", &title), ("desc", &alt)],
    )
}

/// What stands below the panels, from the bottom up; gives where it begins.
fn foot(svg: &mut SvgDocument, words: Said, run: &Run, caption: &str, place: Rect) -> f64 {
    let note = words.fill(
        key::STILL_COMPUTED,
        &[
            ("step", &format::count(run.frame.step)),
            ("seed", &run.settings.seed.to_string()),
        ],
    );
    let mut top = place.bottom();
    for line in lines(&note, NOTE.0, place.width).iter().rev() {
        top -= NOTE.1;
        line_of(
            svg,
            line,
            (place.left, top),
            NOTE,
            typed(NOTE.0, TokenColor::of("muted"), Align::Start),
        );
    }
    top -= 8.0;
    let rule = [(place.left, top), (place.right(), top)];
    svg.line(&rule, 1.0, TokenColor::of("grid"));
    let beside = PLAY * 2.0 + 12.0;
    let said = lines(caption, LEAD.0, place.width - beside);
    let tall = (said.len() as f64 * LEAD.1).max(PLAY * 2.0);
    top -= 8.0 + tall;
    play_mark(svg, (place.left + PLAY, top + tall / 2.0));
    let mut line_top = top + (tall - said.len() as f64 * LEAD.1) / 2.0;
    for line in said {
        line_of(
            svg,
            &line,
            (place.left + beside, line_top),
            LEAD,
            typed(LEAD.0, TokenColor::of("text"), Align::Start),
        );
        line_top += LEAD.1;
    }
    top
}

fn play_mark(svg: &mut SvgDocument, (x, y): (f64, f64)) {
    svg.dot((x, y), PLAY, TokenColor::of("text"));
    // A triangle's middle is a third from its base.
    let triangle = [(x - 5.0, y - 8.0), (x + 9.0, y), (x - 5.0, y + 8.0)];
    svg.polygon(&triangle, TokenColor::of("background"));
}

/// Where each panel stands, as in the style sheet of figures.
fn places(run: &Run, shape: Shape, stage: Rect) -> Vec<Rect> {
    let panels = run.lesson.panels;
    let first_is_large = panels.first().is_some_and(|name| is_large(name));
    let (across, down) = (24.0, 12.0);
    match (shape, panels.len()) {
        (_, 0 | 1) => vec![stage],
        (Shape::Wide, 2) => {
            let share = match (panels[0], panels[1]) {
                ("sweep", "boundary") => 0.5,
                // The planes below each other take no more.
                ("layers", "boundary") => 13.0 / 16.0,
                ("boundary", _) => 7.0 / 12.0,
                (_, "boundary") => 3.0 / 8.0,
                _ if first_is_large => 5.0 / 8.0,
                _ => 0.5,
            };
            let (left, right) = beside(stage, share, across);
            vec![left, right]
        }
        (Shape::Wide, _) => {
            let share = if panels[0] == "boundary" {
                5.0 / 11.0
            } else {
                0.5
            };
            let (left, right) = beside(stage, share, across);
            let share = match panels[1] {
                "three-accuracies" => 1.0 / 3.0,
                _ => 5.0 / 9.0,
            };
            let (above, below) = below(right, share, down);
            vec![left, above, below]
        }
        (Shape::Narrow, 2) => {
            let is_large = panels.iter().position(|name| is_large(name));
            let share = match is_large {
                _ if panels[0] == "race-grid" => 2.0 / 3.0,
                _ if panels[0] == "compared-runs" => 0.6,
                Some(0) => 6.0 / 11.0,
                Some(_) => 5.0 / 11.0,
                // Digits are small print.
                None if run.settings.data == DatasetKind::Digits => 0.6,
                None => 0.5,
            };
            let (above, below) = below(stage, share, down);
            vec![above, below]
        }
        (Shape::Narrow, _) if panels[1] == "three-accuracies" => {
            let (above, last) = below(stage, 0.5, down);
            let (first, second) = beside(above, 0.6, 16.0);
            vec![first, second, last]
        }
        (Shape::Narrow, _) => {
            let (first, rest) = below(stage, 5.0 / 12.0, down);
            let (second, last) = below(rest, 4.0 / 7.0, down);
            vec![first, second, last]
        }
    }
}

pub(super) fn beside(of: Rect, share: f64, gap: f64) -> (Rect, Rect) {
    let width = ((of.width - gap) * share).round();
    let rest = of.width - gap - width;
    (
        Rect::new(of.left, of.top, width, of.height),
        Rect::new(of.left + width + gap, of.top, rest, of.height),
    )
}

pub(super) fn below(of: Rect, share: f64, gap: f64) -> (Rect, Rect) {
    let height = ((of.height - gap) * share).round();
    let rest = of.height - gap - height;
    (
        Rect::new(of.left, of.top, of.width, height),
        Rect::new(of.left, of.top + height + gap, of.width, rest),
    )
}

/// Equal columns.
pub(super) fn columns(of: Rect, count: usize, gap: f64) -> Vec<Rect> {
    let width = ((of.width - gap * (count as f64 - 1.0)) / count as f64).floor();
    (0..count)
        .map(|index| {
            Rect::new(
                of.left + (width + gap) * index as f64,
                of.top,
                width,
                of.height,
            )
        })
        .collect()
}

/// Equal rows.
pub(super) fn rows(of: Rect, count: usize, gap: f64) -> Vec<Rect> {
    let height = ((of.height - gap * (count as f64 - 1.0)) / count as f64).floor();
    (0..count)
        .map(|index| {
            Rect::new(
                of.left,
                of.top + (height + gap) * index as f64,
                of.width,
                height,
            )
        })
        .collect()
}
