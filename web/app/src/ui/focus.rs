//! Where the focus goes when the element that has it goes: to what stands in its place, else to the nearest element that
//! takes it, never to the body of the page.

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

use super::element::El;

/// What takes the focus by itself.
const TAKES: &str = "button:not(:disabled), input:not(:disabled), select, summary, a[href]";
/// What takes it where nothing nearer does.
const HOME: &str = "[data-focus-home]";

/// The element that has the focus, in the tree in which `near` is.
pub fn focused(near: &Element) -> Option<Element> {
    let root: JsValue = near.get_root_node().into();
    let active = js_sys::Reflect::get(&root, &"activeElement".into()).ok()?;
    active.dyn_into().ok()
}

/// Gives an element the focus; says whether it has taken it.
pub fn focus(element: &Element) -> bool {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let taker: &HtmlElement = element.unchecked_ref();
    // Where it fails nothing is lost.
    let _ = taker.focus_with_options(&options);
    focused(element).as_ref() == Some(element)
}

impl El {
    /// Takes the focus where nothing nearer does.
    pub fn focus_home(self) -> Self {
        self.attr("data-focus-home", "")
    }
}

/// Whether the focus is on one of these or inside.
pub(super) fn is_within<'a>(
    near: &Element,
    elements: impl IntoIterator<Item = &'a El>,
) -> Option<Element> {
    let active = focused(near)?;
    let has_it = |element: &El| element.0.contains(Some(&active));
    elements.into_iter().any(has_it).then_some(active)
}

/// Gives the focus, which `lost` had, to one of `fresh` that is the like of it, else to the nearest around `parent`.
pub(super) fn restore(lost: &Element, fresh: &[El], parent: &Element) {
    let text = lost.text_content();
    let places = |of: &Element| {
        let inside = of.query_selector_all(TAKES);
        let inside = inside
            .into_iter()
            .flat_map(|all| (0..all.length()).filter_map(move |i| all.get(i)));
        inside
            .map(|node| node.unchecked_into::<Element>())
            .collect::<Vec<_>>()
    };
    for element in fresh {
        let like =
            |other: &Element| other.tag_name() == lost.tag_name() && other.text_content() == text;
        let mut takers = places(&element.0);
        takers.insert(0, element.0.clone());
        if takers.iter().any(|taker| like(taker) && focus(taker)) {
            return;
        }
    }
    let mut around = Some(parent.clone());
    while let Some(element) = around {
        let is_home = element.has_attribute("data-focus-home");
        let homes = element.query_selector(HOME).ok().flatten();
        let is_near = homes.is_none() && places(&element).iter().any(focus);
        if is_near || homes.is_some_and(|home| focus(&home)) || is_home && focus(&element) {
            return;
        }
        around = element.parent_element();
    }
}
