//! Parts of the graphics processor's engine by themselves: masks, distributions, long sums.
#![cfg(all(feature = "gpu", not(target_arch = "wasm32")))]

#[path = "common/distance.rs"]
mod distance;
#[path = "common/gpu.rs"]
mod gpu;
#[path = "common/gpu_answers.rs"]
mod gpu_answers;
#[path = "common/gpu_pair.rs"]
mod gpu_pair;

use batchnorm_lab::choice::Initialization;
use batchnorm_lab::engine::gpu::{Back, GpuEngine, StepMode, View};
use batchnorm_lab::engine::{Batch, CpuEngine, Engine, Model, Targets};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::{
    Affine, BatchNorm, Conv, Dropout, Elementwise, Flatten, Hyper, Layer, Mode, Network, Objective,
    Shape,
};
use batchnorm_lab::rng::Rng;
use batchnorm_lab::statistics::distribution;
use distance::distance;
use gpu::{device, wait};
use gpu_answers::{collect, until};
use gpu_pair::Pair;

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
fn distributions_made_there_are_those_made_here() {
    let Some(device) = device("distributions_made_there_are_those_made_here") else {
        return;
    };
    // More than one chunk, with values beyond the axis.
    let rows = 3000;
    let layers = [
        Layer::from(Elementwise(Function::Identity)),
        Layer::from(Flatten),
    ];
    let mut pair = Pair::new(
        &device,
        Shape::Features(3),
        &layers,
        Objective::HalfSquaredError,
        rows,
    );
    pair.send();
    let x: Vec<f32> = (0..3 * rows)
        .map(|i| (i % 4001) as f32 / 400.0 - 4.5)
        .collect();
    pair.pass(&x, rows, StepMode::Batch, 0, Back::Nowhere);
    let mut measurement = pair
        .network
        .histograms()
        .measure(&[View::Output(0)], rows, 4.0);
    let got = until(|| measurement.poll()).expect("an answer").remove(0);
    let want = distribution(&x, 4.0);
    let apart: u32 = got
        .histogram
        .iter()
        .zip(&want.histogram)
        .map(|(a, b)| a.abs_diff(*b))
        .sum();
    assert_eq!(got.histogram.iter().sum::<u32>(), 3 * rows as u32);
    // A value on a border may round into the next bin.
    assert!(apart <= 8, "{apart} values in other bins");
    assert_eq!((got.min, got.max), (want.min, want.max));
    assert!(
        (got.mean - want.mean).abs() < 1e-5 && (got.std - want.std).abs() < 1e-5,
        "{got:?}"
    );
}

#[test]
fn distributions_of_a_normalisation_are_of_what_it_makes_there() {
    let name = "distributions_of_a_normalisation_are_of_what_it_makes_there";
    let Some(device) = device(name) else {
        return;
    };
    let (features, rows, limit) = (3, 1000, 3.0);
    // The activation is taken over by the normalisation: only the views know what came before it.
    let layers = [
        Layer::from(BatchNorm {
            name: "norm".into(),
            features,
            ..BatchNorm::default()
        }),
        Layer::from(Elementwise(Function::Tanh)),
        Layer::from(Flatten),
    ];
    let shape = Shape::Features(features);
    let mut pair = Pair::new(&device, shape, &layers, Objective::HalfSquaredError, rows);
    let parameters = [0.5, 2.0, -1.0, 0.25, -0.5, 1.0];
    pair.plan.parameters_mut().copy_from_slice(&parameters);
    pair.send();
    let x: Vec<f32> = (0..features * rows)
        .map(|i| ((i * i) % 977) as f32 / 100.0 + (i % features) as f32)
        .collect();
    pair.pass(&x, rows, StepMode::Batch, 0, Back::Nowhere);
    let views = [View::Normalized(0), View::Shifted(0)];
    let mut measurement = pair.network.histograms().measure(&views, rows, limit);
    let got = until(|| measurement.poll()).expect("an answer");
    let mut wanted = [Vec::new(), Vec::new()];
    for feature in 0..features {
        let of_feature = x
            .iter()
            .skip(feature)
            .step_by(features)
            .map(|x| f64::from(*x));
        let mean = of_feature.clone().sum::<f64>() / rows as f64;
        let square = |x: f64| (x - mean) * (x - mean);
        let variance = of_feature.clone().map(square).sum::<f64>() / rows as f64;
        for x in of_feature {
            let x_hat = (x - mean) / (variance + 1e-5).sqrt();
            let shifted =
                f64::from(parameters[feature]) * x_hat + f64::from(parameters[features + feature]);
            wanted[0].push(x_hat as f32);
            wanted[1].push(shifted as f32);
        }
    }
    for ((got, values), view) in got.iter().zip(&wanted).zip(views) {
        let want = distribution(values, limit);
        let bins = got.histogram.iter().zip(&want.histogram);
        let apart: u32 = bins.map(|(a, b)| a.abs_diff(*b)).sum();
        assert_eq!(got.histogram.iter().sum::<u32>(), 3000, "{view:?}");
        assert!(apart <= 12, "{view:?}: {apart} values in other bins");
        for (got, want) in [
            (got.mean, want.mean),
            (got.std, want.std),
            (got.min, want.min),
            (got.max, want.max),
        ] {
            assert!((got - want).abs() < 1e-4, "{view:?}: {got} for {want}");
        }
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
        let mut rng = Rng::new(5, "pieces");
        network.initialize(Initialization::XavierNormal, 1.0, &mut rng);
        let batch = Batch {
            x: (0..rows * model.input.units())
                .map(|_| rng.normal() as f32)
                .collect(),
            targets: Targets::Labels((0..rows).map(|row| (row * row % 3) as u8).collect()),
            rows,
            lengths: None,
        };
        let mut here = CpuEngine::new(network);
        let mut there = wait(GpuEngine::new(&device, model)).expect("an engine");
        there.restore(&here.state()).expect("its own state");
        let mut states = Vec::new();
        for engine in [&mut there as &mut dyn Engine, &mut here] {
            engine
                .advance(std::slice::from_ref(&batch), &Hyper::sgd(0.1, 0.0), true)
                .expect("a step");
            states.push(collect(engine).expect("a step").state.expect("asked for"));
        }
        let apart = distance(&states[0].gradients, &states[1].gradients);
        assert!(apart < 1e-5, "{rows} rows: {apart:e}");
    }
}
