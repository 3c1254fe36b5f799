//! A canvas that stays sharp: sized by its place on the page, drawn by the schedule, read out under the pointer.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, Event, HtmlCanvasElement, IntersectionObserver, IntersectionObserverEntry,
    IntersectionObserverInit, PointerEvent, ResizeObserver,
};

use crate::charts::Theme;
use crate::state::{Lab, Tooltip};
use crate::ui::{El, Signal, el, follow};

/// Factor on type in charts for a projector, as `--bn-scale` in the style sheet.
const PRESENTING: f64 = 1.3;

/// Where charts are drawn.
pub type Area = DrawingArea<CanvasBackend, Shift>;

type Paint = Rc<dyn Fn(&Area, &Theme, f64)>;
type Locate = Rc<dyn Fn((f64, f64), (f64, f64)) -> Option<Vec<String>>>;
type Press = Rc<dyn Fn((f64, f64), (f64, f64))>;

/// A chart for the page.
pub struct Chart {
    /// `data-part`, by which tests find it.
    pub part: String,
    /// What a screen reader says.
    pub label: Box<dyn Fn() -> String>,
    /// Reads every signal whose change makes the picture stale.
    pub watch: Box<dyn Fn()>,
    /// Draws the picture; the last argument is device pixels per CSS pixel.
    pub paint: Paint,
    /// What to read out: given the size of the picture and a place in it, CSS pixels.
    pub locate: Option<Locate>,
    /// Pressed there.
    pub press: Option<Press>,
}

/// The theme of the charts.
pub fn look(is_dark: bool) -> Theme {
    let mut theme = if is_dark {
        Theme::dark()
    } else {
        Theme::light()
    };
    theme.font_family = "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Noto Sans SC\",\"Noto Sans CJK SC\",sans-serif".into();
    theme
}

/// The chart as an element: as large as the style sheet makes it.
pub fn canvas(lab: Lab, chart: Chart) -> El {
    let Chart {
        part,
        label,
        watch,
        paint,
        locate,
        press,
    } = chart;
    let picture = el("canvas")
        .class("chart")
        .attr("data-part", &part)
        .attr("role", "img")
        .live("aria-label", label);
    let element: HtmlCanvasElement = picture.0.clone().unchecked_into();
    let size = Rc::new(Cell::new((0.0, 0.0)));
    let id = lab.add_chart(draw_with(lab, element.clone(), size.clone(), paint));
    follow(move || {
        lab.view.is_dark.track();
        lab.view.words.0.track();
        lab.view.is_presenting.track();
        lab.run.is_moving.track();
        watch();
        lab.mark_chart(id);
    });
    // The owner of the moment keeps the eyes open.
    Signal::new(Eyes::open(lab, id, &element, size).ok());
    on_cleanup(move || lab.remove_chart(id));
    let Some(locate) = locate else {
        return picture;
    };
    let show = Rc::new(move |event: &Event| {
        let (size, place, window_place) = where_is(event);
        let lines = if lab.run.frame.with_untracked(Option::is_some) {
            locate(size, place)
        } else {
            None
        };
        lab.view.tooltip.set(lines.map(|lines| Tooltip {
            lines,
            x: window_place.0,
            y: window_place.1,
        }));
    });
    let show_down = show.clone();
    let is_pressable = press.is_some();
    picture
        .class(if is_pressable {
            "chart readable pressable"
        } else {
            "chart readable"
        })
        .on("pointermove", move |event| show(&event))
        .on("pointerdown", move |event| {
            show_down(&event);
            if let Some(press) = &press {
                let (size, place, _) = where_is(&event);
                press(size, place);
            }
        })
        .on("pointerleave", move |_| {
            lab.view.tooltip.set(None);
            lab.view.cursor.set(None);
            lab.view.hovered.set(None);
        })
}

/// Size of the picture, the pointer's place in it and in the window, in CSS pixels.
fn where_is(event: &Event) -> ((f64, f64), (f64, f64), (f64, f64)) {
    let event: &PointerEvent = event.unchecked_ref();
    let rect = event_target::<Element>(event).get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    (
        (rect.width(), rect.height()),
        (x - rect.left(), y - rect.top()),
        (x, y),
    )
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
    size: Rc<Cell<(f64, f64)>>,
    paint: Paint,
) -> Rc<dyn Fn()> {
    Rc::new(move || {
        let ratio = window().device_pixel_ratio().max(finest(lab));
        let (width, height) = size.get();
        let pixels = |length: f64| (length * ratio).round() as u32;
        let (w, h) = (pixels(width), pixels(height));
        if w < 8 || h < 8 {
            return;
        }
        if (canvas.width(), canvas.height()) != (w, h) {
            canvas.set_width(w);
            canvas.set_height(h);
        }
        let mut theme = look(lab.view.is_dark.get_untracked());
        if lab.view.is_presenting.get_untracked() {
            theme.font_scale = PRESENTING;
        }
        if let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) {
            paint(&backend.into_drawing_area(), &theme, ratio);
        }
        // For tests: a painted canvas says so.
        let _ = canvas.set_attribute("data-painted", "");
    })
}

/// Watches the canvas' size and whether it is seen.
struct Eyes {
    resize: ResizeObserver,
    seen: IntersectionObserver,
    _on_resize: Closure<dyn Fn()>,
    _on_seen: Closure<dyn Fn(js_sys::Array)>,
}

impl Eyes {
    fn open(
        lab: Lab,
        id: usize,
        canvas: &web_sys::HtmlCanvasElement,
        size: Rc<Cell<(f64, f64)>>,
    ) -> Result<Self, JsValue> {
        let element = canvas.clone();
        let on_resize = Closure::new(move || {
            size.set((
                f64::from(element.client_width()),
                f64::from(element.client_height()),
            ));
            lab.mark_chart(id);
        });
        let on_seen = Closure::new(move |entries: js_sys::Array| {
            let last = entries.pop().unchecked_into::<IntersectionObserverEntry>();
            lab.show_chart(id, last.is_intersecting());
        });
        let resize = ResizeObserver::new(on_resize.as_ref().unchecked_ref())?;
        resize.observe(canvas);
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

impl Drop for Eyes {
    fn drop(&mut self) {
        self.resize.disconnect();
        self.seen.disconnect();
    }
}
