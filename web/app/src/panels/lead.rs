//! The lesson in a sentence.

use crate::state::Lab;
use crate::ui::{El, el};

/// The lead of the lesson whose words are shown.
pub fn lead(lab: Lab) -> El {
    let text = move || {
        let lesson = lab.run.lesson.get();
        lesson.map_or_else(String::new, |lesson| {
            lab.view.words.find(&format!("lesson.{}.lead", lesson.id))
        })
    };
    el("p").class("lead").attr("data-part", "lead").say(text)
}
