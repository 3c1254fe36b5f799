//! What the page knows: one struct of signals. Inputs are signals, everything derived is a memo; nothing is sent from here.

use std::sync::Arc;

use batchnorm_lab::choice::Speed;
use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::{Checkpoint, Failure, Frame, LadderReport, NoiseReport, Side};
use batchnorm_lab::settings::Settings;

use crate::bridge::Bridge;
use crate::canvas::Tooltip;
use crate::embed::Waiting;
use crate::history::History;
use crate::i18n::{Lang, Words};
use crate::schedule::Schedule;
use crate::signal::{Sig, derive};
use batchnorm_lab::lessons::{LESSONS, Lesson};

/// Light or dark, or as the reader's system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the system says.
    Auto,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl ThemeChoice {
    /// The word in links and attributes.
    pub fn name(self) -> &'static str {
        match self {
            ThemeChoice::Auto => "auto",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }

    /// The choice of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [ThemeChoice::Auto, ThemeChoice::Light, ThemeChoice::Dark]
            .into_iter()
            .find(|choice| choice.name() == name)
    }
}

/// How the worker is.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkerState {
    /// Asked for, not heard from.
    Starting,
    /// Takes commands.
    Ready,
    /// Never became ready; the browser's words.
    NotLoaded(String),
    /// Was ready and is gone; the browser's words.
    Lost(String),
}

/// What is going on, in the order in which the reader needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No frame has come yet.
    Loading,
    /// The worker is gone.
    Lost,
    /// A link's steps are being repeated.
    Replaying,
    /// No shown run can take a step, for a reason that is known beforehand.
    Refused,
    /// Every shown run has diverged.
    Diverged,
    /// Training goes on.
    Playing,
    /// Nothing has happened yet.
    Invitation,
    /// Training waits.
    Paused,
}

impl Phase {
    /// The word in `data-phase`.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Loading => "loading",
            Phase::Lost => "lost",
            Phase::Replaying => "replaying",
            Phase::Refused => "refused",
            Phase::Diverged => "diverged",
            Phase::Playing => "playing",
            Phase::Invitation => "invitation",
            Phase::Paused => "paused",
        }
    }
}

/// A run that was left for another one.
#[derive(Clone)]
pub struct Earlier {
    /// Its lesson.
    pub lesson: Option<&'static Lesson>,
    /// Its link.
    pub link: Settings,
    /// Where it stood.
    pub checkpoint: Box<Checkpoint>,
}

