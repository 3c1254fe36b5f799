//! The middle: layers as columns, runs and stages as rows, and below them the layer under the lens in detail.

use std::rc::Rc;

use batchnorm_lab::choice::{Norm, Speed, View};
use batchnorm_lab::settings::Settings;
use leptos::prelude::*;

use super::detail;
use super::say;
use crate::canvas::{Chart, canvas};
use crate::charts::{
    Hover, RidgeForm, RidgelineData, RidgelineText, draw_ridgeline, locate_ridgeline,
};
use crate::format;
use crate::history::Stage;
use crate::i18n::key;
use crate::state::Lab;

/// Frames for which a rescaled axis stands out, in steps of the run.
const RESCALE_SHOWN: u64 = 60;

/// One row of charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    side: u8,
    stage: Stage,
}

/// Rows for these settings: what each shown run has, in the order of the computation.
fn rows(settings: &Settings) -> Vec<Row> {
    let mut rows = Vec::new();
    for (side, norm) in [(0, settings.norm_a), (1, settings.norm_b)] {
        let is_shown = match settings.view {
            View::Twin => true,
            View::A => side == 0,
            View::B => side == 1,
        };
        if !is_shown {
            continue;
        }
        let stages: &[Stage] = match norm {
            Norm::None => &[Stage::Before],
            _ => &[Stage::Before, Stage::Normalized, Stage::After],
        };
        rows.extend(stages.iter().map(|stage| Row {
            side,
            stage: *stage,
        }));
    }
    rows
}

/// The layers.
pub fn layers(lab: Lab) -> AnyView {
    let rows = Memo::new(move |_| lab.now.with(rows));
    let is_slow = Memo::new(move |_| {
        lab.now
            .with(|s| matches!(s.speed, Speed::Slow | Speed::Two))
    });
    let form = RwSignal::new(RidgeForm::Ridges);
    view! {
        <section class="layers" data-area="layers" aria-label=say(lab, key::LAYERS_LABEL)>
            {picker(lab)}
            {forms(lab, form)}
            <div class="layer-scroll" tabindex="0" role="group" aria-label=say(lab, key::LAYERS_LABEL)>
                <div class="layer-grid" style=move || format!("--count:{}", lab.depth.get())>
                    {move || grid(lab, &rows.get(), lab.depth.get(), form)}
                </div>
            </div>
            {move || is_slow.get().then(|| detail::lens(lab))}
            {detail::detail(lab)}
        </section>
    }
    .into_any()
}

fn grid(lab: Lab, rows: &[Row], depth: usize, form: RwSignal<RidgeForm>) -> Vec<AnyView> {
    let mut cells: Vec<AnyView> = (0..depth).map(|layer| heading(lab, layer)).collect();
    for (place, row) in rows.iter().enumerate() {
        cells.push(row_label(lab, *row));
        let is_last = place + 1 == rows.len();
        cells.extend((0..depth).map(|layer| cell(lab, *row, layer, is_last, form)));
    }
    cells
}

fn heading(lab: Lab, layer: usize) -> AnyView {
    let words = lab.words;
    let number = (layer + 1).to_string();
    let is_focus = move || lab.now.with(|s| s.focus_layer as usize == layer);
    let line = move |side: u8| {
        let figures = Memo::new(move |_| {
            lab.read_side(side, |s| {
                s.layers
                    .get(layer)
                    .map(|l| (l.before.mean, l.before.std, l.saturated))
            })
            .flatten()
        });
        move || {
            figures.get().map(|(mean, std, saturated)| {
                let run = words.get(if side == 0 { key::RUN_LETTER_A } else { key::RUN_LETTER_B });
                let moments = format!(
                    "{} ± {}",
                    format::value(f64::from(mean)),
                    format::value(f64::from(std))
                );
                let share = format::percent(saturated);
                view! {
                    <span
                        class="moments"
                        data-run=side.to_string()
                        style=format!("--share:{:.3}", saturated.clamp(0.0, 1.0))
                        title=words.fill(key::LAYERS_FIGURES, &[("run", run), ("moments", &moments), ("share", &share)])
                    >
                        <b>{run}</b>
                        " "
                        {moments.clone()}
                    </span>
                }
                .into_any()
            })
        }
    };
    view! {
        <button
            type="button"
            class="layer-head"
            class:picked=is_focus
            data-part=format!("layer-{number}")
            aria-pressed=move || is_focus().to_string()
            on:click=move |_| lab.change("layer", &layer.to_string())
        >
            <span class="layer-name">{move || words.fill(key::LAYERS_NAME, &[("n", &(layer + 1).to_string())])}</span>
            {line(0)}
            {line(1)}
        </button>
    }
    .into_any()
}

fn row_key(row: Row) -> crate::i18n::Key {
    match row.stage {
        Stage::Normalized => key::STAGE_NORMALIZED,
        Stage::After => key::STAGE_AFTER,
        Stage::Output => key::STAGE_OUTPUT,
        Stage::Before => key::STAGE_BEFORE,
    }
}

fn run_name(lab: Lab, side: u8) -> String {
    let norm = lab
        .now
        .with(|s| if side == 0 { s.norm_a } else { s.norm_b });
    let key = if side == 0 {
        key::RUN_TITLE_A
    } else {
        key::RUN_TITLE_B
    };
    let norm = lab.words.find(&format!("choice.a.{}", norm.name()));
    lab.words.fill(key, &[("norm", &norm)])
}

fn row_label(lab: Lab, row: Row) -> AnyView {
    let is_first = row.stage == Stage::Before;
    view! {
        <p class="row-label" data-run=row.side.to_string() data-stage=format!("{:?}", row.stage)>
            <span>
                {is_first.then(|| view! { <b>{move || run_name(lab, row.side)}</b> })}
                {move || lab.words.get(row_key(row))}
            </span>
        </p>
    }
    .into_any()
}

