//! Which engine computes: one whose bits are the same in every browser, unless reader, host or link choose another; for a
//! large run the browser's GPU, if there is one and nobody chose. Computes nothing itself.

use batchnorm_lab::error::Error;
use wasm_bindgen::JsValue;

use crate::i18n::key;
use crate::js_promise;
use crate::state::{Lab, ViewKind};
use crate::ui::{after, derive, window};

/// The engine's name.
pub const NAME: &str = "webgpu";
/// Multiplications of a step's forward pass from which on the GPU is worth its calls. On the one that was measured it
/// overtakes the fastest lanes between 1.9 and 5.9 million, by the network's shape (docs/webgpu.md).
const LARGE: u64 = 6_000_000;

/// Whether its bits are its own: how it rounds depends on the machine, and a link has to name it. The others, scalar and
/// simd128, give the same bits everywhere.
pub fn has_own_bits(engine: &str) -> bool {
    matches!(engine, "relaxed" | NAME)
}

/// The text of a link that also names what computes, where that has to be named.
pub fn with_engine(link: String, engine: &str) -> String {
    match (has_own_bits(engine), link.is_empty()) {
        (false, _) => link,
        (true, true) => format!("engine={engine}"),
        (true, false) => format!("{link}&engine={engine}"),
    }
}

impl Lab {
    /// Computes a link's run on what the link names, which without a name is what gives the same bits in every browser;
    /// says so where this browser cannot.
    pub fn follow_engine(self, named: Option<&str>) {
        let now = self.services.engine.get_untracked();
        match named {
            Some(engine) => {
                self.check_link_engine(named);
                if engine != now {
                    self.use_engine(engine);
                }
            }
            None if has_own_bits(&now) && !self.has_asked_engine() => {
                let all = self.services.engines.get_untracked();
                if let Some(engine) = all.iter().find(|engine| !has_own_bits(engine)) {
                    self.use_engine(engine);
                }
            }
            None => {}
        }
    }

    /// Says where this browser computes other bits than those of whoever made the link.
    pub fn check_link_engine(self, named: Option<&str>) {
        let all = self.services.engines.get_untracked();
        let is_here = |name: &str| all.iter().any(|one| one == name);
        // Of simd128 and scalar either will do.
        let is_same = |name: &str| matches!(name, "" | "auto" | "simd128" | "scalar");
        if let Some(name) = named.filter(|name| !is_same(name) && !is_here(name)) {
            self.refuse(Error::InvalidSetting {
                name: "engine",
                value: name.to_owned(),
                allowed: all.join(" | "),
            });
        }
    }

    /// Whether the host or the address' query says which.
    fn has_asked_engine(self) -> bool {
        let host = self.services.host.get_untracked();
        let query = window().location().search().unwrap_or_default();
        host.is_some_and(|host| host.has_attribute("engine"))
            || (self.services.is_page && names_engine(&query))
    }
}

/// Whether an address' query does. A search for a text inside another would weigh 1.5 kB brotli.
fn names_engine(query: &str) -> bool {
    let mut pairs = query.trim_start_matches('?').split('&');
    pairs.any(|pair| pair.starts_with("engine="))
}

/// Watches the run on screen.
pub fn watch(lab: Lab) {
    let is_large = derive(move || {
        lab.run
            .now
            .with(|settings| settings.multiplications() >= LARGE)
    });
    after(move || {
        // What a link leads to is repeated as it was; a figure stays what its author saw.
        let is_lab = lab.view.kind.get_untracked() == ViewKind::Lab;
        if !is_large.get() || !is_lab || lab.run.link.with_untracked(|link| link.at > 0) {
            return;
        }
        let Some(find) = lab.services.find_gpu.get_untracked() else {
            return;
        };
        js_promise::call(
            &find,
            &JsValue::NULL,
            move |is_there| {
                // By then the lab may be gone, the reader may have chosen an engine, or gone on to a small run.
                let is_open = lab.services.find_gpu.try_with_untracked(Option::is_some);
                if is_open != Some(true) {
                    return;
                }
                if !is_there.is_truthy() {
                    // Not asked again: what a browser has does not change.
                    lab.services.find_gpu.set_value(None);
                } else if is_large.try_with_untracked(|is_large| *is_large) == Some(true) {
                    lab.use_engine(NAME);
                    lab.view.notice.set(Some(key::ENGINE_MOVED));
                }
            },
            // Where nobody can tell, there is none.
            |_| {},
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_an_engine_by_its_own_name() {
        for (query, names) in [
            ("", false),
            ("?engine=relaxed", true),
            ("?embed&engine=simd128", true),
            ("?searchengine=x", false),
        ] {
            assert_eq!(names_engine(query), names, "{query}");
        }
    }

    #[test]
    fn a_link_names_what_has_bits_of_its_own() {
        for (link, engine, text) in [
            ("", "simd128", ""),
            ("lr=1", "scalar", "lr=1"),
            ("", "relaxed", "engine=relaxed"),
            ("lr=1", "relaxed", "lr=1&engine=relaxed"),
            ("at=3", "webgpu", "at=3&engine=webgpu"),
        ] {
            assert_eq!(with_engine(link.into(), engine), text);
        }
    }
}
