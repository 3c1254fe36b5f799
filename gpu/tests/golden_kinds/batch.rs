//! Golden kinds of normalisations over the batch.

use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{Engine, Model, Slice, UpdateRules};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::norm::batch::{Convention, Rule};
use batchnorm_lab::kernels::norm::fold;
use batchnorm_lab::kernels::norm::renorm::{Bounds, RunningSpread};
use batchnorm_lab::lanes::Best;
use batchnorm_lab::network::{
    Affine, BatchNorm, BatchRenorm, Conv, Flatten, GhostBatchNorm, Hyper, Layer, Network,
    Objective, Scale, Shape, SyncBatchNorm,
};
use batchnorm_lab::settings::choice::Frozen;
use batchnorm_lab_gpu::Description;
use batchnorm_lab_gpu::{Back, Examined, Gpu, GpuEngine, StepMode};

use super::Answer;
use super::layers::shape;
use crate::common::case::{Case, Outputs};
use crate::gpu::Pair;
use crate::gpu::wait;

const OBJECTIVE: Objective = Objective::HalfSquaredError;

fn convention(case: &Case) -> Convention {
    match case.params["convention"].as_str() {
        Some("keras") => Convention::Keras,
        _ => Convention::Torch,
    }
}

fn rule(case: &Case) -> Rule {
    Rule {
        epsilon: case.number("eps"),
        momentum: case.params["momentum"].as_f64(),
        convention: convention(case),
        tracks: case.params["track_running_stats"].as_bool().unwrap_or(true),
        freezes_statistics: case.params["freeze_stats"].as_bool().unwrap_or(false),
    }
}

/// A normalisation, flattened for the loss, with γ, β and running averages of the case.
fn pair(gpu: &Gpu, case: &Case, layer: Layer, shape: Shape, rows: usize, spread: &str) -> Pair {
    let layers = [layer, Layer::from(Flatten)];
    let mut pair = Pair::with(gpu, shape, &layers, OBJECTIVE, rows, |described| {
        // A running average of deviations, which the layer here does not offer.
        if let Description::BatchNorm {
            renorm: Some((_, _, state)),
            ..
        } = &mut described[0].description
            && spread == "running_std"
        {
            *state = RunningSpread::Deviation;
        }
    });
    for (name, place) in pair.plan.views().to_vec() {
        let (_, part) = name.split_once('.').expect("a layer's name");
        pair.plan.parameters_mut()[place].copy_from_slice(&case.flat::<f32>(part));
    }
    for (name, place) in pair.plan.buffer_views().to_vec() {
        let (_, part) = name.split_once('.').expect("a layer's name");
        let part = if part == "running_variance" {
            spread
        } else {
            part
        };
        pair.plan.buffers_mut()[place].copy_from_slice(&case.flat::<f32>(part));
    }
    pair.send();
    pair
}

fn mode(word: &serde_json::Value) -> StepMode {
    if word == "train" {
        StepMode::Train
    } else {
        StepMode::Running
    }
}

fn put(outputs: &mut Outputs, got: &Examined, suffix: &str, sizes: (usize, usize, usize)) {
    outputs.put_by_feature(format!("y{suffix}"), &got.output, sizes);
    outputs.put_by_feature(format!("dx{suffix}"), &got.d_input, sizes);
    let (d_gamma, d_beta) = got.gradients.split_at(got.gradients.len() / 2);
    outputs.put(format!("dgamma{suffix}"), d_gamma);
    outputs.put(format!("dbeta{suffix}"), d_beta);
}

pub fn norm(gpu: &Gpu, case: &Case) -> Answer {
    let features = case.count("num_features");
    let modes = case.params["modes"].as_array().expect("modes");
    let (_, shape_of_row) = shape(&case.tensor("x_0").shape);
    let rows = |k: usize| case.tensor(&format!("x_{k}")).shape[0];
    let most = (0..modes.len()).map(rows).max().expect("a batch");
    let freezes_affine = case.params["freeze_affine"].as_bool().unwrap_or(false);
    let layer = Layer::from(BatchNorm {
        name: "norm".into(),
        features,
        rule: rule(case),
        scale: match (case.has("gamma"), freezes_affine) {
            (false, _) => Scale::None,
            (true, true) => Scale::Frozen,
            (true, false) => Scale::Learned,
        },
    });
    if case.expects_error {
        return refusal(gpu, case, &layer, shape_of_row);
    }
    let mut pair = pair(gpu, case, layer, shape_of_row, most, "running_var");
    let mut outputs = Outputs::default();
    let mut tracked = 0_u64;
    for (k, word) in modes.iter().enumerate() {
        let moves = rule(case).moves(word == "train");
        tracked += u64::from(moves);
        let d = case.by_feature::<f32>(&format!("dy_{k}"));
        let x = case.flat::<f32>(&format!("x_{k}"));
        let got = pair.pass(&x, rows(k), mode(word), tracked, Back::Output(&d));
        let sizes = case.tensor(&format!("x_{k}")).sizes();
        put(&mut outputs, &got, &format!("_{k}"), sizes);
        let mut running = got.buffers;
        running.truncate(if rule(case).tracks { 2 * features } else { 0 });
        let (mean, variance) = running.split_at(running.len() / 2);
        outputs.put(format!("running_mean_{k}"), mean);
        outputs.put(format!("running_var_{k}"), variance);
        outputs.put(format!("num_batches_tracked_{k}"), &[tracked as f32]);
    }
    Answer::Outputs(outputs)
}

