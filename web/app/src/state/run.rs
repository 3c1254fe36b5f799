//! What the page knows of the run on the screen. Sends nothing and draws nothing.

use std::sync::Arc;

use batchnorm_lab::lessons::{LESSONS, Lesson};
use batchnorm_lab::protocol::{BatchNoiseReport, Checkpoint, Failure, Frame};
use batchnorm_lab::settings::choice::Speed;
use batchnorm_lab::settings::{Setting, Settings, Value};

use super::{WorkerState, is_halted};
use crate::devices::AnyComparison;
use crate::grid::Grid;
use crate::history::History;
use crate::measured::AnyMeasured;
use crate::ui::{Signal, derive};

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
pub struct EarlierRun {
    /// Its lesson.
    pub lesson: Option<&'static Lesson>,
    /// Its link.
    pub link: Settings,
    /// Where it was; none before its first step.
    pub checkpoint: Option<Box<Checkpoint>>,
    /// What was remembered of it.
    pub history: Arc<History>,
}

/// The run on the screen. Inputs are signals, everything derived is a memo.
#[derive(Clone, Copy)]
pub struct RunState {
    /// The run's first settings and the changes since: what a link says.
    pub link: Signal<Settings>,
    /// The values in force, which the controls show.
    pub now: Signal<Settings>,
    /// The lesson whose words are shown.
    pub lesson: Signal<Option<&'static Lesson>>,
    /// Number of the run, growing with every start.
    pub number: Signal<u32>,
    /// Whether the reader wants training to go on.
    pub is_playing: Signal<bool>,
    /// The newest frame.
    pub frame: Signal<Option<Arc<Frame>>>,
    /// Frames gone by, as the charts over time need them.
    pub history: Signal<History>,
    /// The last answer about small batches.
    pub batch_noise: Signal<Option<Arc<BatchNoiseReport>>>,
    /// Whether that answer is being waited for.
    pub is_measuring: Signal<bool>,
    /// Networks over one setting, by their kinds, as far as they are trained.
    pub sweep: Signal<Option<Grid>>,
    /// Networks over two settings, as far as they are trained.
    pub race_grid: Signal<Option<Grid>>,
    /// What the reader asks of the race grid and of the sweep, as links say it; empty where they are as they begin.
    pub asked_grids: [Signal<String>; 2],
    /// The loss along the gradient, once measured.
    pub landscape: Signal<AnyMeasured>,
    /// The signal through the depth under several normalisations, once measured.
    pub profiles: Signal<AnyMeasured>,
    /// Whole runs beside each other, and the one that r and d are of, as far as they are trained.
    pub compared: Signal<AnyMeasured>,
    /// See `compared`.
    pub corrections: Signal<AnyMeasured>,
    /// How far the distributions inside move, once measured.
    pub drift: Signal<AnyMeasured>,
    /// The weights that a normalisation follows, once weighed.
    pub weights: Signal<AnyMeasured>,
    /// A unit's values by class, once measured.
    pub by_class: Signal<AnyMeasured>,
    /// What the sequences of a batch share, once measured.
    pub company: Signal<AnyMeasured>,
    /// One batch on several devices, as far as they are trained.
    pub devices: Signal<AnyComparison>,
    /// One mini-batch through the four steps, once its panel is there.
    pub number_line: Signal<AnyMeasured>,
    /// Which cells share their statistics, once values are measured.
    pub cells: Signal<AnyMeasured>,
    /// What Batch Normalization passes back of the selected unit, once measured.
    pub backward: Signal<AnyMeasured>,
    /// A network and the one it is folded into.
    pub folded: Signal<AnyMeasured>,
    /// Why the settings describe no network.
    pub impossible: Signal<Option<Failure>>,
    /// The run before the last reset or change of lesson.
    pub earlier: Signal<Option<EarlierRun>>,
    /// The last run that could begin: the way back from one that cannot.
    pub last_built: Signal<Option<EarlierRun>>,
    /// The newest state to go on from.
    pub checkpoint: Signal<Option<Box<Checkpoint>>>,
    /// Live changes that the worker has not answered, oldest first; controls show them already.
    pub wishes: Signal<Vec<(&'static Setting, Value)>>,
    /// Steps asked for before the worker was ready.
    pub steps_due: Signal<u32>,
    /// What is going on.
    pub phase: Signal<Phase>,
    /// Whether pictures follow each other too fast to be looked at one by one.
    pub is_moving: Signal<bool>,
    /// Hidden layers.
    pub depth: Signal<usize>,
}

impl RunState {
    /// A run that nobody has heard of yet. Needs a reactive owner.
    pub(super) fn new(settings: Settings, worker: Signal<WorkerState>) -> Self {
        let frame = Signal::new(None::<Arc<Frame>>);
        let impossible = Signal::new(None::<Failure>);
        let is_playing = Signal::new(false);
        let now = Signal::new(settings.clone());
        Self {
            link: Signal::new(settings),
            now,
            lesson: Signal::new(LESSONS.first()),
            number: Signal::new(0),
            is_playing,
            frame,
            history: Signal::new(History::default()),
            batch_noise: Signal::new(None),
            is_measuring: Signal::new(false),
            sweep: Signal::new(None),
            race_grid: Signal::new(None),
            asked_grids: [Signal::new(String::new()), Signal::new(String::new())],
            landscape: Signal::new(None),
            profiles: Signal::new(None),
            compared: Signal::new(None),
            corrections: Signal::new(None),
            drift: Signal::new(None),
            weights: Signal::new(None),
            by_class: Signal::new(None),
            company: Signal::new(None),
            devices: Signal::new(None),
            number_line: Signal::new(None),
            cells: Signal::new(None),
            backward: Signal::new(None),
            folded: Signal::new(None),
            impossible,
            earlier: Signal::new(None),
            last_built: Signal::new(None),
            checkpoint: Signal::new(None),
            wishes: Signal::new(Vec::new()),
            steps_due: Signal::new(0),
            phase: derive(move || {
                let worker = worker.get();
                let is_playing = is_playing.get();
                if impossible.with(Option::is_some) && worker == WorkerState::Ready {
                    return Phase::Refused;
                }
                frame.with(|frame| phase(&worker, frame.as_deref(), is_playing))
            }),
            is_moving: derive(move || {
                let is_fast =
                    now.with(|s| matches!(s.speed, Speed::Ten | Speed::Sixty | Speed::Full));
                is_playing.get() && is_fast
            }),
            depth: derive(move || now.with(|s| s.columns().count())),
        }
    }
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
    use batchnorm_lab::protocol::Side;

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
            ..Failure::default()
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
