//! A canvas that stays sharp: sized by its place on the page, drawn by the schedule, read out under the pointer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::*;
use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, IntoDrawingArea};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{
    IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, ResizeObserver,
};

use crate::charts::Theme;
use crate::state::Lab;

/// Where charts are drawn.
pub type Area = DrawingArea<CanvasBackend, Shift>;

/// A read-out on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Tooltip {
    /// Lines of text.
    pub lines: Vec<String>,
    /// From the left of the window, CSS pixels.
    pub x: f64,
    /// From the top of the window, CSS pixels.
    pub y: f64,
}

type Paint = Rc<dyn Fn(&Area, &Theme, f64)>;
type Locate = Rc<dyn Fn((f64, f64), (f64, f64)) -> Option<Vec<String>>>;
type Press = Rc<dyn Fn((f64, f64), (f64, f64))>;

/// A chart for the page.
pub struct Chart {
    /// `data-part`, by which tests find it.
    pub part: String,
    /// What a screen reader says.
    pub label: Signal<String>,
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
pub fn canvas(lab: Lab, chart: Chart) -> AnyView {
    let Chart {
        part,
        label,
        watch,
        paint,
        locate,
        press,
    } = chart;
    let node = NodeRef::<Canvas>::new();
    let size = Rc::new(Cell::new((0.0, 0.0)));
    let draw = draw_with(lab, node, size.clone(), paint);
    let id = lab.add_chart(draw);
    let mark = move || lab.mark_chart(id);
    Effect::new(move |_| {
        lab.is_dark.track();
        lab.words.0.track();
        lab.is_presenting.track();
        watch();
        mark();
    });
    let eyes = StoredValue::new_local(None::<Eyes>);
    Effect::new(move |_| {
        if let Some(canvas) = node.get() {
            eyes.set_value(Eyes::open(lab, id, &canvas, size.clone()).ok());
        }
    });
    on_cleanup(move || {
        lab.remove_chart(id);
        eyes.try_update_value(|eyes| *eyes = None);
    });
    let has_readout = locate.is_some();
    let is_pressable = press.is_some();
    let point = move |event: &web_sys::PointerEvent| {
        let rect = event_target::<web_sys::Element>(event).get_bounding_client_rect();
        let x = f64::from(event.client_x()) - rect.left();
        let y = f64::from(event.client_y()) - rect.top();
        ((rect.width(), rect.height()), (x, y))
    };
    let moved = move |event: web_sys::PointerEvent| {
        let Some(locate) = &locate else { return };
        let (size, place) = point(&event);
        let reading = lab
            .frame
            .with_untracked(Option::is_some)
            .then(|| locate(size, place))
            .flatten();
        lab.tooltip.set(reading.map(|lines| Tooltip {
            lines,
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
        }));
    };
    let pressed = move |event: web_sys::PointerEvent| {
        if let Some(press) = &press {
            let (size, place) = point(&event);
            press(size, place);
        }
    };
    view! {
        <canvas
            node_ref=node
            class="chart"
            class:readable=has_readout
            class:pressable=is_pressable
            data-part=part
            role="img"
            aria-label=move || label.get()
            on:pointermove=moved.clone()
            on:pointerdown=move |event| { moved(event.clone()); pressed(event); }
            on:pointerleave=move |_| {
                lab.tooltip.set(None);
                lab.cursor.set(None);
                lab.hovered.set(None);
            }
        ></canvas>
    }
    .into_any()
}

fn draw_with(
    lab: Lab,
    node: NodeRef<Canvas>,
    size: Rc<Cell<(f64, f64)>>,
    paint: Paint,
) -> Rc<dyn Fn()> {
    let theme = RefCell::new(None::<(bool, Theme)>);
    Rc::new(move || {
        let Some(canvas) = node.try_get_untracked().flatten() else {
            return;
        };
        // Marks stand on whole pixels: at least two per CSS pixel, or slopes look stepped.
        let ratio = window().device_pixel_ratio().max(2.0);
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
        let is_dark = lab.is_dark.get_untracked();
        let mut kept = theme.borrow_mut();
        let (_, theme) = match kept.take() {
            Some(theme) if theme.0 == is_dark => kept.insert(theme),
            _ => kept.insert((is_dark, look(is_dark))),
        };
        if let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone()) {
            paint(&backend.into_drawing_area(), theme, ratio);
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
