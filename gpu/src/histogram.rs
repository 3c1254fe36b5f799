//! Distributions made on the GPU: bins, moments, range and flat share of what layers gave, and moments of each
//! unit. Draws nothing and keeps no axis.

use super::compile::Compiled;
use super::device::Gpu;
use super::functions::{self, SUMS};
use super::kernel::{Kernel, MOMENTS_CHUNK, Pipelines};
use super::layers::batch_norm::KeptMoments;
use super::program::{Grid, ONE, Pending, Program};
use super::readback::Readback;
use super::record::{Extent, Record};
use crate::description::{Described, Description};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::Moments;
use batchnorm_lab::observe::statistics::flat_slope;
use batchnorm_lab::protocol::{BINS, Distribution};
use batchnorm_lab::settings::choice::Activation;

const COUNT: Kernel = Kernel {
    entry: "histogram",
    files: &[functions::FILE, SUMS, include_str!("histogram.wgsl")],
    reads: 2,
    writes: 2,
};
const FINISH: Kernel = Kernel {
    entry: "histogram_finish",
    files: &[include_str!("histogram_finish.wgsl")],
    reads: 1,
    writes: 1,
};
const UNIT_MOMENTS: Kernel = Kernel {
    entry: "unit_moments",
    files: &[SUMS, include_str!("unit_moments.wgsl")],
    reads: 1,
    writes: 1,
};
/// Mean, deviation, least and greatest.
const MOMENTS: usize = 4;
/// Numbers of a distribution: these, the bins, and how many inputs of the activation behind are flat.
const RESULT: usize = MOMENTS + BINS + 1;
/// The word of a call at which half the axis stands.
const LIMIT_WORD: u64 = 6;

/// Values of which a distribution is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What a layer gave; of a normalisation that its activation took over, see `Shifted`.
    Output(usize),
    /// x̂ of a normalisation.
    Normalized(usize),
    /// γ·x̂ + β of it.
    Shifted(usize),
}

/// A program for each view, and for each layer with weights one for its units' moments.
pub struct Histograms {
    views: Vec<Made>,
    /// `RESULT` numbers of each view, in their order.
    results: wgpu::Buffer,
    /// Of a layer: its program, where its moments stand, and its features.
    units: Vec<(usize, Program, usize, usize)>,
    moments: wgpu::Buffer,
    gpu: Gpu,
}

/// A view that is there.
struct Made {
    view: View,
    units: usize,
    program: Program,
}

/// A distribution, and the share of its values at which the activation behind them is flat.
pub type Counted = (Distribution, f32);

/// What is made before it is a program.
struct Making<'a, 'g> {
    gpu: &'a Gpu,
    pipelines: &'a mut Pipelines<'g>,
    steps: &'a wgpu::Buffer,
    partials: wgpu::Buffer,
    results: wgpu::Buffer,
}

/// The values of a view.
struct Values<'a> {
    units: usize,
    x: &'a wgpu::Buffer,
    /// What makes x̂ (1) or γ·x̂ + β (2) of x.
    transform: Option<(usize, &'a KeptMoments)>,
    /// What they are given to.
    function: Function,
}

impl Making<'_, '_> {
    fn view(&mut self, number: usize, values: &Values<'_>) -> Program {
        let (features, positions, groups) = match values.transform {
            Some((_, kept)) => (kept.features, kept.positions, kept.most_groups),
            None => (1, values.units, 1),
        };
        let (function, slope) = functions::number(values.function);
        let record = Record::default()
            .count("units", values.units)
            .count("transform", values.transform.map_or(0, |(which, _)| which))
            .count("features", features)
            .count("positions", positions)
            .count("most_groups", groups)
            .count(
                "group_rows",
                values.transform.map_or(1, |(_, kept)| kept.group_rows),
            )
            .number("limit", 1.0)
            .count("at", number * RESULT)
            .count("function", function)
            .number("slope", slope)
            .number("flat_slope", flat_slope(offered(values.function)));
        let kept = values.transform.map_or(values.x, |(_, kept)| &kept.values);
        let (partials, results) = (self.partials.clone(), self.results.clone());
        let count = Pending {
            kernel: COUNT,
            record: record.clone(),
            buffers: vec![
                values.x.clone(),
                kept.clone(),
                partials.clone(),
                results.clone(),
            ],
            grid: Grid::Groups([(Extent::per_row(values.units), MOMENTS_CHUNK), ONE, ONE]),
            is_for_input: false,
        };
        let finish = Pending {
            kernel: FINISH,
            record,
            buffers: vec![partials, results],
            grid: Grid::Groups([ONE, ONE, ONE]),
            is_for_input: false,
        };
        Program::new(self.gpu, self.pipelines, self.steps, &[count, finish])
    }
}

