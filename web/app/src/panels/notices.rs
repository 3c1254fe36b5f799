//! Messages about a run or a link: refused, diverged, impossible, replaying, a setting that could not be used.

use batchnorm_lab::error::Error;
use batchnorm_lab::protocol::Failure;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Norm;

mod impossible;
mod typed;

use self::impossible::impossible;
use self::typed::typed;
use super::messages::{action, card, list};
use crate::actions::engine_choice;
use crate::format;
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, derive, el, set_timeout};

/// The messages.
pub fn notices(lab: Lab) -> El {
    let kinds = list(
        [
            fetching,
            engine_failed,
            impossible,
            refused,
            diverged,
            typed,
            link,
            notice,
        ],
        lab,
    );
    let is_replaying = derive(move || lab.read(|frame| frame.replay_left > 0) == Some(true));
    el("div").child(kinds).each(
        move || (0..usize::from(is_replaying.get())).collect(),
        move |_| replay(lab),
    )
}

fn fetching(lab: Lab) -> Option<El> {
    let text = lab.services.fetch_failed.get()?;
    let again = action(lab.view.words.get(key::MESSAGE_RETRY), move || {
        lab.bring_digits()
    });
    let text = lab
        .view
        .words
        .fill(key::MESSAGE_NO_DIGITS, &[("detail", &text)]);
    Some(card("no-digits", &text, vec![again]))
}

fn engine_failed(lab: Lab) -> Option<El> {
    let (words, failure) = (lab.view.words, lab.services.engine_failure.get()?);
    let engine = lab.services.engine.get();
    let why = words.find(&format!("engine.{}", failure.code));
    let values = [("why", &*why), ("engine", &*engine)];
    let text = words.fill(key::ENGINE_FAILED, &values);
    let again = action(words.get(key::ENGINE_AGAIN), move || {
        lab.use_engine(engine_choice::NAME)
    });
    let dismiss = action(words.get(key::MESSAGE_DISMISS), move || {
        lab.services.engine_failure.set(None)
    });
    let actions = if failure.code == "not-loaded" {
        vec![dismiss]
    } else {
        vec![again, dismiss]
    };
    Some(card("engine-failed", &text, actions).attr("title", &failure.message))
}

fn refused(lab: Lab) -> Option<El> {
    let words = lab.view.words;
    let refused = derive(move || {
        lab.read(|frame| frame.sides.iter().find_map(|side| side.refused.clone()))
            .flatten()
    });
    let failure = refused.get()?;
    let (text, actions) = if failure.code == "too-few-values" {
        too_few(lab, &failure)
    } else {
        (
            words.fill(key::MESSAGE_REFUSED, &[("message", &failure.message)]),
            Vec::new(),
        )
    };
    Some(card("refused", &text, actions))
}

/// A batch, or what is left over of one that is cut into chunks, has a single point; with the nearest sizes that do.
fn too_few(lab: Lab, failure: &Failure) -> (String, Vec<El>) {
    let words = lab.view.words;
    let Failure { batch, chunk, .. } = *failure;
    let text = match chunk {
        0 => words.fill(key::MESSAGE_TOO_FEW, &[("message", &failure.message)]),
        1 => words.get(key::MESSAGE_CHUNKS_OF_ONE).into(),
        _ => {
            let sum = match batch / chunk {
                1 => format!("{chunk} + 1"),
                2 => format!("{chunk} + {chunk} + 1"),
                chunks => format!("{chunks} × {chunk} + 1"),
            };
            let (batch, chunk) = (batch.to_string(), chunk.to_string());
            let values = [
                ("batch", &*batch),
                ("chunk", &chunk),
                ("sum", &sum),
                ("message", &failure.message),
            ];
            words.fill(key::MESSAGE_LEFT_OVER, &values)
        }
    };
    if chunk == 1 {
        // The smallest that leaves no chunk of one.
        let size = (2..).find(|size| batch % size != 1).unwrap_or(2);
        let label = words.fill(key::MESSAGE_USE_CHUNK, &[("size", &size.to_string())]);
        let larger = action(&label, move || lab.edit(|settings| settings.ghost = size));
        return (text, vec![larger]);
    }
    // There is no larger batch than all training points.
    let points = lab.run.now.with_untracked(Settings::train_points);
    let sizes = failure.nearest.iter().copied();
    let offers = sizes.filter(|size| *size as usize <= points).map(|size| {
        let label = words.fill(key::MESSAGE_USE_BATCH, &[("size", &size.to_string())]);
        action(&label, move || lab.edit(|settings| settings.batch = size))
    });
    (text, offers.collect())
}

