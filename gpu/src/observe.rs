//! What is to be observed of a batch: a pass forward on the GPU, its distributions made there, and only those brought
//! back, with the values of one unit. Moves nothing of what the network has learned.

use std::ops::Range;

use super::histogram::{Histograms, View};
use super::layers::batch_norm::KeptMoments;
use super::network::GpuNetwork;
use super::record::bytes_of;
use super::step::{STRIDE, Step, StepMode};
use batchnorm_lab::architecture::HiddenLayer;
use batchnorm_lab::engine::ObservationRequest;
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::observe::{LayerObservation, Observation};

/// Numbers of each group and of each feature that a normalisation over the batch keeps: see `batch_groups.wgsl`.
const OF_GROUP: usize = 7;
const OF_FEATURE: usize = 4;

/// What was asked for, and where it will stand among the numbers that come back.
pub(super) struct Requested {
    rows: usize,
    layers: Vec<HiddenLayer>,
    limits: [f32; 3],
    /// Of the selected unit's layer, if it normalises.
    norm: Option<usize>,
    distributions: Range<usize>,
    /// Of the selected unit, see `copy_unit`.
    unit: Vec<Range<usize>>,
}

/// Numbers that an observation brings back at most.
pub(super) fn most_observed(
    histograms: &Histograms,
    batch_norms: &[(usize, usize, KeptMoments)],
    max_rows: usize,
) -> usize {
    let kept = batch_norms
        .iter()
        .map(|(_, _, kept)| kept.most_groups * OF_GROUP + OF_FEATURE);
    histograms.len() + 3 * max_rows + kept.max().unwrap_or(0)
}

impl GpuNetwork {
    /// Encodes the observation, after all that reads the staged numbers was submitted.
    pub(super) fn observe(
        &mut self,
        request: &ObservationRequest<'_>,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Requested {
        let rows = request.batch.rows;
        let mut staged = Vec::new();
        let of_batch = Step {
            mode: StepMode::Batch,
            frozen: None,
            ..self.stage(request.batch, &Hyper::sgd(0.0, 0.0), &mut staged)
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
        let products = request.layers.iter().map(|layer| layer.product);
        self.forward.encode(&mut pass, 0, rows, false);
        self.histograms
            .encode_moments(&mut pass, products, (0, rows));
        if request.running {
            self.forward.encode(&mut pass, 1, rows, false);
        }
        let mut views: Vec<_> = request
            .layers
            .iter()
            .flat_map(|layer| views(layer, request.limits))
            .collect();
        // Without normalisation and activation what comes first is the output.
        views.dedup_by_key(|(view, _)| *view);
        self.histograms.encode(&mut pass, &views, (0, rows));
        drop(pass);
        let start = self.readback.len();
        self.histograms.copy(encoder, &mut self.readback);
        let distributions = start..self.readback.len();
        let unit = self.copy_unit(request, encoder);
        Requested {
            rows,
            layers: request.layers.to_vec(),
            limits: request.limits,
            norm: request.layers[request.selected.0].norm,
            distributions,
            unit,
        }
    }

    /// Copies what the selected unit has at each row: before; then either x̂ and γ·x̂ + β, or the numbers of its
    /// groups and its feature that make them.
    fn copy_unit(
        &mut self,
        request: &ObservationRequest<'_>,
        encoder: &mut wgpu::CommandEncoder,
    ) -> Vec<Range<usize>> {
        let (place, unit) = request.selected;
        let layer = &request.layers[place];
        let (rows, product) = (request.batch.rows, layer.product);
        let positions = self.histograms.units(View::Output(product)) / layer.width;
        let at = (unit * positions + layer.position) * rows;
        let output = |place: usize| {
            self.activations[place + 1]
                .as_ref()
                .expect("kept for a view")
        };
        let mut parts = vec![(output(product), at..at + rows)];
        if let Some(norm) = layer.norm {
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

    /// What was asked for, among the numbers that came back.
    pub(super) fn observation(&self, requested: &Requested, numbers: &[f32]) -> Observation {
        let [limit, of_normalized, of_after] = requested.limits;
        let made = &numbers[requested.distributions.clone()];
        let histograms = &self.histograms;
        let of = |view, limit| histograms.distribution(made, view, limit, requested.rows);
        let observe = |layer: &HiddenLayer| {
            let (before, flat_before) = of(View::Output(layer.product), limit);
            let after = layer.norm.map(|norm| of(View::Shifted(norm), of_after));
            let flat = after.as_ref().map_or(flat_before, |(_, flat)| *flat);
            LayerObservation {
                before,
                normalized: layer
                    .norm
                    .map(|norm| of(View::Normalized(norm), of_normalized).0),
                after: after.map(|(after, _)| after),
                output: of(View::Output(layer.last), limit).0,
                saturated: if layer.activates { flat } else { 0.0 },
            }
        };
        let layers = requested.layers.iter();
        let moments = layers
            .clone()
            .map(|layer| histograms.unit_moments(made, layer.product));
        Observation {
            moments: Some(moments.collect()),
            layers: layers.map(observe).collect(),
            unit: self.unit(requested, numbers),
        }
    }

    fn unit(&self, requested: &Requested, numbers: &[f32]) -> [Vec<f32>; 3] {
        let norm = requested.norm;
        let parts: Vec<&[f32]> = requested
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
                        ((x - of_group[0]) - of_group[6]) * of_group[1]
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

/// What is observed of a hidden layer, each in its order, and half its axis.
fn views(layer: &HiddenLayer, [limit, of_normalized, of_after]: [f32; 3]) -> Vec<(View, f32)> {
    let mut views = vec![(View::Output(layer.product), limit)];
    if let Some(norm) = layer.norm {
        views.push((View::Normalized(norm), of_normalized));
        views.push((View::Shifted(norm), of_after));
    }
    views.push((View::Output(layer.last), limit));
    views
}
