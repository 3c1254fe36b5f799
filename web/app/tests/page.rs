//! The page in a real browser, told what a reader would do. Its worker is a stand-in that runs the real trainer.
#![cfg(target_arch = "wasm32")]

mod news;
mod stand_in;
mod telling;

use std::cell::RefCell;
use std::rc::Rc;

use batchnorm_lab_app::{Handle, mount};
use js_sys::{Array, Function, Object, Promise, Reflect};
use news::News;
use stand_in::StandIn;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

/// A page in the document, and its worker.
struct Page {
    root: HtmlElement,
    handle: Handle,
    worker: StandIn,
    news: News,
}

impl Page {
    async fn open(options: &[(&str, &str)]) -> Self {
        let options = options.iter().map(|(name, value)| (*name, (*value).into()));
        Self::open_with(&options.collect::<Vec<_>>()).await
    }

    async fn open_with(options: &[(&str, JsValue)]) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&root).unwrap();
        let worker = StandIn::new();
        let object = Object::new();
        let put = |name: &str, value: &JsValue| {
            Reflect::set(&object, &name.into(), value).unwrap();
        };
        put("root", &root);
        put("host", &root);
        put("engine", &"scalar".into());
        let engines = ["scalar", "simd128", "webgpu"].map(JsValue::from);
        put("engines", &engines.iter().collect::<Array>());
        put("spawnWorker", &worker.spawn());
        put("lang", &"en".into());
        for (name, value) in options {
            put(name, value);
        }
        let news = News::of(&root);
        let handle = mount(&object).expect("the page mounts");
        let page = Self {
            root,
            handle,
            worker,
            news,
        };
        page.wait_for("the first frame", |page| page.phase() != "loading")
            .await;
        page
    }

    fn part(&self, name: &str) -> Element {
        self.find(name)
            .unwrap_or_else(|| panic!("there is a part `{name}`"))
    }

    fn find(&self, name: &str) -> Option<Element> {
        let selector = format!("[data-part=\"{name}\"]");
        self.root.query_selector(&selector).unwrap()
    }

    fn text(&self, name: &str) -> String {
        self.part(name).text_content().unwrap_or_default()
    }

    fn engine(&self) -> String {
        let shown = self.root.query_selector("[data-engine]").unwrap().unwrap();
        shown.get_attribute("data-engine").unwrap_or_default()
    }

    fn phase(&self) -> String {
        self.part("lab")
            .get_attribute("data-phase")
            .unwrap_or_default()
    }

    fn press(&self, name: &str) {
        self.part(name).unchecked_into::<HtmlElement>().click();
    }

    fn press_action(&self, words: &str) {
        let buttons = self.root.query_selector_all(".actions button").unwrap();
        let button = (0..buttons.length())
            .filter_map(|i| buttons.get(i))
            .find(|b| b.text_content().is_some_and(|text| text.contains(words)))
            .unwrap_or_else(|| panic!("a message offers `{words}`"));
        button.unchecked_into::<HtmlElement>().click();
    }

    fn type_into(&self, selector: &str, text: &str) {
        let input: HtmlInputElement = self
            .root
            .query_selector(selector)
            .unwrap()
            .unwrap_or_else(|| panic!("there is an input `{selector}`"))
            .unchecked_into();
        input.set_value(text);
        input
            .dispatch_event(&Event::new("change").unwrap())
            .unwrap();
    }

    fn choose(&self, selector: &str) {
        self.root
            .query_selector(selector)
            .unwrap()
            .unwrap_or_else(|| panic!("there is a choice `{selector}`"))
            .unchecked_into::<HtmlElement>()
            .click();
    }

    fn key(&self, key: &str) {
        self.key_in("lab", key);
    }

    fn key_in(&self, part: &str, key: &str) {
        self.key_on(&self.part(part), key, |_| {});
    }

    /// Presses and lets go a key there; whether the browser would still do what it does by itself.
    fn key_on(&self, target: &Element, key: &str, more: impl Fn(&KeyboardEventInit)) -> bool {
        let press = |name: &str| {
            let init = KeyboardEventInit::new();
            init.set_key(key);
            init.set_bubbles(true);
            init.set_composed(true);
            init.set_cancelable(true);
            more(&init);
            let event = KeyboardEvent::new_with_keyboard_event_init_dict(name, &init).unwrap();
            target.dispatch_event(&event).unwrap()
        };
        let is_left = press("keydown");
        press("keyup");
        is_left
    }

    fn query(&self, selector: &str) -> Element {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("there is `{selector}`"))
    }

    fn step_count(&self) -> u64 {
        let digits: String = self
            .text("step-count")
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        digits.parse().unwrap_or(u64::MAX)
    }

    fn message(&self) -> Option<String> {
        self.find("message")
            .map(|message| message.get_attribute("data-kind").unwrap())
    }

    /// Waits until it is there; asked again with every change of the page.
    async fn wait_for(&self, what: &str, is_there: impl Fn(&Self) -> bool) {
        while !is_there(self) {
            let has_come = self.news.next().await;
            assert!(
                has_come,
                "waited in vain for {what}; the page is {}",
                self.phase()
            );
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.handle.stop();
        self.root.remove();
    }
}