/// The engine refuses a batch of which a layer can take no moments.
fn refusal(gpu: &Gpu, case: &Case, layer: &Layer, shape: Shape) -> Answer {
    let model = Model {
        input: shape,
        layers: vec![layer.clone(), Layer::from(Flatten)],
        objective: OBJECTIVE,
        max_rows: 4,
    };
    let mut engine = wait(GpuEngine::new(gpu, &model)).expect("an engine");
    let mut network = Network::with_input(shape, &model.layers, OBJECTIVE, 4).expect("a network");
    let batch = Batch {
        x: case.flat("x_0"),
        values: vec![0.0; shape.units()],
        rows: 1,
        ..Batch::default()
    };
    let slice = Slice {
        batches: &[batch],
        rules: UpdateRules {
            hyper: Hyper::sgd(0.1, 0.0),
            momentum: Some(0.1),
            frozen: Frozen::None,
        },
        wants_state: false,
        observation: None,
    };
    match engine.advance(&mut network, &slice) {
        Err(Error::TooFewValues { .. }) => Answer::Refused,
        other => panic!("{}: {other:?}", case.name),
    }
}

pub fn ghost(gpu: &Gpu, case: &Case) -> Answer {
    let (rows, shape) = shape(&case.tensor("x").shape);
    let layer = Layer::from(GhostBatchNorm {
        name: "norm".into(),
        features: shape.channels(),
        chunk: case.count("ghost_size"),
        rule: rule(case),
    });
    let mut pair = pair(gpu, case, layer, shape, rows, "running_var");
    let d = case.by_feature::<f32>("dy");
    let got = pair.pass(
        &case.flat::<f32>("x"),
        rows,
        mode(&case.params["mode"]),
        1,
        Back::Output(&d),
    );
    let mut outputs = Outputs::default();
    put(&mut outputs, &got, "", case.tensor("x").sizes());
    let (mean, variance) = got.buffers.split_at(got.buffers.len() / 2);
    outputs.put("running_mean", mean);
    outputs.put("running_var", variance);
    Answer::Outputs(outputs)
}

pub fn renormalised(gpu: &Gpu, case: &Case) -> Answer {
    let features = case.count("num_features");
    let modes = case.params["modes"].as_array().expect("modes");
    let spread = match case.word("state") {
        "std" => "running_std",
        _ => "running_var",
    };
    let mut outputs = Outputs::default();
    let mut buffers: Option<Vec<f32>> = None;
    for (k, word) in modes.iter().enumerate() {
        let tensor = case.tensor(&format!("x_{k}"));
        let (rows, shape) = shape(&tensor.shape);
        let bound = |key: &str| case.params[key][k].as_f64().unwrap_or(1.0);
        let kind = BatchRenorm {
            name: "norm".into(),
            features,
            rule: rule(case),
            bounds: Bounds {
                r_max: bound("r_max"),
                d_max: bound("d_max"),
            },
            // Passes are of update 1: fully open.
            schedule: (0, 1),
        };
        let mut pair = pair(gpu, case, Layer::from(kind), shape, rows, spread);
        if let Some(buffers) = &buffers {
            pair.plan.buffers_mut().copy_from_slice(buffers);
            pair.send();
        }
        let d = case.by_feature::<f32>(&format!("dy_{k}"));
        let x = case.flat::<f32>(&format!("x_{k}"));
        let got = pair.pass(&x, rows, mode(word), k as u64 + 1, Back::Output(&d));
        put(&mut outputs, &got, &format!("_{k}"), tensor.sizes());
        let of_feature = got.batch_norm[got.batch_norm.len() - 4 * features..]
            .as_chunks::<4>()
            .0;
        outputs.put(
            format!("r_{k}"),
            &of_feature.iter().map(|kept| kept[2]).collect::<Vec<_>>(),
        );
        outputs.put(
            format!("d_{k}"),
            &of_feature.iter().map(|kept| kept[3]).collect::<Vec<_>>(),
        );
        let (mean, variance) = got.buffers.split_at(features);
        outputs.put(format!("running_mean_{k}"), mean);
        outputs.put(format!("{spread}_{k}"), variance);
        buffers = Some(got.buffers);
    }
    Answer::Outputs(outputs)
}

