//! Networks as a whole: names, shapes, modes, what moves and what does not.

use crate::common::{assert_close, naive, narrow, normals, widen};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, Conv, Dropout, Flatten, GhostBatchNorm, GroupNorm,
    Hyper, Layer, LayerNorm, MaxPool, Mode, Moments, Network, Recurrent, Scale, Scratch, Shape,
    SyncBatchNorm,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Activation, Initialization, Loss};
use wasm_bindgen_test::wasm_bindgen_test;

fn affine(name: &str, inputs: usize, outputs: usize) -> Layer {
    Layer::from(Affine {
        name: name.into(),
        inputs,
        outputs,
        bias: true,
    })
}

fn norm(name: &str, features: usize) -> Layer {
    Layer::from(BatchNorm {
        name: name.into(),
        features,
        rule: batch::Rule {
            epsilon: 1e-5,
            ..batch::Rule::default()
        },
        ..BatchNorm::default()
    })
}

fn tanh() -> Layer {
    Layer::from(Activation::Tanh)
}

/// 2 - 5 - 3 - 2 with a normalisation before each activation.
fn layers() -> Vec<Layer> {
    vec![
        affine("fc1", 2, 5),
        norm("norm1", 5),
        tanh(),
        affine("fc2", 5, 3),
        norm("norm2", 3),
        tanh(),
        affine("output", 3, 2),
    ]
}

/// The same without the normalisations.
fn plain_layers() -> Vec<Layer> {
    let mut layers = layers();
    layers.remove(4);
    layers.remove(1);
    layers
}

fn start(layers: &[Layer], max_rows: usize) -> Network {
    let mut network = Network::<Best>::new(layers, Loss::CrossEntropy, max_rows).expect("they fit");
    let mut rng = Rng::new(5, "weights");
    network.initialize(Initialization::HeNormal, 1.5, &mut rng);
    network
}

const IMAGE: Shape = Shape::Image {
    channels: 1,
    height: 6,
    width: 5,
};

fn conv(name: &str, inputs: usize, outputs: usize) -> Layer {
    Layer::from(Conv {
        name: name.into(),
        inputs,
        outputs,
        stride: 1,
        pad: 1,
        bias: false,
    })
}

/// conv 4 - BN - tanh - max pool - conv 3 - group norm - dropout - flatten - output.
fn image_layers() -> Vec<Layer> {
    vec![
        conv("conv1", 1, 4),
        norm("norm1", 4),
        tanh(),
        Layer::from(MaxPool),
        conv("conv2", 4, 3),
        Layer::from(GroupNorm {
            name: "norm2".into(),
            features: 3,
            groups: 3,
            epsilon: 1e-5,
            affine: true,
        }),
        Layer::from(Dropout {
            name: "drop".into(),
            probability: 0.3,
            seed: 1,
        }),
        Layer::from(Flatten),
        affine("output", 18, 2),
    ]
}

const SEQUENCE: Shape = Shape::Sequence {
    steps: 5,
    features: 3,
};

/// Attention - recurrence with normalisation - output, or attention - mean - output.
fn sequence_layers(recurs: bool) -> Vec<Layer> {
    let attention = Layer::from(Attention {
        name: "attention".into(),
        features: 3,
        epsilon: 1e-5,
    });
    if recurs {
        let recurrent = Layer::from(Recurrent {
            name: "rnn".into(),
            inputs: 3,
            hidden: 4,
            normalizes: Normalizes::Hidden,
            epsilon: 1e-5,
        });
        vec![attention, recurrent, affine("output", 4, 2)]
    } else {
        vec![attention, Layer::from(AveragePool), affine("output", 3, 2)]
    }
}

fn start_with(input: Shape, layers: &[Layer], max_rows: usize) -> Network {
    let loss = Loss::CrossEntropy;
    let mut network = Network::<Best>::with_input(input, layers, loss, max_rows).expect("they fit");
    network.initialize(Initialization::HeNormal, 1.0, &mut Rng::new(5, "weights"));
    network
}

fn rows_of(input: Shape, rows: usize) -> Vec<f32> {
    narrow(&normals(&mut Rng::new(9, "rows"), rows * input.units()))
}

fn data(rows: usize) -> (Vec<f32>, Vec<u8>) {
    let mut rng = Rng::new(6, "data");
    let x = narrow(&normals(&mut rng, rows * 2));
    (x, (0..rows).map(|_| rng.below(2) as u8).collect())
}

