//! What each run answers, over the plane or to digits, and the table of its three accuracies.

use batchnorm_lab::data::digits::PIXELS;
use batchnorm_lab::settings::choice::{DatasetKind, Statistics};

use super::{CAPTION, GAP, captioned};
use crate::charts::{Align, Digits, Sequences, text_width};
use crate::format;
use crate::i18n::key;
use crate::stills::figure::{columns, line_of, rows, typed};
use crate::stills::plane;
use crate::stills::run::Run;
use crate::stills::svg::{Rect, SvgDocument, SvgTextStyle, TokenColor};
use crate::stills::words::{Said, lines};

/// Shades that are told apart in a digit.
const DIGIT_LEVELS: u8 = 4;
/// Letters where an axis ends, and their line.
const TICK: (f64, f64) = (12.0, 14.0);
/// What a plane's axes take, beside it and below.
const AXES: (f64, f64) = (20.0, 18.0);
/// From row to row of the table, and the width of a column.
const ROW: f64 = 20.0;
const COLUMN: f64 = 72.0;

pub(super) fn answers(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let sides = run.sides();
    let count = sides.len();
    // Beside each other, or below where that makes them larger.
    let side_of = |place: &Rect| plane_side(*place);
    let across = columns(place, count, 12.0);
    let down = rows(place, count, 8.0);
    let places = if side_of(&down[0]) > side_of(&across[0]) {
        down
    } else {
        across
    };
    let mut end = place.top;
    for (side, place) in sides.into_iter().zip(places) {
        end = match run.settings.data {
            DatasetKind::Digits => digits(svg, run, words, place, side),
            DatasetKind::Sequences => sequences(svg, run, words, place, side),
            _ => boundary(svg, run, words, place, side),
        };
    }
    let note = match run.settings.data {
        DatasetKind::Digits => words.fill(
            key::OUTPUT_SAMPLE,
            &[("n", &run.frame.evaluated[1].to_string())],
        ),
        DatasetKind::Sequences => {
            let count = run.frame.evaluated[1].to_string();
            words.fill(key::OUTPUT_SEQUENCES_SAMPLE, &[("n", &count)])
        }
        _ => words.get(key::STILL_PLANE).into(),
    };
    let lines = lines(&note, CAPTION.0, place.width);
    let mut top = end + 2.0 * GAP;
    // Only where they leave room.
    if top + CAPTION.1 * lines.len() as f64 <= place.bottom() {
        for line in lines {
            line_of(
                svg,
                &line,
                (place.left, top),
                CAPTION,
                typed(CAPTION.0, TokenColor::of("muted"), Align::Start),
            );
            top += CAPTION.1;
        }
    }
}

/// The accuracy that is shown beside a run's answers: under the statistics that they were given with.
pub(in crate::stills) fn shown_accuracy(run: &Run, side: usize) -> String {
    run.side(side)
        .map_or_else(String::new, |side| match side.diverged_at {
            Some(_) => "×".into(),
            None => format::percent(match run.settings.statistics {
                Statistics::Batch => side.accuracy.eval_batch,
                Statistics::Running => side.accuracy.eval_running,
            }),
        })
}

/// A caption with the run's accuracy at its end.
fn answers_caption(
    svg: &mut SvgDocument,
    run: &Run,
    title: &str,
    place: Rect,
    side: usize,
) -> Rect {
    let accuracy = shown_accuracy(run, side);
    let of = SvgTextStyle {
        is_bold: true,
        ..typed(CAPTION.0, TokenColor::run(side), Align::End)
    };
    line_of(svg, &accuracy, (place.right(), place.top), CAPTION, of);
    captioned(svg, title, place)
}

/// Gives where it ends, downwards.
fn boundary(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect, side: usize) -> f64 {
    let length = plane_side(place);
    let title = words.get([key::OUTPUT_BOUNDARY_A, key::OUTPUT_BOUNDARY_B][side]);
    let said = text_width(title, CAPTION.0) + text_width(&shown_accuracy(run, side), CAPTION.0);
    let wide = (length + AXES.0).max(said * 1.15 + 12.0).min(place.width);
    let place = Rect::new(place.left, place.top, wide, place.height);
    let place = answers_caption(svg, run, title, place, side);
    let plane = Rect::new(place.left + AXES.0, place.top, length, length);
    let logits = run.side(side).map_or(&[][..], |side| &side.boundary);
    if plane::draw(svg, plane, logits, &run.data.train) {
        let text = words.get(key::OUTPUT_FLAT);
        let wide = (text_width(text, CAPTION.0) + 2.0 * GAP).min(length);
        let ground = Rect::new(
            plane.right() - wide,
            plane.bottom() - CAPTION.1 - 2.0,
            wide,
            CAPTION.1,
        );
        svg.fill(ground, TokenColor::of("background"));
        let of = typed(CAPTION.0, TokenColor::of("text"), Align::End);
        line_of(svg, text, (plane.right() - GAP, ground.top), CAPTION, of);
    }
    ends(svg, plane);
    plane.bottom() + AXES.1
}

