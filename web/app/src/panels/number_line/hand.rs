//! Numbers under the pointer, the finger and the keys. At an end of the line it grows as long as a number is held there.

use std::time::Duration;

use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent, PointerEvent};

use super::board::Board;
use crate::charts::NumberLineChart;
use crate::number_line::NumberLine;
use crate::panels::figure::Pointed;
use crate::ui::{El, Signal, set_timeout, target_of};

/// By how much the line grows while a number is held at its end, a share, and how often, milliseconds.
const GROWTH: f64 = 0.12;
const PACE: u64 = 40;

/// A number that is held.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    /// At which end of the line: below, above.
    ends: [bool; 2],
}

/// What is drawn of a batch while nothing is named: only places are asked for.
fn bare(of: &NumberLine, window: Option<(f64, f64)>) -> NumberLineChart<'_> {
    NumberLineChart {
        of,
        window,
        names: [""; 4],
        operations: [""; 3],
    }
}

/// The picture, in which numbers can be drawn along the first line.
pub(super) fn draggable(board: Board, picture: El) -> El {
    let held = Signal::new(None::<Held>);
    picture
        .on("pointerdown", move |event| grab(board, held, &event))
        .on("pointermove", move |event| {
            if held.get_untracked().is_some() {
                draw(board, held, &event);
            }
        })
        .on("pointerup", move |_| release(board, held))
        .on("pointercancel", move |_| release(board, held))
        .on("lostpointercapture", move |_| release(board, held))
}

fn grab(board: Board, held: Signal<Option<Held>>, event: &Event) {
    let at = Pointed::by(event);
    let found = board.with_untracked(|of| {
        let chart = bare(of, None);
        Some((chart.grab(at.size, at.place)?, chart.window()))
    });
    let Some(((stage, row), window)) = found.flatten() else {
        return;
    };
    board.rest();
    board.selected.set(row);
    if stage == 0 {
        let pointer: &PointerEvent = event.unchecked_ref();
        // A pointer that has just been pressed can be kept.
        let _ = target_of(event).set_pointer_capture(pointer.pointer_id());
        board.window.set(Some(window));
        held.set_value(Some(Held { ends: [false; 2] }));
    }
}

fn draw(board: Board, held: Signal<Option<Held>>, event: &Event) {
    let at = Pointed::by(event);
    let window = board.window.get_untracked();
    let read = board.with_untracked(|of| bare(of, window).value(at.size, at.place));
    let (Some((x, ends)), Some(window)) = (read, window) else {
        return;
    };
    board.move_to(tidy(x, window));
    let was = held.get_untracked().map_or([false; 2], |held| held.ends);
    held.set_value(Some(Held { ends }));
    if ends != [false; 2] && was == [false; 2] {
        grow(board, held);
    }
}

/// Lets the line grow at the end where a number is held, and the number go with it.
fn grow(board: Board, held: Signal<Option<Held>>) {
    // The panel may be gone.
    let Some(Some(Held { ends })) = held.try_with_untracked(|held| *held) else {
        return;
    };
    let Some((low, high)) = board.window.get_untracked().filter(|_| ends != [false; 2]) else {
        return;
    };
    let more = GROWTH * (high - low);
    let most = 2.0 * f64::from(crate::number_line::LARGEST);
    let window = match ends {
        [true, _] => ((low - more).max(-most), high),
        _ => (low, (high + more).min(most)),
    };
    board.window.set(Some(window));
    board.move_to(tidy(if ends[0] { window.0 } else { window.1 }, window));
    set_timeout(move || grow(board, held), Duration::from_millis(PACE));
}

fn release(board: Board, held: Signal<Option<Held>>) {
    if held.get_untracked().is_some() {
        held.set_value(None);
        board.rest();
        board.window.set(None);
    }
}

/// The number rounded to what a pixel of a line with these ends shows.
fn tidy(x: f64, (low, high): (f64, f64)) -> f64 {
    let unit = unit(high - low, 250.0);
    (x / unit).round() * unit
}

/// The power of ten that goes at least so often into a length.
fn unit(length: f64, times: f64) -> f64 {
    10_f64.powf((length / times).max(1e-9).log10().floor())
}

/// Keys: left and right move the number, up and down choose another.
pub(super) fn press(board: Board, event: &Event) {
    let event: &KeyboardEvent = event.unchecked_ref();
    let is_command = event.ctrl_key() || event.meta_key();
    if event.alt_key() {
        return;
    }
    let far = if event.shift_key() { 10.0 } else { 1.0 };
    match event.key().as_str() {
        "z" if is_command => board.undo(),
        _ if is_command => return,
        "ArrowLeft" => shift(board, -far),
        "ArrowRight" => shift(board, far),
        "ArrowUp" => board.walk(1),
        "ArrowDown" => board.walk(-1),
        "Delete" | "Backspace" => board.remove(),
        "+" | "Insert" => board.add(),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn shift(board: Board, times: f64) {
    let moved = board.with_untracked(|of| {
        let (low, high) = bare(of, None).window();
        let unit = unit(high - low, 20.0);
        let x = f64::from(of.stages[0][of.selected]);
        ((x / unit + times).round()) * unit
    });
    if let Some(x) = moved {
        board.move_to(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_as_tidy_as_its_line_is_long() {
        for (x, window, wanted) in [
            (1.234_567, (0.0, 10.0), 1.23),
            (-3.46, (-500.0, 500.0), -3.0),
            (0.012_34, (0.0, 0.1), 0.0123),
        ] {
            assert!((tidy(x, window) - wanted).abs() < 1e-9, "{x}");
        }
    }
}
