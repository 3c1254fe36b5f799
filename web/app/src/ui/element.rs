//! An element under construction: its tag, fixed attributes, fixed text and children.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, Node};

use super::browser::document;

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

/// A button that submits no form.
pub fn button() -> El {
    el("button").attr("type", "button")
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

    /// A fixed property of the style.
    pub fn style(self, name: &str, value: &str) -> Self {
        set_style(&self.0, name, value);
        self
    }

    /// An attribute without a value, if `is_on`.
    pub fn flag(self, name: &str, is_on: bool) -> Self {
        if is_on { self.attr(name, "") } else { self }
    }

    /// Fixed text.
    pub fn text(self, text: &str) -> Self {
        self.add(&document().create_text_node(text));
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

    pub(super) fn add(&self, node: &Node) {
        // A new node has no place in the tree that could forbid it.
        let _ = self.0.append_child(node);
    }
}

pub(super) fn set(element: &Element, name: &str, value: &str) {
    // Names here are our own, so the browser accepts them.
    let _ = element.set_attribute(name, value);
}

pub(super) fn set_style(element: &Element, name: &str, value: &str) {
    let element: &HtmlElement = element.unchecked_ref();
    // As above.
    let _ = element.style().set_property(name, value);
}