/// Everything the page knows. `Copy`: components take it by value.
#[derive(Clone, Copy)]
pub struct Lab {
    /// The run's first settings and the changes since: what a link says.
    pub link: Sig<Settings>,
    /// The values in force, which the controls show.
    pub now: Sig<Settings>,
    /// The lesson whose words are shown.
    pub lesson: Sig<Option<&'static Lesson>>,
    /// Number of the run on the screen.
    pub run: Sig<u32>,
    /// Whether the reader wants training to go on.
    pub is_playing: Sig<bool>,
    /// The newest frame.
    pub frame: Sig<Option<Arc<Frame>>>,
    /// Frames gone by, as the charts over time need them.
    pub history: Sig<History>,
    /// The last answer about small batches.
    pub noise: Sig<Option<Arc<NoiseReport>>>,
    /// How often the second module was asked for, and whether the last time failed.
    pub later: Sig<(u32, bool)>,
    /// Whether that answer is being waited for.
    pub is_measuring: Sig<bool>,
    /// The last answer about accuracy against batch size.
    pub ladder: Sig<Option<Arc<LadderReport>>>,
    /// Whether the ladder is being climbed.
    pub is_climbing: Sig<bool>,
    /// How the worker is.
    pub worker: Sig<WorkerState>,
    /// Which lanes compute, or are about to.
    pub engine: Sig<String>,
    /// Which lanes this browser can run.
    pub engines: Sig<Vec<String>>,
    /// Whether the worker of the moment has every kind of layer.
    pub has_every_layer: Sig<bool>,
    /// Finds out whether there is a graphics processor worth using: gives a promise of yes or no. `None` where there
    /// is none, and once an engine was chosen.
    pub find_gpu: Sig<Option<js_sys::Function>>,
    /// Why the engine gave up, and another goes on.
    pub fallen: Sig<Option<Failure>>,
    /// Fetches a language's texts: gives a promise of their list.
    pub fetch_texts: Sig<Option<js_sys::Function>>,
    /// Where the site's other pages stand; ends with a slash.
    pub base_url: Sig<String>,
    /// Fetches the digits: gives a promise of their bytes.
    pub fetch: Sig<Option<js_sys::Function>>,
    /// The digits' bytes, once they are here.
    pub digits: Sig<Option<Arc<Vec<u8>>>>,
    /// Why they did not come.
    pub fetch_failed: Sig<Option<String>>,
    /// Why the settings describe no network.
    pub impossible: Sig<Option<Failure>>,
    /// What the link got wrong.
    pub refusals: Sig<Vec<Error>>,
    /// A passing word, e.g. that the link was copied.
    pub notice: Sig<Option<crate::i18n::Key>>,
    /// The run before the last reset or change of lesson.
    pub earlier: Sig<Option<Earlier>>,
    /// Language.
    pub words: Words,
    /// The language that was asked for last; its texts may still be on their way.
    pub lang_asked: Sig<Lang>,
    /// The reader's choice of theme.
    pub theme: Sig<ThemeChoice>,
    /// Whether the system prefers dark.
    pub system_is_dark: Sig<bool>,
    /// Larger type for a projector.
    pub is_presenting: Sig<bool>,
    /// Whether help is open.
    pub is_helping: Sig<bool>,
    /// The control or term under the pointer, by its name in the texts.
    pub pointed: Sig<Option<&'static str>>,
    /// The read-out under the pointer.
    pub tooltip: Sig<Option<Tooltip>>,
    /// The step under the pointer, which every chart over steps marks.
    pub cursor: Sig<Option<u64>>,
    /// The unit under the pointer.
    pub hovered: Sig<Option<usize>>,
    /// Steps asked for before the worker was ready.
    pub steps_due: Sig<u32>,
    /// Controls that the embedding page hides, by name.
    pub hidden: Sig<Vec<String>>,
    /// Whether the lab is the page itself and may write the address.
    pub is_page: bool,
    /// The newest state to go on from.
    pub checkpoint: Sig<Option<Box<Checkpoint>>>,
    /// Answers to settings still to come; while there are any, controls show the reader's own wish.
    pub answers_due: Sig<u32>,
    /// Promises of `step()` and `snapshot()` to keep.
    pub waiting: Sig<Vec<Waiting>>,
    /// The worker.
    pub bridge: Sig<Option<Bridge>>,
    /// What is to be drawn.
    pub schedule: Sig<Schedule>,
    /// The element that the page stands in; events are dispatched on it.
    pub host: Sig<Option<web_sys::HtmlElement>>,
    /// What is going on.
    pub phase: Sig<Phase>,
    /// Whether the page is dark now.
    pub is_dark: Sig<bool>,
    /// Whether pictures follow each other too fast to be looked at one by one.
    pub is_moving: Sig<bool>,
    /// Hidden layers of the run on screen.
    pub depth: Sig<usize>,
}

impl Lab {
    /// A lab that knows nothing yet. Needs a reactive owner.
    pub fn new(settings: Settings, lang: Lang, is_page: bool) -> Self {
        let frame = Sig::new(None::<Arc<Frame>>);
        let worker = Sig::new(WorkerState::Starting);
        let is_playing = Sig::new(false);
        let theme = Sig::new(ThemeChoice::Auto);
        let system_is_dark = Sig::new(false);
        let now = Sig::new(settings.clone());
        Self {
            link: Sig::new(settings),
            now,
            lesson: Sig::new(LESSONS.first()),
            run: Sig::new(0),
            is_playing,
            frame,
            history: Sig::new(History::default()),
            noise: Sig::new(None),
            later: Sig::new((0, false)),
            is_measuring: Sig::new(false),
            ladder: Sig::new(None),
            is_climbing: Sig::new(false),
            worker,
            engine: Sig::new(String::new()),
            engines: Sig::new(Vec::new()),
            has_every_layer: Sig::new(false),
            fetch: Sig::new(None),
            digits: Sig::new(None),
            fetch_failed: Sig::new(None),
            fetch_texts: Sig::new(None),
            base_url: Sig::new(String::new()),
            find_gpu: Sig::new(None),
            fallen: Sig::new(None),
            impossible: Sig::new(None),
            refusals: Sig::new(Vec::new()),
            notice: Sig::new(None),
            earlier: Sig::new(None),
            words: Words(Sig::new(lang)),
            lang_asked: Sig::new(lang),
            theme,
            system_is_dark,
            is_presenting: Sig::new(false),
            is_helping: Sig::new(false),
            pointed: Sig::new(None),
            tooltip: Sig::new(None),
            cursor: Sig::new(None),
            hovered: Sig::new(None),
            steps_due: Sig::new(0),
            hidden: Sig::new(Vec::new()),
            is_page,
            checkpoint: Sig::new(None),
            answers_due: Sig::new(0),
            waiting: Sig::new(Vec::new()),
            bridge: Sig::new(None),
            schedule: Sig::new(Schedule::default()),
            host: Sig::new(None),
            phase: derive(move || {
                let worker = worker.get();
                let is_playing = is_playing.get();
                frame.with(|frame| phase(&worker, frame.as_deref(), is_playing))
            }),
            is_dark: derive(move || match theme.get() {
                ThemeChoice::Auto => system_is_dark.get(),
                choice => choice == ThemeChoice::Dark,
            }),
            is_moving: derive(move || {
                let is_fast =
                    now.with(|s| matches!(s.speed, Speed::Ten | Speed::Sixty | Speed::Full));
                is_playing.get() && is_fast
            }),
            depth: derive(move || now.with(|s| s.columns().count())),
        }
    }