fn diverged(lab: Lab) -> Option<El> {
    let words = lab.view.words;
    let which = derive(move || {
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
            let run = words.get(if *index == 0 {
                key::SIDE_A
            } else {
                key::SIDE_B
            });
            words.fill(
                key::MESSAGE_DIVERGED_ONE,
                &[("run", run), ("step", &format::count(*step))],
            )
        }
        _ => words.fill(key::MESSAGE_DIVERGED, &[("step", &format::count(first))]),
    };
    let lower = lab.run.now.with_untracked(|s| s.learning_rate) / 10.0;
    let lower = lower.max(0.0001);
    let gain = lab.run.now.with_untracked(|s| s.gain);
    // Back to the scale that the distribution of the weights is made for, or below it.
    let smaller = if gain > 1.0 {
        1.0
    } else {
        (gain / 2.0).max(0.01)
    };
    let again = move |change: Box<dyn Fn(&mut Settings)>| {
        move || {
            lab.edit(&change);
            lab.reset();
        }
    };
    let mut actions = vec![
        action(
            &words.fill(
                key::MESSAGE_LOWER_RATE,
                &[("value", &format::setting(lower))],
            ),
            again(Box::new(move |s| s.learning_rate = lower)),
        ),
        action(
            &words.fill(
                key::MESSAGE_SMALLER_GAIN,
                &[("value", &format::setting(smaller))],
            ),
            again(Box::new(move |s| s.gain = smaller)),
        ),
    ];
    let plain = steps
        .iter()
        .map(|(index, _)| *index)
        .find(|index| lab.run.now.with_untracked(|s| norm_of(s, *index)) == Norm::None);
    if let Some(index) = plain {
        actions.push(action(
            words.get(key::MESSAGE_USE_NORM),
            again(Box::new(move |s| match index {
                0 => s.norm_a = Norm::Batch,
                _ => s.norm_b = Norm::Batch,
            })),
        ));
    }
    Some(card("diverged", &text, actions))
}

fn norm_of(settings: &Settings, index: u8) -> Norm {
    if index == 0 {
        settings.norm_a
    } else {
        settings.norm_b
    }
}

fn link(lab: Lab) -> Option<El> {
    let words = lab.view.words;
    let errors = lab.view.refusals.get();
    if errors.is_empty() {
        return None;
    }
    let lines = errors
        .iter()
        .map(|error| el("li").text(&wording(lab, error)));
    let dismiss = action(words.get(key::MESSAGE_DISMISS), move || {
        lab.view.refusals.set(Vec::new())
    });
    let text = el("div")
        .child(el("p").text(words.get(key::MESSAGE_LINK)))
        .child(el("ul").children(lines));
    Some(
        el("div")
            .class("message")
            .attr("data-part", "message")
            .attr("data-kind", "link")
            .child(text)
            .child(el("div").class("actions").child(dismiss)),
    )
}

fn wording(lab: Lab, error: &Error) -> String {
    let words = lab.view.words;
    match error {
        Error::InvalidSetting {
            name: "engine",
            value,
            ..
        } if engine_choice::has_own_bits(value) => {
            let used = lab.services.engine.get();
            let values = [("name", &**value), ("used", &*used)];
            words.fill(key::ENGINE_ELSEWHERE, &values)
        }
        Error::UnknownSetting { name } => words.fill(key::MESSAGE_UNKNOWN, &[("name", name)]),
        Error::InvalidSetting {
            name,
            value,
            allowed,
        } => {
            let used = lab
                .run
                .now
                .with_untracked(|settings| settings.get(name))
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

/// How far a link's replay is: one element for as long as it lasts, so that it can be pressed; it is read as a bar, and
/// nothing of it is announced.
fn replay(lab: Lab) -> El {
    let words = lab.view.words;
    let progress = derive(move || {
        let progress = lab.read(|frame| (frame.replay_left, frame.step));
        progress.filter(|(left, _)| *left > 0)
    });
    let step = move || progress.get().map_or(0, |(_, step)| step);
    let total = move || progress.get().map_or(0, |(left, step)| left + step);
    let text = move || {
        let (step, total) = (format::count(step()), format::count(total()));
        words.fill(key::MESSAGE_REPLAY, &[("step", &step), ("total", &total)])
    };
    let bar = el("progress")
        .named(lab, key::MESSAGE_REPLAYING)
        .live("max", move || total().max(1).to_string())
        .live("value", move || step().to_string());
    let stop = button()
        .tell(lab, key::MESSAGE_STOP_REPLAY)
        .press(move || lab.pause());
    el("div")
        .class("message")
        .attr("data-part", "message")
        .attr("data-kind", "replay")
        .child(el("p").attr("aria-hidden", "true").say(text))
        .child(el("div").class("actions").child(bar).child(stop))
}

fn notice(lab: Lab) -> Option<El> {
    let key = lab.view.notice.get()?;
    set_timeout(
        move || {
            // The lab may be gone by then.
            let _ = lab.view.notice.try_set(None);
        },
        std::time::Duration::from_secs(4),
    );
    let text = lab.view.words.get(key);
    Some(
        el("div")
            .class("message passing")
            .attr("data-part", "notice")
            .attr("role", "status")
            .child(el("p").text(text)),
    )
}
