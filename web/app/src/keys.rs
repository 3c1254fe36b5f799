//! Keys: which of them the lab obeys, and which the control under the focus uses. A key that was used goes no further,
//! or the page around the lab would turn its own pages by it; every other key goes on untouched.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, KeyboardEvent};

use crate::state::Lab;
use crate::ui::{El, hold, window};

/// JupyterLab hears keys before anything inside; this attribute asks it not to.
const JUPYTER: &str = "data-lm-suppress-shortcuts";

/// The lab obeys keys pressed inside it; one that is the whole page, also where nothing has the focus.
pub fn follow(lab: Lab, page: &El) {
    if let Some(host) = lab.services.host.get_untracked() {
        // An attribute of our own name.
        let _ = host.set_attribute(JUPYTER, "true");
    }
    let target: EventTarget = if lab.services.is_page {
        window().into()
    } else {
        page.0.clone().into()
    };
    let keys = Rc::new(Keys {
        lab,
        held: RefCell::default(),
        asked: Cell::default(),
    });
    for name in ["keydown", "keypress", "keyup"] {
        let keys = keys.clone();
        hold(&target, name, move |event: Event| {
            let event: KeyboardEvent = event.unchecked_into();
            if keys.hear(name, &event) {
                event.stop_propagation();
            }
        });
    }
}

/// Keys of one lab.
struct Keys {
    lab: Lab,
    /// Used and not let go: what follows a press belongs to whom the press belonged to.
    held: RefCell<Vec<String>>,
    /// Run and step from which a held key has asked for the next.
    asked: Cell<(u32, u64)>,
}

impl Keys {
    /// Whether the lab, or a control in it, used the key.
    fn hear(&self, name: &str, event: &KeyboardEvent) -> bool {
        let key = event.key().to_ascii_lowercase();
        let mut held = self.held.borrow_mut();
        let place = held.iter().position(|other| *other == key);
        if name == "keydown" {
            let is_used = is_used(event) || self.obey(event);
            match place {
                None if is_used => held.push(key),
                Some(place) if !is_used => drop(held.remove(place)),
                _ => {}
            }
            return is_used;
        }
        if let (Some(place), "keyup") = (place, name) {
            held.remove(place);
        }
        place.is_some()
    }

    /// Obeys a key that no control uses; whether it was one of the lab's.
    fn obey(&self, event: &KeyboardEvent) -> bool {
        if has_modifier(event) {
            return false;
        }
        let (lab, is_first) = (self.lab, !event.repeat());
        let is_helping = lab.view.is_helping.get_untracked();
        match event.key().as_str() {
            "?" if is_first => lab.view.is_helping.set(!is_helping),
            "Escape" => {
                let has_tip = lab.view.tooltip.with_untracked(Option::is_some);
                let is_reading = lab.view.reading.with_untracked(Option::is_some);
                if !is_helping && !has_tip && !is_reading {
                    return false;
                }
                lab.view.reading.set(None);
                lab.view.is_helping.set(false);
                lab.view.tooltip.set(None);
            }
            // What is behind the help stands still.
            _ if is_helping => return false,
            " " if is_first => lab.toggle(),
            "r" | "R" if is_first => lab.reset(),
            "ArrowRight" if is_first || self.has_moved() => {
                let step = lab.read(|frame| frame.step).unwrap_or(0);
                self.asked.set((lab.run.number.get_untracked(), step));
                lab.step(1);
            }
            " " | "r" | "R" | "?" | "ArrowRight" => {}
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// Whether a frame has come since a held key asked for one: steps are asked for as fast as they are shown.
    fn has_moved(&self) -> bool {
        let step = self.lab.read(|frame| frame.step).unwrap_or(0);
        self.asked.get() != (self.lab.run.number.get_untracked(), step)
    }
}

fn has_modifier(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Whether the control under the focus uses the key, or something around it scrolls by it.
fn is_used(event: &KeyboardEvent) -> bool {
    let target = event.composed_path().get(0).dyn_into::<Element>();
    let Ok(target) = target else { return false };
    let key = event.key();
    let is_typed = key.chars().count() == 1;
    let is_jump = matches!(key.as_str(), "Home" | "End" | "PageUp" | "PageDown");
    let moves = is_jump || key.starts_with("Arrow");
    let is_pressed = matches!(key.as_str(), " " | "Enter");
    let kind = target.get_attribute("type").unwrap_or_default();
    match (target.tag_name().as_str(), kind.as_str()) {
        ("BUTTON" | "SUMMARY", _) if is_pressed && !has_modifier(event) => {
            if key == "Enter" && event.repeat() {
                // Browsers press a button again and again while Enter is held.
                event.prevent_default();
            }
            true
        }
        ("A", _) => key == "Enter",
        ("INPUT", "range") if moves => !has_modifier(event),
        ("INPUT", "radio") if key.starts_with("Arrow") || key == " " => !has_modifier(event),
        ("INPUT", "checkbox") if key == " " => !has_modifier(event),
        ("INPUT", "range" | "radio" | "checkbox") => scrolls(&target, event),
        ("SELECT", _) => {
            let opens = event.alt_key() && key.starts_with("Arrow");
            let is_own = is_typed || moves || key == "Enter" || key == "Escape";
            opens || is_own && !has_modifier(event)
        }
        ("INPUT" | "TEXTAREA", _) => is_editing(event, is_typed, moves),
        _ => scrolls(&target, event),
    }
}

/// Whether a key does something in a field in which one types.
fn is_editing(event: &KeyboardEvent, is_typed: bool, moves: bool) -> bool {
    let key = event.key();
    let is_plain = moves
        || matches!(
            key.as_str(),
            "Enter" | "Escape" | "Backspace" | "Delete" | "Dead" | "Process" | "Unidentified"
        );
    if event.ctrl_key() == event.alt_key() && !event.meta_key() {
        // Control with Alt is how some keyboards type their third signs.
        return is_typed || is_plain;
    }
    // Shortcuts of editing; of all others the field knows nothing.
    let edits = matches!(key.as_str(), "a" | "c" | "v" | "x" | "y" | "z");
    !matches!(key.as_str(), "Enter" | "Escape") && (is_plain || edits)
        || event.alt_key() && is_typed
}

/// Whether something around the target, within the lab, scrolls by the key.
fn scrolls(target: &Element, event: &KeyboardEvent) -> bool {
    let is_across = match event.key().as_str() {
        "ArrowLeft" | "ArrowRight" => true,
        "ArrowUp" | "ArrowDown" | "Home" | "End" | "PageUp" | "PageDown" => false,
        _ => return false,
    };
    if has_modifier(event) {
        return false;
    }
    let mut around = Some(target.clone());
    while let Some(element) = around {
        let room = if is_across {
            element.scroll_width() - element.client_width()
        } else {
            element.scroll_height() - element.client_height()
        };
        if room > 1 && is_scroller(&element, is_across) {
            return true;
        }
        around = element.parent_element();
    }
    false
}

fn is_scroller(element: &Element, is_across: bool) -> bool {
    let side = if is_across {
        "overflow-x"
    } else {
        "overflow-y"
    };
    let Ok(Some(style)) = window().get_computed_style(element) else {
        return false;
    };
    let overflow = style.get_property_value(side).unwrap_or_default();
    matches!(overflow.as_str(), "auto" | "scroll")
}