impl Histograms {
    /// Makes the programs of all views that there are.
    pub(super) fn new(
        gpu: &Gpu,
        pipelines: &mut Pipelines<'_>,
        steps: &wgpu::Buffer,
        described: &[Described],
        compiled: &Compiled,
        max_rows: usize,
    ) -> Self {
        let widest = described.iter().map(|layer| layer.output.units());
        let chunks = (widest.max().unwrap_or(1) * max_rows).div_ceil(MOMENTS_CHUNK as usize);
        let views = views(described, compiled);
        let results = gpu.storage("distributions", RESULT * views.len());
        let mut making = Making {
            gpu,
            pipelines,
            steps,
            partials: gpu.storage("histogram partials", 4 * chunks),
            results: results.clone(),
        };
        let programs = views.iter().enumerate();
        let made = programs.map(|(number, (view, values))| Made {
            view: *view,
            units: values.units,
            program: making.view(number, values),
        });
        let views = made.collect();
        let outputs = compiled.activations[1..].iter().zip(described).enumerate();
        let weighted = outputs.filter(|(_, (_, layer))| has_weights(&layer.description));
        let weighted: Vec<_> = weighted
            .filter_map(|(place, (x, layer))| Some((place, x.as_ref()?, layer.output)))
            .collect();
        let all = weighted.iter().map(|(_, _, shape)| 3 * shape.channels());
        let moments = gpu.storage("moments of units", all.sum());
        let mut at = 0;
        let units = weighted.into_iter().map(|(place, x, shape)| {
            let (features, start) = (shape.channels(), at);
            at += 3 * features;
            let pending = Pending {
                kernel: UNIT_MOMENTS,
                record: Record::default()
                    .count("positions", shape.positions())
                    .count("at", start),
                buffers: vec![x.clone(), moments.clone()],
                grid: Grid::Groups([(Extent::fixed(features), 1), ONE, ONE]),
                is_for_input: false,
            };
            let program = Program::new(gpu, making.pipelines, steps, &[pending]);
            (place, program, start, features)
        });
        Self {
            views,
            units: units.collect(),
            results,
            moments: moments.clone(),
            gpu: gpu.clone(),
        }
    }

    /// Writes the moments of every unit of these layers into a pass.
    ///
    /// # Panics
    /// If one of them has no weights.
    pub fn encode_moments(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        layers: impl Iterator<Item = usize>,
        (step, rows): (usize, usize),
    ) {
        for layer in layers {
            self.of_units(layer).1.encode(pass, step, rows, false);
        }
    }

    /// Empties all bins, before the pass in which they are filled.
    pub fn clear(&self, encoder: &mut wgpu::CommandEncoder) {
        encoder.clear_buffer(&self.results, 0, None);
    }

    /// Writes the distributions of these views into a pass, in bins from `-limit` to `limit`.
    ///
    /// # Panics
    /// If there is no such view.
    pub fn encode(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        views: &[(View, f32)],
        (step, rows): (usize, usize),
    ) {
        for (view, limit) in views {
            let program = &self.views[self.number(*view)].program;
            for call in 0..2 {
                let offset = call * super::step::STRIDE + 4 * LIMIT_WORD;
                let limit = limit.to_le_bytes();
                self.gpu.queue.write_buffer(&program.calls, offset, &limit);
            }
            program.encode(pass, step, rows, false);
        }
    }

    /// Numbers that come back.
    pub fn len(&self) -> usize {
        (self.results.size() + self.moments.size()) as usize / 4
    }

