//! The run that a picture is of: the lesson's own, trained to its end, with what its panels show.

use batchnorm_lab::data::Dataset;
use batchnorm_lab::lessons::Lesson;
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame, Side};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::View;
use batchnorm_lab::trainer::Trainer;

use crate::cells::Cells;
use crate::compared::{Compared, comparison, native as runs};
use crate::devices::{Comparison, DeviceOptions, native as together};
use crate::grid::{Grid, GridOptions, native};
use crate::history::History;
use crate::i18n::Lang;
use crate::measured::native::{
    backward, by_classes, cells, companies, drifts, folds, landscapes, profiles, weights,
};
use crate::measured::{
    Backwards, ByClasses, Companies, Drifts, Folds, Landscapes, Profiles, USUAL_BACK, Weights, back,
};
use crate::number_line::{Affine, NumberLine};
use crate::tell::{Seen, batch_of};

/// Frames between the first step and the last: as many points as a curve of this size shows.
const FRAMES: u32 = 56;

/// How far each lesson goes: where its claims are made (`tests/core/lessons.rs`), or where its charts have come to rest.
const ENDS: &[(&str, u32)] = &[
    ("first-look", 200),
    ("drift", 1600),
    ("four-steps", 20),
    ("gamma-beta", 400),
    ("learning-rate", 1500),
    ("initialisation", 3000),
    ("gradients", 400),
    ("landscape", 200),
    ("noise", 0),
    ("train-vs-inference", 500),
    ("small-batch", 800),
    ("one-class-batches", 1500),
    ("sequences", 2000),
    ("which-cells", 40),
    ("images", 300),
    ("fine-tuning", 1700),
    ("dropout", 2000),
    ("batch-renorm", 1500),
    ("weight-decay", 2000),
    ("sync-bn", 100),
    ("fold", 400),
    ("sandbox", 500),
];

/// A trained run.
pub(super) struct Run {
    pub lesson: Lesson,
    pub settings: Settings,
    pub data: Dataset,
    pub frame: Frame,
    pub history: History,
    pub noise: Option<BatchNoiseReport>,
    pub sweep: Option<Grid>,
    pub race: Option<Grid>,
    pub landscape: Option<Landscapes>,
    pub profiles: Option<Profiles>,
    pub compared: Option<Compared>,
    pub corrections: Option<Compared>,
    pub drift: Option<Drifts>,
    pub weights: Option<Weights>,
    pub by_class: Option<ByClasses>,
    pub company: Option<Companies>,
    pub devices: Option<Comparison>,
    pub number_line: Option<NumberLine>,
    pub cells: Option<Cells>,
    pub backward: Option<Backwards>,
    pub folded: Option<Folds>,
    /// Whether it is the one that the lesson begins with: nothing has come of it yet.
    pub is_problem: bool,
}

impl Run {
    /// Trains it.
    ///
    /// # Panics
    /// If the lesson has no end here or its link cannot be read.
    pub(super) fn of(lesson: &Lesson, digits: &[u8]) -> Self {
        let end = ENDS.iter().find(|(id, _)| *id == lesson.id);
        let (_, end) =
            *end.unwrap_or_else(|| panic!("{}: say here where its picture ends", lesson.id));
        Self::after(lesson, end, false, digits)
    }

    /// The state that a lesson begins with, which its text names: settings over its own, and steps.
    ///
    /// # Panics
    /// If the text is that of no lesson.
    pub(super) fn problem(lesson: &Lesson, text: &str, digits: &[u8]) -> Self {
        let (own, steps) = problem_of(text).unwrap_or_else(|| panic!("{}: no run", lesson.id));
        let settings = [lesson.settings, own.as_str()].join("&");
        // A few links, in a program that ends once they are drawn.
        let settings = settings.leak();
        Self::after(
            &Lesson {
                settings,
                ..*lesson
            },
            steps,
            true,
            digits,
        )
    }

