//! A canvas that stays sharp: sized by its place on the page, drawn by the schedule while it is seen.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{
    Element, HtmlCanvasElement, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit, ResizeObserver,
};

use super::WithChart;
use super::canvas_surface::CanvasSurface;
use crate::charts::{Theme, draw_on};
use crate::state::Lab;
use crate::ui::{Signal, hold, on_cleanup, window};

/// What a chart is drawn for: its size in css pixels, and how much larger than usual everything in it is.
#[derive(Clone, Copy, Default)]
struct Room {
    width: f64,
    height: f64,
    zoom: f64,
}

/// The room of a chart that has none on the screen.
const UNSEEN: Room = Room {
    width: 284.0,
    height: 132.0,
    zoom: 1.0,
};

/// How much larger than usual letters are here, on a projector or for a reader who set them so: the style sheet gives a
/// canvas the size of its smallest ones, which charts draw at twelve.
pub(super) fn zoom(canvas: &Element) -> f64 {
    let style = window().get_computed_style(canvas).ok().flatten();
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let size = size.map_or(f64::NAN, |size| js_sys::parse_float(&size));
    if size >= 12.0 { size / 12.0 } else { 1.0 }
}

/// Has a chart drawn on a canvas whenever it is marked, until the owner of the moment ends; gives the number by which
/// it is marked.
pub(super) fn add(lab: Lab, canvas: &Element, with: Rc<WithChart>) -> usize {
    let canvas: HtmlCanvasElement = canvas.clone().unchecked_into();
    let room = Rc::new(Cell::new(Room::default()));
    let id = lab.add_chart(draw_with(lab, canvas.clone(), room.clone(), with));
    // The owner of the moment keeps the observers.
    Signal::new(Observers::open(lab, id, &canvas, room).ok());
    // On paper all of the page is seen.
    hold(&window(), "beforeprint", move |_| lab.draw_now(id));
    on_cleanup(move || lab.remove_chart(id));
    id
}

/// Marks stand on whole pixels: with one per CSS pixel slopes look stepped, with two a software canvas takes four
/// times as long. While pictures move fast nobody sees the steps; when they rest there is time.
fn finest(lab: Lab) -> f64 {
    if lab.run.is_moving.get_untracked() {
        1.0
    } else {
        2.0
    }
}

fn draw_with(
    lab: Lab,
    canvas: HtmlCanvasElement,
    room: Rc<Cell<Room>>,
    with: Rc<WithChart>,
) -> Rc<dyn Fn()> {
    Rc::new(move || {
        let ratio = window().device_pixel_ratio().max(finest(lab));
        let mut now = room.get();
        // One that never had a place is on paper only, where the style sheet gives it one.
        if now.width < 4.0 || now.height < 4.0 {
            now = UNSEEN;
        }
        let Room {
            width,
            height,
            zoom,
        } = now;
        let pixels = |length: f64| (length * ratio).round() as u32;
        let (w, h) = (pixels(width), pixels(height));
        if w < 8 || h < 8 {
            return;
        }
        if (canvas.width(), canvas.height()) != (w, h) {
            canvas.set_width(w);
            canvas.set_height(h);
        }
        let theme = Theme::of(lab.view.is_dark.get_untracked());
        if let Some(mut surface) = CanvasSurface::new(&canvas) {
            let mut is_drawn = false;
            with(&mut |chart| {
                draw_on(&mut surface, (w, h), chart, &theme, ratio * zoom);
                is_drawn = true;
            });
            if !is_drawn {
                // What it showed last is no longer so.
                canvas.set_width(w);
            }
        }
        // For tests: a painted canvas says so.
        let _ = canvas.set_attribute("data-painted", "");
    })
}

/// Watches the canvas' size and whether it is seen.
struct Observers {
    resize: ResizeObserver,
    seen: IntersectionObserver,
    _on_resize: Closure<dyn Fn()>,
    _on_seen: Closure<dyn Fn(js_sys::Array)>,
}

impl Observers {
    fn open(
        lab: Lab,
        id: usize,
        canvas: &web_sys::HtmlCanvasElement,
        room: Rc<Cell<Room>>,
    ) -> Result<Self, JsValue> {
        let element = canvas.clone();
        let on_resize = Closure::new(move || {
            room.set(Room {
                width: f64::from(element.client_width()),
                height: f64::from(element.client_height()),
                zoom: zoom(&element),
            });
            lab.mark_chart(id);
        });
        let on_seen = Closure::new(move |entries: js_sys::Array| {
            let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
            lab.show_chart(id, last.is_intersecting());
        });
        let resize = ResizeObserver::new(on_resize.as_ref().unchecked_ref())?;
        // Measured in pixels of the screen, so that a move to a denser one is heard too.
        let in_pixels = js_sys::Object::new();
        js_sys::Reflect::set(
            &in_pixels,
            &"box".into(),
            &"device-pixel-content-box".into(),
        )?;
        let observe: js_sys::Function =
            js_sys::Reflect::get(&resize, &"observe".into())?.unchecked_into();
        if observe.call2(&resize, canvas, &in_pixels).is_err() {
            resize.observe(canvas);
        }
        let options = IntersectionObserverInit::new();
        options.set_root_margin("80px");
        let seen =
            IntersectionObserver::new_with_options(on_seen.as_ref().unchecked_ref(), &options)?;
        seen.observe(canvas);
        Ok(Self {
            resize,
            seen,
            _on_resize: on_resize,
            _on_seen: on_seen,
        })
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        self.resize.disconnect();
        self.seen.disconnect();
    }
}