/// A batch in shards is the batch of all shards; a shard's own gradients are those of its part of the gradient alone.
pub fn synchronised(gpu: &Gpu, case: &Case) -> Answer {
    let features = case.count("num_features");
    let names: Vec<_> = (0..case.count("ranks")).collect();
    let (_, shape) = shape(&case.tensor("x_0").shape);
    let rows: Vec<usize> = names
        .iter()
        .map(|r| case.tensor(&format!("x_{r}")).shape[0])
        .collect();
    let total: usize = rows.iter().sum();
    let joined = |name: &str| -> Vec<f32> {
        names
            .iter()
            .flat_map(|r| case.flat::<f32>(&format!("{name}_{r}")))
            .collect()
    };
    // Row-major [N, units] to [units, N], of the shards for which `counts` holds.
    let units = shape.units();
    let feature_major = |values: &[f32], counts: &dyn Fn(usize) -> bool| -> Vec<f32> {
        let rank_of = |row: usize| {
            let mut first = 0;
            rows.iter().position(|more| {
                first += more;
                row < first
            })
        };
        let place = |unit: usize, row: usize| match rank_of(row) {
            Some(rank) if counts(rank) => values[row * units + unit],
            _ => 0.0,
        };
        (0..units)
            .flat_map(|unit| (0..total).map(move |row| (unit, row)))
            .map(|(u, r)| place(u, r))
            .collect()
    };
    let rule = Rule {
        momentum: case.params["momentum"].as_f64(),
        epsilon: case.number("eps"),
        convention: convention(case),
        ..Rule::default()
    };
    let layer = Layer::from(SyncBatchNorm {
        name: "norm".into(),
        features,
        shards: names.len(),
        rule,
        scale: Scale::Learned,
    });
    let mut outputs = Outputs::default();
    let (x, d) = (joined("x"), joined("dy"));
    let mut pair = pair(gpu, case, layer, shape, total, "running_var");
    let got = pair.pass(
        &x,
        total,
        StepMode::Train,
        1,
        Back::Output(&feature_major(&d, &|_| true)),
    );
    let groups = got.batch_norm[..7 * features].as_chunks::<7>().0;
    outputs.put(
        "mean",
        &groups.iter().map(|kept| kept[2]).collect::<Vec<_>>(),
    );
    outputs.put(
        "var",
        &groups.iter().map(|kept| kept[3]).collect::<Vec<_>>(),
    );
    let (mean, variance) = got.buffers.split_at(features);
    outputs.put("running_mean", mean);
    outputs.put("running_var", variance);
    let mut first = 0;
    for rank in names {
        let of_rank = |values: &[f32]| -> Vec<f32> {
            let runs = values.chunks_exact(total);
            runs.flat_map(|run| run[first..first + rows[rank]].to_vec())
                .collect()
        };
        let sizes = case.tensor(&format!("x_{rank}")).sizes();
        outputs.put_by_feature(format!("y_{rank}"), &of_rank(&got.output), sizes);
        outputs.put_by_feature(format!("dx_{rank}"), &of_rank(&got.d_input), sizes);
        let own = feature_major(&d, &|other| other == rank);
        let local = pair.pass(&x, total, StepMode::Batch, 1, Back::Output(&own));
        let (d_gamma, d_beta) = local.gradients.split_at(features);
        outputs.put(format!("dgamma_{rank}"), d_gamma);
        outputs.put(format!("dbeta_{rank}"), d_beta);
        first += rows[rank];
    }
    Answer::Outputs(outputs)
}

/// Folding is done here; the folded layer computes there.
pub fn folded(gpu: &Gpu, case: &Case) -> Answer {
    let mut weight = case.flat::<f32>("weight");
    let outputs = case.tensor("weight").shape[0];
    let mut bias = case.optional("bias").unwrap_or(vec![0.0; outputs]);
    let (gamma, beta) = (case.optional::<f32>("gamma"), case.optional::<f32>("beta"));
    fold::fold::<Best>(
        &mut weight,
        &mut bias,
        &case.flat::<f32>("running_mean"),
        &case.flat::<f32>("running_var"),
        case.number("eps"),
        gamma.as_deref().zip(beta.as_deref()),
    );
    let (rows, shape) = shape(&case.tensor("x").shape);
    let (name, inputs) = ("layer".to_owned(), shape.channels());
    let layer = match shape {
        Shape::Image { .. } => Layer::from(Conv {
            name,
            inputs,
            outputs,
            stride: 1,
            pad: 1,
            bias: true,
        }),
        _ => Layer::from(Affine {
            name,
            inputs,
            outputs,
            bias: true,
        }),
    };
    let mut pair = Pair::new(gpu, shape, &[layer, Layer::from(Flatten)], OBJECTIVE, rows);
    let cut = weight.len();
    pair.plan.parameters_mut()[..cut].copy_from_slice(&weight);
    pair.plan.parameters_mut()[cut..].copy_from_slice(&bias);
    pair.send();
    let got = pair.pass(
        &case.flat::<f32>("x"),
        rows,
        StepMode::Running,
        0,
        Back::Nowhere,
    );
    let mut found = Outputs::default();
    found.put("folded_weight", &weight);
    found.put("folded_bias", &bias);
    found.put_by_feature("y", &got.output, (rows, outputs, shape.positions()));
    Answer::Outputs(found)
}
