//! The element layer in a real browser: what follows signals, which nodes lists keep, and what ends with its owner.
#![cfg(target_arch = "wasm32")]

use std::cell::Cell;
use std::rc::Rc;

use batchnorm_lab_app::ui::{El, Root, Signal, button, derive, document, el, follow, value_of};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Event, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// Puts what `build` makes into the document, under an owner of its own that lives as long as the result.
fn mounted<S: 'static>(build: impl FnOnce() -> (El, S) + 'static) -> (El, S, Mounted) {
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    let made = Rc::new(Cell::new(None));
    let out = made.clone();
    let target = place.clone();
    let handle = Root::new(move || {
        let (element, state) = build();
        target.append_child(&element.0).unwrap();
        out.set(Some((element, state)));
    });
    let (element, state) = made.take().expect("mounting builds at once");
    let end: Box<dyn FnOnce()> = Box::new(move || drop(handle));
    (element, state, Mounted { place, end })
}

struct Mounted {
    place: HtmlElement,
    end: Box<dyn FnOnce()>,
}

impl Mounted {
    fn end(self) {
        (self.end)();
        self.place.remove();
    }
}

/// Effects run as a microtask after a change.
async fn settled() {
    let now = js_sys::Promise::resolve(&JsValue::UNDEFINED);
    wasm_bindgen_futures::JsFuture::from(now).await.unwrap();
}

