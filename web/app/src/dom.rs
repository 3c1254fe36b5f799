//! Elements, built once, whose live parts follow signals. Knows no lab: only the DOM and Leptos' effects.
//!
//! Leptos' own view types are generic over their whole content; for a page of this size they weigh 150 kB brotli,
//! this layer weighs 5. Every closure is boxed at the door, so each thing is compiled once.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, Node};

/// An element under construction.
#[derive(Clone)]
pub struct El(pub Element);

const SVG: &str = "http://www.w3.org/2000/svg";

/// A new element.
///
/// # Panics
/// If the document refuses the name: names here are our own.
pub fn el(tag: &str) -> El {
    El(document().create_element(tag).expect("a tag of HTML"))
}

/// An icon: one outline in a 16×16 field.
pub fn icon(path: &str) -> El {
    let make = |tag| {
        El(document()
            .create_element_ns(Some(SVG), tag)
            .expect("a tag of SVG"))
    };
    make("svg")
        .attr("class", "icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .child(make("path").attr("d", path))
}

/// Runs `act` now, and again whenever a signal that it read has changed, until the owner of the moment ends.
pub fn follow(act: impl Fn() + 'static) {
    follow_boxed(Box::new(act));
}

fn follow_boxed(act: Box<dyn Fn()>) {
    let effect = RenderEffect::new(move |_: Option<()>| act());
    // The effect lives as long as it is kept; the owner keeps it.
    StoredValue::new_local(effect);
}

/// Runs `act` after the elements of this round are in the document, and again like `follow`.
pub fn after(act: impl Fn() + 'static) {
    after_boxed(Box::new(act));
}

fn after_boxed(act: Box<dyn Fn()>) {
    Effect::new(move |_: Option<()>| act());
}

impl El {
    /// A fixed attribute.
    pub fn attr(self, name: &str, value: &str) -> Self {
        set(&self.0, name, value);
        self
    }

    /// Classes, separated by spaces.
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// An attribute without a value, if `is_on`.
    pub fn flag(self, name: &str, is_on: bool) -> Self {
        if is_on { self.attr(name, "") } else { self }
    }

    /// An attribute that follows signals.
    pub fn live(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.live_boxed(name, Box::new(value))
    }

    fn live_boxed(self, name: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        let element = self.0.clone();
        follow_boxed(Box::new(move || {
            let value = value();
            if element.get_attribute(name).as_deref() != Some(&value) {
                set(&element, name, &value);
            }
        }));
        self
    }

    /// An attribute without a value that comes and goes: `hidden`, `disabled`.
    pub fn flag_live(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.flag_boxed(name, Box::new(is_on))
    }

    fn flag_boxed(self, name: &'static str, is_on: Box<dyn Fn() -> bool>) -> Self {
        let element = self.0.clone();
        follow_boxed(Box::new(move || {
            // Names here are our own, so the browser accepts them.
            let _ = element.toggle_attribute_with_force(name, is_on());
        }));
        self
    }

    /// A class that comes and goes.
    pub fn class_live(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.class_boxed(name, Box::new(is_on))
    }

    fn class_boxed(self, name: &'static str, is_on: Box<dyn Fn() -> bool>) -> Self {
        let list = self.0.class_list();
        follow_boxed(Box::new(move || {
            // As above.
            let _ = list.toggle_with_force(name, is_on());
        }));
        self
    }

    /// The `value` of an input or a select, which a reader may have changed since.
    pub fn value(self, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        self.property("value", &element, Box::new(move || JsValue::from(value())))
    }

    /// Whether an input is checked.
    pub fn checked(self, is_checked: impl Fn() -> bool + 'static) -> Self {
        let element = self.0.clone();
        self.property(
            "checked",
            &element,
            Box::new(move || JsValue::from(is_checked())),
        )
    }

    fn property(
        self,
        name: &'static str,
        element: &Element,
        value: Box<dyn Fn() -> JsValue>,
    ) -> Self {
        let element = element.clone();
        follow_boxed(Box::new(move || {
            // Inputs have these properties.
            let _ = js_sys::Reflect::set(&element, &JsValue::from_str(name), &value());
        }));
        self
    }

    /// Fixed text.
    pub fn text(self, text: &str) -> Self {
        self.add(&document().create_text_node(text));
        self
    }

    /// Text that follows signals.
    pub fn say(self, text: impl Fn() -> String + 'static) -> Self {
        self.say_boxed(Box::new(text))
    }

    fn say_boxed(self, text: Box<dyn Fn() -> String>) -> Self {
        let node = document().create_text_node("");
        self.add(&node);
        follow_boxed(Box::new(move || {
            let text = text();
            if node.data() != text {
                node.set_data(&text);
            }
        }));
        self
    }

    /// A child.
    pub fn child(self, child: El) -> Self {
        self.add(&child.0);
        self
    }

    /// Children.
    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        for child in children {
            self.add(&child.0);
        }
        self
    }

    /// Children that are made anew whenever a signal that `make` read has changed.
    pub fn swap(self, make: impl Fn() -> Vec<El> + 'static) -> Self {
        self.swap_boxed(Box::new(make))
    }

    fn swap_boxed(self, make: Box<dyn Fn() -> Vec<El>>) -> Self {
        let end = document().create_comment("");
        self.add(&end);
        let parent = self.0.clone();
        let shown = std::cell::RefCell::new(Vec::<El>::new());
        follow_boxed(Box::new(move || {
            let fresh = make();
            for old in shown.borrow_mut().drain(..) {
                old.0.remove();
            }
            for new in &fresh {
                // The comment is a child of the parent for as long as there is one.
                let _ = parent.insert_before(&new.0, Some(&end));
            }
            *shown.borrow_mut() = fresh;
        }));
        self
    }

    /// Listens for an event.
    pub fn on(self, name: &str, hear: impl Fn(Event) + 'static) -> Self {
        self.on_boxed(name, Box::new(hear))
    }

    fn on_boxed(self, name: &str, hear: Box<dyn Fn(Event)>) -> Self {
        // The browser frees the closure with the element.
        let ear = Closure::wrap(hear).into_js_value();
        let _ = self
            .0
            .add_event_listener_with_callback(name, ear.unchecked_ref());
        self
    }

    /// Pressed.
    pub fn press(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    fn add(&self, node: &Node) {
        // A new node has no place in the tree that could forbid it.
        let _ = self.0.append_child(node);
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // Names here are our own, so the browser accepts them.
    let _ = element.set_attribute(name, value);
}

/// A button.
pub fn button() -> El {
    el("button").attr("type", "button")
}

/// What is in the input that an event came from.
pub fn value_of(event: &Event) -> String {
    event_target_value(event)
}

/// Whether the input that an event came from is checked.
pub fn is_checked(event: &Event) -> bool {
    event_target_checked(event)
}

/// Writes text into the input that an event came from.
pub fn write_back(event: &Event, value: &str) {
    event_target::<web_sys::HtmlInputElement>(event).set_value(value);
}
