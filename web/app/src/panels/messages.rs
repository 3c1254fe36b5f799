//! What the reader must know now, each with its way out. Here only what may keep the other messages from loading: a
//! worker or a part of the page that is gone. The rest is `notices`.

use super::{Panel, panel};
use crate::i18n::key;
use crate::state::{Lab, WorkerState};
use crate::ui::{El, button, el};

/// All messages.
pub fn messages(lab: Lab) -> El {
    el("div")
        .class("messages")
        .child(list([worker, lazy_module], lab))
        .child(panel(lab, Panel::Notices))
}

/// A list of messages, read out at once; each kind is made anew only when its own facts change, which is never with
/// every frame.
pub(super) fn list<const N: usize>(kinds: [fn(Lab) -> Option<El>; N], lab: Lab) -> El {
    let list = el("div").attr("aria-live", "assertive");
    kinds.into_iter().fold(list, |list, kind| {
        list.swap(move || kind(lab).into_iter().collect())
    })
}

/// A message of a kind and what can be done about it.
pub(super) fn card(kind: &str, text: &str, actions: Vec<El>) -> El {
    el("div")
        .class("message")
        .attr("data-part", "message")
        .attr("data-kind", kind)
        .child(el("p").text(text))
        .child(el("div").class("actions").children(actions))
}

/// A way out.
pub(super) fn action(label: &str, run: impl Fn() + 'static) -> El {
    button().text(label).press(run)
}

fn worker(lab: Lab) -> Option<El> {
    let words = lab.view.words;
    let (kind, key, text) = match lab.services.worker.get() {
        WorkerState::Lost(text) => ("lost", key::MESSAGE_LOST, text),
        WorkerState::NotLoaded(text) => ("not-loaded", key::MESSAGE_NOT_LOADED, text),
        _ => return None,
    };
    let detail = if text.is_empty() { "–".into() } else { text };
    let restart = action(words.get(key::MESSAGE_RESTART), move || lab.start_worker());
    Some(card(
        kind,
        &words.fill(key, &[("detail", &detail)]),
        vec![restart],
    ))
}

/// Part of the page did not load.
fn lazy_module(lab: Lab) -> Option<El> {
    lab.services.lazy_module.get().has_failed.then(|| {
        let again = action(lab.view.words.get(key::MESSAGE_LOAD_AGAIN), move || {
            lab.services.lazy_module.update(|module| {
                module.tries += 1;
                module.has_failed = false;
            });
            // Or it was the texts of a language.
            lab.speak(lab.view.requested_lang.get_untracked());
        });
        let text = lab.view.words.get(key::MESSAGE_NOT_ALL_LOADED);
        card("not-all-loaded", text, vec![again])
    })
}