fn part(row: Row, layer: usize) -> String {
    let run = if row.side == 0 { "a" } else { "b" };
    let number = layer + 1;
    match (row.side, row.stage) {
        // Run A usually has one stage only and goes by the short name.
        (0, Stage::Before) => format!("ridge-{run}-{number}"),
        (_, Stage::Normalized) => format!("ridge-{run}-normalized-{number}"),
        (_, Stage::After) => format!("ridge-{run}-after-{number}"),
        _ => format!("ridge-{run}-before-{number}"),
    }
}

fn cell(lab: Lab, row: Row, layer: usize, is_last: bool, form: RwSignal<RidgeForm>) -> AnyView {
    let words = lab.words;
    let with = move |of: &mut dyn FnMut(RidgelineData)| {
        lab.history.with_value(|history| {
            if let Some(past) = history.sides[usize::from(row.side)].layers.get(layer) {
                let now = history.curves.steps().last().copied().unwrap_or(0);
                of(RidgelineData {
                    rows: past.ridge(row.stage),
                    side: usize::from(row.side),
                    stage: row.stage,
                    limit: history.axis_limit,
                    form: form.get_untracked(),
                    ticks: is_last,
                    rescaled: history
                        .rescaled_at
                        .is_some_and(|at| now < at + RESCALE_SHOWN),
                    reference: row.stage == Stage::Normalized,
                });
            }
        });
    };
    let chart = Chart {
        part: part(row, layer),
        label: Signal::derive(move || {
            let run = run_name(lab, row.side);
            let stage = words.get(row_key(row));
            words.fill(
                key::CHART_RIDGE,
                &[
                    ("run", &run),
                    ("stage", stage),
                    ("layer", &(layer + 1).to_string()),
                ],
            )
        }),
        watch: Box::new(move || {
            lab.frame.track();
            form.track();
        }),
        paint: Rc::new(move |area, theme, scale| {
            with(&mut |data| {
                let text = RidgelineText::default();
                // A canvas that cannot be drawn on shows nothing; there is nobody to tell.
                let _ = draw_ridgeline(area, &data, theme, &text, scale);
            });
        }),
        locate: Some(Rc::new(move |size, point| {
            let mut lines = None;
            with(&mut |data| {
                let Some(Hover::Distribution {
                    row,
                    step,
                    value,
                    count,
                    ..
                }) = locate_ridgeline(&data, size, point)
                else {
                    return;
                };
                let cells = data.rows.row(row);
                lines = Some(vec![
                    words.fill(key::READ_STEP, &[("step", &format::count(step))]),
                    words.fill(
                        key::READ_BIN,
                        &[
                            ("count", &format::count(count as u64)),
                            ("value", &format::value(value)),
                        ],
                    ),
                    words.fill(
                        key::READ_MOMENTS,
                        &[
                            ("mean", &format::value(f64::from(cells[0]))),
                            ("std", &format::value(f64::from(cells[1]))),
                        ],
                    ),
                ]);
            });
            lines
        })),
        press: Some(Rc::new(move |_, _| lab.change("layer", &layer.to_string()))),
    };
    view! {
        <div
            class="cell"
            class:picked=move || lab.now.with(|s| s.focus_layer as usize == layer)
            class:ticked=is_last
        >
            {canvas(lab, chart)}
        </div>
    }
    .into_any()
}

/// One layer at a time, where there is no room for more.
fn picker(lab: Lab) -> AnyView {
    let words = lab.words;
    let options = move || {
        (0..lab.depth.get())
            .map(|layer| {
                let name = move || words.fill(key::LAYERS_NAME, &[("n", &(layer + 1).to_string())]);
                view! { <option value=layer.to_string()>{name}</option> }.into_any()
            })
            .collect::<Vec<_>>()
    };
    view! {
        <select
            class="layer-picker"
            data-part="layer-picker"
            aria-label=say(lab, key::LAYERS_PICK)
            prop:value=move || { lab.depth.track(); lab.now.with(|s| s.focus_layer.to_string()) }
            on:change=move |event| lab.change("layer", &event_target_value(&event))
        >
            {options}
        </select>
    }
    .into_any()
}

fn forms(lab: Lab, form: RwSignal<RidgeForm>) -> AnyView {
    let option = move |of: RidgeForm, key| {
        view! {
            <label class="option">
                <input
                    type="radio"
                    name="choice-form"
                    prop:checked=move || form.get() == of
                    on:change=move |_| form.set(of)
                />
                <span>{say(lab, key)}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="layers-bar">
            <h2>{say(lab, key::LAYERS_TITLE)}</h2>
            <p class="axis-note">{say(lab, key::LAYERS_AXIS)}</p>
            <div class="options plain" data-part="form" role="group" aria-label=say(lab, key::LAYERS_FORM)>
                {option(RidgeForm::Ridges, key::LAYERS_RIDGES)}
                {option(RidgeForm::Bars, key::LAYERS_BARS)}
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_runs_that_are_shown() {
        let of = |text: &str| {
            let (settings, errors) = Settings::from_text(text);
            assert_eq!(errors, []);
            rows(&settings)
                .iter()
                .map(|row| part(*row, 0))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(""),
            [
                "ridge-a-1",
                "ridge-b-before-1",
                "ridge-b-normalized-1",
                "ridge-b-after-1"
            ]
        );
        assert_eq!(of("show=a"), ["ridge-a-1"]);
        assert_eq!(of("show=a&a=batch").len(), 3);
        assert_eq!(of("b=none"), ["ridge-a-1", "ridge-b-before-1"]);
    }
}
