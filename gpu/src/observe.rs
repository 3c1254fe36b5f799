//! What is to be seen of a batch: a pass forward on the processor, its distributions made there, and only those brought
//! back, with the values of one unit. Moves nothing of what the network has learned.

use std::ops::Range;

use super::histogram::{Histograms, View};
use super::layers::batch_norm::Kept;
use super::network::GpuNetwork;
use super::record::bytes_of;
use super::step::{STRIDE, Step, StepMode};
use batchnorm_lab::architecture::HiddenLayer;
use batchnorm_lab::engine::ObservationRequest;
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::observe::{LayerObservation, Observation};

/// Numbers of each group and of each feature that a normalisation over the batch keeps: see `batch_groups.wgsl`.
const OF_GROUP: usize = 6;
const OF_FEATURE: usize = 4;

/// Where what was asked for will stand among the numbers that come back.
pub(super) struct Sought {
    look: ObservationRequest,
    distributions: Range<usize>,
    /// Of the unit in the lens, see `copy_unit`.
    unit: Vec<Range<usize>>,
}

/// Numbers that a look brings back at most.
pub(super) fn most_seen(
    histograms: &Histograms,
    batch_norms: &[(usize, usize, Kept)],
    max_rows: usize,
) -> usize {
    let kept = batch_norms
        .iter()
        .map(|(_, _, kept)| kept.most_groups * OF_GROUP + OF_FEATURE);
    histograms.len() + 3 * max_rows + kept.max().unwrap_or(0)
}

