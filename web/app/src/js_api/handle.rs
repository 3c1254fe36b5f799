//! `mount` puts a lab into an element and gives its handle. Knows nothing of the inside.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, KeyboardEvent};

use super::calls;
use crate::host_events;
use crate::i18n::Lang;
use crate::lab;
use crate::state::{Lab, ThemeChoice};
use crate::ui::{Root, Signal, after, on_cleanup, window};
use crate::url;
use crate::worker_link::WorkerLink;
use batchnorm_lab::lessons::{LESSONS, lesson as find_lesson};

/// A lab in a document. `stop` ends it.
#[wasm_bindgen]
pub struct Handle {
    lab: Lab,
    /// Owns every signal and effect of the lab.
    mounted: Option<Root>,
    root: HtmlElement,
}

/// Puts a lab into `options.root`.
///
/// `options`: `host`, `root`, `baseUrl`, `engine`, `engines`, `spawnWorker(engine)`, `fetchDigits()`, `texts` (those of `lang`),
/// `fetchTexts(tag)`, `findGpu()` where the page
/// may choose, and the element's attributes `lesson`, `state`, `lang`, `theme`, `hide`, `autoplay`; `isPage` says that the lab owns the address.
///
/// # Errors
/// `root` or `spawnWorker` is missing.
#[wasm_bindgen]
pub fn mount(options: &JsValue) -> Result<Handle, JsValue> {
    let root: HtmlElement = get(options, "root")
        .dyn_into()
        .map_err(|_| JsValue::from_str("options.root is not an element"))?;
    let spawn: Function = get(options, "spawnWorker")
        .dyn_into()
        .map_err(|_| JsValue::from_str("options.spawnWorker is not a function"))?;
    let fetch: Option<Function> = get(options, "fetchDigits").dyn_into().ok();
    let find_gpu: Option<Function> = get(options, "findGpu").dyn_into().ok();
    let host: Option<HtmlElement> = get(options, "host").dyn_into().ok();
    let is_page = get(options, "isPage").is_truthy();
    let engines: Vec<String> = js_sys::Array::from(&get(options, "engines"))
        .iter()
        .filter_map(|engine| engine.as_string())
        .collect();

    let lesson_name = text(options, "lesson");
    let lesson = find_lesson(&lesson_name).or(LESSONS.first());
    let mut link_text = text(options, "state");
    if is_page && link_text.is_empty() {
        link_text = hash();
    }
    if find_lesson(&lesson_name).is_none() && !lesson_name.is_empty() {
        link_text = format!("lesson={lesson_name}&{link_text}");
    }
    let link = url::read(&link_text, lesson);
    let lang = Lang::from_tag(&text(options, "lang")).unwrap_or(Lang::En);
    #[cfg(feature = "split")]
    if !crate::i18n::install(lang, get(options, "texts").unchecked_ref()) {
        return Err(JsValue::from_str("options.texts are of another build"));
    }
    let theme = ThemeChoice::from_name(&text(options, "theme"))
        .or(link.theme)
        .unwrap_or(ThemeChoice::Auto);

    let engine = text(options, "engine");
    let fetch_texts: Option<Function> = get(options, "fetchTexts").dyn_into().ok();
    let hidden = text(options, "hide");
    let base_url = text(options, "baseUrl");
    let made = Rc::new(Cell::new(None));
    let give = made.clone();
    let place = root.clone();
    let mounted = Root::new(move || {
        let lab = Lab::new(link.settings.in_force(0), lang, is_page);
        lab.run.link.set(link.settings);
        lab.run.lesson.set(link.lesson);
        lab.view.refusals.set(link.errors);
        lab.view.theme.set(theme);
        lab.services.engines.set_value(engines);
        lab.services.engine.set(engine);
        lab.services.fetch_digits.set_value(fetch);
        lab.services.find_gpu.set_value(find_gpu);
        lab.services.base_url.set_value(base_url);
        lab.services.fetch_texts.set_value(fetch_texts);
        lab.services.host.set_value(host.clone());
        lab.set_option("hide", &hidden);
        let worker_link = WorkerLink::new(spawn, move |report| lab.receive(report));
        lab.services.worker_link.set_value(Some(worker_link));
        follow_system_theme(lab);
        if is_page {
            own_address(lab);
        }
        match &host {
            Some(host) if !is_page => listen(lab, host.as_ref(), "keydown"),
            _ => listen(lab, window().as_ref(), "keydown"),
        }
        place.replace_children_with_node_1(&lab::page(lab).0);
        give.set(Some(lab));
    });
    let Some(lab) = made.take() else {
        return Err(JsValue::from_str("the page was not built"));
    };
    lab.start_worker();
    if get(options, "autoplay").is_truthy() {
        lab.run.is_playing.set(true);
    }
    host_events::dispatch(lab, "bnlab-ready", &Object::new());
    Ok(Handle {
        lab,
        mounted: Some(mounted),
        root,
    })
}

