//! The top line: what this is, which lesson; at its end the tools.

use super::{Panel, panel};
use crate::i18n::key;
use crate::spoken::{Spoken, lesson_title};
use crate::state::Lab;
use crate::ui::{El, el, value_of};
use batchnorm_lab::lessons::{LESSONS, lesson as find_lesson};

/// The header.
pub fn header(lab: Lab) -> El {
    let title = el("h1")
        .class("title")
        .child(el("span").class("brand").text("batchnorm-lab"));
    el("header")
        .class("top")
        .child(title)
        .child(lessons(lab))
        .child(el("span").class("spring"))
        .child(panel(lab, Panel::HeaderTools))
}

fn lessons(lab: Lab) -> El {
    let options = LESSONS.iter().map(|lesson| {
        let title = move || match lab.run.lesson.get() {
            Some(shown) if shown.id == lesson.id => lesson_title(lab, lesson),
            _ => lab.view.words.lesson(lesson.id)[0].into(),
        };
        el("option").attr("value", lesson.id).say(title)
    });
    el("select")
        .class("lesson")
        .attr("data-part", "lesson")
        .named(lab, key::HEADER_LESSON)
        .hideable(lab, "lesson")
        .children(options)
        .value(move || {
            lab.run
                .lesson
                .get()
                .map_or("sandbox", |lesson| lesson.id)
                .into()
        })
        .on("change", move |event| {
            if let Some(lesson) = find_lesson(&value_of(&event)) {
                lab.open(lesson);
            }
        })
}
