//! What the page fetches when it is first needed: a language's texts, the digits.

use std::sync::Arc;

use batchnorm_lab::protocol::Command;
use wasm_bindgen::prelude::*;

use crate::i18n::{self, Lang, Part};
use crate::js_promise;
use crate::state::{Lab, LazyModule};
use crate::worker_link::text_of;

impl Lab {
    /// Fetches the digits, or gives the worker those that are here.
    pub fn bring_digits(self) {
        self.services.fetch_failed.set(None);
        if let Some(bytes) = self.services.digits.get_untracked() {
            self.send(&Command::Data(bytes.to_vec()));
            return;
        }
        let Some(fetch) = self.services.fetch_digits.get_untracked() else {
            return;
        };
        js_promise::call(
            &fetch,
            &JsValue::NULL,
            move |bytes| {
                let bytes = bytes.unchecked_into::<js_sys::Uint8Array>().to_vec();
                if self.services.digits.try_set(Some(Arc::new(bytes))) {
                    self.bring_digits();
                }
            },
            // Whatever way it failed, the reader gets the browser's own words and may try again.
            move |error| {
                self.services.fetch_failed.try_set(Some(text_of(&error)));
            },
        );
    }

    /// Speaks another language, once its texts are here; if they do not come, the page says so in the one it has.
    pub fn speak(self, lang: Lang) {
        self.view.requested_lang.set_value(lang);
        #[cfg(feature = "split")]
        for part in self.parts_needed() {
            if !i18n::is_here(lang, *part) {
                self.fetch_texts(lang, *part);
            }
        }
        #[cfg(feature = "split")]
        if let Some(lesson) = self.lesson_to_come(lang) {
            self.fetch_lesson(lang, lesson);
        }
        self.settle(lang);
    }

    /// From now on the words of the lesson of the moment come with it.
    #[cfg(feature = "split")]
    pub fn follow_lesson(self) {
        crate::ui::after(move || {
            self.run.lesson.track();
            let lang = self.view.requested_lang.get_untracked();
            if self.lesson_to_come(lang).is_some() {
                self.speak(lang);
            }
        });
    }

    /// The lesson whose words are shown, where they have not come.
    fn lesson_to_come(self, lang: Lang) -> Option<&'static str> {
        let lesson = self.run.lesson.get_untracked()?;
        (!i18n::is_lesson_here(lang, lesson.id)).then_some(lesson.id)
    }

    /// From now on the page needs the texts of its other modules too, or also of panels that come apart.
    #[cfg(feature = "split")]
    pub fn bring_later_texts(self, also_apart: bool) {
        let is_new = |module: &mut LazyModule| {
            let before = (module.needs_texts, module.needs_apart);
            module.needs_texts = true;
            module.needs_apart |= also_apart;
            before != (true, module.needs_apart)
        };
        if self.services.lazy_module.try_update_value(is_new) == Some(true) {
            self.speak(self.view.requested_lang.get_untracked());
        }
    }

    fn parts_needed(self) -> &'static [Part] {
        let needs = |module: &LazyModule| {
            1 + usize::from(module.needs_texts) + usize::from(module.needs_apart)
        };
        &[Part::First, Part::Later, Part::Apart][..self.services.lazy_module.with_untracked(needs)]
    }

    /// Speaks a language if all of it is here and no other has been asked for since.
    fn settle(self, lang: Lang) {
        let is_asked = self.view.requested_lang.get_untracked() == lang;
        let is_here = |part: &Part| i18n::is_here(lang, *part);
        if is_asked
            && self.parts_needed().iter().all(is_here)
            && self.lesson_to_come(lang).is_none()
        {
            self.view.words.0.set(lang);
        }
    }

    #[cfg(feature = "split")]
    fn fetch_texts(self, lang: Lang, part: Part) {
        let (fetch, argument) = match part {
            Part::First => match self.services.fetch_texts.get_untracked() {
                Some(fetch) => (fetch, lang.tag().into()),
                None => return,
            },
            Part::Later | Part::Apart => {
                let base = self.services.base_url.get_untracked();
                let name = if part == Part::Apart {
                    "panels"
                } else {
                    "words"
                };
                let url = format!("{base}{name}-{}.json", lang.tag());
                (js_promise::fetch_json(), url.into())
            }
        };
        self.hear_texts(lang, &fetch, argument, move |texts| {
            i18n::install(lang, part, texts)
        });
    }

    #[cfg(feature = "split")]
    fn fetch_lesson(self, lang: Lang, id: &str) {
        let base = self.services.base_url.get_untracked();
        let url = format!("{base}lessons/{id}.{}.json", lang.tag());
        self.hear_texts(lang, &js_promise::fetch_json(), url.into(), move |words| {
            i18n::install_lesson(lang, words)
        });
    }

    #[cfg(feature = "split")]
    fn hear_texts(
        self,
        lang: Lang,
        fetch: &js_sys::Function,
        argument: JsValue,
        install: impl Fn(&js_sys::Array) -> bool + 'static,
    ) {
        // When they come, the lab may be gone, or another language be asked for.
        let asked = move || self.view.requested_lang.try_with_untracked(|asked| *asked);
        let failed = move || {
            if asked() == Some(lang) {
                self.services
                    .lazy_module
                    .update(|module| module.has_failed = true);
            }
        };
        js_promise::call(
            fetch,
            &argument,
            move |texts| match install(texts.unchecked_ref()) {
                true if asked().is_some() => self.settle(lang),
                true => {}
                false => failed(),
            },
            move |_| failed(),
        );
    }
}