    /// The control or term under the pointer.
    pub fn point_at(self, name: Option<&'static str>) {
        self.pointed.set(name);
    }

    /// A number of the newest frame; `None` before the first.
    pub fn read<T>(self, of: impl FnOnce(&Frame) -> T) -> Option<T> {
        self.frame.with(|frame| frame.as_deref().map(of))
    }

    /// A number of one run of the newest frame; `None` if that run is not shown.
    pub fn read_side<T>(self, index: u8, of: impl FnOnce(&Side) -> T) -> Option<T> {
        self.read(|frame| side(frame, index).map(of)).flatten()
    }

    /// The step at which a run diverged.
    pub fn ended(self, index: u8) -> Option<u64> {
        self.read_side(index, |side| side.diverged_at).flatten()
    }

    /// Whether a control is hidden by the embedding page.
    pub fn hides(self, name: &str) -> bool {
        self.hidden.with(|hidden| hidden.iter().any(|h| h == name))
    }
}

/// One run of a frame.
pub fn side(frame: &Frame, index: u8) -> Option<&Side> {
    frame.sides.iter().find(|side| side.index == index)
}

/// Whether no run of the frame can take a step.
pub fn is_halted(frame: &Frame) -> bool {
    frame.sides.iter().any(|s| s.refused.is_some())
        || frame.sides.iter().all(|s| s.diverged_at.is_some())
}

fn phase(worker: &WorkerState, frame: Option<&Frame>, is_playing: bool) -> Phase {
    if matches!(worker, WorkerState::Lost(_) | WorkerState::NotLoaded(_)) {
        return Phase::Lost;
    }
    let Some(frame) = frame else {
        return Phase::Loading;
    };
    if frame.sides.iter().any(|s| s.refused.is_some()) {
        Phase::Refused
    } else if is_halted(frame) {
        Phase::Diverged
    } else if frame.replay_left > 0 {
        Phase::Replaying
    } else if is_playing {
        Phase::Playing
    } else if frame.step == 0 {
        Phase::Invitation
    } else {
        Phase::Paused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(step: u64, diverged: [Option<u64>; 2]) -> Frame {
        let side = |index: u8| Side {
            index,
            diverged_at: diverged[usize::from(index)],
            ..Side::default()
        };
        Frame {
            step,
            sides: vec![side(0), side(1)],
            ..Frame::default()
        }
    }

    #[test]
    fn one_diverged_run_does_not_end_the_other() {
        let ready = WorkerState::Ready;
        let one = frame(9, [Some(4), None]);
        assert_eq!(phase(&ready, Some(&one), true), Phase::Playing);
        let both = frame(9, [Some(4), Some(8)]);
        assert_eq!(phase(&ready, Some(&both), true), Phase::Diverged);
    }

    #[test]
    fn a_refusal_is_said_before_anything_else_about_the_run() {
        let mut refused = frame(0, [None, None]);
        refused.sides[1].refused = Some(Failure {
            code: "too-few-values".into(),
            message: String::new(),
            field: "norm1".into(),
        });
        assert_eq!(
            phase(&WorkerState::Ready, Some(&refused), true),
            Phase::Refused
        );
        let lost = WorkerState::Lost(String::new());
        assert_eq!(phase(&lost, Some(&refused), true), Phase::Lost);
    }

    #[test]
    fn the_first_step_ends_the_invitation() {
        let ready = WorkerState::Ready;
        assert_eq!(phase(&ready, None, false), Phase::Loading);
        let fresh = frame(0, [None, None]);
        assert_eq!(phase(&ready, Some(&fresh), false), Phase::Invitation);
        let later = frame(1, [None, None]);
        assert_eq!(phase(&ready, Some(&later), false), Phase::Paused);
    }
}
