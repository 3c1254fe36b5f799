//! The network's blocks: a chip each, with its size; one more, one less, or the whole list as a link says it.

use batchnorm_lab::settings::{BLOCKS, Block, MAX_LAYERS, Range, Setting};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::typed::{self, Field};
use super::{field, reading};
use crate::i18n::key;
use crate::spoken::Spoken;
use crate::state::Lab;
use crate::ui::{El, button, el, value_of as typed_text, write_back};

/// A stepper for the number of blocks, a chip for each, a list of kinds to add and the list as text.
pub fn blocks(lab: Lab, row: &'static Setting) -> El {
    let count = move || lab.run.now.with(|s| s.layers.len());
    let remove = button()
        .text("−")
        .named(lab, key::LAYERS_REMOVE)
        .flag_live("disabled", move || count() < 2)
        .press(move || {
            edit(lab, |blocks| {
                blocks.pop();
            });
        });
    let add = button()
        .text("+")
        .named(lab, key::LAYERS_ADD)
        .flag_live("disabled", move || count() >= MAX_LAYERS)
        .press(move || edit(lab, |blocks| blocks.extend(blocks.last().copied())));
    let head = el("span")
        .class("stepper")
        .child(remove)
        .child(el("output").say(move || count().to_string()))
        .child(add);
    let chips = el("div").class("widths").each(
        move || (0..count()).collect(),
        move |place| chip(lab, row, place),
    );
    let options = BLOCKS.iter().map(|row| {
        let prefix = row.prefix;
        el("option")
            .attr("value", prefix)
            .say(move || lab.view.words.find(&format!("block.{prefix}")))
    });
    let kind = el("select")
        .named(lab, key::LAYERS_KIND)
        .child(el("option").attr("value", "-").tell(lab, key::LAYERS_KIND))
        .children(options)
        .on("change", move |event| {
            let prefix = typed_text(&event);
            if let Some(row) = BLOCKS.iter().find(|row| row.prefix == prefix) {
                let size = row.sizes.map_or(0, |(_, most)| most.min(16));
                let kind = row.kind;
                edit(lab, |blocks| {
                    blocks.push(Block {
                        kind,
                        size,
                        stride: 1,
                    })
                });
            }
            write_back(&event, "-");
        });
    let list = typed::typed(lab, row, "")
        .named(lab, key::LAYERS_LIST)
        .hint(lab, key::LAYERS_LIST);
    let line = el("div").class("blocks").child(kind).child(list);
    field(
        lab,
        row,
        Some(head),
        Some(el("div").child(chips).child(line)),
        true,
    )
}

fn edit(lab: Lab, change: impl FnOnce(&mut Vec<Block>)) {
    lab.edit(|settings| change(&mut settings.layers));
}

/// The kind's letter, if it has one, and a field for its size, if it has one.
fn chip(lab: Lab, row: &'static Setting, place: usize) -> El {
    let words = lab.view.words;
    let block = move || lab.run.now.with(|s| s.layers.get(place).copied());
    let number = (place + 1).to_string();
    let name = move || {
        let prefix = block().map_or("", |block| block.row().prefix);
        words.fill(
            key::LAYERS_WIDTH,
            &[
                ("n", &number),
                ("kind", &words.find(&format!("block.{prefix}"))),
            ],
        )
    };
    let size = move || block().map_or(0, |block| block.size).to_string();
    let prefix = move || block().map_or("", |block| block.row().prefix).to_owned();
    let sizes = move || {
        block()
            .and_then(|block| block.row().sizes)
            .unwrap_or_default()
    };
    let field = Field {
        lab,
        row,
        place: Some(place),
    };
    let take = move |text: &str| {
        let (min, max) = sizes();
        match reading::plain(text, true).parse::<u32>() {
            Ok(size) if (min..=max).contains(&size) => {
                field.settle();
                resize(lab, place, size);
            }
            _ => field.refuse(
                text,
                Range::Integer {
                    min: min.into(),
                    max: max.into(),
                },
            ),
        }
    };
    el("span")
        .live("title", name.clone())
        .child(el("b").say(prefix))
        .child(
            field
                .input(size, take)
                .attr("inputmode", "numeric")
                .attr("role", "spinbutton")
                .live("aria-valuenow", size)
                .live("aria-valuemax", move || sizes().1.to_string())
                .flag_live("hidden", move || {
                    block().is_none_or(|block| block.row().sizes.is_none())
                })
                .live("aria-label", name)
                .on("keydown", move |event| {
                    let key: &KeyboardEvent = event.unchecked_ref();
                    let by = match key.key().as_str() {
                        "ArrowUp" => 1,
                        "ArrowDown" => -1,
                        _ => return,
                    };
                    event.prevent_default();
                    let (min, max) = sizes();
                    let now = block().map_or(0, |block| block.size);
                    resize(lab, place, now.saturating_add_signed(by).clamp(min, max));
                }),
        )
}

fn resize(lab: Lab, place: usize, size: u32) {
    edit(lab, |blocks| {
        if let Some(block) = blocks.get_mut(place) {
            block.size = size;
        }
    });
}