fn number(object: &JsValue, path: &[&str]) -> f64 {
    let mut value = object.clone();
    for name in path {
        value = Reflect::get(&value, &(*name).into()).unwrap();
    }
    value.as_f64().unwrap_or(f64::NAN)
}

#[wasm_bindgen_test]
async fn a_reader_plays_pauses_steps_and_resets() {
    let page = Page::open(&[]).await;
    assert_eq!(page.phase(), "invitation");
    assert_eq!(page.step_count(), 0);
    page.press("play");
    page.wait_for("steps", |page| page.step_count() > 2).await;
    page.press("play");
    page.wait_for("the pause", |page| page.phase() == "paused")
        .await;
    let here = page.step_count();
    page.press("step");
    page.wait_for("one step", |page| page.step_count() == here + 1)
        .await;
    page.press("reset");
    page.wait_for("step 0", |page| page.step_count() == 0).await;
    assert_eq!(page.phase(), "invitation");
}

#[wasm_bindgen_test]
async fn keys_do_the_same_unless_someone_is_typing() {
    let page = Page::open(&[]).await;
    page.key("ArrowRight");
    page.wait_for("one step", |page| page.step_count() == 1)
        .await;
    page.key(" ");
    page.wait_for("play", |page| page.step_count() > 2).await;
    page.key(" ");
    page.wait_for("pause", |page| page.phase() == "paused")
        .await;
    page.key("?");
    page.wait_for("help", |page| page.find("help-panel").is_some())
        .await;
    page.key("Escape");
    page.wait_for("help to close", |page| page.find("help-panel").is_none())
        .await;
    let here = page.step_count();
    let field = page.root.query_selector("#input-seed").unwrap().unwrap();
    field.set_attribute("data-part", "typing").unwrap();
    page.key_in("typing", " ");
    page.key_in("typing", "r");
    // Had the lab heard them, it would play or be back at step 0.
    let next = JsFuture::from(page.handle.step(1)).await.unwrap();
    assert_eq!(number(&next, &["step"]), (here + 1) as f64);
    assert_eq!(page.phase(), "paused");
    page.key("r");
    page.wait_for("step 0", |page| page.step_count() == 0).await;
}

