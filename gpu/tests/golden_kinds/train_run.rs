//! Golden kinds train_run and optimizer: whole networks step by step, and updates by given gradients.

use batchnorm_lab::engine::Engine;
use batchnorm_lab::network::{Affine, Layer, Objective, Shape};
use batchnorm_lab_gpu::{Back, Gpu, GpuEngine, Pass, StepMode};

use super::Answer;
use crate::common::case::{Case, Outputs};
use crate::common::described::hyper;
use crate::common::runs::GoldenRun;
use crate::gpu::{Pair, advance, until, wait};

pub fn check(gpu: &Gpu, case: &Case) -> Answer {
    let run = GoldenRun::new(case);
    let mut engine = wait(GpuEngine::new(gpu, &run.model())).expect("an engine");
    let mut network = run.network.clone();
    engine.restore(&network).expect("its own state");
    // The first step alone, for its gradients; then all others in one go.
    let mut outputs = Outputs::default();
    let one = advance(&mut engine, &mut network, &run.slice(0..1)).expect("a step");
    let mut losses = one.losses.clone();
    for (name, place) in run.network.views() {
        let gradients = &network.gradients()[place.clone()];
        outputs.put(format!("grad1/{name}"), gradients);
    }
    let rest = run.slice(1..run.batches.len());
    let all = advance(&mut engine, &mut network, &rest).expect("steps");
    losses.extend(&all.losses);
    outputs.put("loss", &losses);
    for (name, place) in run.network.views() {
        outputs.put(
            format!("final/{name}"),
            &network.parameters()[place.clone()],
        );
    }
    for (name, place) in run.network.buffer_views() {
        let name = name.replace("running_variance", "running_var");
        outputs.put(format!("state/{name}"), &network.buffers()[place.clone()]);
        let layer = name.split('.').next().unwrap_or_default();
        let tracked = network.batches_tracked() as f32;
        outputs.put(format!("state/{layer}.num_batches_tracked"), &[tracked]);
    }
    if case.has("eval/x") {
        let (x, units) = (case.flat::<f32>("eval/x"), run.shape.units());
        let mut y = Vec::new();
        for x in x.chunks(units * run.most_rows) {
            let rows = x.len() / units;
            let mut pass = engine.network_mut().examine(Pass {
                x,
                rows,
                mode: StepMode::Running,
                updates: network.updates(),
                batches_tracked: network.batches_tracked(),
                back: Back::Nowhere,
            });
            let output = until(|| pass.poll()).expect("an answer").output;
            let outputs = output.len() / rows;
            y.extend(
                (0..rows)
                    .flat_map(|row| (0..outputs).map(move |k| (row, k)))
                    .map(|(r, k)| output[k * rows + r]),
            );
        }
        outputs.put("eval/y", &y);
    }
    Answer::Outputs(outputs)
}

pub fn optimizer(gpu: &Gpu, case: &Case) -> Answer {
    let hyper = hyper(&case.params);
    let mut parameters = case.flat::<f32>("w");
    let cut = parameters.len();
    parameters.extend(case.flat::<f32>("b"));
    // Any network of so many parameters.
    let layers = [Layer::from(Affine {
        name: "w".into(),
        inputs: parameters.len(),
        outputs: 1,
        bias: false,
    })];
    let shape = Shape::Features(parameters.len());
    let mut pair = Pair::new(gpu, shape, &layers, Objective::HalfSquaredError, 1);
    pair.plan.parameters_mut().copy_from_slice(&parameters);
    pair.send();
    let mut outputs = Outputs::default();
    for k in 0..case.count("steps") {
        let mut gradients = case.flat::<f32>(&format!("grad_w_{k}"));
        gradients.extend(case.flat::<f32>(&format!("grad_b_{k}")));
        pair.network
            .update_by(&gradients, &hyper, k as u64)
            .expect("an update");
        let read = until(|| pair.network.collect()).expect("an answer");
        read.put_state(&mut pair.plan);
        let (w, b) = pair.plan.parameters().split_at(cut);
        outputs.put(format!("w_{k}"), w);
        outputs.put(format!("b_{k}"), b);
    }
    Answer::Outputs(outputs)
}
