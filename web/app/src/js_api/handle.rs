//! `mount` puts a lab into an element and gives its handle. Knows nothing of the inside.

use std::cell::Cell;
use std::rc::Rc;

use batchnorm_lab::lessons::{LESSONS, lesson as find_lesson};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::{calls, listeners};
use crate::host_events;
use crate::i18n::Lang;
use crate::keys;
use crate::lab;
use crate::state::{Lab, Services, ThemeChoice, Wait};
use crate::ui::Root;
use crate::url::{self, Link};
use crate::worker_link::WorkerLink;

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
/// `options`: `host`, `root`, `baseUrl`, `engine`, `engines`, `spawnWorker(engine)`, `fetchDigits()`, `loadGrids()`, `texts`
/// (those of `lang`), `lessonTexts` (of its lesson), `fetchTexts(tag)`, `findGpu()` where the page may choose, and the element's attributes `lesson`, `state`,
/// `lang`, `theme`, `hide`, `view`, `panels`, `autoplay`; `asked` has attributes as they were written, `scheme`
/// is the colour scheme around it, `isPage` says that the lab owns the address.
///
/// # Errors
/// `root` or `spawnWorker` is missing, or `texts` are of another build.
#[wasm_bindgen]
pub fn mount(options: &JsValue) -> Result<Handle, JsValue> {
    let root: HtmlElement = get(options, "root")
        .dyn_into()
        .map_err(|_| JsValue::from_str("options.root is not an element"))?;
    let spawn: Function = get(options, "spawnWorker")
        .dyn_into()
        .map_err(|_| JsValue::from_str("options.spawnWorker is not a function"))?;
    let lang = Lang::from_tag(&text(options, "lang")).unwrap_or(Lang::En);
    #[cfg(feature = "split")]
    if !crate::i18n::install(
        lang,
        crate::i18n::Part::First,
        get(options, "texts").unchecked_ref(),
    ) {
        return Err(JsValue::from_str("options.texts are of another build"));
    }
    // What did not come the page asks for itself, and says if it fails again.
    #[cfg(feature = "split")]
    if let Some(words) = get(options, "lessonTexts").dyn_ref() {
        crate::i18n::install_lesson(lang, words);
    }
    let is_page = get(options, "isPage").is_truthy();
    let link = first_link(options, is_page);
    let made = Rc::new(Cell::new(None));
    let (give, place, given) = (made.clone(), root.clone(), options.clone());
    let mounted = Root::new(move || {
        let lab = Lab::new(link.settings.in_force(0), lang, is_page);
        let given_theme = ThemeChoice::from_name(&text(&given, "theme"));
        // What was chosen on the page stands in its link, and goes before the query; an attribute before its element's link.
        let theme = match is_page {
            true => link.theme.or(given_theme),
            false => given_theme.or(link.theme),
        };
        lab.view.theme.set(theme.unwrap_or(ThemeChoice::Auto));
        lab.view.refusals.set(link.errors);
        lab.run.link.set(link.settings);
        lab.run.lesson.set(link.lesson);
        lab.ask_grids(link.grids);
        take_services(lab.services, &given);
        #[cfg(feature = "split")]
        lab.follow_lesson();
        host_events::follow_refusals(lab);
        let asked = get(&given, "asked");
        for name in ["engine", "lang", "loading", "reveal", "theme"] {
            lab.check_option(name, &text(&asked, name));
        }
        if is_page || text(&asked, "engine").is_empty() {
            lab.check_link_engine(link.engine.as_deref());
        }
        for name in ["hide", "view", "panels", "scheme"] {
            lab.set_option(name, &text(&given, name));
        }
        let worker_link = WorkerLink::new(spawn, move |report| lab.receive(report));
        lab.services.worker_link.set_value(Some(worker_link));
        if is_page {
            listeners::own_address(lab);
        }
        let page = lab::page(lab);
        keys::follow(lab, &page);
        place.replace_children_with_node_1(&page.0);
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

/// What the lab begins with: the attributes' lesson and state, or the address.
fn first_link(options: &JsValue, is_page: bool) -> Link {
    let name = text(options, "lesson");
    let lesson = find_lesson(&name);
    let mut link = text(options, "state");
    if is_page && link.is_empty() {
        link = listeners::hash();
    }
    if lesson.is_none() && !name.is_empty() {
        // So that it is refused like any other.
        link = format!("lesson={name}&{link}");
    }
    url::read(&link, lesson.or(LESSONS.first()))
}

/// What the element gives the page to work with.
fn take_services(services: Services, options: &JsValue) {
    let function = |name| get(options, name).dyn_into::<Function>().ok();
    let engines = Array::from(&get(options, "engines"));
    let engines = engines.iter().filter_map(|engine| engine.as_string());
    services.engines.set_value(engines.collect());
    services.engine.set(text(options, "engine"));
    services.fetch_digits.set_value(function("fetchDigits"));
    services.fetch_texts.set_value(function("fetchTexts"));
    services.load_grids.set_value(function("loadGrids"));
    services.find_gpu.set_value(function("findGpu"));
    services.base_url.set_value(text(options, "baseUrl"));
    let host = get(options, "host").dyn_into().ok();
    services.host.set_value(host);
}

#[wasm_bindgen]
impl Handle {
    /// Trains until told otherwise; the promise is kept once it does.
    pub fn play(&self) -> Promise {
        calls::play(self.lab)
    }

    /// Stops training; the promise is kept once the run stands.
    pub fn pause(&self) -> Promise {
        calls::pause(self.lab)
    }

    /// Back to step 0; the promise is kept once the fresh run is there.
    pub fn reset(&self) -> Promise {
        calls::reset(self.lab)
    }

    /// Trains `steps` steps and promises the snapshot after the last.
    pub fn step(&self, steps: u32) -> Promise {
        calls::step(self.lab, steps)
    }

    /// Promises the figures of the moment, or what the named panel says of them.
    pub fn snapshot(&self, panel: Option<String>) -> Promise {
        match panel {
            Some(name) => calls::told(self.lab, &name),
            None => calls::call(self.lab, Wait::Snapshot),
        }
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
        calls::end(self.lab);
        self.lab
            .services
            .worker_link
            .try_update_value(|link| *link = None);
        self.lab.stop_drawing();
        // Before what they follow: an element that has the focus tells of its loss.
        self.root.replace_children_with_node_0();
        self.mounted = None;
    }
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}