const ARROWS: &[&str] = &["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
const JUMPS: &[&str] = &["Home", "End", "PageUp", "PageDown"];

/// Keys that the page around a lab hears, from one kind of control after the other.
#[wasm_bindgen_test]
async fn a_key_that_is_used_inside_goes_no_further_and_every_other_does() {
    let page = Page::open(&[("state", "layers=16-16")]).await;
    let heard = Rc::new(RefCell::new(Vec::<String>::new()));
    let log = heard.clone();
    let hear = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        log.borrow_mut()
            .push(format!("{} {}", event.type_(), event.key()));
    });
    let document = web_sys::window().unwrap().document().unwrap();
    let ear: &Function = hear.as_ref().unchecked_ref();
    for name in ["keydown", "keyup"] {
        document
            .add_event_listener_with_callback(name, ear)
            .unwrap();
    }
    let typing: &[&str] = &[
        "a",
        "r",
        "?",
        " ",
        "7",
        "Enter",
        "Escape",
        "Backspace",
        "Delete",
        "Process",
    ];
    let own: &[&str] = &[" ", "r", "R", "?", "?", "ArrowRight"];
    let outside: &[&str] = &["Tab", "F5", "Shift", "Insert"];
    for (control, used, left) in [
        ("#input-seed", [typing, ARROWS, JUMPS].concat(), outside),
        (".widths input", [typing, ARROWS, JUMPS].concat(), outside),
        (
            "input[type=range]",
            [ARROWS, JUMPS, &[" ", "r"]].concat(),
            &["Enter", "Escape", "n", "s", "F1"],
        ),
        (
            "input[type=radio]",
            [ARROWS, &[" ", "r"]].concat(),
            &["Enter", "Home", "PageDown", "n"],
        ),
        (
            "input[type=checkbox]",
            [own, &[" "]].concat(),
            &["ArrowLeft", "ArrowDown", "n"],
        ),
        (
            "select",
            [ARROWS, JUMPS, &["Enter", " ", "Escape", "r", "s"]].concat(),
            outside,
        ),
        (
            "button",
            [own, &["Enter", " "]].concat(),
            &["ArrowLeft", "Escape", "PageDown", "s"],
        ),
        (
            "summary",
            [own, &["Enter", " "]].concat(),
            &["ArrowLeft", "Escape", "PageDown", "s"],
        ),
        (
            "[data-part=lab]",
            own.to_vec(),
            &["ArrowLeft", "Escape", "Enter", "PageDown", "s", "Tab"],
        ),
    ] {
        let control_element = page.query(control);
        for key in used {
            page.key_on(&control_element, key, |_| {});
            assert_eq!(heard.take(), [""; 0], "{control}, {key}");
        }
        for key in left {
            let is_left = page.key_on(&control_element, key, |_| {});
            assert!(is_left, "{control} prevents {key}");
            assert_eq!(
                heard.take(),
                [format!("keydown {key}"), format!("keyup {key}")],
                "{control}"
            );
        }
        for key in ["ArrowRight", "k", "r", " "] {
            let is_left = page.key_on(&control_element, key, |init| init.set_ctrl_key(true));
            let edits =
                control.contains("input") && !control.contains("type") && key == "ArrowRight";
            assert!(is_left, "{control} prevents Control with {key}");
            assert_eq!(
                heard.take().is_empty(),
                edits || control == "#input-seed" && key == "ArrowRight",
                "{control}, Control and {key}"
            );
        }
    }
    // Outside, the lab hears nothing.
    let before = page.step_count();
    page.key_on(&document.body().unwrap(), "ArrowRight", |_| {});
    assert_eq!(heard.take().len(), 2);
    assert_eq!(page.step_count(), before);
    for name in ["keydown", "keyup"] {
        document
            .remove_event_listener_with_callback(name, ear)
            .unwrap();
    }
    assert_eq!(
        page.root
            .get_attribute("data-lm-suppress-shortcuts")
            .as_deref(),
        Some("true")
    );
}

#[wasm_bindgen_test]
async fn a_held_key_does_its_work_once() {
    let page = Page::open(&[]).await;
    let lab = page.part("lab");
    page.press("step");
    page.wait_for("one step", |page| page.step_count() == 1)
        .await;
    let number = || page.part("lab").get_attribute("data-run").unwrap();
    let run: u32 = number().parse().unwrap();
    for (key, is_repeat) in [("r", false), ("r", true), ("r", true)] {
        page.key_on(&lab, key, |init| init.set_repeat(is_repeat));
    }
    let old = run.to_string();
    page.wait_for("a reset", |_| number() != old).await;
    assert_eq!(number(), (run + 1).to_string(), "held r is one reset");
    for is_repeat in [false, true] {
        page.key_on(&lab, " ", |init| init.set_repeat(is_repeat));
    }
    page.wait_for("play", |page| page.step_count() > 2).await;
    assert_eq!(page.phase(), "playing", "a held space does not pause");
    page.key(" ");
    page.wait_for("the pause", |page| page.phase() == "paused")
        .await;
    let here = page.step_count();
    // Held down, the arrow asks for a step whenever one has been shown, not more often.
    for is_repeat in [false, true, true, true] {
        page.key_on(&lab, "ArrowRight", |init| init.set_repeat(is_repeat));
    }
    page.wait_for("one step", |page| page.step_count() > here)
        .await;
    assert_eq!(page.step_count(), here + 1);
    page.key_on(&lab, "ArrowRight", |init| init.set_repeat(true));
    page.wait_for("the next", |page| page.step_count() > here + 1)
        .await;
    assert_eq!(page.step_count(), here + 2);
    // Browsers press a button by each repeat of Enter.
    let is_left = page.key_on(&page.part("reset"), "Enter", |init| init.set_repeat(true));
    assert!(!is_left, "held Enter presses again");
}

