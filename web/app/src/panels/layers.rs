//! The middle: layers as columns, runs and stages as rows, and below them the selected layer in detail.

use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Norm, Speed, View};

mod ridge;

use self::ridge::{cell, row_key};
use super::telling::about;
use super::{Panel, panel};
use crate::charts::RidgeForm;
use crate::controls::choice::radio;
use crate::format;
use crate::history::Stage;
use crate::i18n::key;
use crate::small_sort::Bound;
use crate::spoken::{Spoken, letter, run_name};
use crate::state::{Lab, ViewKind};
use crate::ui::{El, Signal, button, derive, el, value_of};

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

/// The layers: all of them and the selected one in detail; in a figure the first, a middle and the last.
pub fn layers(lab: Lab) -> El {
    match lab.view.kind.get_untracked() {
        ViewKind::Lab => in_lab(lab),
        _ => in_figure(lab),
    }
}

fn in_figure(lab: Lab) -> El {
    let rows = derive(move || lab.run.now.with(rows));
    let columns = derive(move || spread(lab.run.depth.get()));
    let form = Signal::new(RidgeForm::Ridges);
    el("div")
        .class("layer-grid")
        .attr("data-area", "layers")
        .attr("role", "group")
        .named(lab, key::LAYERS_LABEL)
        .live("data-columns", move || columns.with(Vec::len).to_string())
        .swap(move || rows.with(|rows| columns.with(|columns| grid(lab, rows, columns, form))))
}

/// At most three of so many layers: the first, a middle one, the last.
fn spread(depth: usize) -> Vec<usize> {
    if depth <= 3 {
        return (0..depth).collect();
    }
    vec![0, depth / 2, depth - 1]
}

fn in_lab(lab: Lab) -> El {
    let rows = derive(move || lab.run.now.with(rows));
    let is_slow = derive(move || {
        lab.run
            .now
            .with(|s| matches!(s.speed, Speed::Slow | Speed::Two))
    });
    let form = Signal::new(RidgeForm::Ridges);
    let grid = el("div")
        .class("layer-grid")
        .style_live("--count", move || lab.run.depth.get().to_string())
        .swap(move || {
            let columns: Vec<usize> = (0..lab.run.depth.get()).collect();
            rows.with(|rows| grid(lab, rows, &columns, form))
        });
    let scroll = el("div")
        .class("layer-scroll")
        .attr("tabindex", "0")
        .attr("role", "group")
        .named(lab, key::LAYERS_LABEL)
        .child(grid);
    el("section")
        .class("layers")
        .class_live("slow", move || is_slow.get())
        .attr("data-area", "layers")
        .named(lab, key::LAYERS_LABEL)
        .child(bar(lab, form))
        .child(picker(lab))
        .child(scroll)
        .swap(move || {
            is_slow
                .get()
                .then(|| panel(lab, Panel::SelectedUnit))
                .into_iter()
                .collect()
        })
        .child(panel(lab, Panel::Detail))
}

fn grid(lab: Lab, rows: &[Row], columns: &[usize], form: Signal<RidgeForm>) -> Vec<El> {
    let columns = || columns.iter().copied();
    let mut cells: Vec<El> = columns().map(|layer| heading(lab, layer)).collect();
    for (place, row) in rows.iter().enumerate() {
        cells.push(row_label(lab, *row));
        let is_last = place + 1 == rows.len();
        cells.extend(columns().map(|layer| cell(lab, *row, layer, is_last, form)));
    }
    cells
}

fn heading(lab: Lab, layer: usize) -> El {
    let is_selected = move || lab.run.now.with(|s| s.selected_layer as usize == layer);
    let number = (layer + 1).to_string();
    let name = move || lab.view.words.fill(key::LAYERS_NAME, &[("n", &number)]);
    button()
        .class("layer-head")
        .class_live("selected", is_selected)
        .attr("data-part", &format!("layer-{}", layer + 1))
        .live("aria-pressed", move || is_selected().to_string())
        .press(move || lab.edit(|s| s.selected_layer = layer as u32))
        .child(el("span").class("layer-name").say(name))
        .child(figures(lab, layer, 0))
        .child(figures(lab, layer, 1))
}

