//! Which run is on the screen: a lesson, a link, the one before.

use std::sync::Arc;

use batchnorm_lab::lessons::Lesson;
use batchnorm_lab::protocol::{Checkpoint, Command};
use batchnorm_lab::settings::Settings;

use super::engine_choice::with_engine;
use crate::history::History;
use crate::host_events;
use crate::state::{EarlierRun, Lab, WorkerState};
use crate::url;

impl Lab {
    /// Opens a lesson with its own settings.
    pub fn open(self, lesson: &'static Lesson) {
        self.run.is_playing.set(false);
        self.start_run(url::base(Some(lesson)), None);
        self.run.lesson.set(Some(lesson));
    }

    /// Opens a link's text; what cannot be used is reported.
    pub fn open_link(self, text: &str) {
        let link = url::read(text, self.run.lesson.get_untracked());
        self.run.is_playing.set(false);
        self.start_run(link.settings, None);
        self.run.lesson.set(link.lesson);
        self.ask_grids(link.grids);
        self.view.refusals.set(link.errors);
        self.follow_engine(link.engine.as_deref());
        if let Some(lang) = link.lang {
            self.speak(lang);
        }
        if let Some(theme) = link.theme {
            self.view.theme.set(theme);
        }
    }

    /// What the race grid and the sweep are asked for, as a link says it.
    pub(crate) fn ask_grids(self, texts: [String; 2]) {
        for (asked, text) in self.run.asked_grids.into_iter().zip(texts) {
            asked.set(text);
        }
    }

    /// Goes back to the run before the last reset or lesson.
    pub fn go_back(self) {
        if let Some(earlier) = self.run.earlier.get_untracked() {
            self.go_back_to(earlier);
        }
    }

    /// Back to what the lesson's words are about; the run that is left can be gone back to.
    pub fn go_back_to_lesson(self) {
        if let Some(lesson) = self.run.lesson.get_untracked() {
            self.open(lesson);
            self.run.earlier.set(self.run.last_built.get_untracked());
        }
    }

    /// Starts these settings from step 0.
    pub fn start_afresh(self, settings: Settings) {
        self.run.is_playing.set(false);
        self.start_run(settings.afresh(), None);
    }

    /// Goes back to a run that was left.
    pub fn go_back_to(self, earlier: EarlierRun) {
        self.run.is_playing.set(false);
        let has_state = earlier.checkpoint.is_some();
        self.start_run(earlier.link, earlier.checkpoint);
        if has_state {
            let mut history = History::clone(&earlier.history);
            history.belong_to(self.run.number.get_untracked());
            self.run.history.set_value(history);
        }
        self.run.lesson.set(earlier.lesson);
    }

    /// Leaves the run on screen for a new one.
    pub(super) fn start_run(self, settings: Settings, checkpoint: Option<Box<Checkpoint>>) {
        host_events::interrupt_steps(self, "another run was opened");
        self.keep_for_return();
        self.run.number.update(|run| *run += 1);
        self.run.history.set_value(History::default());
        self.run.batch_noise.set(None);
        self.run.is_measuring.set(false);
        let step = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.step);
        self.run.wishes.set_value(Vec::new());
        self.run.now.set(settings.in_force(step));
        self.run.link.set(settings);
        let run = self.run.number.get_untracked();
        let checkpoint = checkpoint.map(|mut checkpoint| {
            checkpoint.run = run;
            checkpoint
        });
        self.run.checkpoint.set_value(checkpoint.clone());
        self.run.impossible.set(None);
        let needs_every = self.run.link.with_untracked(Settings::needs_full_build);
        if needs_every && !self.services.has_full_build.get_untracked() {
            self.start_worker();
        } else if self.services.worker.get_untracked() == WorkerState::Ready {
            self.configure(checkpoint);
        }
    }

    fn keep_for_return(self) {
        let run = self.run.number.get_untracked();
        let checkpoint = self
            .run
            .checkpoint
            .get_untracked()
            .filter(|checkpoint| checkpoint.run == run && checkpoint.step > 0);
        let step = self.run.frame.with_untracked(|frame| {
            let frame = frame.as_deref().filter(|frame| frame.run == run)?;
            Some(frame.step)
        });
        let is_begun = checkpoint.is_some();
        if step.is_none() && !is_begun {
            return;
        }
        let history = self.run.history.try_update_value(std::mem::take);
        let mut left = EarlierRun {
            lesson: self.run.lesson.get_untracked(),
            link: self.run.link.get_untracked(),
            checkpoint,
            history: Arc::new(history.unwrap_or_default()),
        };
        if is_begun {
            self.run.earlier.set(Some(left.clone()));
        }
        if let Some(step) = step {
            for (setting, value) in self.run.wishes.get_untracked() {
                // Not answered, but wished.
                left.link.record(step, setting, value);
            }
            if !is_begun {
                // Repeated, where there is nothing to go on from.
                left.link.at = step;
            }
            self.run.last_built.set_value(Some(left));
        }
    }

    pub(super) fn configure(self, checkpoint: Option<Box<Checkpoint>>) {
        self.send(&Command::Configure {
            run: self.run.number.get_untracked(),
            settings: self.run.link.with_untracked(Settings::to_text),
            checkpoint,
        });
    }

    /// The text of a link that leads to the step on the screen.
    pub fn link_text(self) -> String {
        let mut link = self.run.link.get_untracked();
        link.at = self
            .run
            .frame
            .with_untracked(|frame| frame.as_deref().map_or(0, |frame| frame.step));
        self.text_of(&link)
    }

    /// The text of a link to such a run: of the lesson, with the grids and on the engine of the moment, all of which are
    /// followed.
    pub fn text_of(self, link: &Settings) -> String {
        let mut text = url::write(self.run.lesson.get(), link);
        for (name, asked) in ["race=", "sweep="].iter().zip(self.run.asked_grids) {
            asked.with(|asked| {
                if !asked.is_empty() {
                    let and = if text.is_empty() { "" } else { "&" };
                    [and, name, asked]
                        .iter()
                        .for_each(|part| text.push_str(part));
                }
            });
        }
        with_engine(text, &self.services.engine.get())
    }
}