#[wasm_bindgen_test]
async fn a_network_that_cannot_be_built_leaves_nothing_of_another_run() {
    let page = Page::open(&[("state", "data=sequences&layers=r16-16")]).await;
    JsFuture::from(page.handle.step(3)).await.unwrap();
    page.choose("input[value=circle]");
    page.wait_for("the message", |page| {
        page.message().as_deref() == Some("impossible")
    })
    .await;
    assert_eq!(page.phase(), "refused");
    assert_eq!(page.text("step-count"), "–");
    let shown = page.root.text_content().unwrap();
    assert!(
        !shown.contains("Step 3"),
        "the foot tells of the run before"
    );
    for run in ["[data-part=layer-1]", ".boundary figcaption"] {
        let text = page.query(run).text_content().unwrap();
        assert!(!text.contains('±') && !text.contains('%'), "{run}: {text}");
    }
    page.press("play");
    page.key(" ");
    assert_eq!(
        page.part("play").get_attribute("aria-label").as_deref(),
        Some("Play")
    );
    // The way back leads to the step that was left.
    page.press_action("Undo");
    page.wait_for("the run before", |page| page.phase() == "paused")
        .await;
    assert_eq!((page.step_count(), page.message()), (3, None));
    page.choose("input[value=circle]");
    page.wait_for("the message", |page| page.message().is_some())
        .await;
    page.press_action("Nearest: Hidden layers");
    page.wait_for("a run", |page| page.phase() == "invitation")
        .await;
    assert_eq!(page.message(), None);
    assert_eq!(page.handle.state(), "layers=16-16");
    JsFuture::from(page.handle.step(2)).await.unwrap();
    assert_eq!(page.step_count(), 2);
}

#[wasm_bindgen_test]
async fn a_lesson_whose_words_are_not_true_any_more_says_so_and_leads_back() {
    let page = Page::open(&[("lesson", "small-batch")]).await;
    let title = |page: &Page| {
        let list: HtmlInputElement = page.part("lesson").unchecked_into();
        let chosen = format!("option[value={}]", list.value());
        list.query_selector(&chosen)
            .unwrap()
            .unwrap()
            .text_content()
            .unwrap()
    };
    let is_offered = |page: &Page| !page.part("to-lesson").has_attribute("hidden");
    assert!(page.text("lead").contains("Two points a batch"));
    assert!(!is_offered(&page));
    // How it is looked at changes no word.
    page.choose("input[value=slow]");
    page.choose("input[value=running]");
    page.wait_for("the link", |page| {
        page.handle.state().contains("stats=running")
    })
    .await;
    assert!(!is_offered(&page));
    page.type_into("#input-batch", "500");
    page.wait_for("other words", |page| {
        title(page) == "based on “Small batches”"
    })
    .await;
    let lead = page.text("lead");
    assert!(
        !lead.contains("Two points a batch") && lead.contains("Batch size 500"),
        "{lead}"
    );
    page.press("to-lesson");
    page.wait_for("the lesson", |page| title(page) == "Small batches")
        .await;
    assert!(page.text("lead").contains("Two points a batch"));
    // Which can be taken back.
    page.press("back");
    page.wait_for("what was left", |page| {
        title(page) == "based on “Small batches”"
    })
    .await;
    page.choose("input[value=zh-Hans]");
    page.wait_for("Chinese", |page| title(page).starts_with("改自"))
        .await;
}