    /// Copies all that was made.
    pub fn copy(&self, encoder: &mut wgpu::CommandEncoder, readback: &mut Readback) {
        for buffer in [&self.results, &self.moments] {
            readback.copy(encoder, buffer, buffer.size() as usize / 4);
        }
    }

    /// Values of a view in one row.
    ///
    /// # Panics
    /// If there is no such view.
    pub fn units(&self, view: View) -> usize {
        self.views[self.number(view)].units
    }

    /// The distribution of a view among the numbers that came back for so many rows.
    pub fn distribution(&self, numbers: &[f32], view: View, limit: f32, rows: usize) -> Counted {
        let numbers = &numbers[RESULT * self.number(view)..][..RESULT];
        let (bins, flat) = numbers[MOMENTS..].split_at(BINS);
        let distribution = Distribution {
            mean: numbers[0],
            std: numbers[1],
            min: numbers[2],
            max: numbers[3],
            low: -limit,
            high: limit,
            histogram: bins.iter().map(|count| count.to_bits()).collect(),
        };
        let values = (self.units(view) * rows) as f32;
        (distribution, flat[0].to_bits() as f32 / values)
    }

    /// The moments of a layer's units among the numbers that came back.
    pub fn unit_moments(&self, numbers: &[f32], layer: usize) -> Moments {
        let (_, _, at, features) = self.of_units(layer);
        let at = self.results.size() as usize / 4 + at;
        let (mean, rest) = numbers[at..][..3 * features].split_at(*features);
        let (variance, mean_low) = rest.split_at(*features);
        Moments {
            mean: mean.to_vec(),
            mean_low: mean_low.to_vec(),
            variance: variance.to_vec(),
        }
    }

    fn of_units(&self, layer: usize) -> &(usize, Program, usize, usize) {
        let found = self.units.iter().find(|(place, ..)| *place == layer);
        found.unwrap_or_else(|| panic!("layer {layer} has no weights"))
    }

    fn number(&self, view: View) -> usize {
        let found = self.views.iter().position(|made| made.view == view);
        found.unwrap_or_else(|| panic!("no {view:?}"))
    }
}

fn has_weights(description: &Description) -> bool {
    matches!(
        description,
        Description::Affine { .. }
            | Description::Attention { .. }
            | Description::Conv { .. }
            | Description::Recurrent { .. }
    )
}

/// What readers know a function as; of those they cannot choose, the slope is measured against 1.
fn offered(function: Function) -> Activation {
    let mut all = Activation::ALL.iter().copied();
    let known = all.find(|activation| Function::from(*activation) == function);
    known.unwrap_or(Activation::Identity)
}

/// All views that there are.
fn views<'a>(described: &[Described], compiled: &'a Compiled) -> Vec<(View, Values<'a>)> {
    // What the values of a layer are given to, if it is an activation.
    let function = |place: usize| match described.get(place + 1).map(|next| &next.description) {
        Some(Description::Elementwise(function)) => *function,
        _ => Function::Identity,
    };
    let mut views = Vec::new();
    for (place, activation) in compiled.activations[1..].iter().enumerate() {
        if let Some(x) = activation {
            let values = Values {
                units: described[place].output.units(),
                x,
                transform: None,
                function: function(place),
            };
            views.push((View::Output(place), values));
        }
    }
    for (place, _, kept) in &compiled.batch_norms {
        for (transform, view) in [(1, View::Normalized(*place)), (2, View::Shifted(*place))] {
            let values = Values {
                units: kept.features * kept.positions,
                x: &kept.x,
                transform: Some((transform, kept)),
                function: function(*place),
            };
            views.push((view, values));
        }
    }
    for (place, x_hat) in &compiled.x_hats {
        let y = compiled.activations[place + 1].as_ref();
        let y = y.expect("a normalisation within rows is a kernel by itself");
        for (x, view) in [
            (x_hat, View::Normalized(*place)),
            (y, View::Shifted(*place)),
        ] {
            let values = Values {
                units: described[*place].output.units(),
                x,
                transform: None,
                function: function(*place),
            };
            views.push((view, values));
        }
    }
    views
}
