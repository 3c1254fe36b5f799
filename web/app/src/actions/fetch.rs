//! What the page fetches when it is first needed: a language's texts, the digits.

use std::sync::Arc;

use batchnorm_lab::protocol::Command;
use wasm_bindgen::prelude::*;

use crate::i18n::{self, Lang};
use crate::js_promise;
use crate::state::Lab;
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
        if i18n::is_here(lang) {
            self.view.words.0.set(lang);
        }
        #[cfg(feature = "split")]
        if !i18n::is_here(lang)
            && let Some(fetch) = self.services.fetch_texts.get_untracked()
        {
            // When they come, the lab may be gone, or another language be asked for.
            let is_wanted = move || {
                self.view
                    .requested_lang
                    .try_with_untracked(|asked| *asked == lang)
            };
            let failed = move || {
                if is_wanted() == Some(true) {
                    self.services
                        .lazy_module
                        .update(|module| module.has_failed = true);
                }
            };
            js_promise::call(
                &fetch,
                &lang.tag().into(),
                move |texts| match i18n::install(lang, texts.unchecked_ref()) {
                    true if is_wanted() == Some(true) => self.view.words.0.set(lang),
                    true => {}
                    false => failed(),
                },
                move |_| failed(),
            );
        }
    }
}
