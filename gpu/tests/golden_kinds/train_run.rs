//! Golden kinds train_run and optimizer: whole networks step by step, and updates by given gradients.

use batchnorm_lab::network::{Affine, Layer, Objective, Shape};
use batchnorm_lab_gpu::{Back, Gpu, StepMode};

use super::Answer;
use crate::common::case::{Case, Outputs};
use crate::common::described::hyper;
use crate::common::runs::Run;
use crate::gpu::Pair;
use crate::gpu::wait;
use crate::gpu::{collect, until};

pub fn check(gpu: &Gpu, case: &Case) -> Answer {
    use batchnorm_lab::engine::Engine;
    use batchnorm_lab_gpu::GpuEngine;
    let run = Run::new(case);
    let mut engine = wait(GpuEngine::new(gpu, &run.model())).expect("an engine");
    engine.restore(&run.start()).expect("its own state");
    // The first step alone, for its gradients; then all others in one go.
    let (first, rest) = run.batches.split_at(1);
    engine.advance(first, &run.hyper, true).expect("a step");
    let mut outputs = Outputs::default();
    let one = collect(&mut engine).expect("a step");
    let state = one.state.expect("it was asked for");
    for (name, place) in run.network.views() {
        outputs.put(format!("grad1/{name}"), &state.gradients[place.clone()]);
    }
    let mut losses = one.losses;
    engine.advance(rest, &run.hyper, true).expect("steps");
    let all = collect(&mut engine).expect("steps");
    losses.extend(all.losses);
    let state = all.state.expect("it was asked for");
    outputs.put("loss", &losses);
    for (name, place) in run.network.views() {
        outputs.put(format!("final/{name}"), &state.parameters[place.clone()]);
    }
    for (name, place) in run.network.buffer_views() {
        let name = name.replace("running_variance", "running_var");
        outputs.put(format!("state/{name}"), &state.buffers[place.clone()]);
        let layer = name.split('.').next().unwrap_or_default();
        let tracked = state.batches_tracked as f32;
        outputs.put(format!("state/{layer}.num_batches_tracked"), &[tracked]);
    }
    if case.has("eval/x") {
        let (x, units) = (case.flat::<f32>("eval/x"), run.shape.units());
        let mut y = Vec::new();
        for x in x.chunks(units * run.most_rows) {
            let rows = x.len() / units;
            let mut pass = engine.network_mut().examine(batchnorm_lab_gpu::Pass {
                x,
                rows,
                mode: StepMode::Running,
                updates: state.updates,
                batches_tracked: state.batches_tracked,
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
        let state = until(|| pair.network.collect()).expect("an answer").state;
        outputs.put(format!("w_{k}"), &state.parameters[..cut]);
        outputs.put(format!("b_{k}"), &state.parameters[cut..]);
    }
    Answer::Outputs(outputs)
}