/// The longest side of a plane with its caption and axes in a place.
fn plane_side(place: Rect) -> f64 {
    let height = place.height - CAPTION.1 - GAP - AXES.1;
    (place.width - AXES.0).min(height).floor()
}

/// Where both axes end, as on the page.
fn ends(svg: &mut SvgDocument, plane: Rect) {
    let (beside, below) = (plane.left - GAP, plane.bottom() + 3.0);
    for (text, at, align) in [
        ("1", (beside, plane.top), Align::End),
        ("−1", (beside, plane.bottom() - TICK.1), Align::End),
        ("−1", (plane.left, below), Align::Middle),
        ("1", (plane.right(), below), Align::End),
    ] {
        let of = typed(TICK.0, TokenColor::of("muted"), align);
        line_of(svg, text, at, TICK, of);
    }
}

fn digits(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect, side: usize) -> f64 {
    let title = format!("{} · {}", words.letter(side), words.get(key::OUTPUT_DIGITS));
    let place = answers_caption(svg, run, &title, place, side);
    // Below it stands of how many they are.
    let place = Rect::new(
        place.left,
        place.top,
        place.width,
        place.height - CAPTION.1 - 2.0 * GAP,
    );
    let of = run.side(side);
    let guesses = of.map_or(&[][..], |side| &side.guesses);
    svg.chart(
        place,
        DIGIT_LEVELS,
        &Digits {
            confusion: of.map_or(&[], |side| &side.confusion),
            guesses,
            test: &run.data.test.x[..guesses.len() * PIXELS],
            labels: &run.data.test.labels,
            side,
            truth: words.get(key::AXIS_DIGIT),
            guess: words.get(key::AXIS_GUESS),
        },
    );
    place.bottom()
}

fn sequences(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect, side: usize) -> f64 {
    let title = format!(
        "{} · {}",
        words.letter(side),
        words.get(key::OUTPUT_SEQUENCES)
    );
    let place = answers_caption(svg, run, &title, place, side);
    // Below it stands what they are, in up to four lines.
    let place = Rect::new(
        place.left,
        place.top,
        place.width,
        place.height - 4.0 * CAPTION.1 - 2.0 * GAP,
    );
    let test = &run.data.test;
    let of = Sequences {
        guesses: run.side(side).map_or(&[][..], |side| &side.guesses),
        test: &test.x,
        labels: &test.labels,
        lengths: &test.lengths,
        side,
        length: words.get(key::AXIS_LENGTH),
    };
    svg.chart(place, DIGIT_LEVELS, &of);
    place.bottom()
}

/// A table of three rows.
pub(super) fn three(svg: &mut SvgDocument, run: &Run, words: Said, place: Rect) {
    let body = captioned(svg, words.get(key::OUTPUT_THREE), place);
    let names = [
        key::STATISTICS_BATCH_LONG,
        key::STATISTICS_RUNNING_LONG,
        key::STATISTICS_FULL_LONG,
    ];
    for (index, name) in names.into_iter().enumerate() {
        let top = body.top + ROW * index as f64;
        let row = (CAPTION.0, ROW);
        let label = typed(CAPTION.0, TokenColor::of("muted"), Align::Start);
        line_of(svg, words.get(name), (body.left, top), row, label);
        let sides = run.sides();
        for (column, side) in sides.iter().rev().enumerate() {
            let Some(accuracy) = run.side(*side).map(|side| &side.accuracy) else {
                continue;
            };
            let value = [
                accuracy.eval_batch,
                accuracy.eval_running,
                accuracy.eval_full,
            ][index];
            let right = body.right() - COLUMN * column as f64;
            let number = SvgTextStyle {
                is_bold: true,
                ..typed(CAPTION.0, TokenColor::run(*side), Align::End)
            };
            line_of(svg, &format::percent(value), (right, top), row, number);
        }
        let rule = [(body.left, top + ROW), (body.right(), top + ROW)];
        svg.line(&rule, 1.0, TokenColor::of("grid"));
    }
}