#[wasm_bindgen]
impl Handle {
    /// Trains until told otherwise.
    pub fn play(&self) {
        self.lab.play();
    }

    /// Stops training.
    pub fn pause(&self) {
        self.lab.pause();
    }

    /// Back to step 0.
    pub fn reset(&self) {
        self.lab.reset();
    }

    /// Trains `steps` steps and promises the snapshot after the last.
    pub fn step(&self, steps: Option<u32>) -> Promise {
        calls::call(self.lab, Some(steps.unwrap_or(1)))
    }

    /// Promises the figures of the moment.
    pub fn snapshot(&self) -> Promise {
        calls::call(self.lab, None)
    }

    /// The text of a link to the run on the screen.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> String {
        self.lab.link_text()
    }

    /// Opens the run of a link's text.
    #[wasm_bindgen(setter)]
    pub fn set_state(&self, text: &str) {
        self.lab.open_link(text);
    }

    /// An attribute of the element has changed.
    pub fn set_option(&self, name: &str, value: &str) {
        self.lab.set_option(name, value);
    }

    /// Ends worker and page and frees what they held.
    pub fn stop(&mut self) {
        self.lab
            .services
            .worker_link
            .try_update_value(|link| *link = None);
        self.lab.stop_drawing();
        self.mounted = None;
        self.root.replace_children_with_node_0();
    }
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// The address' hash, decoded where it can be.
fn hash() -> String {
    let raw = window().location().hash().unwrap_or_default();
    let raw = raw.trim_start_matches('#');
    js_sys::decode_uri_component(raw).map_or_else(|_| raw.to_owned(), String::from)
}

/// The address always says which run is on the screen, and a link pasted into it is obeyed.
fn own_address(lab: Lab) {
    after(move || {
        let text = lab
            .run
            .lesson
            .with(|lesson| lab.run.link.with(|link| url::write(*lesson, link)));
        let bare = window().location().href().unwrap_or_default();
        let bare = bare.split('#').next().unwrap_or_default();
        if hash() != text
            && let Ok(history) = window().history()
        {
            let address = if text.is_empty() {
                bare.to_owned()
            } else {
                format!("{bare}#{text}")
            };
            // A browser that forbids it only keeps its old address.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    });
    let ear = Closure::<dyn Fn()>::new(move || {
        if hash()
            != url::write(
                lab.run.lesson.get_untracked(),
                &lab.run.link.get_untracked(),
            )
        {
            lab.run.lesson.set(LESSONS.first());
            lab.open_link(&hash());
        }
    });
    hold(window().as_ref(), "hashchange", ear.into_js_value());
}

fn follow_system_theme(lab: Lab) {
    let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else {
        return;
    };
    lab.view.system_is_dark.set(query.matches());
    let changed = query.clone();
    let ear = Closure::<dyn Fn()>::new(move || lab.view.system_is_dark.set(changed.matches()));
    hold(query.as_ref(), "change", ear.into_js_value());
}

fn listen(lab: Lab, target: &web_sys::EventTarget, name: &'static str) {
    let ear =
        Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| lab::on_key(lab, &event));
    hold(target, name, ear.into_js_value());
}

/// Listens until the lab ends.
fn hold(target: &web_sys::EventTarget, name: &'static str, ear: JsValue) {
    let ear: Function = ear.unchecked_into();
    if target.add_event_listener_with_callback(name, &ear).is_err() {
        return;
    }
    let held = Signal::new((target.clone(), ear));
    on_cleanup(move || {
        held.try_with_untracked(|(target, ear)| {
            // Removing what is not there is no error that matters.
            let _ = target.remove_event_listener_with_callback(name, ear);
        });
    });
}
