//! What a reader can do, as verbs on the lab: each turns a wish into commands. Draws nothing.

use batchnorm_lab::protocol::{Checkpoint, Command};
use batchnorm_lab::settings::{Scope, Settings, setting};

use crate::bridge::text_of;
use crate::embed;
use crate::history::History;
use crate::i18n::{self, Lang};
use crate::promise;
use crate::state::{Earlier, Lab, WorkerState, is_halted};
use crate::url;
use batchnorm_lab::lessons::Lesson;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

impl Lab {
    /// Trains until told otherwise.
    pub fn play(self) {
        if self
            .frame
            .with_untracked(|f| f.as_deref().is_some_and(is_halted))
        {
            return;
        }
        self.is_playing.set(true);
        self.send(&Command::Play);
    }

    /// Stops after the step being done.
    pub fn pause(self) {
        self.is_playing.set(false);
        self.send(&Command::Pause);
    }

    /// Plays or pauses.
    pub fn toggle(self) {
        if self.is_playing.get_untracked() {
            self.pause();
        } else {
            self.play();
        }
    }

    /// Trains exactly so many steps and waits.
    pub fn step(self, steps: u32) {
        self.is_playing.set(false);
        if self.worker.get_untracked() == WorkerState::Ready {
            self.send(&Command::Step { steps });
        } else {
            self.steps_due.update_value(|due| *due += steps);
        }
    }

    /// Back to step 0 with the values that the controls show.
    pub fn reset(self) {
        let mut settings = self.now.get_untracked();
        settings.changes.clear();
        settings.at = 0;
        self.is_playing.set(false);
        self.start_run(settings, None);
    }

    /// Another seed, from step 0.
    pub fn reseed(self) {
        // The next number, not a random one: what two readers press comes out the same.
        let seed = (self.now.with_untracked(|now| now.seed) + 1) % 1_000_000;
        self.change("seed", &seed.to_string());
    }

    /// Opens a lesson with its own settings.
    pub fn open(self, lesson: &'static Lesson) {
        self.is_playing.set(false);
        self.start_run(url::base(Some(lesson)), None);
        self.lesson.set(Some(lesson));
    }

    /// Opens a link's text; what cannot be used is reported.
    pub fn open_link(self, text: &str) {
        let link = url::read(text, self.lesson.get_untracked());
        self.is_playing.set(false);
        self.start_run(link.settings, None);
        self.lesson.set(link.lesson);
        self.refusals.set(link.errors);
        if let Some(lang) = link.lang {
            self.speak(lang);
        }
        if let Some(theme) = link.theme {
            self.theme.set(theme);
        }
    }

    /// Changes one setting. A value that is not allowed changes nothing and is reported.
    pub fn change(self, name: &str, value: &str) {
        let mut next = self.now.get_untracked();
        let row = match setting(name).and_then(|row| next.set(name, value).map(|()| row)) {
            Ok(row) => row,
            Err(error) => {
                self.refusals.update(|all| {
                    all.retain(|other| *other != error);
                    all.push(error);
                });
                return;
            }
        };
        if next == self.now.get_untracked() {
            return;
        }
        if row.scope == Scope::Run {
            next.changes.clear();
            next.at = 0;
            let goes_on = self.is_playing.get_untracked();
            self.start_run(next, None);
            if goes_on {
                self.send(&Command::Play);
            }
            return;
        }
        if row.scope == Scope::View {
            self.link.update(|link| {
                // The value has just been accepted above.
                let _ = link.set(name, value);
            });
        }
        let settings = next.to_text();
        self.now.set(next);
        self.answers_due.update_value(|due| *due += 1);
        self.send(&Command::Change { settings });
    }

    /// Goes back to the run before the last reset or lesson.
    pub fn go_back(self) {
        let Some(earlier) = self.earlier.get_untracked() else {
            return;
        };
        self.is_playing.set(false);
        self.start_run(earlier.link, Some(earlier.checkpoint));
        self.lesson.set(earlier.lesson);
    }

    /// Puts one hidden layer, and one of its units, under the lens.
    pub fn focus(self, layer: usize, unit: usize) {
        self.change("layer", &layer.to_string());
        self.change("unit", &unit.to_string());
    }

    /// Asks for fresh figures about small batches.
    pub fn measure_noise(self) {
        self.is_measuring.set(true);
        self.send(&Command::MeasureNoise);
    }

    /// Trains one network per batch size.
    pub fn climb(self) {
        self.is_climbing.set(true);
        self.send(&Command::MeasureLadder);
    }

    /// Stops that.
    pub fn cancel_climb(self) {
        self.is_climbing.set(false);
        self.send(&Command::CancelLadder);
    }

    /// Lets another build of the worker take over where this one stands.
    pub fn use_engine(self, engine: &str) {
        if self
            .engines
            .with_untracked(|all| all.iter().any(|e| e == engine))
        {
            self.find_gpu.set_value(None);
            self.fallen.set(None);
            self.engine.set(engine.to_owned());
            self.start_worker();
        }
    }