    fn after(lesson: &Lesson, end: u32, is_problem: bool, digits: &[u8]) -> Self {
        let (settings, errors) = Settings::from_text(lesson.settings);
        assert_eq!(errors, [], "{}", lesson.id);
        let data =
            Dataset::with_bytes(&settings, digits).expect("the digits are those of the assets");
        let (mut trainer, frame, history) = trained(lesson, end, digits);
        let mut run = Self {
            lesson: *lesson,
            settings,
            data,
            frame,
            history,
            noise: None,
            sweep: None,
            race: None,
            landscape: None,
            profiles: None,
            compared: None,
            corrections: None,
            drift: None,
            weights: None,
            by_class: None,
            company: None,
            devices: None,
            number_line: None,
            cells: None,
            backward: None,
            folded: None,
            is_problem,
        };
        run.measure(&mut trainer);
        let train = |panel: &str, options: GridOptions| {
            let is_shown = lesson.panels.contains(&panel);
            is_shown.then(|| match is_problem {
                true => native::waiting(&run.settings, &options),
                false => native::train(&run.settings, &options, digits),
            })
        };
        let grids = [
            train("race-grid", GridOptions::race_of(Some(lesson))),
            train("sweep", GridOptions::sweep()),
        ];
        [run.race, run.sweep] = grids;
        let (settings, step) = (&run.settings, u64::from(end));
        let shows = |panel: &str| lesson.panels.contains(&panel);
        run.landscape = shows("landscape").then(|| landscapes(settings, step, digits));
        let far = u64::from(back(USUAL_BACK));
        run.drift = shows("drift").then(|| drifts(settings, step, far, digits));
        run.weights = shows("weight-norm").then(|| weights(settings, step, 10.0, digits));
        run.number_line = shows("number-line").then(|| run.batch()).flatten();
        run.cells = shows("which-cells").then(|| cells(settings, step, digits));
        run.profiles = shows("depth-profile").then(|| profiles(settings, step, digits));
        let compared = |trained: fn(&str, &Settings, &[u8]) -> Compared| match is_problem {
            true => Compared::new(comparison(lesson.id), settings),
            false => trained(lesson.id, settings, digits),
        };
        run.compared = shows("compared-runs").then(|| compared(runs::compared));
        run.corrections = shows("r-and-d").then(|| compared(runs::corrections));
        run.by_class = shows("by-class").then(|| by_classes(settings, step, digits));
        run.company = shows("sharing").then(|| companies(settings, step, digits));
        let options = DeviceOptions::default();
        run.devices = shows("devices").then(|| match is_problem {
            true => Comparison::new(options.shards(settings.batch_size())),
            false => together::compare(settings, options, digits),
        });
        let shown = shows("backward").then(|| backward(settings, step, digits));
        run.backward = shown.flatten();
        let shown = shows("fold").then(|| folds(settings, step, digits));
        run.folded = shown.flatten();
        run
    }

    fn measure(&mut self, trainer: &mut Trainer) {
        if !self.lesson.panels.contains(&"x-hat-noise") {
            return;
        }
        trainer.handle(Command::MeasureBatchNoise);
        while trainer.has_background() {
            trainer.background();
        }
        for event in trainer.take_events() {
            if let Event::BatchNoise(report) = event {
                self.noise = Some(*report);
            }
        }
    }

    /// The selected unit's mini-batch through the four steps; the value that is farthest out is looked at.
    fn batch(&self) -> Option<NumberLine> {
        let batch = batch_of(&Seen {
            frame: Some(&self.frame),
            ..Seen::nothing(Lang::En, &self.settings, &self.history)
        })?;
        let affine = Affine {
            gamma: batch.learned[0],
            beta: batch.learned[1],
            epsilon: self.settings.epsilon,
        };
        let far = |row: &usize| NumberLine::new(&batch.points, affine, 0).stages[2][*row].abs();
        let rows = 0..batch.points.x.len();
        let selected = rows.max_by(|a, b| far(a).total_cmp(&far(b)))?;
        let mut of = NumberLine::new(&batch.points, affine, selected);
        of.of = Some(batch.of);
        Some(of)
    }

    /// The runs that are shown, 0 being A.
    pub(super) fn sides(&self) -> Vec<usize> {
        match self.settings.view {
            View::Twin => vec![0, 1],
            View::A => vec![0],
            View::B => vec![1],
        }
    }

    pub(super) fn shown(&self) -> [bool; 2] {
        [0, 1].map(|side| self.sides().contains(&side))
    }

    pub(super) fn side(&self, index: usize) -> Option<&Side> {
        self.frame
            .sides
            .iter()
            .find(|side| usize::from(side.index) == index)
    }
}

/// The settings and steps of the run that a lesson's text names in its first step.
fn problem_of(text: &str) -> Option<(String, u32)> {
    let (_, step) = text.split_once("{#problem}")?;
    let (step, _) = step.split_once("\n## ")?;
    let (_, run) = step.split_once("](run:")?;
    let (run, _) = run.split_once(')')?;
    let (steps, settings): (Vec<_>, Vec<_>) =
        run.split('&').partition(|part| part.starts_with("steps="));
    let steps = steps.first().and_then(|part| part.strip_prefix("steps="));
    Some((settings.join("&"), steps.unwrap_or("0").parse().ok()?))
}

/// A lesson's run after so many steps, with what was seen on the way.
fn trained(lesson: &Lesson, end: u32, digits: &[u8]) -> (Trainer, Frame, History) {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Data(digits.to_vec()));
    trainer.handle(Command::Configure {
        run: 1,
        settings: lesson.settings.into(),
        checkpoint: None,
    });
    let mut history = History::default();
    let mut frame = frame_of(&mut trainer);
    history.feed(&frame);
    let mut done = 0;
    for part in 1..=FRAMES.min(end) {
        let steps = end * part / FRAMES.min(end) - done;
        done += steps;
        trainer.handle(Command::Step { steps });
        while trainer.is_urgent() {
            trainer.step();
        }
        while let Some(Event::Recorded(points)) = trainer.recorded() {
            for point in &points {
                history.feed(point);
            }
        }
        frame = frame_of(&mut trainer);
        history.feed(&frame);
    }
    (trainer, frame, history)
}

fn frame_of(trainer: &mut Trainer) -> Frame {
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame was asked, {other:?} came"),
    }
}