/// Everything that learns or remembers.
fn state(network: &Network) -> (Vec<f32>, Vec<f32>, Vec<f32>, u64, u64) {
    (
        network.parameters().to_vec(),
        network.buffers().to_vec(),
        network.optimizer_memory().to_vec(),
        network.updates(),
        network.batches_tracked(),
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn parameters_have_names_and_places() {
    let network = start(&layers(), 4);
    let names: Vec<&str> = network.views().iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(
        names,
        [
            "fc1.weight",
            "fc1.bias",
            "norm1.gamma",
            "norm1.beta",
            "fc2.weight",
            "fc2.bias",
            "norm2.gamma",
            "norm2.beta",
            "output.weight",
            "output.bias",
        ]
    );
    assert_eq!(network.view("fc2.weight"), 25..40);
    assert_eq!(network.parameters().len(), 15 + 10 + 18 + 6 + 8);
    assert_eq!(network.parameter("norm2.gamma"), [1.0; 3]);
    let buffers: Vec<&str> = network
        .buffer_views()
        .iter()
        .map(|(name, _)| &name[..])
        .collect();
    assert_eq!(buffers[1], "norm1.running_variance");
    assert_eq!(network.running(4), (&[0.0; 3][..], &[1.0; 3][..]));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_normalisation_draws_nothing_so_that_twins_share_weights() {
    let with = start(&layers(), 4);
    let without = start(&plain_layers(), 4);
    for name in ["fc1.weight", "fc2.weight", "output.weight"] {
        assert_eq!(with.parameter(name), without.parameter(name), "{name}");
        assert!(with.parameter(name).iter().any(|w| w.abs() > 0.1), "{name}");
    }
    assert_eq!(with.parameter("fc2.bias"), [0.0; 3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn first_weights_have_the_spread_of_their_kind() {
    for (kind, variance) in [
        (Initialization::HeNormal, 2.0 / 100.0),
        (Initialization::HeUniform, 2.0 / 100.0),
        (Initialization::XavierNormal, 2.0 / 180.0),
        (Initialization::XavierUniform, 2.0 / 180.0),
    ] {
        let layers = [affine("wide", 100, 80), affine("output", 80, 2)];
        let mut network = Network::<Best>::new(&layers, Loss::CrossEntropy, 1).expect("they fit");
        network.initialize(kind, 3.0, &mut Rng::new(1, "weights"));
        let weights = widen(network.parameter("wide.weight"));
        let (mean, got) = naive::moments(&weights, 1);
        let want = 9.0 * variance;
        // 8000 draws: four standard errors of the variance are 0.063 of it.
        assert_close(&format!("{kind:?}"), &got, &[want], 0.063, 0.0);
        assert_close(
            &format!("{kind:?} mean"),
            &mean,
            &[0.0],
            0.0,
            0.045 * want.sqrt(),
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn inference_gives_what_the_kept_forward_pass_gives() {
    let mut scratch = Scratch::default();
    for rows in 2..=17 {
        let mut network = start(&layers(), 17);
        let (x, labels) = data(rows);
        network
            .train_step(&x, &labels, rows, &Hyper::adam(0.05))
            .expect("a step");
        for mode in [Mode::Batch, Mode::Running] {
            network.forward(&x, rows, mode).expect("two rows or more");
            let kept = widen(network.output().values());
            let got = network
                .infer(&x, rows, mode, &mut scratch)
                .expect("two rows or more");
            assert_eq!((got.rows(), got.features()), (rows, 2));
            assert_eq!(widen(got.values()), kept, "{rows} rows, {mode:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn moments_of_inference_given_back_give_the_same_network() {
    let network = start(&layers(), 2);
    let (x, _) = data(9);
    let mut scratch = Scratch::default();
    let own = network
        .infer(&x, 9, Mode::Batch, &mut scratch)
        .expect("nine rows")
        .values()
        .to_vec();
    let moments: Vec<Moments> = scratch.moments().to_vec();
    let widths: Vec<usize> = moments.iter().map(|m| m.mean.len()).collect();
    assert_eq!(widths, [5, 3, 2], "one entry for each affine layer");
    let given = network
        .infer(&x, 9, Mode::Given(&moments), &mut scratch)
        .expect("nine rows");
    assert_eq!(given.values(), own);
    // A single point among them too: given moments need no batch.
    let one = network
        .infer(&x[..2], 1, Mode::Given(&moments), &mut scratch)
        .expect("one row");
    assert_close(
        "one row",
        &widen(one.values()),
        &[f64::from(own[0]), f64::from(own[9])],
        1e-6,
        1e-6,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn moments_are_recorded_without_any_normalisation_too() {
    let mut network = start(&plain_layers(), 12);
    let (x, _) = data(12);
    let mut scratch = Scratch::default();
    network
        .infer(&x, 12, Mode::Running, &mut scratch)
        .expect("twelve rows");
    network.forward(&x, 12, Mode::Running).expect("twelve rows");
    let second = network.activation(2).to_row_major();
    let (mean, variance) = naive::moments(&widen(&second), 3);
    assert_close(
        "mean",
        &widen(&scratch.moments()[1].mean),
        &mean,
        1e-5,
        1e-6,
    );
    assert_close(
        "variance",
        &widen(&scratch.moments()[1].variance),
        &variance,
        1e-5,
        1e-6,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_normalisation_of_the_input_or_after_an_activation_has_its_own_moments() {
    let layers = [
        norm("first", 2),
        affine("fc1", 2, 3),
        tanh(),
        norm("late", 3),
        affine("output", 3, 2),
    ];
    let mut network = start(&layers, 8);
    let (x, _) = data(8);
    let mut scratch = Scratch::default();
    network
        .infer(&x, 8, Mode::Batch, &mut scratch)
        .expect("eight rows");
    network.forward(&x, 8, Mode::Batch).expect("eight rows");
    let widths: Vec<usize> = scratch.moments().iter().map(|m| m.mean.len()).collect();
    assert_eq!(widths, [2, 3, 3, 2]);
    for (layer, entry) in [(0, 0), (3, 2)] {
        let (mean, variance) = network.batch_moments(layer);
        assert_eq!(mean, scratch.moments()[entry].mean);
        assert_eq!(variance, scratch.moments()[entry].variance);
    }
    let kept = network.output().values().to_vec();
    let moments = scratch.moments().to_vec();
    let given = network
        .infer(&x, 8, Mode::Given(&moments), &mut scratch)
        .expect("eight rows");
    assert_eq!(given.values(), kept);
}

#[wasm_bindgen_test(unsupported = test)]
fn only_training_moves_running_averages() {
    let mut network = start(&layers(), 8);
    let (x, labels) = data(8);
    let before = state(&network);
    let mut scratch = Scratch::default();
    for mode in [Mode::Batch, Mode::Running] {
        network.forward(&x, 8, mode).expect("eight rows");
        network
            .infer(&x, 8, mode, &mut scratch)
            .expect("eight rows");
    }
    assert_eq!(state(&network), before);
    network
        .train_step(&x, &labels, 8, &Hyper::sgd(0.1, 0.9))
        .expect("a step");
    assert_eq!((network.updates(), network.batches_tracked()), (1, 1));
    let (mean, variance) = network.batch_moments(1);
    let (running_mean, running_variance) = network.running(1);
    let want: Vec<f64> = mean.iter().map(|m| 0.1 * f64::from(*m)).collect();
    assert_close("running mean", &widen(running_mean), &want, 1e-6, 1e-7);
    let unbiased = |v: &f32| 0.9 + 0.1 * f64::from(*v) * 8.0 / 7.0;
    let want: Vec<f64> = variance.iter().map(unbiased).collect();
    assert_close(
        "running variance",
        &widen(running_variance),
        &want,
        1e-6,
        1e-7,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn momentum_changes_live_and_cumulative_averages_are_plain() {
    let mut network = start(&layers(), 8);
    network.set_batch_norm_momentum(None);
    let (x, _) = data(24);
    let mut sum = [0.0_f64; 5];
    for batch in x.chunks_exact(16) {
        network.forward(batch, 8, Mode::Train).expect("eight rows");
        let (mean, _) = network.batch_moments(1);
        sum.iter_mut()
            .zip(mean)
            .for_each(|(sum, mean)| *sum += f64::from(*mean) / 3.0);
    }
    assert_close("average", &widen(network.running(1).0), &sum, 1e-6, 1e-6);
    network.set_batch_norm_momentum(Some(1.0));
    network
        .forward(&x[..16], 8, Mode::Train)
        .expect("eight rows");
    assert_eq!(network.running(1).0, network.batch_moments(1).0);
    assert_eq!(network.batches_tracked(), 4);
}

#[wasm_bindgen_test(unsupported = test)]
fn one_row_is_refused_where_its_own_moments_would_count_and_nothing_changes() {
    let mut network = start(&layers(), 8);
    let before = state(&network);
    let want = Error::TooFewValues {
        layer: "norm1".into(),
        values: 1,
        batch: 1,
        chunk: None,
        nearest: [None, Some(2)],
    };
    let hyper = Hyper::sgd(0.1, 0.0);
    assert_eq!(
        network.train_step(&[0.5, 1.0], &[1], 1, &hyper),
        Err(want.clone())
    );
    let mut scratch = Scratch::default();
    let batch = network.infer(&[0.5, 1.0], 1, Mode::Batch, &mut scratch);
    assert_eq!(batch.map(|_| ()), Err(want));
    assert!(
        network
            .infer(&[0.5, 1.0], 1, Mode::Running, &mut scratch)
            .is_ok()
    );
    assert_eq!(state(&network), before);
    let mut plain = start(&plain_layers(), 8);
    assert!(plain.train_step(&[0.5, 1.0], &[1], 1, &hyper).is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn layers_that_do_not_fit_are_errors() {
    let check = |layers: &[Layer], loss, layer: &str| match Network::<Best>::new(layers, loss, 4) {
        Err(Error::Shape { layer: named, .. }) => assert_eq!(named, layer),
        other => panic!("{layer}: {:?}", other.map(|_| ())),
    };
    let ce = Loss::CrossEntropy;
    check(&[affine("fc1", 2, 5), affine("fc2", 4, 2)], ce, "fc2");
    check(
        &[affine("fc1", 2, 5), norm("norm1", 4), affine("fc2", 5, 2)],
        ce,
        "norm1",
    );
    check(&[affine("fc1", 2, 0)], ce, "fc1");
    check(&[affine("fc1", 0, 2)], ce, "fc1");
    check(&[affine("fc1", 2, 1)], ce, "loss");
    check(&[affine("fc1", 2, 2)], Loss::BinaryCrossEntropy, "loss");
    check(&[tanh()], ce, "network");
    check(&[], ce, "network");
}

#[wasm_bindgen_test(unsupported = test)]
fn impossible_shapes_say_what_came_and_what_is_needed() {
    let say = |input: Shape, layers: &[Layer]| match Network::<Best>::with_input(
        input,
        layers,
        Loss::CrossEntropy,
        4,
    ) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("they fit"),
    };
    let features = Shape::Features(4);
    let wide = affine("output", 30, 2);
    let refused = [
        (
            say(IMAGE, &[affine("fc1", 30, 2)]),
            "fc1: got an image of 1×6×5, needs 30 features: flatten or pool before it",
        ),
        (
            say(IMAGE, &[Layer::from(Flatten), affine("fc1", 31, 2)]),
            "fc1: got 30 features, needs 31 features",
        ),
        (
            say(features, &[conv("conv1", 4, 2)]),
            "conv1: got 4 features, needs an image of 4 channels",
        ),
        (
            say(IMAGE, &[conv("conv1", 2, 2)]),
            "conv1: got an image of 1×6×5, needs 2 channels",
        ),
        (
            say(IMAGE, &[norm("norm1", 30)]),
            "norm1: got an image of 1×6×5, needs 30 channels",
        ),
        (
            say(
                IMAGE,
                &[Layer::from(Conv {
                    name: "conv1".into(),
                    inputs: 1,
                    outputs: 1,
                    stride: 0,
                    pad: 1,
                    bias: true,
                })],
            ),
            "conv1: got stride 0, needs 1 or more",
        ),
        (
            say(
                Shape::Image {
                    channels: 1,
                    height: 2,
                    width: 9,
                },
                &[Layer::from(Conv {
                    name: "conv1".into(),
                    inputs: 1,
                    outputs: 1,
                    stride: 1,
                    pad: 0,
                    bias: true,
                })],
            ),
            "conv1: got an image of 1×2×9, needs room for its 3×3 weights",
        ),
        (
            say(features, &[Layer::from(MaxPool)]),
            "max_pool: got 4 features, needs an image of 2×2 or more",
        ),
        (
            say(features, &[Layer::from(AveragePool)]),
            "average_pool: got 4 features, needs an image or a sequence",
        ),
        (
            say(features, &sequence_layers(true)),
            "attention: got 4 features, needs a sequence of 3 features",
        ),
        (
            say(IMAGE, &sequence_layers(true)[1..]),
            "rnn: got an image of 1×6×5, needs a sequence of 3 features",
        ),
        (
            say(SEQUENCE, &sequence_layers(true)[..1]),
            "loss: got a sequence of 5 steps of 3 features, needs an output a class, 2 or more",
        ),
        (
            say(
                features,
                &[Layer::from(GroupNorm {
                    name: "norm1".into(),
                    features: 4,
                    groups: 3,
                    epsilon: 1e-5,
                    affine: true,
                })],
            ),
            "norm1: got 4 features, needs channels that 3 groups can share alike",
        ),
        (
            say(
                features,
                &[Layer::from(GroupNorm {
                    name: "norm1".into(),
                    features: 4,
                    groups: 4,
                    epsilon: 1e-5,
                    affine: true,
                })],
            ),
            "norm1: got 4 features, needs 2 or more values in each of 4 groups",
        ),
        (
            say(
                features,
                &[Layer::from(LayerNorm {
                    name: "norm1".into(),
                    features: 5,
                    epsilon: 1e-5,
                    affine: true,
                })],
            ),
            "norm1: got 4 features, needs 5 features",
        ),
        (
            say(
                features,
                &[Layer::from(Dropout {
                    name: "drop".into(),
                    probability: 1.5,
                    seed: 0,
                })],
            ),
            "drop: got no probability, needs 0 to 1",
        ),
        (
            say(Shape::Features(0), &[Layer::from(Flatten), wide]),
            "output: got 0 features, needs 30 features",
        ),
    ];
    for (got, want) in refused {
        assert_eq!(got, want);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn inference_of_images_and_sequences_is_the_kept_forward_pass() {
    let mut scratch = Scratch::default();
    let networks = [
        (IMAGE, image_layers()),
        (SEQUENCE, sequence_layers(true)),
        (SEQUENCE, sequence_layers(false)),
    ];
    for (input, layers) in networks {
        for rows in 2..=17 {
            let mut network = start_with(input, &layers, 17);
            let x = rows_of(input, rows);
            let labels: Vec<u8> = (0..rows).map(|row| (row % 2) as u8).collect();
            network
                .train_step(&x, &labels, rows, &Hyper::adam(0.05))
                .expect("a step");
            for mode in [Mode::Batch, Mode::Running] {
                network.forward(&x, rows, mode).expect("two rows or more");
                let kept = widen(network.output().values());
                let got = network
                    .infer(&x, rows, mode, &mut scratch)
                    .expect("two rows or more");
                assert_eq!(widen(got.values()), kept, "{input}, {rows} rows, {mode:?}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_row_does_not_know_what_other_rows_there_are() {
    let mut scratch = Scratch::default();
    for (input, layers) in [(IMAGE, image_layers()), (SEQUENCE, sequence_layers(true))] {
        let network = start_with(input, &layers, 4);
        let x = rows_of(input, 11);
        let together = network
            .infer(&x, 11, Mode::Running, &mut scratch)
            .expect("rows");
        let together = widen(&together.to_row_major());
        for (row, x) in x.chunks(input.units()).enumerate() {
            let alone = network
                .infer(x, 1, Mode::Running, &mut scratch)
                .expect("a row");
            let alone = widen(&alone.to_row_major());
            assert_close("alone", &alone, &together[2 * row..2 * row + 2], 0.0, 1e-6);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_has_its_moments_a_channel() {
    let mut network = start_with(IMAGE, &image_layers(), 6);
    let x = rows_of(IMAGE, 6);
    network.forward(&x, 6, Mode::Batch).expect("six rows");
    let table = network.activation(0);
    assert_eq!((table.features(), table.rows()), (4, 6 * 30));
    let (mean, variance) = naive::moments(&widen(&table.to_row_major()), 4);
    assert_close(
        "mean",
        &widen(network.batch_moments(1).0),
        &mean,
        1e-5,
        1e-6,
    );
    assert_close(
        "variance",
        &widen(network.batch_moments(1).1),
        &variance,
        1e-5,
        1e-6,
    );
    assert_eq!(network.x_hat(1).rows(), 6 * 30);
    // A single image has 30 values a channel: enough for moments.
    assert!(network.forward(&x[..30], 1, Mode::Train).is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn what_stands_after_the_end_of_a_sequence_does_not_matter() {
    let lengths = [5, 2, 1, 4, 3];
    let mut scratch = Scratch::default();
    for recurs in [true, false] {
        let mut network = start_with(SEQUENCE, &sequence_layers(recurs), 5);
        let x = rows_of(SEQUENCE, 5);
        let mut other = x.clone();
        for (row, length) in lengths.iter().enumerate() {
            other[row * 15 + length * 3..(row + 1) * 15].fill(77.0);
        }
        let mut of = |x: &[f32]| {
            let y = network.infer_lengths(x, &lengths, Mode::Running, &mut scratch);
            y.expect("five rows").to_row_major()
        };
        let want = of(&x);
        assert_eq!(of(&other), want);
        let all = network
            .infer(&x, 5, Mode::Running, &mut scratch)
            .expect("five rows");
        assert_ne!(all.to_row_major(), want, "lengths count");
        // The whole sequence of the first row is the same as without lengths.
        assert_eq!(all.to_row_major()[..2], want[..2]);
        network.set_lengths(Some(&lengths));
        network.forward(&other, 5, Mode::Train).expect("five rows");
        assert_eq!(network.output().to_row_major(), want);
        network.set_lengths(None);
        network.forward(&x, 5, Mode::Train).expect("five rows");
        assert_ne!(network.output().to_row_major(), want);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn dropout_follows_seed_and_update_and_keeps_the_mean() {
    let layers = |seed| {
        vec![
            Layer::from(Dropout {
                name: "drop".into(),
                probability: 0.25,
                seed,
            }),
            affine("output", 2, 2),
        ]
    };
    let mut network = start(&layers(1), 4000);
    let x = vec![1.0; 8000];
    let dropped = |network: &mut Network, mode| {
        network.forward(&x, 4000, mode).expect("rows");
        network.activation(0).values().to_vec()
    };
    let first = dropped(&mut network, Mode::Train);
    assert_eq!(
        first,
        dropped(&mut network, Mode::Train),
        "no update, the same mask"
    );
    let kept = first.iter().filter(|v| **v > 0.0).count() as f64 / 8000.0;
    // Four standard errors.
    assert!((kept - 0.75).abs() < 0.02, "kept {kept}");
    assert!(first.iter().all(|v| *v == 0.0 || *v == 1.0 / 0.75));
    network.set_updates(1);
    assert_ne!(first, dropped(&mut network, Mode::Train));
    assert_eq!(dropped(&mut network, Mode::Running), x);
    let mut other = start(&layers(2), 4000);
    assert_ne!(first, dropped(&mut other, Mode::Train));
}

#[wasm_bindgen_test(unsupported = test)]
fn frozen_things_do_not_move_and_keras_means_the_other_share() {
    let of = |rule, scale| {
        let norm = Layer::from(BatchNorm {
            name: "norm1".into(),
            features: 5,
            rule,
            scale,
        });
        start(&[affine("fc1", 2, 5), norm, affine("output", 5, 2)], 8)
    };
    let (x, labels) = data(8);
    let mut hyper = Hyper::sgd(0.1, 0.9);
    hyper.weight_decay = 0.1;
    let plain = batch::Rule::default();

    let mut frozen = of(plain, Scale::Frozen);
    assert!(
        !frozen
            .views()
            .iter()
            .any(|(name, _)| name.contains("gamma"))
    );
    frozen.train_step(&x, &labels, 8, &hyper).expect("a step");
    let names: Vec<&str> = frozen
        .buffer_views()
        .iter()
        .map(|(name, _)| &name[..])
        .collect();
    assert_eq!(
        names,
        [
            "norm1.running_mean",
            "norm1.running_variance",
            "norm1.gamma",
            "norm1.beta"
        ]
    );
    assert_eq!(frozen.buffers()[10..], [[1.0; 5], [0.0; 5]].concat());

    let rule = batch::Rule {
        freezes_statistics: true,
        ..plain
    };
    let mut still = of(rule, Scale::Learned);
    still.train_step(&x, &labels, 8, &hyper).expect("a step");
    assert_eq!(still.running(1), (&[0.0; 5][..], &[1.0; 5][..]));
    assert_eq!(still.batches_tracked(), 0);
    assert!(
        still
            .parameter("norm1.gamma")
            .iter()
            .all(|gamma| *gamma != 1.0)
    );

    let rule = batch::Rule {
        tracks: false,
        ..plain
    };
    let mut untracked = of(rule, Scale::None);
    assert!(untracked.buffers().is_empty());
    assert_eq!(untracked.running(1), (&[][..], &[][..]));
    untracked
        .train_step(&x, &labels, 8, &hyper)
        .expect("a step");
    let mut scratch = Scratch::default();
    let y = |mode, scratch: &mut Scratch| {
        untracked
            .infer(&x, 8, mode, scratch)
            .expect("eight rows")
            .to_row_major()
    };
    assert_eq!(y(Mode::Running, &mut scratch), y(Mode::Batch, &mut scratch));

    let rule = batch::Rule {
        momentum: Some(0.9),
        convention: batch::Convention::Keras,
        ..plain
    };
    let mut keras = of(rule, Scale::Learned);
    keras.forward(&x, 8, Mode::Train).expect("eight rows");
    let biased = |v: &f32| 0.9 + 0.1 * f64::from(*v);
    let want: Vec<f64> = keras.batch_moments(1).1.iter().map(biased).collect();
    assert_close("biased", &widen(keras.running(1).1), &want, 1e-6, 1e-7);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_ghost_of_the_whole_batch_is_batch_norm() {
    let ghost = |chunk| {
        Layer::from(GhostBatchNorm {
            name: "norm1".into(),
            features: 5,
            chunk,
            rule: batch::Rule::default(),
        })
    };
    let run = |norm: Layer| {
        let mut network = start(&[affine("fc1", 2, 5), norm, affine("output", 5, 2)], 8);
        let (x, labels) = data(8);
        for _ in 0..3 {
            network
                .train_step(&x, &labels, 8, &Hyper::adam(0.05))
                .expect("a step");
        }
        let mut scratch = Scratch::default();
        let y = network
            .infer(&x, 8, Mode::Running, &mut scratch)
            .expect("eight rows");
        (
            widen(network.parameters()),
            widen(network.buffers()),
            widen(y.values()),
        )
    };
    let (want, got) = (run(norm("norm1", 5)), run(ghost(8)));
    assert_close("parameters", &got.0, &want.0, 1e-5, 1e-5);
    assert_close("buffers", &got.1, &want.1, 1e-5, 1e-5);
    assert_close("outputs", &got.2, &want.2, 1e-4, 1e-4);
    assert_ne!(run(ghost(4)).1, want.1);
    // A chunk of one row has no moments.
    let mut lonely = start(&[affine("fc1", 2, 5), ghost(7), affine("output", 5, 2)], 8);
    let (x, _) = data(8);
    let want = Error::TooFewValues {
        layer: "norm1".into(),
        values: 1,
        batch: 8,
        chunk: Some(7),
        nearest: [Some(7), Some(9)],
    };
    assert_eq!(lonely.forward(&x, 8, Mode::Train), Err(want));
}

#[wasm_bindgen_test(unsupported = test)]
fn shards_together_are_the_whole_batch_and_no_ghosts() {
    let sync = |shards, features| {
        Layer::from(SyncBatchNorm {
            name: "norm1".into(),
            features,
            shards,
            rule: batch::Rule::default(),
            scale: Scale::Learned,
        })
    };
    let (x, labels) = data(8);
    let pixels = narrow(&normals(&mut Rng::new(4, "pixels"), 8 * IMAGE.units()));
    let run = |norm: &dyn Fn(usize) -> Layer, is_image: bool| {
        let (mut network, x) = if is_image {
            let mut layers = image_layers();
            layers[1] = norm(4);
            let mut network = Network::<Best>::with_input(IMAGE, &layers, Loss::CrossEntropy, 8)
                .expect("they fit");
            network.initialize(Initialization::HeNormal, 1.5, &mut Rng::new(5, "weights"));
            (network, &pixels)
        } else {
            (
                start(&[affine("fc1", 2, 5), norm(5), affine("output", 5, 2)], 8),
                &x,
            )
        };
        // Seven rows too, which no number of shards but one and seven divides.
        for rows in [8, 7, 8] {
            let x = &x[..rows * network.inputs()];
            network
                .train_step(x, &labels[..rows], rows, &Hyper::sgd(0.1, 0.9))
                .expect("a step");
        }
        let mut scratch = Scratch::default();
        let mut outputs = Vec::new();
        for mode in [Mode::Batch, Mode::Running] {
            outputs.extend(widen(
                network
                    .infer(x, 8, mode, &mut scratch)
                    .expect("eight rows")
                    .values(),
            ));
            network.forward(x, 8, mode).expect("eight rows");
            outputs.extend(widen(network.output().values()));
        }
        (
            widen(network.parameters()),
            widen(network.buffers()),
            outputs,
        )
    };
    for is_image in [false, true] {
        let want = run(&|features| norm("norm1", features), is_image);
        for shards in [1, 2, 3, 5, 8, 9] {
            let got = run(&|features| sync(shards, features), is_image);
            let what = format!("{shards} shards");
            assert_close(&what, &got.0, &want.0, 1e-5, 1e-5);
            assert_close(&what, &got.1, &want.1, 1e-5, 1e-5);
            assert_close(&what, &got.2, &want.2, 1e-4, 1e-4);
        }
        let ghosts = run(
            &|features| {
                Layer::from(GhostBatchNorm {
                    name: "norm1".into(),
                    features,
                    // Of eight rows and of seven no chunk has one row alone.
                    chunk: 4,
                    rule: batch::Rule::default(),
                })
            },
            is_image,
        );
        let distance = |a: &[f64], b: &[f64]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max)
        };
        assert!(
            distance(&ghosts.1, &want.1) > 1e-2,
            "ghosts keep statistics of their own"
        );
        assert!(
            distance(&ghosts.2, &want.2) > 1e-2,
            "ghosts normalise by themselves"
        );
    }
    // One value in all shards together has no variance; none in a shard is nothing.
    let mut lonely = start(
        &[affine("fc1", 2, 5), sync(4, 5), affine("output", 5, 2)],
        8,
    );
    let want = Error::TooFewValues {
        layer: "norm1".into(),
        values: 1,
        batch: 1,
        chunk: None,
        nearest: [None, Some(2)],
    };
    assert_eq!(lonely.forward(&x[..2], 1, Mode::Train), Err(want));
    lonely.forward(&x[..4], 2, Mode::Train).expect("two rows");
    let none = Network::<Best>::new(&[affine("fc1", 2, 5), sync(0, 5)], Loss::CrossEntropy, 8);
    assert!(matches!(none, Err(Error::Shape { layer, .. }) if layer == "norm1"));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_table_reads_the_same_block_in_every_way() {
    let mut network = start(&layers(), 6);
    let (x, _) = data(6);
    network.forward(&x, 6, Mode::Batch).expect("six rows");
    let table = network.activation(0);
    assert_eq!((table.rows(), table.features()), (6, 5));
    let row_major = table.to_row_major();
    for row in 0..6 {
        for feature in 0..5 {
            let value = table.at(row, feature);
            assert_eq!(value, table.unit(feature)[row]);
            assert_eq!(value, row_major[row * 5 + feature]);
        }
    }
    let weights = widen(network.parameter("fc1.weight"));
    let want = naive::affine(&widen(&x), &weights, &[0.0; 5], 2);
    assert_close("fc1", &widen(&row_major), &want, 1e-5, 1e-6);
    assert_eq!(table.units().count(), 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_restored_state_goes_on_exactly() {
    let (x, labels) = data(8);
    let hyper = Hyper::adam(0.02);
    let mut first = start(&layers(), 8);
    for _ in 0..5 {
        first.train_step(&x, &labels, 8, &hyper).expect("a step");
    }
    let (parameters, buffers, memory, updates, tracked) = state(&first);
    let mut second = start(&layers(), 16);
    second.parameters_mut().copy_from_slice(&parameters);
    second.buffers_mut().copy_from_slice(&buffers);
    second.optimizer_memory_mut().copy_from_slice(&memory);
    second.set_updates(updates);
    second.set_batches_tracked(tracked);
    for _ in 0..5 {
        let losses = [&mut first, &mut second].map(|network| {
            network
                .train_step(&x, &labels, 8, &hyper)
                .expect("a step")
                .to_bits()
        });
        assert_eq!(losses[0], losses[1]);
    }
    assert_eq!(state(&first), state(&second));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_has_the_same_bits_on_every_machine() {
    let (x, labels) = data(10);
    let mut network = start(&layers(), 10);
    for _ in 0..200 {
        network
            .train_step(&x, &labels, 10, &Hyper::adam(0.02))
            .expect("a step");
    }
    // FNV-1a over the bits of all parameters and buffers.
    let values = network.parameters().iter().chain(network.buffers());
    let bits = values.flat_map(|value| value.to_bits().to_le_bytes());
    let hash = bits.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let is_exact = Best::NAME != "relaxed";
    assert!(!is_exact || hash == RUN_BITS, "{}: {hash:#x}", Best::NAME);
}

/// What natively built scalar lanes gave; a change of any operation's order changes it. Last changed when the
/// running averages moved from the nearer of their two ends.
const RUN_BITS: u64 = 0x572e_4783_3fa7_9b70;
