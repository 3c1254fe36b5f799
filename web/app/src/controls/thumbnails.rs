//! The data sets, each with a picture of its own points under the noise and the seed of the moment.

use batchnorm_lab::choice::DatasetKind;
use batchnorm_lab::dataset::Dataset;
use batchnorm_lab::settings::{Setting, Settings};
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{field, value_of};
use crate::canvas::look;
use crate::state::Lab;

/// Side of a picture, in CSS pixels.
const SIDE: f64 = 44.0;
/// Points in a picture: enough for the shape.
const POINTS: u32 = 320;

/// Radio buttons with pictures.
pub fn thumbnails(lab: Lab, row: &'static Setting) -> AnyView {
    let value = value_of(lab, row);
    let source = Memo::new(move |_| lab.now.with(|s| (s.noise, s.seed)));
    let options: Vec<AnyView> = DatasetKind::ALL
        .iter()
        .map(|kind| {
            let canvas = NodeRef::<Canvas>::new();
            Effect::new(move |_| {
                let (noise, seed) = source.get();
                let is_dark = lab.is_dark.get();
                if let Some(canvas) = canvas.get() {
                    let settings = Settings {
                        data: *kind,
                        noise,
                        seed,
                        samples: POINTS,
                        split: 50,
                        ..Settings::default()
                    };
                    draw(&canvas, &Dataset::new(&settings), is_dark);
                }
            });
            let name = kind.name();
            let label = move || lab.words.find(&format!("choice.data.{name}"));
            view! {
                <label class="thumb" title=label>
                    <input
                        type="radio"
                        name="choice-data"
                        value=name
                        aria-label=label
                        prop:checked=move || value.get() == name
                        on:change=move |_| lab.change("data", name)
                    />
                    <canvas node_ref=canvas aria-hidden="true"></canvas>
                </label>
            }
            .into_any()
        })
        .collect();
    let body = view! { <div class="thumbs">{options}</div> };
    field(lab, row, ().into_any(), body.into_any(), true)
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
