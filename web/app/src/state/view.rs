//! What a reader looks at and how: language, theme, pointer, messages in passing. Knows nothing of the run.

use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::ObservedSet;
use batchnorm_lab::settings::{Range, Setting};

use crate::i18n::{Key, Lang, Words};
use crate::ui::{Signal, derive};

/// Light or dark, or as what is around the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As what is around it.
    Auto,
    /// Dark text on light paper.
    Light,
    /// Light text on dark paper.
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

/// How much of the lab is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// One idea in one box: at most three panels and five controls.
    Figure,
    /// A figure, and below it how its panels are read.
    Lesson,
    /// Every panel and every control.
    Lab,
}

impl ViewKind {
    /// The word in attributes.
    pub fn name(self) -> &'static str {
        match self {
            ViewKind::Figure => "figure",
            ViewKind::Lesson => "lesson",
            ViewKind::Lab => "lab",
        }
    }

    /// The view of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [ViewKind::Figure, ViewKind::Lesson, ViewKind::Lab]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A read-out on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Tooltip {
    /// Lines of text.
    pub lines: Vec<String>,
    /// From the left of the lab, CSS pixels of its own.
    pub x: f64,
    /// From its top.
    pub y: f64,
    /// Near the right edge, where it opens to the left, so that it is never cut off.
    pub is_far: bool,
}

/// What was typed into a field and is not taken.
#[derive(Clone)]
pub struct Refused {
    /// The field's setting.
    pub row: &'static Setting,
    /// The block, where the field is of one.
    pub place: Option<usize>,
    /// What was typed.
    pub text: String,
    /// What the field takes.
    pub range: Range,
}

/// What is under the pointer: a control or a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// Its name in the texts.
    pub name: &'static str,
    /// The area of the page that lights up.
    pub lights: &'static str,
}

/// A panel whose sheet is open.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its name.
    pub panel: &'static str,
    /// The button that opened it, to which the focus returns.
    pub opener: web_sys::Element,
}

/// What is on the screen besides the run.
#[derive(Clone, Copy)]
pub struct ViewState {
    /// How much of the lab is shown.
    pub kind: Signal<ViewKind>,
    /// The panels of a figure that the embedding page has chosen, by name; empty for those of the lesson.
    pub panels: Signal<Vec<String>>,
    /// Which panels of the lab have their turn where there is no room for all, by name.
    pub turn: Signal<&'static str>,
    /// The panels that are on the screen, by number, and what each shows of the run.
    pub seen: Signal<Vec<(usize, ObservedSet)>>,
    /// Language.
    pub words: Words,
    /// The language that was asked for last; its texts may still be on their way.
    pub requested_lang: Signal<Lang>,
    /// The reader's choice of theme.
    pub theme: Signal<ThemeChoice>,
    /// Whether it is dark around the lab, as the host says by its colour scheme.
    pub is_dark_around: Signal<bool>,
    /// Whether the page is dark now.
    pub is_dark: Signal<bool>,
    /// Larger type for a projector.
    pub is_presenting: Signal<bool>,
    /// Whether help is open.
    pub is_helping: Signal<bool>,
    /// The panel that lies over the lab, by name; empty where none does.
    pub over: Signal<&'static str>,
    /// Whether the lab's sweep is to be trained as soon as it is there.
    pub trains_sweep: Signal<bool>,
    /// A line that was drawn before the run: its chart, its name and its points, as `charts::Guess` reads them.
    pub guess: Signal<String>,
    /// The panel that is being read.
    pub reading: Signal<Option<Reading>>,
    /// The control or term under the pointer.
    pub pointed: Signal<Option<Pointed>>,
    /// The read-out under the pointer.
    pub tooltip: Signal<Option<Tooltip>>,
    /// The step under the pointer, which every chart over steps marks.
    pub cursor: Signal<Option<u64>>,
    /// The unit under the pointer.
    pub hovered: Signal<Option<usize>>,
    /// Controls that the embedding page hides, by name.
    pub hidden: Signal<Vec<String>>,
    /// What a link got wrong.
    pub refusals: Signal<Vec<Error>>,
    /// What a field does not take.
    pub refused: Signal<Option<Refused>>,
    /// A passing word, e.g. that the link was copied.
    pub notice: Signal<Option<Key>>,
}

impl ViewState {
    /// A view in that language with nothing pointed at. Needs a reactive owner.
    pub(super) fn new(lang: Lang) -> Self {
        let theme = Signal::new(ThemeChoice::Auto);
        let is_dark_around = Signal::new(false);
        Self {
            kind: Signal::new(ViewKind::Lab),
            panels: Signal::new(Vec::new()),
            turn: Signal::new("layers"),
            seen: Signal::new(Vec::new()),
            words: Words(Signal::new(lang)),
            requested_lang: Signal::new(lang),
            theme,
            is_dark_around,
            is_dark: derive(move || match theme.get() {
                ThemeChoice::Auto => is_dark_around.get(),
                choice => choice == ThemeChoice::Dark,
            }),
            is_presenting: Signal::new(false),
            is_helping: Signal::new(false),
            over: Signal::new(""),
            trains_sweep: Signal::new(false),
            guess: Signal::new(String::new()),
            reading: Signal::new(None),
            pointed: Signal::new(None),
            tooltip: Signal::new(None),
            cursor: Signal::new(None),
            hovered: Signal::new(None),
            hidden: Signal::new(Vec::new()),
            refusals: Signal::new(Vec::new()),
            refused: Signal::new(None),
            notice: Signal::new(None),
        }
    }
}