#[wasm_bindgen_test]
async fn a_number_is_read_as_hands_type_it_and_what_is_not_taken_is_said_of_its_field() {
    let page = Page::open(&[]).await;
    let state = |page: &Page, part: &str| page.handle.state().contains(part);
    for (field, typed, link) in [
        ("#input-lr", "0,03", "lr=0.03"),
        ("#input-lr", "０．０５", "lr=0.05"),
        ("#input-lr", "2e−2", "lr=0.02"),
        ("#input-batch", "１２８ points", "batch=128"),
        ("#input-seed", " 1 234 ", "seed=1234"),
        ("#input-noise", "20 %", "noise=20"),
        (".widths input", "２０", "layers=20-16-"),
        ("[data-part=pin] input", "１７", "pin=17"),
    ] {
        page.type_into(field, typed);
        page.wait_for(typed, |page| state(page, link)).await;
        assert_eq!(page.message(), None, "{typed}");
    }
    for (field, typed, text) in [
        (
            "#input-lr",
            "1e9",
            "Learning rate: 1e9 is above 30. 0.02 stays.",
        ),
        (
            "#input-lr",
            "0",
            "Learning rate: 0 is below 0.0001. 0.02 stays.",
        ),
        (
            "#input-lr",
            "fast",
            "Learning rate: “fast” is not a number. 0.02 stays.",
        ),
        (
            "#input-batch",
            "1.5",
            "Batch size: 1.5 is not a whole number. 128 stays.",
        ),
        ("#input-seed", "-1", "seed: -1 is below 0. 1234 stays."),
        (
            ".widths input",
            "999",
            "Layer 1: dense: 999 is above 128. 20 stays.",
        ),
        (
            ".field .blocks .value",
            "16-x",
            "Hidden layers: “16-x” cannot be used;",
        ),
    ] {
        page.type_into(field, typed);
        page.wait_for(typed, |page| {
            page.find("message")
                .is_some_and(|m| m.text_content().unwrap().contains(text))
        })
        .await;
        let input: HtmlInputElement = page.query(field).unchecked_into();
        assert_eq!(input.value(), typed, "it can be mended where it stands");
        assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
        let describes = input.get_attribute("aria-describedby").unwrap();
        let said = page.query(&format!("#{}", describes.split(' ').next().unwrap()));
        assert!(said.text_content().unwrap().contains(text), "{typed}");
        let all = page.root.query_selector_all("[data-part=message]").unwrap();
        assert_eq!(all.length(), 1, "each try replaces the former line");
        let invalid = page.root.query_selector_all("[aria-invalid=true]").unwrap();
        assert_eq!(invalid.length(), 1, "{typed}");
    }
    let input: HtmlInputElement = page.query(".field .blocks .value").unchecked_into();
    page.key_on(&input, "Escape", |_| {});
    page.wait_for("no message", |page| page.message().is_none())
        .await;
    assert!(input.value().starts_with("20-16"), "{}", input.value());
    // As other programs write it into links.
    page.handle.set_state("lr=0.30000000000000004");
    page.wait_for("the rate", |page| state(page, "lr=0.3"))
        .await;
    assert_eq!(page.message(), None);
}