/// Mean, deviation and the share of flat activations of one layer of one run.
fn figures(lab: Lab, layer: usize, side: u8) -> El {
    let read = move || {
        lab.read_side(side, |s| {
            let layer = s.layers.get(layer)?;
            Some((layer.before.mean, layer.before.std, layer.saturated))
        })
        .flatten()
    };
    let moments = move || {
        read().map_or_else(String::new, |(mean, std, _)| {
            if !mean.is_finite() {
                return "×".into();
            }
            format!(
                // Where both find no room on one line, the deviation goes to the next.
                "{}\u{2009}±\u{202f}{}",
                format::short(f64::from(mean)),
                format::short(f64::from(std))
            )
        })
    };
    let title = move || {
        let share = read().map_or_else(String::new, |(_, _, share)| format::percent(share));
        lab.view.words.fill(
            key::LAYERS_FIGURES,
            &[
                ("run", letter(lab, side)),
                ("moments", &moments()),
                ("share", &share),
            ],
        )
    };
    let share = move || {
        read().map_or(0.0, |(mean, _, share)| {
            // Below a hundredth it would be a dot that says nothing.
            if mean.is_finite() && share >= 0.01 {
                share.bound(0.0, 1.0)
            } else {
                0.0
            }
        })
    };
    el("span")
        .class("moments")
        .attr("data-run", &side.to_string())
        .flag_live("hidden", move || read().is_none())
        .style_live("--share", move || format::share(f64::from(share())))
        .live("title", title)
        .child(el("b").say(move || letter(lab, side).into()))
        .text(" ")
        .child(el("span").say(moments))
}

/// The half-widths of the axes, where the rows do not share one.
fn parted(lab: Lab) -> Option<[f32; 3]> {
    let limits = lab.read(|frame| frame.axis_limits)?;
    (limits != [limits[0]; 3]).then_some(limits)
}

fn row_label(lab: Lab, row: Row) -> El {
    let axis = move || {
        parted(lab).map_or_else(String::new, |limits| {
            format!("±\u{2009}{}", format::count(row.stage.limit(limits) as u64))
        })
    };
    let ended = move || {
        let step = lab.ended(row.side);
        step.map_or_else(String::new, |step| {
            let step = format::count(step);
            lab.view.words.fill(key::LAYERS_ENDED, &[("step", &step)])
        })
    };
    let name = el("b").say(move || run_name(lab, row.side));
    let line = el("span").child(name);
    el("p")
        .class("row-label")
        .attr("data-run", &row.side.to_string())
        .attr("data-stage", ridge::stage_name(row.stage))
        .child(
            line.tell(lab, row_key(row))
                .child(el("i").say(axis))
                .child(el("em").say(ended)),
        )
}

/// One layer at a time, where there is no room for more.
fn picker(lab: Lab) -> El {
    let option = move |layer: usize| {
        let number = (layer + 1).to_string();
        let name = move || lab.view.words.fill(key::LAYERS_NAME, &[("n", &number)]);
        el("option").attr("value", &layer.to_string()).say(name)
    };
    el("select")
        .class("layer-picker")
        .attr("data-part", "layer-picker")
        .named(lab, key::LAYERS_PICK)
        .each(move || (0..lab.run.depth.get()).collect(), option)
        .value(move || {
            lab.run.depth.track();
            lab.run.now.with(|s| s.selected_layer.to_string())
        })
        .on("change", move |event| {
            lab.change_text("layer", &value_of(&event))
        })
}

fn bar(lab: Lab, form: Signal<RidgeForm>) -> El {
    let option = move |of: RidgeForm, key| {
        radio(
            "choice-form",
            "",
            move || form.get() == of,
            move || form.set(of),
        )
        .child(el("span").tell(lab, key))
    };
    let forms = el("div")
        .class("options plain")
        .attr("data-part", "form")
        .attr("role", "group")
        .named(lab, key::LAYERS_FORM)
        .child(option(RidgeForm::Ridges, key::LAYERS_RIDGES))
        .child(option(RidgeForm::Bars, key::LAYERS_BARS));
    el("div")
        .class("layers-bar")
        .child(el("h2").tell(lab, key::LAYERS_TITLE))
        .child(el("p").class("axis-note").say(move || {
            let note = match parted(lab) {
                None => key::LAYERS_AXIS,
                Some(_) => key::LAYERS_AXES,
            };
            lab.view.words.get(note).into()
        }))
        .child(forms)
        .child(about(lab, Panel::Layers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_three_layers_at_most() {
        for (depth, shown) in [
            (0, vec![]),
            (2, vec![0, 1]),
            (3, vec![0, 1, 2]),
            (6, vec![0, 3, 5]),
            (50, vec![0, 25, 49]),
        ] {
            assert_eq!(spread(depth), shown, "{depth} layers");
        }
    }

    #[test]
    fn rows_follow_the_runs_that_are_shown() {
        let of = |text: &str| {
            let (settings, errors) = Settings::from_text(text);
            assert_eq!(errors, []);
            rows(&settings)
                .iter()
                .map(|row| ridge::part(*row, 0))
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
