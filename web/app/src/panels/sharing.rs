//! The sequences of a mini-batch: who shares a mean at each step, and how far it is from that of all.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Panel;
use super::figure::{Figure, figure};
use super::measured::ask::{What, diverged_at, numbers, side};
use super::measured::measuring::Measuring;
use super::measured::walk::{panel, readable};
use super::pool::{get, number};
use super::table::Module;
use crate::charts::Sharing;
use crate::format;
use crate::i18n::key;
use crate::measured::SideCompany;
use crate::spoken::run_name;
use crate::state::Lab;
use crate::ui::El;
use batchnorm_lab::measure::{Company, StepCompany};
use batchnorm_lab::settings::choice::View;

/// The panel.
pub fn sharing(lab: Lab) -> El {
    let measuring = Measuring::new::<{ Module::Taught as u8 }>(
        lab,
        lab.run.company,
        0,
        |_, _| Some(What::Company),
        all,
    );
    let chart = readable(measuring, count, chart(measuring));
    panel(
        measuring,
        Panel::Sharing,
        key::SHARING_TITLE,
        move || run_name(lab, shown(lab)),
        vec![figure(lab, chart)],
        count,
        move || said(measuring),
    )
}

/// The run that is looked at: A where it is shown.
fn shown(lab: Lab) -> u8 {
    lab.run.now.with(|now| u8::from(now.view == View::B))
}

fn is_shared(lab: Lab) -> bool {
    lab.run.now.with(|now| {
        let norm = [now.norm_a, now.norm_b][usize::from(now.view == View::B)];
        norm.mixes_rows()
    })
}

fn chart(measuring: Measuring<SideCompany>) -> Figure {
    let lab = measuring.lab;
    let words = lab.view.words;
    Figure::new(
        "sharing-chart",
        move || words.get(key::PANEL_SHARING).to_owned(),
        move || {
            measuring.track();
            lab.run.now.track();
        },
        move |draw| {
            let (side, is_shared) = crate::ui::untrack(|| (shown(lab), is_shared(lab)));
            measuring.with_untracked(|of| {
                let sides = of.map_or(&[][..], |of| of.newest().1);
                let own = sides.iter().find(|one| one.side == side);
                draw(&Sharing {
                    of: own.map(|own| &own.of),
                    is_shared,
                    side: side.into(),
                    rows_name: words.get(key::SHARING_ROWS),
                    x_name: words.get(key::AXIS_STEP),
                    y_name: words.get(match is_shared {
                        true => key::SHARING_OFF,
                        false => key::SHARING_NONE,
                    }),
                    pooled: words.get(key::SHARING_POOLED),
                    selected: measuring.selected.get_untracked().map(|(step, _)| step),
                });
            });
        },
    )
}

fn all(results: &Array, _: &What) -> Vec<SideCompany> {
    results.iter().map(|result| read(&result)).collect()
}

fn read(result: &JsValue) -> SideCompany {
    let of = get(result, "company");
    let of = match of.is_undefined() {
        true => Company::default(),
        false => Company {
            lengths: numbers(&get(&of, "lengths"))
                .iter()
                .map(|length| *length as u32)
                .collect(),
            steps: Array::from(&get(&of, "steps")).iter().map(step).collect(),
            batches: number(&get(&of, "batches")) as u32,
            pooled: number(&get(&of, "pooled")) as f32,
        },
    };
    SideCompany {
        side: side(result),
        of,
        diverged_at: diverged_at(result),
    }
}

fn step(of: JsValue) -> StepCompany {
    let figure = |name| number(&get(&of, name)) as f32;
    StepCompany {
        count: figure("count") as u32,
        missing: figure("missing"),
        off: figure("off"),
    }
}

fn count(sides: &[SideCompany]) -> [usize; 2] {
    let steps = sides.iter().map(|side| side.of.steps.len());
    [steps.fold(0, usize::max), 1]
}

/// The step that is read.
fn said(measuring: Measuring<SideCompany>) -> Option<String> {
    let lab = measuring.lab;
    let words = lab.view.words;
    let (place, _) = measuring.selected.get()?;
    let side = shown(lab);
    let figures = measuring.with(|of| {
        let sides = of.map_or(&[][..], |of| of.newest().1);
        let of = &sides.iter().find(|one| one.side == side)?.of;
        let step = of.steps.get(place)?;
        let missing = (step.missing * of.batches as f32).round() as u64;
        Some([
            (place + 1).to_string(),
            step.count.to_string(),
            of.lengths.len().to_string(),
            format::value(f64::from(step.off)),
            missing.to_string(),
            of.batches.to_string(),
        ])
    });
    let [step, count, all, off, missing, batches] = &figures?;
    let key = match is_shared(lab) {
        true => key::SHARING_STEP,
        false => key::SHARING_ALONE,
    };
    Some(words.fill(
        key,
        &[
            ("step", step),
            ("count", count),
            ("all", all),
            ("off", off),
            ("missing", missing),
            ("batches", batches),
        ],
    ))
}
