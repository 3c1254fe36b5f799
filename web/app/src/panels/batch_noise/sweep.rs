//! The batch-size sweep: accuracy against batch size, trained when the reader asks for it.

use batchnorm_lab::protocol::SweepRow;

use crate::charts::{BatchSizeSweep, Hover};
use crate::format;
use crate::i18n::key;
use crate::panels::Panel;
use crate::panels::figure::{Figure, figure};
use crate::panels::output;
use crate::panels::telling::about as how_to;
use crate::small_sort::sort_few;
use crate::spoken::{Spoken, letter};
use crate::state::Lab;
use crate::ui::{El, button, el};

/// Batch sizes of a report, growing.
fn sizes(rows: &[SweepRow]) -> Vec<u32> {
    let mut sizes: Vec<u32> = rows.iter().map(|row| row.batch).collect();
    sort_few(&mut sizes, |a, b| a > b);
    sizes.dedup();
    sizes
}

/// The chart, what it is of, and the button that begins or ends it.
pub(super) fn sweep(lab: Lab) -> El {
    let words = lab.view.words;
    let is_empty = move || lab.run.batch_size_sweep.with(Option::is_none);
    let progress = move || {
        lab.run
            .batch_size_sweep
            .with(|l| l.as_deref().map(|l| (l.done, l.total, l.steps)))
    };
    let press = move || {
        if lab.run.is_sweeping.get_untracked() {
            lab.cancel_sweep();
        } else {
            lab.sweep_batch_sizes();
        }
    };
    let label = move || {
        let key = if lab.run.is_sweeping.get() {
            key::SWEEP_CANCEL
        } else if is_empty() {
            key::SWEEP_START
        } else {
            key::SWEEP_AGAIN
        };
        words.get(key).to_owned()
    };
    let about = move || match progress() {
        None => words.get(key::SWEEP_EMPTY).to_owned(),
        Some((.., steps)) => {
            let steps = format::count(u64::from(steps));
            words.fill(key::SWEEP_ABOUT, &[("steps", &steps)])
        }
    };
    let bar = el("progress")
        .flag_live("hidden", move || !lab.run.is_sweeping.get())
        .live("max", move || {
            progress()
                .map_or(1, |(_, total, _)| total.max(1))
                .to_string()
        })
        .live("value", move || {
            progress().map_or(0, |(done, ..)| done).to_string()
        });
    let caption = el("figcaption")
        .child(el("span").tell(lab, key::SWEEP_TITLE))
        .child(
            button()
                .class("quiet")
                .attr("data-part", "sweep-start")
                .say(label)
                .press(press),
        )
        .child(how_to(lab, Panel::BatchSize));
    el("figure")
        .class("small sweep")
        .attr("data-part", "sweep")
        .class_live("blank", is_empty)
        .child(caption)
        .child(figure(lab, chart(lab)))
        .child(bar)
        .child(el("p").class("about").say(about))
}

fn chart(lab: Lab) -> Figure {
    let words = lab.view.words;
    let with_rows = move |of: &mut dyn FnMut(&[SweepRow])| {
        lab.run
            .batch_size_sweep
            .with_untracked(|sweep| of(sweep.as_deref().map_or(&[][..], |sweep| &sweep.rows)));
    };
    Figure::new(
        "sweep-chart",
        move || words.get(key::SWEEP_TITLE).to_owned(),
        move || {
            lab.run.batch_size_sweep.track();
            lab.run.now.with(|s| s.batch);
        },
        move |draw| {
            with_rows(&mut |rows| {
                draw(&BatchSizeSweep {
                    batches: &sizes(rows),
                    rows,
                    shown: output::shown(lab),
                    current: Some(lab.run.now.with_untracked(|s| s.batch_size() as u32)),
                    x_name: words.get(key::AXIS_BATCH),
                    names: [0, 1].map(|side| letter(lab, side)),
                    chance: words.get(key::SWEEP_CHANCE),
                    diverged: "×",
                });
            });
        },
    )
    .read(move |hover| {
        let Hover::Batch { batch, .. } = hover else {
            return None;
        };
        let mut lines = vec![words.fill(key::READ_BATCH, &[("batch", &batch.to_string())])];
        with_rows(&mut |rows| {
            for row in rows.iter().filter(|row| row.batch == batch) {
                lines.push(words.fill(
                    key::READ_SWEEP,
                    &[
                        ("run", letter(lab, row.side)),
                        ("running", &format::percent(row.accuracy_running)),
                        ("full", &format::percent(row.accuracy_full)),
                    ],
                ));
            }
        });
        Some(lines)
    })
}