#[wasm_bindgen_test]
async fn the_focus_never_falls_out_of_the_lab() {
    let page = Page::open(&[("state", "layers=4-4")]).await;
    let document = web_sys::window().unwrap().document().unwrap();
    let focused = || document.active_element().unwrap();
    let press = |element: &Element| {
        let element: HtmlElement = element.clone().unchecked_into();
        element.focus().unwrap();
        element.click();
    };
    page.type_into("#input-lr", "0.5");
    page.wait_for("the mark", |page| {
        page.query("[data-part=learning-rate] .undo")
            .class_name()
            .contains("shown")
    })
    .await;
    press(&page.query("[data-part=learning-rate] .undo"));
    assert_eq!(focused().id(), "input-lr", "after putting back");
    // Help: what is behind is inert, and the focus comes back to where it was.
    press(&page.part("help"));
    page.wait_for("help", |page| {
        page.find("help-panel")
            .is_some_and(|help| help.contains(Some(&focused())))
    })
    .await;
    let behind = page.part("play").closest("[inert]").unwrap();
    assert!(behind.is_some(), "what is behind help is inert");
    let here = page.step_count();
    page.key_in("help-panel", "ArrowRight");
    page.key_in("help-panel", "r");
    page.key_in("help-panel", "Escape");
    page.wait_for("help to close", |_| focused() == page.part("help"))
        .await;
    assert!(page.part("play").closest("[inert]").unwrap().is_none());
    assert_eq!(page.step_count(), here);
    // A message goes with the button that had the focus.
    page.type_into("#input-batch", "1");
    page.press("step");
    page.wait_for("the refusal", |page| page.message().is_some())
        .await;
    press(&page.query(".actions button"));
    page.wait_for("no message", |page| page.message().is_none())
        .await;
    assert!(
        page.part("lab").contains(Some(&focused())),
        "{}",
        focused().outer_html()
    );
    press(&page.part("play"));
    page.handle.set_state("layers=c8-16");
    page.wait_for("a disabled play", |page| {
        page.part("play").has_attribute("disabled")
    })
    .await;
    assert!(
        page.part("lab").contains(Some(&focused())),
        "{}",
        focused().outer_html()
    );
}

#[wasm_bindgen_test]
async fn the_language_changes_while_the_run_stays() {
    let page = Page::open(&[]).await;
    page.press("step");
    page.wait_for("one step", |page| page.step_count() == 1)
        .await;
    page.choose("input[value=\"zh-Hans\"]");
    page.wait_for("Chinese", |page| page.text("summary").contains('步'))
        .await;
    assert_eq!(
        page.part("lab").get_attribute("lang").as_deref(),
        Some("zh-Hans")
    );
    assert_eq!(page.step_count(), 1);
}

#[wasm_bindgen_test]
async fn every_call_is_answered_with_the_figures_of_its_step() {
    let page = Page::open(&[("state", "layers=4-4&batch=16&seed=3")]).await;
    let snapshot = JsFuture::from(page.handle.step(12)).await.unwrap();
    assert_eq!(number(&snapshot, &["step"]), 12.0);
    let again = JsFuture::from(page.handle.snapshot(None)).await.unwrap();
    assert_eq!(
        number(&again, &["loss", "train"]),
        number(&snapshot, &["loss", "train"])
    );
    // The same run, computed here without page and worker.
    let alone = stand_in::run_alone("layers=4-4&batch=16&seed=3", 12);
    let side = alone.sides.last().unwrap();
    assert_eq!(
        number(&snapshot, &["loss", "train"]),
        f64::from(side.loss.train)
    );
    assert_eq!(
        number(&snapshot, &["layers", "1", "normalized", "std"]),
        f64::from(side.layers[1].normalized.as_ref().unwrap().std)
    );
    assert_eq!(page.handle.state(), "seed=3&layers=4-4&batch=16&at=12");
}

#[wasm_bindgen_test]
async fn a_live_change_is_in_the_link_and_the_link_repeats_the_run() {
    let page = Page::open(&[("state", "layers=4-4")]).await;
    JsFuture::from(page.handle.step(5)).await.unwrap();
    page.type_into("#input-lr", "0.01");
    page.wait_for("the change in the link", |page| {
        page.handle.state().contains("changes=5:lr=0.01")
    })
    .await;
    let snapshot = JsFuture::from(page.handle.step(5)).await.unwrap();
    let state = page.handle.state();
    let other = Page::open(&[("state", &state)]).await;
    other
        .wait_for("the replay", |page| page.step_count() == 10)
        .await;
    let repeated = JsFuture::from(other.handle.snapshot(None)).await.unwrap();
    assert_eq!(
        number(&repeated, &["loss", "train"]),
        number(&snapshot, &["loss", "train"])
    );
}

#[wasm_bindgen_test]
async fn a_batch_of_one_is_refused_and_the_way_out_works() {
    let page = Page::open(&[]).await;
    page.type_into("#input-batch", "1");
    page.press("step");
    page.wait_for("the refusal", |page| {
        page.message().as_deref() == Some("refused")
    })
    .await;
    assert!(
        page.text("message")
            .contains("expected more than 1 value per channel")
    );
    page.press_action("2");
    page.wait_for("no message", |page| page.message().is_none())
        .await;
    page.press("step");
    page.wait_for("one step", |page| page.step_count() == 1)
        .await;
}

