//! A network that cannot be built: why, the nearest that can, and the way back.

use crate::controls;
use crate::i18n::{Key, key};
use crate::panels::messages::{action, card};
use crate::state::Lab;
use crate::ui::El;

/// The message.
pub(super) fn impossible(lab: Lab) -> Option<El> {
    let failure = lab.run.impossible.get()?;
    // Layers are named by their kind and number; what a kind needs is worded, all else is the developer's.
    let kind = failure.field.trim_end_matches(|c: char| c.is_ascii_digit());
    let needs = match Key::find(&format!("needs.{kind}")) {
        Some(key) => lab.view.words.get(key),
        None => &failure.message,
    };
    let values = [("layer", &*failure.field), ("message", needs)];
    let text = lab.view.words.fill(key::MESSAGE_IMPOSSIBLE, &values);
    let ways = ways_out(lab);
    Some(card("impossible", &text, ways).attr("title", &failure.message))
}

/// From a network that cannot be built: to the nearest that can, and back to where the reader was.
fn ways_out(lab: Lab) -> Vec<El> {
    let words = lab.view.words;
    let now = lab.run.now.get_untracked();
    let near = now.nearest_buildable();
    let changes = near.differing(&now).map(|row| {
        let label = words.find(&format!("control.{}.label", row.name));
        [&*label, " ", &*controls::shown(lab, row, &(row.get)(&near))].concat()
    });
    let change = changes.collect::<Vec<_>>().join(", ");
    let use_near = words.fill(key::MESSAGE_USE_NEAREST, &[("change", &change)]);
    let back = match (
        lab.run.last_built.get_untracked(),
        lab.run.lesson.get_untracked(),
    ) {
        (Some(built), _) => action(words.get(key::MESSAGE_UNDO), move || {
            lab.go_back_to(built.clone());
        }),
        (None, Some(lesson)) => {
            let [title, _] = words.lesson(lesson.id);
            let label = words.fill(key::MESSAGE_BACK_TO_LESSON, &[("title", title)]);
            action(&label, move || lab.open(lesson))
        }
        (None, None) => return Vec::new(),
    };
    vec![
        action(&use_near, move || lab.start_afresh(near.clone())),
        back,
    ]
}
