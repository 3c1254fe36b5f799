//! Words of the page on elements, in the language of the moment. Knows no control and no panel.

use batchnorm_lab::lessons::Lesson;
use batchnorm_lab::settings::{Setting, setting};

use crate::i18n::{Key, key};
use crate::state::{Lab, Pointed};
use crate::ui::El;
use crate::url::departures;

/// What else than a setting's control can be hidden.
pub(crate) const HIDEABLE: [&str; 13] = [
    "title", "play", "step", "reset", "open-lab", "lesson", "seed", "engine", "lang", "theme",
    "share", "present", "help",
];

/// Whether a control has that name.
pub(crate) fn is_hideable(name: &str) -> bool {
    HIDEABLE.contains(&name) || setting(name).is_ok()
}

/// Words of the page on elements, in the language of the moment.
pub(crate) trait Spoken {
    /// As text.
    fn tell(self, lab: Lab, key: Key) -> Self;
    /// As the name that a screen reader says.
    fn named(self, lab: Lab, key: Key) -> Self;
    /// As the hint under a resting pointer.
    fn hint(self, lab: Lab, key: Key) -> Self;
    /// The control of a setting points at itself, for help and light, while the pointer or the focus is on it.
    fn pointing(self, lab: Lab, row: &'static Setting) -> Self;
    /// The same for what is no setting.
    fn pointing_at(self, lab: Lab, pointed: Pointed) -> Self;
    /// Gone while the embedding page hides the control of that name.
    fn hideable(self, lab: Lab, name: &'static str) -> Self;
}

impl Spoken for El {
    fn tell(self, lab: Lab, key: Key) -> Self {
        self.say(move || lab.view.words.get(key).to_owned())
    }

    fn named(self, lab: Lab, key: Key) -> Self {
        self.live("aria-label", move || lab.view.words.get(key).to_owned())
    }

    fn hint(self, lab: Lab, key: Key) -> Self {
        self.live("title", move || lab.view.words.get(key).to_owned())
    }

    fn pointing(self, lab: Lab, row: &'static Setting) -> Self {
        let (name, lights) = (row.name, row.lights);
        self.pointing_at(lab, Pointed { name, lights })
    }

    fn pointing_at(self, lab: Lab, pointed: Pointed) -> Self {
        let mut element = self;
        for event in ["pointerenter", "focusin"] {
            element = element.on(event, move |_| lab.point_at(Some(pointed)));
        }
        for event in ["pointerleave", "focusout"] {
            element = element.on(event, move |_| lab.point_at(None));
        }
        element
    }

    fn hideable(self, lab: Lab, name: &'static str) -> Self {
        debug_assert!(is_hideable(name), "`hide` does not know {name}");
        self.flag_live("hidden", move || lab.hides(name))
    }
}

/// The lesson's title, or what the run on the screen was made from.
pub(crate) fn lesson_title(lab: Lab, lesson: &'static Lesson) -> String {
    let words = lab.view.words;
    let [title, _] = words.lesson(lesson.id);
    match lab.run.now.with(|now| departures(lesson, now).is_empty()) {
        true => title.into(),
        false => words.fill(key::LESSON_BASED_ON, &[("title", title)]),
    }
}

/// The letter of a run.
pub(crate) fn letter(lab: Lab, side: u8) -> &'static str {
    lab.view.words.get(if side == 0 {
        key::SIDE_LETTER_A
    } else {
        key::SIDE_LETTER_B
    })
}

/// What a run is: its letter and its normalisation.
pub(crate) fn run_name(lab: Lab, side: u8) -> String {
    let norm = lab
        .run
        .now
        .with(|s| if side == 0 { s.norm_a } else { s.norm_b });
    let key = if side == 0 {
        key::SIDE_TITLE_A
    } else {
        key::SIDE_TITLE_B
    };
    let norm = lab.view.words.find(&format!("choice.a.{}", norm.name()));
    lab.view.words.fill(key, &[("norm", &norm)])
}