fn texts(element: &El) -> Vec<String> {
    let children = element.0.children();
    (0..children.length())
        .filter_map(|place| children.item(place)?.text_content())
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
async fn attributes_properties_and_text_follow_signals() {
    let (element, value, page) = mounted(|| {
        let value = Signal::new(1);
        let input = el("input")
            .attr("type", "text")
            .value(move || value.get().to_string());
        let root = el("div")
            .class("fixed")
            .live("title", move || format!("n = {}", value.get()))
            .flag_live("hidden", move || value.get() > 1)
            .class_live("large", move || value.get() > 1)
            .child(el("p").text("n: ").say(move || value.get().to_string()))
            .child(input);
        (root, value)
    });
    let input: HtmlInputElement = element.0.last_element_child().unwrap().unchecked_into();
    let seen = || {
        let has = |name: &str| element.0.has_attribute(name);
        let text = element.0.text_content().unwrap();
        let class = element.0.class_name();
        (element.0.get_attribute("title"), has("hidden"), class, text)
    };
    assert_eq!(
        seen(),
        (Some("n = 1".into()), false, "fixed".into(), "n: 1".into())
    );
    // What a reader typed gives way to the next value.
    input.set_value("typed");
    value.set(2);
    settled().await;
    assert_eq!(
        seen(),
        (
            Some("n = 2".into()),
            true,
            "fixed large".into(),
            "n: 2".into()
        )
    );
    assert_eq!(input.value(), "2");
    page.end();
}

#[wasm_bindgen_test(unsupported = test)]
async fn a_derived_value_tells_only_of_change() {
    let (_, (value, runs), page) = mounted(|| {
        let value = Signal::new(1);
        let is_even = derive(move || value.get() % 2 == 0);
        let runs = Rc::new(Cell::new(0));
        let counted = runs.clone();
        follow(move || {
            is_even.get();
            counted.set(counted.get() + 1);
        });
        (el("p"), (value, runs))
    });
    for (next, want) in [(3, 1), (5, 1), (6, 2), (8, 2)] {
        value.set(next);
        settled().await;
        assert_eq!(runs.get(), want, "after {next}");
    }
    page.end();
}

struct List {
    keys: Signal<Vec<usize>>,
    /// Each child shows its key times this.
    factor: Signal<usize>,
    /// Children made so far.
    made: Rc<Cell<usize>>,
}

/// A list of labelled inputs.
fn list() -> (El, List) {
    let keys = Signal::new(vec![1, 2, 3]);
    let factor = Signal::new(1);
    let made = Rc::new(Cell::new(0));
    let counter = made.clone();
    let root = el("div").each(
        move || keys.get(),
        move |key| {
            counter.set(counter.get() + 1);
            // Read outside an effect: the list itself must not follow it.
            factor.get();
            el("label")
                .say(move || (key * factor.get()).to_string())
                .child(el("input").attr("type", "text"))
        },
    );
    (root, List { keys, factor, made })
}

fn input_of(element: &El, place: u32) -> HtmlInputElement {
    let child = element.0.children().item(place).unwrap();
    child.last_element_child().unwrap().unchecked_into()
}

#[wasm_bindgen_test(unsupported = test)]
async fn a_keyed_list_keeps_nodes_text_and_focus() {
    let (element, list, page) = mounted(list);
    let List { keys, factor, made } = list;
    assert_eq!(texts(&element), ["1", "2", "3"]);
    let second = input_of(&element, 1);
    second.set_value("typed");
    second.focus().unwrap();
    for (next, want_made) in [
        (vec![1, 2, 3], 3),
        (vec![1, 2, 3, 4], 4),
        (vec![2, 3, 4], 4),
        (vec![5, 2, 4], 5),
    ] {
        let place = next.iter().position(|key| *key == 2).unwrap() as u32;
        let want: Vec<String> = next.iter().map(usize::to_string).collect();
        keys.set(next);
        settled().await;
        assert_eq!(texts(&element), want);
        assert_eq!(made.get(), want_made, "{want:?}");
        assert_eq!(input_of(&element, place), second, "{want:?}");
        assert_eq!(second.value(), "typed");
        let focused = document().active_element().map(JsCast::unchecked_into);
        assert_eq!(focused, Some(second.clone()), "{want:?}");
    }
    // Reordered, nodes and what was typed stay.
    keys.set(vec![4, 5, 2]);
    settled().await;
    assert_eq!(texts(&element), ["4", "5", "2"]);
    assert_eq!((input_of(&element, 2), made.get()), (second, 5));
    factor.set(10);
    settled().await;
    assert_eq!(texts(&element), ["40", "50", "20"]);
    assert_eq!(made.get(), 5);
    page.end();
}

#[wasm_bindgen_test(unsupported = test)]
async fn what_a_child_follows_ends_with_its_key_and_all_with_the_owner() {
    let (element, (value, keys, runs), page) = mounted(|| {
        let value = Signal::new(0);
        let keys = Signal::new(vec![1, 2]);
        let runs = Rc::new(Cell::new(0));
        let counter = runs.clone();
        let root = el("div").each(
            move || keys.get(),
            move |_| {
                let counter = counter.clone();
                el("p").say(move || {
                    counter.set(counter.get() + 1);
                    value.get().to_string()
                })
            },
        );
        (root, (value, keys, runs))
    });
    assert_eq!(runs.replace(0), 2);
    value.set(1);
    settled().await;
    assert_eq!(runs.replace(0), 2);
    keys.set(vec![2]);
    settled().await;
    value.set(2);
    settled().await;
    assert_eq!((runs.replace(0), texts(&element)), (1, vec!["2".into()]));
    page.end();
    // The signals have ended with their owner: writing is refused, and nothing runs.
    assert!(!value.try_set(3));
    settled().await;
    assert_eq!(runs.get(), 0);
}

#[wasm_bindgen_test(unsupported = test)]
async fn swapped_children_are_made_anew_and_their_effects_end() {
    let (element, (which, value, runs), page) = mounted(|| {
        let which = Signal::new(1);
        let value = Signal::new(0);
        let runs = Rc::new(Cell::new(0));
        let counter = runs.clone();
        let root = el("div").child(el("i").text("before")).swap(move || {
            let counter = counter.clone();
            let name = which.get();
            vec![el("p").say(move || {
                counter.set(counter.get() + 1);
                format!("{name}: {}", value.get())
            })]
        });
        (root.child(el("i").text("after")), (which, value, runs))
    });
    which.set(2);
    settled().await;
    assert_eq!(texts(&element), ["before", "2: 0", "after"]);
    runs.set(0);
    value.set(7);
    settled().await;
    assert_eq!((runs.get(), texts(&element)[1].as_str()), (1, "2: 7"));
    page.end();
}

#[wasm_bindgen_test(unsupported = test)]
async fn listeners_hear_their_element() {
    let (element, heard, page) = mounted(|| {
        let heard = Signal::new(String::new());
        let input = el("input").attr("type", "text").on("change", move |event| {
            heard.set(value_of(&event));
        });
        let press = button().press(move || heard.set("pressed".into()));
        (el("div").child(input).child(press), heard)
    });
    let input: HtmlInputElement = element.0.first_element_child().unwrap().unchecked_into();
    input.set_value("12");
    input
        .dispatch_event(&Event::new("change").unwrap())
        .unwrap();
    assert_eq!(heard.get_untracked(), "12");
    let press: HtmlElement = element.0.last_element_child().unwrap().unchecked_into();
    press.click();
    assert_eq!(heard.get_untracked(), "pressed");
    // A button of ours submits nothing.
    assert_eq!(press.get_attribute("type").as_deref(), Some("button"));
    page.end();
}
