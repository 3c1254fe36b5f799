//! What the reader must know now: a broken link, a run that cannot go on, a worker that is gone; each with its way out.

use batchnorm_lab::error::Error;
use batchnorm_lab::settings::Settings;
use leptos::prelude::*;

use super::say;
use crate::format;
use crate::i18n::key;
use crate::state::{Lab, WorkerState};

/// All messages, newest state first.
pub fn messages(lab: Lab) -> AnyView {
    view! {
        <div class="messages" aria-live="assertive">
            {move || worker(lab)}
            {move || refused(lab)}
            {move || diverged(lab)}
            {move || link(lab)}
            {move || replay(lab)}
            {move || notice(lab)}
        </div>
    }
    .into_any()
}

fn card(kind: &'static str, text: String, actions: Vec<AnyView>) -> AnyView {
    view! {
        <div class="message" data-part="message" data-kind=kind>
            <p>{text}</p>
            <div class="actions">{actions}</div>
        </div>
    }
    .into_any()
}

fn action(label: String, run: impl Fn() + 'static) -> AnyView {
    view! { <button type="button" on:click=move |_| run()>{label}</button> }.into_any()
}

fn worker(lab: Lab) -> Option<AnyView> {
    let words = lab.words;
    let (kind, key, text) = match lab.worker.get() {
        WorkerState::Lost(text) => ("lost", key::MESSAGE_LOST, text),
        WorkerState::NotLoaded(text) => ("not-loaded", key::MESSAGE_NOT_LOADED, text),
        _ => return None,
    };
    let detail = if text.is_empty() { "–".into() } else { text };
    let restart = action(words.get(key::MESSAGE_RESTART).into(), move || {
        lab.start_worker()
    });
    Some(card(
        kind,
        words.fill(key, &[("detail", &detail)]),
        vec![restart],
    ))
}

fn refused(lab: Lab) -> Option<AnyView> {
    let words = lab.words;
    let refused = Memo::new(move |_| {
        lab.read(|frame| frame.sides.iter().find_map(|side| side.refused.clone()))
            .flatten()
    });
    let failure = refused.get()?;
    let (text, actions) = if failure.code == "too-few-values" {
        let two = action(words.get(key::MESSAGE_USE_TWO).into(), move || {
            lab.change("batch", "2")
        });
        let text = words.fill(key::MESSAGE_TOO_FEW, &[("message", &failure.message)]);
        (text, vec![two])
    } else {
        (
            words.fill(key::MESSAGE_REFUSED, &[("message", &failure.message)]),
            Vec::new(),
        )
    };
    Some(card("refused", text, actions))
}

fn diverged(lab: Lab) -> Option<AnyView> {
    let words = lab.words;
    let which = Memo::new(move |_| {
        lab.read(|frame| {
            let steps: Vec<(u8, u64)> = frame
                .sides
                .iter()
                .filter_map(|side| side.diverged_at.map(|step| (side.index, step)))
                .collect();
            (steps, frame.sides.len())
        })
    });
    let (steps, shown) = which.get()?;
    let (_, first) = *steps.first()?;
    let text = match (&steps[..], shown) {
        ([(index, step)], 2) => {
            let run = words.get(if *index == 0 { key::RUN_A } else { key::RUN_B });
            words.fill(
                key::MESSAGE_DIVERGED_ONE,
                &[("run", run), ("step", &format::count(*step))],
            )
        }
        _ => words.fill(key::MESSAGE_DIVERGED, &[("step", &format::count(first))]),
    };
    let lower = lab.now.with_untracked(|s| s.learning_rate) / 10.0;
    let lower: f64 = format!("{lower:.1e}").parse().unwrap_or(lower);
    let lower = lower.max(0.0001);
    let gain = lab.now.with_untracked(|s| s.gain);
    let smaller = (gain / 2.0).max(0.01);
    let again = move |name: &'static str, value: String| {
        move || {
            let mut next = lab.now.get_untracked();
            // The values come from within the setting's own bounds.
            let _ = next.set(name, &value);
            lab.change(name, &value);
            lab.reset();
        }
    };
    let mut actions = vec![
        action(
            words.fill(
                key::MESSAGE_LOWER_RATE,
                &[("value", &format::setting(lower))],
            ),
            again("lr", format::setting(lower)),
        ),
        action(
            words.fill(
                key::MESSAGE_SMALLER_GAIN,
                &[("value", &format::setting(smaller))],
            ),
            again("gain", format::setting(smaller)),
        ),
    ];
    let plain = steps
        .iter()
        .map(|(index, _)| *index)
        .find(|index| lab.now.with_untracked(|s| norm_of(s, *index)) == "none");
    if let Some(index) = plain {
        let name = if index == 0 { "a" } else { "b" };
        actions.push(action(
            words.get(key::MESSAGE_USE_NORM).into(),
            again(name, "batch".into()),
        ));
    }
    Some(card("diverged", text, actions))
}

fn norm_of(settings: &Settings, index: u8) -> &'static str {
    if index == 0 {
        settings.norm_a
    } else {
        settings.norm_b
    }
    .name()
}

fn link(lab: Lab) -> Option<AnyView> {
    let words = lab.words;
    let errors = lab.refusals.get();
    if errors.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> = errors
        .iter()
        .map(|error| {
            let line = wording(lab, error);
            view! { <li>{line}</li> }.into_any()
        })
        .collect();
    let dismiss = action(words.get(key::MESSAGE_DISMISS).into(), move || {
        lab.refusals.set(Vec::new());
    });
    Some(
        view! {
            <div class="message" data-part="message" data-kind="link">
                <div>
                    <p>{words.get(key::MESSAGE_LINK)}</p>
                    <ul>{lines}</ul>
                </div>
                <div class="actions">{dismiss}</div>
            </div>
        }
        .into_any(),
    )
}

fn wording(lab: Lab, error: &Error) -> String {
    let words = lab.words;
    match error {
        Error::UnknownSetting { name } => words.fill(key::MESSAGE_UNKNOWN, &[("name", name)]),
        Error::InvalidSetting {
            name,
            value,
            allowed,
        } => {
            let used = lab
                .now
                .with(|settings| settings.get(name))
                .unwrap_or_else(|_| "–".into());
            words.fill(
                key::MESSAGE_INVALID,
                &[
                    ("name", name),
                    ("value", value),
                    ("allowed", allowed),
                    ("used", &used),
                ],
            )
        }
        other => other.to_string(),
    }
}

fn replay(lab: Lab) -> Option<AnyView> {
    let (left, step) = lab.read(|frame| (frame.replay_left, frame.step))?;
    if left == 0 {
        return None;
    }
    let total = left + step;
    let text = lab.words.fill(
        key::MESSAGE_REPLAY,
        &[
            ("step", &format::count(step)),
            ("total", &format::count(total)),
        ],
    );
    let stop = action(lab.words.get(key::MESSAGE_STOP_REPLAY).into(), move || {
        lab.pause()
    });
    Some(
        view! {
            <div class="message" data-part="message" data-kind="replay">
                <p>{text}</p>
                <progress max=total.to_string() value=step.to_string()></progress>
                <div class="actions">{stop}</div>
            </div>
        }
        .into_any(),
    )
}

fn notice(lab: Lab) -> Option<AnyView> {
    let key = lab.notice.get()?;
    set_timeout(
        move || {
            // The lab may be gone by then.
            let _ = lab.notice.try_set(None);
        },
        std::time::Duration::from_secs(4),
    );
    Some(
        view! {
            <div class="message passing" data-part="notice" role="status">
                <p>{say(lab, key)()}</p>
            </div>
        }
        .into_any(),
    )
}
