//! The data sets, each with a picture of its own points under the noise and the seed of the moment.

use batchnorm_lab::data::{Dataset, sequences};
use batchnorm_lab::settings::choice::DatasetKind;
use batchnorm_lab::settings::{Setting, Settings};
use wasm_bindgen::JsCast;

use super::choice::radio;
use super::field;
use crate::charts::{Theme, mix};
use crate::state::Lab;
use crate::ui::{El, derive, el, follow, window};

/// Side of a picture, in CSS pixels.
const SIDE: f64 = 44.0;
/// Points in a picture: enough for the shape.
const POINTS: u32 = 320;

/// Radio buttons with pictures.
pub fn thumbnails(lab: Lab, row: &'static Setting) -> El {
    let pictures = DatasetKind::ALL.iter().map(|kind| {
        let name = kind.name();
        let label = move || lab.view.words.find(&format!("choice.data.{name}"));
        radio(
            "choice-data",
            name,
            move || lab.run.now.with(|s| s.data == *kind),
            move || lab.edit(|s| s.data = *kind),
        )
        .class("thumb")
        .live("title", label)
        .child(picture(lab, *kind))
    });
    let body = el("div").class("thumbs").children(pictures);
    field(lab, row, None, Some(body), true)
}

fn picture(lab: Lab, data: DatasetKind) -> El {
    let picture = el("canvas").attr("aria-hidden", "true");
    let canvas: web_sys::HtmlCanvasElement = picture.0.clone().unchecked_into();
    let source = derive(move || lab.run.now.with(|s| (s.noise, s.seed)));
    follow(move || {
        let (noise, seed) = source.get();
        let settings = Settings {
            data,
            noise,
            seed,
            samples: POINTS,
            split: 50,
            ..Settings::default()
        };
        let is_dark = lab.view.is_dark.get();
        match data {
            DatasetKind::Digits => draw_three(&canvas, is_dark),
            DatasetKind::Sequences => draw_steps(&canvas, &sequences::dataset(&settings), is_dark),
            _ => draw(&canvas, &Dataset::new(&settings), is_dark),
        }
    });
    picture
}

/// A three, a bit a pixel: the real digits are fetched only when they are trained on.
const THREE: [u8; 8] = [0x38, 0x44, 0x04, 0x18, 0x04, 0x04, 0x44, 0x38];

fn draw_three(canvas: &web_sys::HtmlCanvasElement, is_dark: bool) {
    let Some((context, side, _)) = blank(canvas) else {
        return;
    };
    let (r, g, b) = Theme::of(is_dark).text;
    context.set_fill_style_str(&format!("rgb({r},{g},{b})"));
    let dot = side / 8.0;
    for (row, bits) in THREE.into_iter().enumerate() {
        for column in (0..8).filter(|column| bits >> (7 - column) & 1 == 1) {
            context.fill_rect(f64::from(column) * dot, row as f64 * dot, dot, dot);
        }
    }
}

/// Some sequences: a cell a step in its sign's colour, the marked ones full.
fn draw_steps(canvas: &web_sys::HtmlCanvasElement, data: &Dataset, is_dark: bool) {
    let Some((context, side, ratio)) = blank(canvas) else {
        return;
    };
    let theme = Theme::of(is_dark);
    let cell = (side / sequences::STEPS as f64).floor();
    let (steps, _) = data.test.x.as_chunks::<{ sequences::STEP_FEATURES }>();
    let rows = steps.chunks_exact(sequences::STEPS).zip(&data.test.lengths);
    for (row, (steps, length)) in rows.take(sequences::STEPS / 2).enumerate() {
        for (step, [value, mark]) in steps.iter().take(*length).enumerate() {
            let share = if *mark > 0.5 { 1.0 } else { 0.25 };
            let class = theme.class(u8::from(*value > 0.0));
            let (r, g, b) = mix(theme.background, class, share);
            context.set_fill_style_str(&format!("rgb({r},{g},{b})"));
            let (x, y) = (step as f64 * cell, row as f64 * 2.0 * cell);
            context.fill_rect(x, y, cell - ratio, 2.0 * cell - ratio);
        }
    }
}

/// An empty picture, its side and the device pixels in a css pixel.
fn blank(
    canvas: &web_sys::HtmlCanvasElement,
) -> Option<(web_sys::CanvasRenderingContext2d, f64, f64)> {
    let ratio = window().device_pixel_ratio();
    let side = (SIDE * ratio).round();
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context = canvas.get_context("2d").ok()??;
    Some((context.dyn_into().ok()?, side, ratio))
}

fn draw(canvas: &web_sys::HtmlCanvasElement, data: &Dataset, is_dark: bool) {
    let Some((context, side, ratio)) = blank(canvas) else {
        return;
    };
    let theme = Theme::of(is_dark);
    let dot = 1.6 * ratio;
    for split in [&data.train, &data.test] {
        for (point, label) in split.x.chunks_exact(2).zip(&split.labels) {
            let (r, g, b) = theme.class(*label);
            context.set_fill_style_str(&format!("rgb({r},{g},{b})"));
            // x₂ points up, a canvas points down.
            let x = (f64::from(point[0]) + 1.0) / 2.0 * side;
            let y = (1.0 - f64::from(point[1])) / 2.0 * side;
            context.fill_rect(x - dot / 2.0, y - dot / 2.0, dot, dot);
        }
    }
}