    /// Starts the worker, or another after one was lost; the run goes on from the last checkpoint.
    pub fn start_worker(self) {
        self.worker.set(WorkerState::Starting);
        let mut engine = self.engine.get_untracked();
        let is_afar = engine == "webgpu";
        let has_every = is_afar || self.link.with_untracked(Settings::needs_every_layer);
        self.has_every_layer.set_value(has_every);
        if has_every && !is_afar {
            // The build that has convolution and all else, fetched only by who needs it.
            engine.insert_str(0, "every-");
        }
        let started = self.bridge.try_update_value(|bridge| match bridge {
            Some(bridge) => bridge.start(&engine),
            None => Ok(()),
        });
        if let Some(Err(text)) = started {
            self.lose_worker(text);
        }
    }

    /// The worker is gone.
    pub fn lose_worker(self, text: String) {
        self.bridge.update_value(|bridge| {
            if let Some(bridge) = bridge {
                bridge.stop();
            }
        });
        self.is_measuring.set(false);
        self.is_climbing.set(false);
        embed::report_error(self, "worker", &text);
        self.worker.update(|state| {
            *state = match state {
                WorkerState::Ready => WorkerState::Lost(text),
                _ => WorkerState::NotLoaded(text),
            };
        });
    }

    /// Tells a worker that has just become ready what to do.
    pub fn brief_worker(self) {
        let run = self.run.get_untracked();
        let checkpoint = self
            .checkpoint
            .get_untracked()
            .filter(|checkpoint| checkpoint.run == run);
        // What another worker was asked, it will not answer.
        self.answers_due.set_value(0);
        self.configure(checkpoint);
        let steps = self.steps_due.try_update_value(std::mem::take).unwrap_or(0);
        if steps > 0 {
            self.send(&Command::Step { steps });
        } else if self.is_playing.get_untracked() {
            self.send(&Command::Play);
        }
    }

    /// Leaves the run on screen for a new one.
    fn start_run(self, settings: Settings, checkpoint: Option<Box<Checkpoint>>) {
        self.keep_for_return();
        self.run.update(|run| *run += 1);
        self.history.set_value(History::default());
        self.noise.set(None);
        self.ladder.set(None);
        self.is_measuring.set(false);
        self.is_climbing.set(false);
        self.now.set(settings.in_force(0));
        self.link.set(settings);
        let run = self.run.get_untracked();
        let checkpoint = checkpoint.map(|mut checkpoint| {
            checkpoint.run = run;
            checkpoint
        });
        self.checkpoint.set_value(checkpoint.clone());
        self.impossible.set(None);
        let needs_every = self.link.with_untracked(Settings::needs_every_layer);
        if needs_every && !self.has_every_layer.get_untracked() {
            self.start_worker();
        } else if self.worker.get_untracked() == WorkerState::Ready {
            self.configure(checkpoint);
        }
    }

    /// Fetches the digits, or gives the worker those that are here.
    pub fn bring_digits(self) {
        self.fetch_failed.set(None);
        if let Some(bytes) = self.digits.get_untracked() {
            self.send(&Command::Data(bytes.to_vec()));
            return;
        }
        let Some(fetch) = self.fetch.get_untracked() else {
            return;
        };
        promise::ask(
            &fetch,
            &JsValue::NULL,
            move |bytes| {
                let bytes = bytes.unchecked_into::<js_sys::Uint8Array>().to_vec();
                if self.digits.try_set(Some(Arc::new(bytes))) {
                    self.bring_digits();
                }
            },
            // Whatever way it failed, the reader gets the browser's own words and may try again.
            move |error| {
                self.fetch_failed.try_set(Some(text_of(&error)));
            },
        );
    }

    /// Speaks another language, once its texts are here; if they do not come, the page says so in the one it has.
    pub fn speak(self, lang: Lang) {
        self.lang_asked.set_value(lang);
        if i18n::is_here(lang) {
            self.words.0.set(lang);
        }
        #[cfg(feature = "split")]
        if !i18n::is_here(lang)
            && let Some(fetch) = self.fetch_texts.get_untracked()
        {
            // When they come, the lab may be gone, or another language be asked for.
            let is_wanted = move || self.lang_asked.try_with_untracked(|asked| *asked == lang);
            let failed = move || {
                if is_wanted() == Some(true) {
                    self.later.update(|(_, has_failed)| *has_failed = true);
                }
            };
            promise::ask(
                &fetch,
                &lang.tag().into(),
                move |texts| match i18n::install(lang, texts.unchecked_ref()) {
                    true if is_wanted() == Some(true) => self.words.0.set(lang),
                    true => {}
                    false => failed(),
                },
                move |_| failed(),
            );
        }
    }

    fn keep_for_return(self) {
        let run = self.run.get_untracked();
        let stood = self
            .checkpoint
            .get_untracked()
            .filter(|checkpoint| checkpoint.run == run && checkpoint.step > 0);
        if let Some(checkpoint) = stood {
            self.earlier.set(Some(Earlier {
                lesson: self.lesson.get_untracked(),
                link: self.link.get_untracked(),
                checkpoint,
            }));
        }
    }

    fn configure(self, checkpoint: Option<Box<Checkpoint>>) {
        self.answers_due.update_value(|due| *due += 1);
        self.send(&Command::Configure {
            run: self.run.get_untracked(),
            settings: self.link.with_untracked(Settings::to_text),
            checkpoint,
        });
    }

    /// Sends a command; a message that the browser refuses means that the worker is gone.
    pub fn send(self, command: &Command) {
        let sent = self
            .bridge
            .with_untracked(|bridge| bridge.as_ref().map(|bridge| bridge.send(command)));
        if let Some(Err(text)) = sent {
            self.lose_worker(text);
        }
    }
}