#[wasm_bindgen_test]
async fn divergence_is_named_and_offers_a_smaller_step() {
    let page = Page::open(&[(
        "state",
        "act=identity&lr=30&show=a&gain=100&layers=16-16-16",
    )])
    .await;
    page.press("play");
    page.wait_for("divergence", |page| page.phase() == "diverged")
        .await;
    assert!(page.text("message").contains("Diverged at step"));
    page.press_action("Learning rate");
    page.wait_for("a new run", |page| page.step_count() == 0)
        .await;
    assert!(page.handle.state().contains("lr=3&") || page.handle.state().ends_with("lr=3"));
}

#[wasm_bindgen_test]
async fn a_broken_link_names_each_field_and_what_is_used() {
    let page = Page::open(&[("state", "lr=fast&colour=red&layers=4")]).await;
    let text = page.text("message");
    assert!(
        text.contains("lr: “fast”") && text.contains("colour:"),
        "{text}"
    );
    page.press_action("Dismiss");
    page.wait_for("no message", |page| page.message().is_none())
        .await;
}

#[wasm_bindgen_test]
async fn a_lost_worker_is_replaced_and_the_run_goes_on() {
    let page = Page::open(&[("state", "layers=4-4")]).await;
    JsFuture::from(page.handle.step(7)).await.unwrap();
    page.worker.die();
    page.wait_for("the news", |page| page.message().as_deref() == Some("lost"))
        .await;
    page.press_action("Start it again");
    page.wait_for("the run", |page| page.phase() == "paused")
        .await;
    assert_eq!(page.step_count(), 7);
    let snapshot = JsFuture::from(page.handle.step(1)).await.unwrap();
    let alone = stand_in::run_alone("layers=4-4", 8);
    let want = alone.sides.last().unwrap().loss.train;
    assert_eq!(number(&snapshot, &["loss", "train"]), f64::from(want));
}

#[wasm_bindgen_test]
async fn what_is_changed_while_no_worker_is_there_is_told_to_the_next() {
    let page = Page::open(&[("state", "layers=4-4")]).await;
    JsFuture::from(page.handle.step(7)).await.unwrap();
    page.worker.die();
    page.wait_for("the news", |page| page.message().as_deref() == Some("lost"))
        .await;
    page.type_into("#input-lr", "0.01");
    assert_eq!(page.handle.state(), "layers=4-4&at=7");
    page.press_action("Start it again");
    page.wait_for("the change in the link", |page| {
        page.handle.state() == "layers=4-4&at=7&changes=7:lr=0.01"
    })
    .await;
}

#[wasm_bindgen_test]
async fn hiding_a_control_hides_no_figure() {
    let page = Page::open(&[("hide", "batch,play")]).await;
    assert!(page.part("batch").has_attribute("hidden"));
    assert!(page.part("play").has_attribute("hidden"));
    for figure in [
        "loss",
        "accuracy",
        "boundary-a",
        "ridge-a-1",
        "ridge-b-normalized-6",
        "batch-noise",
    ] {
        assert!(!page.part(figure).has_attribute("hidden"), "{figure}");
    }
}

#[wasm_bindgen_test]
async fn every_control_has_a_name_and_every_chart_a_label() {
    let page = Page::open(&[]).await;
    let inputs = page
        .root
        .query_selector_all("input, select, button")
        .unwrap();
    for i in 0..inputs.length() {
        let input: Element = inputs.get(i).unwrap().unchecked_into();
        let id = input.get_attribute("id").unwrap_or_default();
        let has_label = page
            .root
            .query_selector(&format!("label[for=\"{id}\"]"))
            .unwrap()
            .is_some();
        let is_named = input.has_attribute("aria-label")
            || input.has_attribute("aria-labelledby")
            || input
                .text_content()
                .is_some_and(|text| !text.trim().is_empty())
            || input.closest("label").unwrap().is_some()
            || (!id.is_empty() && has_label);
        assert!(is_named, "{}", input.outer_html());
    }
    let charts = page.root.query_selector_all("canvas.chart").unwrap();
    assert!(charts.length() > 24, "{}", charts.length());
    for i in 0..charts.length() {
        let chart: Element = charts.get(i).unwrap().unchecked_into();
        assert!(
            chart
                .get_attribute("aria-label")
                .is_some_and(|label| !label.is_empty())
        );
    }
}

