//! What the reader must know now, each with its way out. Here only what may keep the other messages from loading: a
//! worker or a part of the page that is gone. The rest is `notices`, which come with the first of them.

use batchnorm_lab::protocol::Frame;

use super::{Panel, panel};
use crate::i18n::key;
use crate::state::{Lab, WorkerState};
use crate::ui::{El, Signal, button, el, follow};

/// All messages.
pub fn messages(lab: Lab) -> El {
    let has_notices = Signal::new(false);
    follow(move || {
        if !has_notices.get_untracked() && is_noticed(lab) {
            has_notices.set(true);
        }
    });
    let notices = move || usize::from(has_notices.get());
    el("div")
        .class("messages")
        .child(list([worker, lazy_module], lab))
        .each(
            move || (0..notices()).collect(),
            move |_| panel(lab, Panel::Notices),
        )
}

/// Whether there is something of which `notices` tells.
fn is_noticed(lab: Lab) -> bool {
    let (services, view) = (lab.services, lab.view);
    services.fetch_failed.with(Option::is_some)
        || services.engine_failure.with(Option::is_some)
        || lab.run.impossible.with(Option::is_some)
        || view.refused.with(Option::is_some)
        || view.notice.with(Option::is_some)
        || !view.refusals.with(Vec::is_empty)
        || lab.read(is_told_of) == Some(true)
}

fn is_told_of(frame: &Frame) -> bool {
    let mut sides = frame.sides.iter();
    frame.replay_left > 0 || sides.any(|side| side.refused.is_some() || side.diverged_at.is_some())
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
