//! Attributes, properties, classes and text that follow signals.

use wasm_bindgen::JsValue;

use super::browser::document;
use super::effect::follow_boxed;
use super::element::{El, set, set_style};
use super::focus;

impl El {
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
            let is_on = is_on();
            let this = [El(element.clone())];
            let lost = is_on.then(|| focus::is_within(&element, &this)).flatten();
            // Names here are our own, so the browser accepts them.
            let _ = element.toggle_attribute_with_force(name, is_on);
            if let (Some(lost), Some(parent)) = (lost, element.parent_element()) {
                // Hidden or disabled, it would let the focus fall.
                focus::restore(&lost, &[], &parent);
            }
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

    /// A property of the style that follows signals. Set as a property: the attribute is refused where a page's policy
    /// allows no inline style.
    pub fn style_live(self, name: &'static str, value: impl Fn() -> String + 'static) -> Self {
        self.style_boxed(name, Box::new(value))
    }

    fn style_boxed(self, name: &'static str, value: Box<dyn Fn() -> String>) -> Self {
        let element = self.0.clone();
        follow_boxed(Box::new(move || set_style(&element, name, &value())));
        self
    }

    /// The `value` of an input or a select, which a reader may have changed since.
    pub fn value(self, value: impl Fn() -> String + 'static) -> Self {
        self.property("value", Box::new(move || JsValue::from(value())))
    }

    /// Whether an input is checked.
    pub fn checked(self, is_checked: impl Fn() -> bool + 'static) -> Self {
        self.property("checked", Box::new(move || JsValue::from(is_checked())))
    }

    fn property(self, name: &'static str, value: Box<dyn Fn() -> JsValue>) -> Self {
        let element = self.0.clone();
        follow_boxed(Box::new(move || {
            // Inputs have these properties.
            let _ = js_sys::Reflect::set(&element, &JsValue::from_str(name), &value());
        }));
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
}
