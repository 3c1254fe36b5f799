//! The door to a pool of workers, which trains and measures apart from the run on the page: `openGrids` of
//! `web/pool/page/grid.js`, fetched when it is first needed. Takes in what is told; decides nothing.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::grid::name;
use crate::i18n::key;
use crate::js_promise;
use crate::state::Lab;
use crate::ui::{Signal, on_cleanup};
use crate::worker_link::text_of;

/// Why something cannot be trained or measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failed {
    /// A setting, what was asked of it, what can be asked.
    Refused([String; 3]),
    /// Another reason, in the browser's words.
    Other(String),
}

/// What the page's script gives, once it has come.
#[derive(Clone)]
pub(super) struct Pool(JsValue);

/// Fetches it, and gives it or why it did not come. Both may be called when the lab is gone.
fn load(lab: Lab, came: impl Fn(Result<Pool, Failed>) + Clone + 'static) {
    let Some(load) = lab.services.load_grids.get_untracked() else {
        return came(Err(Failed::Other(String::new())));
    };
    let failed = came.clone();
    js_promise::call(
        &load,
        &JsValue::NULL,
        move |pool| came(Ok(Pool(pool))),
        move |error| failed(Err(Failed::Other(text_of(&error)))),
    );
}

/// Hears of a pool and the number of what is asked, or why there is none.
type Hear = dyn Fn(Result<(&Pool, u32), Failed>);

/// A panel's own pool: fetched when something is first asked of it, ended with the panel.
#[derive(Clone, Copy)]
pub(super) struct OwnPool {
    lab: Lab,
    pool: Signal<Option<Pool>>,
    /// Counts what was asked: what is told of something older is of no account.
    number: Signal<u32>,
}

impl OwnPool {
    /// Not fetched yet.
    pub fn new(lab: Lab) -> Self {
        let own = Self {
            lab,
            pool: Signal::new(None),
            number: Signal::new(0),
        };
        on_cleanup(move || {
            let pool = own.pool.try_update_value(Option::take).flatten();
            if let Some(pool) = pool {
                pool.end();
            }
        });
        own
    }

    /// From now on what was asked before is of no account.
    pub fn forget(self) {
        self.number.update_value(|number| *number += 1);
    }

    /// Whether nothing was asked since, and the panel is there.
    pub fn is_newest(self, number: u32) -> bool {
        self.number.try_with_untracked(|now| *now == number) == Some(true)
    }

    /// Gives the pool and the number of what is asked, or why there is none; neither once something else was asked.
    pub fn ask(self, came: impl Fn(Result<(&Pool, u32), Failed>) + Clone + 'static) {
        let number = self.number.get_untracked();
        match self.pool.get_untracked() {
            Some(pool) => came(Ok((&pool, number))),
            None => load(self.lab, move |loaded| self.arrive(loaded, number, &came)),
        }
    }

    fn arrive(self, loaded: Result<Pool, Failed>, number: u32, came: &Hear) {
        // The panel may be gone, or something else have been asked before.
        let Some(now) = self.number.try_with_untracked(|number| *number) else {
            if let Ok(pool) = loaded {
                pool.end();
            }
            return;
        };
        match loaded {
            Ok(pool) => {
                let pool = self.pool.get_untracked().unwrap_or(pool);
                self.pool.set_value(Some(pool.clone()));
                if now == number {
                    came(Ok((&pool, number)));
                }
            }
            Err(why) if now == number => came(Err(why)),
            Err(_) => {}
        }
    }
}

impl Pool {
    /// Calls one of its functions, which gives what cancels what it has begun.
    pub fn call(&self, name: &str, all: &Array) -> Option<Function> {
        let run: Function = get(&self.0, name).dyn_into().ok()?;
        run.call1(&self.0, all).ok()?.dyn_into().ok()
    }

    /// Ends everything that it has begun, and every worker.
    pub fn end(&self) {
        if let Ok(end) = get(&self.0, "end").dyn_into::<Function>() {
            // It does not throw.
            let _ = end.call0(&self.0);
        }
    }
}

/// Why it has ended before; nothing where it was cancelled.
pub(super) fn failed(error: &JsValue) -> Option<Failed> {
    match text(error, "name").as_str() {
        "AbortError" => None,
        "Refusal" => {
            let parts = ["field", "got", "allowed"].map(|name| text(error, name));
            Some(Failed::Refused(parts))
        }
        _ => Some(Failed::Other(text_of(error))),
    }
}

/// The same in words.
pub(super) fn why(lab: Lab, failed: Failed) -> String {
    let words = lab.view.words;
    match failed {
        Failed::Refused([field, got, allowed]) => {
            let field = match name(words.0.get(), &field) {
                "" => field,
                name => name.to_owned(),
            };
            words.fill(
                key::GRID_REFUSED,
                &[("field", &field), ("got", &got), ("allowed", &allowed)],
            )
        }
        Failed::Other(why) => words.fill(key::GRID_FAILED, &[("why", &why)]),
    }
}

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub(super) fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

pub(super) fn number(value: &JsValue) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

pub(super) fn put(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes any property.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}