#[wasm_bindgen_test]
async fn the_width_of_a_layer_keeps_its_field_and_the_focus() {
    let page = Page::open(&[]).await;
    let field = page.root.query_selector(".widths input").unwrap().unwrap();
    let field: HtmlInputElement = field.unchecked_into();
    field.focus().unwrap();
    for width in ["17", "18", "19"] {
        page.type_into(".widths input", width);
        let link = format!("layers={width}-");
        page.wait_for("the width in the link", |page| {
            page.handle.state().contains(&link)
        })
        .await;
        let focused = web_sys::window().unwrap().document().unwrap();
        let focused = focused.active_element().unwrap();
        assert_eq!(&focused, field.as_ref());
        assert_eq!(field.value(), width);
    }
}

#[wasm_bindgen_test]
async fn two_labs_do_not_disturb_each_other() {
    let one = Page::open(&[("state", "layers=4")]).await;
    let other = Page::open(&[("state", "layers=4-4")]).await;
    JsFuture::from(one.handle.step(3)).await.unwrap();
    assert_eq!(one.step_count(), 3);
    assert_eq!(other.step_count(), 0);
    drop(one);
    JsFuture::from(other.handle.step(2)).await.unwrap();
    assert_eq!(other.step_count(), 2);
}

/// Enough products for a GPU.
const LARGE: &str = "layers=128-128-128&batch=512&samples=2000";

/// What answers a question, once it was asked.
type Asked = Rc<RefCell<Option<Function>>>;

/// A page on a large run that has asked whether there is a GPU.
async fn asked_for_a_gpu() -> (Page, Asked) {
    let asked = Asked::default();
    let kept = asked.clone();
    let find: Closure<dyn Fn() -> Promise> = Closure::new(move || {
        news::tell();
        Promise::new(&mut |resolve, _| *kept.borrow_mut() = Some(resolve))
    });
    let find = find.into_js_value();
    let page = Page::open_with(&[("state", LARGE.into()), ("findGpu", find)]).await;
    page.wait_for("the question", |_| asked.borrow().is_some())
        .await;
    (page, asked)
}

fn answer(asked: &Asked, is_there: bool) {
    let resolve = asked.take().expect("it was asked");
    resolve.call1(&JsValue::NULL, &is_there.into()).unwrap();
}

/// The engine once a step has gone to the worker and back: an answer given before was obeyed by then.
async fn engine_of_a_step(page: &Page) -> String {
    JsFuture::from(page.handle.step(1)).await.unwrap();
    page.engine()
}

#[wasm_bindgen_test]
async fn a_large_run_moves_to_a_gpu_that_is_there() {
    let (page, asked) = asked_for_a_gpu().await;
    answer(&asked, true);
    page.wait_for("the GPU", |page| page.engine() == "webgpu")
        .await;
    let (page, asked) = asked_for_a_gpu().await;
    answer(&asked, false);
    assert_eq!(engine_of_a_step(&page).await, "scalar");
}

#[wasm_bindgen_test]
async fn a_gpu_found_late_is_not_taken_against_the_readers_choice() {
    let (page, asked) = asked_for_a_gpu().await;
    page.handle.set_option("engine", "simd128");
    answer(&asked, true);
    assert_eq!(engine_of_a_step(&page).await, "simd128");
}

#[wasm_bindgen_test]
async fn a_gpu_found_late_is_taken_by_the_next_large_run_only() {
    let (page, asked) = asked_for_a_gpu().await;
    page.handle.set_state("layers=4");
    answer(&asked, true);
    assert_eq!(engine_of_a_step(&page).await, "scalar");
    page.handle.set_state(LARGE);
    page.wait_for("another question", |_| asked.borrow().is_some())
        .await;
    answer(&asked, true);
    page.wait_for("the GPU", |page| page.engine() == "webgpu")
        .await;
}
