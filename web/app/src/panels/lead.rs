//! The lesson in a sentence; once the run is another than the sentence is about, what was changed and the way back.

use batchnorm_lab::settings::SETTINGS;

use crate::controls::shown;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, derive, el};
use crate::url::departures;

/// The lead of the lesson whose words are shown.
pub fn lead(lab: Lab) -> El {
    let words = lab.view.words;
    let changed = derive(move || {
        let lesson = lab.run.lesson.get()?;
        let rows = lab.run.now.with(|now| departures(lesson, now));
        (!rows.is_empty()).then_some(rows.into_iter().map(|row| row.index()).collect::<Vec<_>>())
    });
    let text = move || match (lab.run.lesson.get(), changed.get()) {
        (None, _) => String::new(),
        (Some(lesson), None) => words.lesson(lesson.id)[1].into(),
        (Some(lesson), Some(rows)) => {
            let values = rows.into_iter().map(|row| {
                let row = &SETTINGS[usize::from(row)];
                let value = lab.run.now.with(|now| shown(lab, row, &(row.get)(now)));
                [
                    &*words.find(&format!("control.{}.label", row.name)),
                    " ",
                    &*value,
                ]
                .concat()
            });
            let [title, _] = words.lesson(lesson.id);
            let values = values.collect::<Vec<_>>().join(", ");
            words.fill(
                key::LESSON_CHANGED,
                &[("title", title), ("changes", &values)],
            )
        }
    };
    el("p")
        .class("lead")
        .attr("data-part", "lead")
        .hideable(lab, "title")
        .child(
            button()
                .class("quiet back")
                .attr("data-part", "to-lesson")
                .flag_live("hidden", move || changed.with(Option::is_none))
                .tell(lab, key::LESSON_BACK)
                .press(move || lab.go_back_to_lesson()),
        )
        .say(text)
}
