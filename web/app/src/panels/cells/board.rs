//! A layer's values as they were measured, and what of it is looked at.

use std::rc::Rc;

use js_sys::{Array, Float32Array};
use wasm_bindgen::JsCast as _;

use crate::cells::{Cells, Form, Kind, LayerValues, MOST_ROWS};
use crate::measured::kept;
use crate::panels::measured::{Measuring, What};
use crate::panels::pool::{get, number};
use crate::panels::table::Module;
use crate::panels::telling::seen::with_seen;
use crate::state::Lab;
use crate::ui::{Signal, follow, on_cleanup};

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub lab: Lab,
    pub measuring: Measuring<LayerValues>,
    pub form: Signal<Form>,
    pub kind: Signal<Kind>,
    /// As wished for; what does not divide the channels is taken for the next that does.
    pub groups: Signal<usize>,
    at: Signal<[usize; 3]>,
}

impl Board {
    /// Nothing is measured yet.
    pub fn new(lab: Lab) -> Self {
        let measuring =
            Measuring::new::<{ Module::Cells as u8 }>(lab, Signal::new(None), 0, rows, read);
        let board = Self {
            lab,
            measuring,
            form: Signal::new(Form::Image),
            kind: Signal::new(Kind::Batch),
            groups: Signal::new(2),
            at: Signal::new([0, 0, 0]),
        };
        follow(move || {
            let (form, kind) = (board.form.get(), board.kind.get());
            let (groups, at) = (board.groups.get(), board.at.get());
            let cells = measuring.with(|of| {
                let (step, layers) = of?.newest();
                let layer = layers.first().filter(|layer| !layer.values.is_empty())?;
                Some(cells(layer, step, form, kind, groups, at))
            });
            lab.run.cells.set(cells.map(|of| Rc::new(of) as Rc<_>));
        });
        on_cleanup(move || {
            lab.run.cells.try_update_value(|of| *of = None);
        });
        board
    }

    /// Runs `of` on what is looked at.
    pub fn with<R>(self, of: impl FnOnce(&Cells) -> R) -> Option<R> {
        self.lab.run.cells.with(|all| kept::<Cells>(all).map(of))
    }

    /// The same, and follows nothing.
    pub fn with_untracked<R>(self, of: impl FnOnce(&Cells) -> R) -> Option<R> {
        let cells = self.lab.run.cells;
        cells.with_untracked(|all| kept::<Cells>(all).map(of))
    }

    /// The run whose values they are: the last that is shown.
    pub fn side(self) -> usize {
        with_seen(self.lab, |seen| usize::from(seen.shows(1)))
    }

    pub fn look_at(self, place: usize) {
        let parts = self.with_untracked(|of| of.layer.parts(place));
        if let Some(parts) = parts.filter(|parts| *parts != self.at.get_untracked()) {
            self.at.set(parts);
        }
    }

    /// A cell across or down.
    pub fn walk(self, [across, down]: [isize; 2]) {
        let next = self.with_untracked(|of| {
            let layer = &of.layer;
            let [row, channel, position] = layer.parts(of.at);
            let wide = match of.form {
                Form::Image => (layer.positions as f64).sqrt().round() as usize,
                Form::Sequence => layer.positions,
            };
            let wide = wide.clamp(1, layer.positions);
            let tall = layer.positions / wide;
            let step = |at: usize, by: isize, end: usize| at.saturating_add_signed(by).min(end - 1);
            match of.form {
                Form::Image => {
                    // As if all maps of a row were one wide picture, and all rows one tall one.
                    let x = step(
                        channel * wide + position % wide,
                        across,
                        layer.channels * wide,
                    );
                    let y = step(row * tall + position / wide, down, layer.shown() * tall);
                    [y / tall, x / wide, (y % tall) * wide + x % wide]
                }
                Form::Sequence => {
                    let y = step(
                        row * layer.channels + channel,
                        down,
                        layer.shown() * layer.channels,
                    );
                    [
                        y / layer.channels,
                        y % layer.channels,
                        step(position, across, wide),
                    ]
                }
            }
        });
        if let Some(next) = next {
            self.at.set(next);
        }
    }
}

fn cells(
    layer: &LayerValues,
    step: u64,
    form: Form,
    kind: Kind,
    groups: usize,
    [row, channel, position]: [usize; 3],
) -> Cells {
    let divisors = layer.divisors();
    let fitting = divisors.iter().copied().find(|divisor| *divisor >= groups);
    let within = |at: usize, count: usize| at.min(count.saturating_sub(1));
    Cells {
        at: layer.place([
            within(row, layer.shown()),
            within(channel, layer.channels),
            within(position, layer.positions),
        ]),
        layer: layer.clone(),
        step,
        form,
        kind,
        groups: fitting.unwrap_or(layer.channels),
    }
}

/// All rows of a mini-batch, if they are not too many.
fn rows(lab: Lab, _: i32) -> Option<What> {
    Some(What::Values(
        lab.run.now.with(|now| now.batch_size().min(MOST_ROWS)),
    ))
}

/// What the pool has measured.
fn read(results: &Array, _: &What) -> Vec<LayerValues> {
    let layers = results.iter().map(|result| {
        let layer = get(&result, "layer_values");
        let figure = |name: &str| number(&get(&layer, name)) as usize;
        let values = get(&layer, "values").dyn_into::<Float32Array>();
        LayerValues {
            rows: figure("rows"),
            channels: figure("channels"),
            positions: figure("positions"),
            values: values.map_or_else(|_| Vec::new(), |values| values.to_vec()),
        }
    });
    layers.collect()
}