impl GpuNetwork {
    /// Encodes the look, after all that reads the staged numbers was submitted.
    pub(super) fn look(
        &mut self,
        look: ObservationRequest,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Sought {
        let rows = look.batch.rows;
        let mut staged = Vec::new();
        let of_batch = Step {
            mode: StepMode::Batch,
            frozen: None,
            ..self.stage(&look.batch, &Hyper::sgd(0.0, 0.0), &mut staged)
        };
        let mut numbers = of_batch.bytes();
        numbers.resize(STRIDE as usize, 0);
        numbers.extend(
            Step {
                mode: StepMode::Running,
                ..of_batch
            }
            .bytes(),
        );
        let queue = &self.gpu.queue;
        queue.write_buffer(&self.staged, 0, &bytes_of(&staged));
        queue.write_buffer(&self.steps, 0, &numbers);
        self.histograms.clear(encoder);
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        let products = look.columns.iter().map(|column| column.product);
        self.forward.encode(&mut pass, 0, rows, false);
        self.histograms
            .encode_moments(&mut pass, products, (0, rows));
        if look.running {
            self.forward.encode(&mut pass, 1, rows, false);
        }
        let mut views: Vec<_> = look
            .columns
            .iter()
            .flat_map(|c| views(c, look.limits))
            .collect();
        // Without normalisation and activation what comes first is the output.
        views.dedup_by_key(|(view, _)| *view);
        self.histograms.encode(&mut pass, &views, (0, rows));
        drop(pass);
        let start = self.readback.len();
        self.histograms.copy(encoder, &mut self.readback);
        let distributions = start..self.readback.len();
        let unit = self.copy_unit(&look, encoder);
        Sought {
            look,
            distributions,
            unit,
        }
    }

    /// Copies what the unit in the lens has at each row: before; then either x̂ and γ·x̂ + β, or the numbers of its
    /// groups and its feature that make them.
    fn copy_unit(
        &mut self,
        look: &ObservationRequest,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Vec<Range<usize>> {
        let (column, unit) = (&look.columns[look.lens.0], look.lens.1);
        let (rows, product) = (look.batch.rows, column.product);
        let positions = self.histograms.units(View::Output(product)) / column.width;
        let at = (unit * positions + column.position) * rows;
        let output = |layer: usize| {
            self.activations[layer + 1]
                .as_ref()
                .expect("kept for a view")
        };
        let mut parts = vec![(output(product), at..at + rows)];
        if let Some(norm) = column.norm {
            if let Some((_, _, kept)) = self.batch_norms.iter().find(|(at, ..)| *at == norm) {
                let of_unit = kept.most_groups * OF_GROUP;
                let of_feature = kept.features * of_unit + unit * OF_FEATURE;
                parts.push((&kept.values, unit * of_unit..(unit + 1) * of_unit));
                parts.push((&kept.values, of_feature..of_feature + OF_FEATURE));
            } else {
                let x_hat = self.x_hats.iter().find(|(at, _)| *at == norm);
                let (_, x_hat) = x_hat.expect("a normalisation is over the batch or within rows");
                parts.extend([(x_hat, at..at + rows), (output(norm), at..at + rows)]);
            }
        }
        let readback = &mut self.readback;
        let copies = parts.into_iter();
        copies
            .map(|(buffer, part)| readback.copy_part(encoder, buffer, part))
            .collect()
    }

    /// What was sought, among the numbers that came back.
    pub(super) fn sight(&self, sought: &Sought, numbers: &[f32]) -> Observation {
        let ObservationRequest {
            batch,
            columns,
            limits: [limit, of_normalized, of_after],
            ..
        } = &sought.look;
        let made = &numbers[sought.distributions.clone()];
        let histograms = &self.histograms;
        let of = |view, limit| histograms.distribution(made, view, limit, batch.rows);
        let column = |column: &HiddenLayer| {
            let (before, flat_before) = of(View::Output(column.product), *limit);
            let after = column.norm.map(|norm| of(View::Shifted(norm), *of_after));
            let flat = after.as_ref().map_or(flat_before, |(_, flat)| *flat);
            LayerObservation {
                before,
                normalized: column
                    .norm
                    .map(|norm| of(View::Normalized(norm), *of_normalized).0),
                after: after.map(|(after, _)| after),
                output: of(View::Output(column.last), *limit).0,
                saturated: if column.activates { flat } else { 0.0 },
            }
        };
        let moments = columns
            .iter()
            .map(|column| histograms.unit_moments(made, column.product));
        Observation {
            moments: Some(moments.collect()),
            columns: columns.iter().map(column).collect(),
            unit: self.unit(sought, numbers),
        }
    }

    fn unit(&self, sought: &Sought, numbers: &[f32]) -> [Vec<f32>; 3] {
        let norm = sought.look.columns[sought.look.lens.0].norm;
        let parts: Vec<&[f32]> = sought
            .unit
            .iter()
            .map(|part| &numbers[part.clone()])
            .collect();
        let kept = self.batch_norms.iter().find(|(at, ..)| Some(*at) == norm);
        match (&parts[..], kept) {
            ([x, groups, feature], Some((_, _, kept))) => {
                let rows = x.iter().enumerate();
                let x_hat: Vec<f32> = rows
                    .map(|(row, x)| {
                        let group = (row / kept.group_rows).min(kept.most_groups - 1);
                        let of_group = &groups[group * OF_GROUP..];
                        (x - of_group[0]) * of_group[1]
                    })
                    .collect();
                let after = x_hat
                    .iter()
                    .map(|x_hat| feature[0] * x_hat + feature[1])
                    .collect();
                [x.to_vec(), x_hat, after]
            }
            ([x, x_hat, after], None) => [x.to_vec(), x_hat.to_vec(), after.to_vec()],
            _ => [parts[0].to_vec(), Vec::new(), Vec::new()],
        }
    }
}

/// What a column shows, each in its order, and half its axis.
fn views(column: &HiddenLayer, [limit, of_normalized, of_after]: [f32; 3]) -> Vec<(View, f32)> {
    let mut views = vec![(View::Output(column.product), limit)];
    if let Some(norm) = column.norm {
        views.push((View::Normalized(norm), of_normalized));
        views.push((View::Shifted(norm), of_after));
    }
    views.push((View::Output(column.last), limit));
    views
}
