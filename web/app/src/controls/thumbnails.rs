//! The data sets, each with a picture of its own points under the noise and the seed of the moment.

use batchnorm_lab::choice::DatasetKind;
use batchnorm_lab::dataset::Dataset;
use batchnorm_lab::settings::{Setting, Settings};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::choice::radio;
use super::{field, value_of};
use crate::canvas::look;
use crate::dom::{El, el, follow};
use crate::signal::derive;
use crate::state::Lab;

/// Side of a picture, in CSS pixels.
const SIDE: f64 = 44.0;
/// Points in a picture: enough for the shape.
const POINTS: u32 = 320;

/// Radio buttons with pictures.
pub fn thumbnails(lab: Lab, row: &'static Setting) -> El {
    let pictures = DatasetKind::ALL.iter().map(|kind| {
        let name = kind.name();
        let label = move || lab.words.find(&format!("choice.data.{name}"));
        radio(
            "choice-data",
            name,
            move || value_of(lab, row) == name,
            move || lab.change("data", name),
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
    let source = derive(move || lab.now.with(|s| (s.noise, s.seed)));
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
        draw(&canvas, &Dataset::new(&settings), lab.is_dark.get());
    });
    picture
}

fn draw(canvas: &web_sys::HtmlCanvasElement, data: &Dataset, is_dark: bool) {
    let ratio = window().device_pixel_ratio();
    let side = (SIDE * ratio).round();
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) =
        context.and_then(|c| c.dyn_into::<web_sys::CanvasRenderingContext2d>().ok())
    else {
        return;
    };
    let theme = look(is_dark);
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
