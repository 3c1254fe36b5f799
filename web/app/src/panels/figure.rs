//! A chart on the page: drawn when what it shows has changed, read out under the pointer, pressed.

use std::rc::Rc;

use web_sys::{DomRect, Event, PointerEvent};

mod canvas;
mod canvas_surface;

use crate::charts::{Chart, Hover};
use crate::i18n::Key;
use crate::panels::Panel;
use crate::panels::telling::about;
use crate::spoken::Spoken;
use crate::state::{Lab, Tooltip};
use crate::ui::{El, el, follow, target_of};
use wasm_bindgen::prelude::*;

/// Runs what it is given on the chart of the moment; on nothing where there is nothing to draw.
pub type WithChart = Box<dyn Fn(&mut dyn FnMut(&dyn Chart))>;
type Read = Box<dyn Fn(Hover) -> Option<Vec<String>>>;
type Press = Box<dyn Fn(Option<Hover>)>;

/// A chart, where its data come from, and what is said of them.
pub struct Figure {
    part: String,
    label: Box<dyn Fn() -> String>,
    watch: Box<dyn Fn()>,
    with: WithChart,
    read: Option<Read>,
    press: Option<Press>,
}

impl Figure {
    /// `part` is its `data-part`, by which tests find it; `label` is what a screen reader says; `watch` reads every
    /// signal whose change makes the picture stale.
    pub fn new(
        part: impl Into<String>,
        label: impl Fn() -> String + 'static,
        watch: impl Fn() + 'static,
        with: impl Fn(&mut dyn FnMut(&dyn Chart)) + 'static,
    ) -> Self {
        Self {
            part: part.into(),
            label: Box::new(label),
            watch: Box::new(watch),
            with: Box::new(with),
            read: None,
            press: None,
        }
    }

    /// Lines to read out for what lies under the pointer.
    pub fn read(mut self, read: impl Fn(Hover) -> Option<Vec<String>> + 'static) -> Self {
        self.read = Some(Box::new(read));
        self
    }

    /// What a press on it does.
    pub fn press(mut self, press: impl Fn(Option<Hover>) + 'static) -> Self {
        self.press = Some(Box::new(press));
        self
    }
}

/// The chart as an element: as large as the style sheet makes it.
pub fn figure(lab: Lab, figure: Figure) -> El {
    let Figure {
        part,
        label,
        watch,
        with,
        read,
        press,
    } = figure;
    let with: Rc<WithChart> = Rc::new(with);
    let picture = el("canvas")
        .class("chart")
        .attr("data-part", &part)
        .attr("role", "img")
        .live("aria-label", label);
    let id = canvas::add(lab, &picture.0, with.clone());
    follow(move || {
        lab.view.is_dark.track();
        lab.view.words.0.track();
        lab.view.is_presenting.track();
        lab.run.is_moving.track();
        watch();
        lab.mark_chart(id);
    });
    match read {
        Some(read) => readable(lab, picture, with, read, press),
        None => picture,
    }
}

fn readable(lab: Lab, picture: El, with: Rc<WithChart>, read: Read, press: Option<Press>) -> El {
    let read_out = Rc::new(move |event: &Event| {
        let at = Pointed::by(event);
        let mut hover = None;
        with(&mut |chart| hover = chart.locate(at.size, at.place));
        if hover.is_none() && lab.view.hovered.with_untracked(Option::is_some) {
            lab.view.hovered.set(None);
        }
        let has_frame = lab.run.frame.with_untracked(Option::is_some);
        let lines = hover.filter(|_| has_frame).and_then(&read);
        lab.view.tooltip.set(lines.map(|lines| Tooltip {
            lines,
            x: at.in_lab.0,
            y: at.in_lab.1,
            is_far: at.is_far,
        }));
        hover
    });
    let read_out_pressed = read_out.clone();
    picture
        .class(if press.is_some() {
            "chart readable pressable"
        } else {
            "chart readable"
        })
        .on("pointermove", move |event| {
            read_out(&event);
        })
        .on("pointerdown", move |event| {
            let hover = read_out_pressed(&event);
            if let Some(press) = &press {
                press(hover);
            }
        })
        .on("pointercancel", move |_| lab.view.tooltip.set(None))
        .on("pointerleave", move |event| {
            // A finger leaves with every tap; what it read out stays until the next.
            let event: &PointerEvent = event.unchecked_ref();
            if event.pointer_type() == "touch" {
                return;
            }
            lab.view.tooltip.set(None);
            lab.view.cursor.set(None);
            lab.view.hovered.set(None);
        })
}

/// The size of a picture and the pointer's place in it as its chart counts them; its place in the lab, css pixels.
pub(super) struct Pointed {
    pub size: (f64, f64),
    pub place: (f64, f64),
    in_lab: (f64, f64),
    is_far: bool,
}

impl Pointed {
    pub(super) fn by(event: &Event) -> Self {
        let event: &PointerEvent = event.unchecked_ref();
        let picture = target_of(event);
        let (rect, zoom) = (picture.get_bounding_client_rect(), canvas::zoom(&picture));
        let lab = picture.closest(".lab").ok().flatten();
        let lab = lab.as_ref().unwrap_or(&picture).get_bounding_client_rect();
        // A slide may show all of it smaller.
        let scale = rect.width() / f64::from(picture.client_width());
        let from = |rect: &DomRect| {
            let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            ((x - rect.left()) / scale, (y - rect.top()) / scale)
        };
        let (in_lab, (x, y)) = (from(&lab), from(&rect));
        Self {
            size: (
                f64::from(picture.client_width()) / zoom,
                f64::from(picture.client_height()) / zoom,
            ),
            place: (x / zoom, y / zoom),
            in_lab,
            is_far: in_lab.0 > lab.width() / scale - 220.0,
        }
    }
}

/// A chart with its name above it.
pub fn captioned(lab: Lab, title: Key, class: &str, chart: El) -> El {
    el("figure")
        .class(class)
        .child(caption(lab, title))
        .child(chart)
}

/// The same for the chart of a panel, or the last of several, beside whose name stands how the panel is read.
pub fn captioned_of(lab: Lab, panel: Panel, title: Key, class: &str, chart: El) -> El {
    el("figure")
        .class(class)
        .child(caption(lab, title).child(about(lab, panel)))
        .child(chart)
}

fn caption(lab: Lab, title: Key) -> El {
    el("figcaption").child(el("span").tell(lab, title))
}
