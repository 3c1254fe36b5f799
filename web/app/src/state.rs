//! What the page knows: one struct of signals. Inputs are signals, everything derived is a memo; nothing is sent from here.

use std::sync::Arc;

use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::{Checkpoint, Frame, LadderReport, NoiseReport, Side};
use batchnorm_lab::settings::Settings;
use leptos::prelude::*;

use crate::bridge::Bridge;
use crate::canvas::Tooltip;
use crate::embed::Waiting;
use crate::history::History;
use crate::i18n::{Lang, Words};
use crate::presets::{PRESETS, Preset};
use crate::schedule::Schedule;

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
    pub lesson: Option<&'static Preset>,
    /// Its link.
    pub link: Settings,
    /// Where it stood.
    pub checkpoint: Box<Checkpoint>,
}

/// Everything the page knows. `Copy`: components take it by value.
#[derive(Clone, Copy)]
pub struct Lab {
    /// The run's first settings and the changes since: what a link says.
    pub link: RwSignal<Settings>,
    /// The values in force, which the controls show.
    pub now: RwSignal<Settings>,
    /// The lesson whose words are shown.
    pub lesson: RwSignal<Option<&'static Preset>>,
    /// Number of the run on the screen.
    pub run: RwSignal<u32>,
    /// Whether the reader wants training to go on.
    pub is_playing: RwSignal<bool>,
    /// The newest frame.
    pub frame: RwSignal<Option<Arc<Frame>>>,
    /// Frames gone by, as the charts over time need them.
    pub history: StoredValue<History>,
    /// The last answer about small batches.
    pub noise: RwSignal<Option<Arc<NoiseReport>>>,
    /// Whether that answer is being waited for.
    pub is_measuring: RwSignal<bool>,
    /// The last answer about accuracy against batch size.
    pub ladder: RwSignal<Option<Arc<LadderReport>>>,
    /// Whether the ladder is being climbed.
    pub is_climbing: RwSignal<bool>,
    /// How the worker is.
    pub worker: RwSignal<WorkerState>,
    /// Which lanes compute, or are about to.
    pub engine: RwSignal<String>,
    /// Which lanes this browser can run.
    pub engines: StoredValue<Vec<String>>,
    /// What the link got wrong.
    pub refusals: RwSignal<Vec<Error>>,
    /// A passing word, e.g. that the link was copied.
    pub notice: RwSignal<Option<crate::i18n::Key>>,
    /// The run before the last reset or change of lesson.
    pub earlier: RwSignal<Option<Earlier>>,
    /// Language.
    pub words: Words,
    /// The reader's choice of theme.
    pub theme: RwSignal<ThemeChoice>,
    /// Whether the system prefers dark.
    pub system_is_dark: RwSignal<bool>,
    /// Larger type for a projector.
    pub is_presenting: RwSignal<bool>,
    /// Whether help is open.
    pub is_helping: RwSignal<bool>,
    /// The control or term under the pointer, by its name in the texts.
    pub pointed: RwSignal<Option<&'static str>>,
    /// The read-out under the pointer.
    pub tooltip: RwSignal<Option<Tooltip>>,
    /// The step under the pointer, which every chart over steps marks.
    pub cursor: RwSignal<Option<u64>>,
    /// The unit under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    /// Steps asked for before the worker was ready.
    pub steps_due: StoredValue<u32>,
    /// Controls that the embedding page hides, by name.
    pub hidden: RwSignal<Vec<String>>,
    /// Whether the lab is the page itself and may write the address.
    pub is_page: bool,
    /// The newest state to go on from.
    pub checkpoint: StoredValue<Option<Box<Checkpoint>>>,
    /// `Settings` answers still to come; while there are any, controls show the reader's own wish.
    pub answers_due: StoredValue<u32>,
    /// Promises of `step()` and `snapshot()` to keep.
    pub waiting: StoredValue<Vec<Waiting>, LocalStorage>,
    /// The worker.
    pub bridge: StoredValue<Option<Bridge>, LocalStorage>,
    /// What is to be drawn.
    pub schedule: StoredValue<Schedule, LocalStorage>,
    /// The element that the page stands in; events are dispatched on it.
    pub host: StoredValue<Option<web_sys::HtmlElement>, LocalStorage>,
    /// What is going on.
    pub phase: Memo<Phase>,
    /// Whether the page is dark now.
    pub is_dark: Memo<bool>,
    /// Hidden layers of the run on screen.
    pub depth: Memo<usize>,
}

impl Lab {
    /// A lab that knows nothing yet. Needs a reactive owner.
    pub fn new(settings: Settings, lang: Lang, is_page: bool) -> Self {
        let frame = RwSignal::new(None::<Arc<Frame>>);
        let worker = RwSignal::new(WorkerState::Starting);
        let is_playing = RwSignal::new(false);
        let theme = RwSignal::new(ThemeChoice::Auto);
        let system_is_dark = RwSignal::new(false);
        let now = RwSignal::new(settings.clone());
        Self {
            link: RwSignal::new(settings),
            now,
            lesson: RwSignal::new(PRESETS.first()),
            run: RwSignal::new(0),
            is_playing,
            frame,
            history: StoredValue::new(History::default()),
            noise: RwSignal::new(None),
            is_measuring: RwSignal::new(false),
            ladder: RwSignal::new(None),
            is_climbing: RwSignal::new(false),
            worker,
            engine: RwSignal::new(String::new()),
            engines: StoredValue::new(Vec::new()),
            refusals: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            earlier: RwSignal::new(None),
            words: Words(RwSignal::new(lang)),
            theme,
            system_is_dark,
            is_presenting: RwSignal::new(false),
            is_helping: RwSignal::new(false),
            pointed: RwSignal::new(None),
            tooltip: RwSignal::new(None),
            cursor: RwSignal::new(None),
            hovered: RwSignal::new(None),
            steps_due: StoredValue::new(0),
            hidden: RwSignal::new(Vec::new()),
            is_page,
            checkpoint: StoredValue::new(None),
            answers_due: StoredValue::new(0),
            waiting: StoredValue::new_local(Vec::new()),
            bridge: StoredValue::new_local(None),
            schedule: StoredValue::new_local(Schedule::default()),
            host: StoredValue::new_local(None),
            phase: Memo::new(move |_| {
                let worker = worker.get();
                let is_playing = is_playing.get();
                frame.with(|frame| phase(&worker, frame.as_deref(), is_playing))
            }),
            is_dark: Memo::new(move |_| match theme.get() {
                ThemeChoice::Auto => system_is_dark.get(),
                choice => choice == ThemeChoice::Dark,
            }),
            depth: Memo::new(move |_| now.with(|s| s.layers.len())),
        }
    }

    /// A number of the newest frame; `None` before the first.
    pub fn read<T>(self, of: impl FnOnce(&Frame) -> T) -> Option<T> {
        self.frame.with(|frame| frame.as_deref().map(of))
    }

    /// A number of one run of the newest frame; `None` if that run is not shown.
    pub fn read_side<T>(self, index: u8, of: impl FnOnce(&Side) -> T) -> Option<T> {
        self.read(|frame| side(frame, index).map(of)).flatten()
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
    use batchnorm_lab::protocol::Failure;

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
