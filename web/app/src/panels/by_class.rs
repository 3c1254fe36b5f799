//! The values of the selected unit, class by class: on the batches that training sees next, and evaluated.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Panel;
use super::figure::{Figure, figure};
use super::measured::ask::{What, diverged_at, numbers, side};
use super::measured::measuring::Measuring;
use super::measured::walk::{panel, readable};
use super::pool::{get, number};
use super::table::Module;
use crate::charts::{COLUMNS, ClassHistograms};
use crate::format;
use crate::i18n::key;
use crate::measured::SideByClass;
use crate::spoken::{letter, run_name};
use crate::state::Lab;
use crate::ui::{El, untrack};
use batchnorm_lab::measure::{ByClass, ClassValues};
use batchnorm_lab::settings::choice::View;

/// The panel.
pub fn by_class(lab: Lab) -> El {
    let what = |lab: Lab, _| {
        let now = lab.run.now;
        Some(What::ByClass(
            now.with(|now| [now.selected_layer, now.selected_unit]),
        ))
    };
    let measuring =
        Measuring::new::<{ Module::Classes as u8 }>(lab, lab.run.by_class, 0, what, all);
    let words = lab.view.words;
    let charts = [0, 1].map(|side| {
        let chart = readable(measuring, count, chart(measuring, side));
        let is_shown = move || {
            lab.run.now.with(|now| match now.view {
                View::Twin => true,
                View::A => side == 0,
                View::B => side == 1,
            })
        };
        figure(lab, chart).flag_live("hidden", move || !is_shown())
    });
    let legend = move || {
        let [layer, unit] = lab.run.now.with(|now| {
            [now.selected_layer, now.selected_unit].map(|place| (place + 1).to_string())
        });
        words.fill(key::BY_CLASS_UNIT, &[("layer", &layer), ("unit", &unit)])
    };
    panel(
        measuring,
        Panel::ByClass,
        key::BY_CLASS_TITLE,
        legend,
        charts.into(),
        count,
        move || said(measuring),
    )
}

fn chart(measuring: Measuring<SideByClass>, side: u8) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        ["by-class-a", "by-class-b"][usize::from(side)],
        move || words.get(key::PANEL_BY_CLASS).to_owned(),
        move || measuring.track(),
        move |draw| {
            let name = untrack(|| letter(lab, side));
            let first = [name, " · ", words.get(key::BY_CLASS_TRAINING)].concat();
            measuring.with_untracked(|of| {
                draw(&ClassHistograms {
                    of: of.map_or(&[], |of| of.newest().1),
                    columns: [&first, words.get(key::BY_CLASS_EVALUATED)],
                    x_name: words.get(key::BY_CLASS_VALUE),
                    selected: measuring.selected.get_untracked(),
                    side,
                });
            });
        },
    )
}

fn all(results: &Array, _: &What) -> Vec<SideByClass> {
    results.iter().map(|result| read(&result)).collect()
}

fn read(result: &JsValue) -> SideByClass {
    let of = get(result, "by_class");
    let of = match of.is_undefined() {
        true => ByClass::default(),
        false => {
            let ends = numbers(&get(&of, "ends"));
            let values = |name| {
                let classes = Array::from(&get(&of, name));
                classes.iter().map(|class| values(&class)).collect()
            };
            ByClass {
                ends: [0, 1].map(|end| ends.get(end).copied().unwrap_or_default()),
                training: values("training"),
                evaluated: values("evaluated"),
            }
        }
    };
    SideByClass {
        side: side(result),
        of,
        diverged_at: diverged_at(result),
    }
}

fn values(class: &JsValue) -> ClassValues {
    let figure = |name| number(&get(class, name)) as f32;
    ClassValues {
        count: figure("count") as u32,
        mean: figure("mean"),
        deviation: figure("deviation"),
        shares: numbers(&get(class, "shares")),
    }
}

fn count(sides: &[SideByClass]) -> [usize; 2] {
    let classes = sides.iter().map(|side| side.of.training.len());
    [COLUMNS, classes.fold(0, usize::max)]
}

/// Of every run the values that are read.
fn said(measuring: Measuring<SideByClass>) -> Option<String> {
    let lab = measuring.lab;
    let words = lab.view.words;
    let (column, class) = measuring.selected.get()?;
    let of: Vec<(u8, [f32; 2])> = measuring.with(|of| {
        let sides = of.map_or(&[][..], |of| of.newest().1);
        let figures = sides.iter().filter_map(|side| {
            let classes = [&side.of.training, &side.of.evaluated];
            let values = classes.get(column)?.get(class)?;
            Some((side.side, [values.mean, values.deviation]))
        });
        figures.collect()
    });
    let mut text = words.fill(
        [key::BY_CLASS_IN_TRAINING, key::BY_CLASS_IN_EVALUATION][column.min(1)],
        &[("class", &class.to_string())],
    );
    for (side, figures) in of {
        let [mean, deviation] = figures.map(|figure| format::value(f64::from(figure)));
        let name = run_name(lab, side);
        text += &words.fill(
            key::BY_CLASS_FIGURES,
            &[("run", &name), ("mean", &mean), ("deviation", &deviation)],
        );
    }
    Some(text)
}
