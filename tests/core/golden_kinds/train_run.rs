//! Golden kind train_run: whole networks, step by step.

use batchnorm_lab::lanes::{Lanes, Real};
use batchnorm_lab::network::{Mode, Network, Scratch};
use batchnorm_lab::settings::choice::Loss;
use serde_json::Value;

use super::super::common::case::{Case, Outputs};
use super::super::common::described::{hyper, layer, shape};
use super::Answer;

pub fn check<L: Lanes>(case: &Case) -> Answer {
    let layers = case.params["layers"].as_array().expect("layers").iter();
    let Some(layers) = layers.map(layer::<L>).collect::<Option<Vec<_>>>() else {
        return Answer::Unknown;
    };
    let loss = match case.word("loss") {
        "bce_with_logits" => Loss::BinaryCrossEntropy,
        "cross_entropy" => Loss::CrossEntropy,
        other => panic!("loss {other}"),
    };
    let hyper = hyper(&case.params["optimizer"]);
    let x = case.flat::<L::Real>("data/x");
    let shape = shape(&case.tensor("data/x").shape);
    let labels = case.bytes("data/target");
    let features = shape.units();
    let batches = case.params["batches"].as_array().expect("batches");
    let rows_of = |batch: &Value| -> Vec<usize> {
        let rows = batch.as_array().expect("rows").iter();
        rows.map(|row| row.as_u64().expect("a row") as usize)
            .collect()
    };
    let most = batches.iter().map(|batch| rows_of(batch).len()).max();
    let most = most.expect("a batch");
    let mut network = Network::<L>::with_input(shape, &layers, loss, most).expect("a network");
    for (name, place) in network.views().to_vec() {
        let values = case.flat::<L::Real>(&format!("param/{name}"));
        network.parameters_mut()[place].copy_from_slice(&values);
    }
    let mut outputs = Outputs::default();
    let mut losses = Vec::new();
    for (step, batch) in batches.iter().enumerate() {
        let rows = rows_of(batch);
        let x: Vec<_> = rows
            .iter()
            .flat_map(|r| x[r * features..][..features].to_vec())
            .collect();
        let labels: Vec<_> = rows.iter().map(|r| labels[*r]).collect();
        losses.push(
            network
                .train_step(&x, &labels, rows.len(), &hyper)
                .expect("a step"),
        );
        if step == 0 {
            for (name, place) in network.views() {
                outputs.put(format!("grad1/{name}"), &network.gradients()[place.clone()]);
            }
        }
    }
    outputs.put("loss", &losses);
    for (name, place) in network.views() {
        outputs.put(
            format!("final/{name}"),
            &network.parameters()[place.clone()],
        );
    }
    for (name, place) in network.buffer_views() {
        // PyTorch shortens the second buffer's name.
        let name = name.replace("running_variance", "running_var");
        outputs.put(format!("state/{name}"), &network.buffers()[place.clone()]);
        let tracked = L::Real::from_f64(network.batches_tracked() as f64);
        let layer = name.split('.').next().unwrap_or_default();
        outputs.put(format!("state/{layer}.num_batches_tracked"), &[tracked]);
    }
    if case.has("eval/x") {
        let x = case.flat::<L::Real>("eval/x");
        let mut scratch = Scratch::<L>::default();
        let y = network.infer(&x, x.len() / features, Mode::Running, &mut scratch);
        outputs.put("eval/y", &y.expect("running statistics").to_row_major());
    }
    Answer::Outputs(outputs)
}
