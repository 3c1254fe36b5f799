//! Parts of the GPU's engine by themselves: masks, long sums.

use crate::distance::distance;
use crate::gpu::Pair;
use crate::gpu::advance;
use crate::gpu::{device, wait};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{CpuEngine, Engine, Model, Slice, UpdateRules};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::{
    Affine, Conv, Dropout, Elementwise, Flatten, Hyper, Layer, Mode, Network, Objective, Shape,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Frozen, Initialization};
use batchnorm_lab_gpu::{Back, GpuEngine, StepMode};

#[test]
fn dropout_draws_the_same_mask_on_both() {
    let Some(device) = device("dropout_draws_the_same_mask_on_both") else {
        return;
    };
    for (probability, seed) in [(0.3, 7), (0.5, u64::MAX), (0.0, 1), (1.0, 2)] {
        let layers = [Layer::from(Dropout {
            name: "drop".into(),
            probability,
            seed,
        })];
        let mut pair = Pair::new(
            &device,
            Shape::Features(9),
            &layers,
            Objective::HalfSquaredError,
            33,
        );
        // `Pair` passes are of update 1.
        pair.plan.set_updates(1);
        pair.send();
        let x = vec![1.0; 9 * 33];
        pair.plan.forward(&x, 33, Mode::Train).expect("no moments");
        let got = pair.pass(&x, 33, StepMode::Train, 0, Back::Nowhere);
        assert_eq!(got.output, pair.plan.output().values(), "p = {probability}");
    }
}

#[test]
fn gradients_over_many_rows_are_added_in_pieces_and_come_out_the_same() {
    let name = "gradients_over_many_rows_are_added_in_pieces_and_come_out_the_same";
    let Some(device) = device(name) else {
        return;
    };
    let affine = |name: &str, inputs, outputs| {
        Layer::from(Affine {
            name: name.into(),
            inputs,
            outputs,
            bias: true,
        })
    };
    let dense = Model {
        input: Shape::Features(7),
        layers: vec![
            affine("first", 7, 33),
            Layer::from(Elementwise(Function::Tanh)),
            affine("second", 33, 3),
        ],
        objective: Objective::CrossEntropy,
        max_rows: 1501,
    };
    let image = Model {
        input: Shape::Image {
            channels: 2,
            height: 5,
            width: 6,
        },
        layers: vec![
            Layer::from(Conv {
                name: "conv".into(),
                inputs: 2,
                outputs: 4,
                stride: 1,
                pad: 1,
                bias: true,
            }),
            Layer::from(Flatten),
            affine("output", 120, 3),
        ],
        objective: Objective::CrossEntropy,
        max_rows: 70,
    };
    for (model, rows) in [
        (&dense, 1501),
        (&dense, 1025),
        (&dense, 9),
        (&image, 70),
        (&image, 3),
    ] {
        let mut network =
            Network::with_input(model.input, &model.layers, model.objective, model.max_rows)
                .expect("a network");
        let mut rng = Rng::new(5, "partials");
        network.initialize(Initialization::XavierNormal, 1.0, &mut rng);
        let batch = Batch {
            x: (0..rows * model.input.units())
                .map(|_| rng.normal() as f32)
                .collect(),
            labels: (0..rows).map(|row| (row * row % 3) as u8).collect(),
            rows,
            ..Batch::default()
        };
        let slice = Slice {
            batches: &[batch],
            rules: UpdateRules {
                hyper: Hyper::sgd(0.1, 0.0),
                momentum: Some(0.1),
                frozen: Frozen::None,
            },
            wants_state: true,
            observation: None,
        };
        let mut here = CpuEngine::new(FULL.lengths);
        let mut there = wait(GpuEngine::new(&device, model)).expect("an engine");
        there.restore(&network).expect("its own state");
        let mut gradients = Vec::new();
        for engine in [&mut there as &mut dyn Engine, &mut here] {
            let mut network = network.clone();
            advance(engine, &mut network, &slice).expect("a step");
            gradients.push(network.gradients().to_vec());
        }
        let apart = distance(&gradients[0], &gradients[1]);
        assert!(apart < 1e-5, "{rows} rows: {apart:e}");
    }
}
