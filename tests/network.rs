//! Networks as a whole: names, shapes, modes, what moves and what does not.

mod common;

use batchnorm_lab::choice::{Activation, Initialization, Loss};
use batchnorm_lab::error::Error;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::network::{Affine, BatchNorm, Hyper, Layer, Mode, Moments, Network, Scratch};
use batchnorm_lab::rng::Rng;
use common::{assert_close, naive, narrow, normals, widen};

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

tests! {
    fn parameters_have_names_and_places() {
        let network = start(&layers(), 4);
        let names: Vec<&str> = network.views().iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(names, [
            "fc1.weight", "fc1.bias", "norm1.gamma", "norm1.beta",
            "fc2.weight", "fc2.bias", "norm2.gamma", "norm2.beta",
            "output.weight", "output.bias",
        ]);
        assert_eq!(network.view("fc2.weight"), 25..40);
        assert_eq!(network.parameters().len(), 15 + 10 + 18 + 6 + 8);
        assert_eq!(network.parameter("norm2.gamma"), [1.0; 3]);
        let buffers: Vec<&str> = network.buffer_views().iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(buffers[1], "norm1.running_variance");
        assert_eq!(network.running(4), (&[0.0; 3][..], &[1.0; 3][..]));
    }
    fn a_normalisation_draws_nothing_so_that_twins_share_weights() {
        let with = start(&layers(), 4);
        let without = start(&plain_layers(), 4);
        for name in ["fc1.weight", "fc2.weight", "output.weight"] {
            assert_eq!(with.parameter(name), without.parameter(name), "{name}");
            assert!(with.parameter(name).iter().any(|w| w.abs() > 0.1), "{name}");
        }
        assert_eq!(with.parameter("fc2.bias"), [0.0; 3]);
    }
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
            assert_close(&format!("{kind:?} mean"), &mean, &[0.0], 0.0, 0.045 * want.sqrt());
        }
    }
    fn inference_gives_what_the_kept_forward_pass_gives() {
        let mut scratch = Scratch::default();
        for rows in 2..=17 {
            let mut network = start(&layers(), 17);
            let (x, labels) = data(rows);
            network.train_step(&x, &labels, rows, &Hyper::adam(0.05)).expect("a step");
            for mode in [Mode::Batch, Mode::Running] {
                network.forward(&x, rows, mode).expect("two rows or more");
                let kept = widen(network.output().values());
                let got = network.infer(&x, rows, mode, &mut scratch).expect("two rows or more");
                assert_eq!((got.rows(), got.features()), (rows, 2));
                assert_eq!(widen(got.values()), kept, "{rows} rows, {mode:?}");
            }
        }
    }
    fn moments_of_inference_given_back_give_the_same_network() {
        let network = start(&layers(), 2);
        let (x, _) = data(9);
        let mut scratch = Scratch::default();
        let own = network.infer(&x, 9, Mode::Batch, &mut scratch).expect("nine rows").values().to_vec();
        let moments: Vec<Moments> = scratch.moments().to_vec();
        let widths: Vec<usize> = moments.iter().map(|m| m.mean.len()).collect();
        assert_eq!(widths, [5, 3, 2], "one entry for each affine layer");
        let given = network.infer(&x, 9, Mode::Given(&moments), &mut scratch).expect("nine rows");
        assert_eq!(given.values(), own);
        // A single point among them too: given moments need no batch.
        let one = network.infer(&x[..2], 1, Mode::Given(&moments), &mut scratch).expect("one row");
        assert_close("one row", &widen(one.values()), &[f64::from(own[0]), f64::from(own[9])], 1e-6, 1e-6);
    }
    fn moments_are_recorded_without_any_normalisation_too() {
        let mut network = start(&plain_layers(), 12);
        let (x, _) = data(12);
        let mut scratch = Scratch::default();
        network.infer(&x, 12, Mode::Running, &mut scratch).expect("twelve rows");
        network.forward(&x, 12, Mode::Running).expect("twelve rows");
        let second = network.activation(2).to_row_major();
        let (mean, variance) = naive::moments(&widen(&second), 3);
        assert_close("mean", &widen(&scratch.moments()[1].mean), &mean, 1e-5, 1e-6);
        assert_close("variance", &widen(&scratch.moments()[1].variance), &variance, 1e-5, 1e-6);
    }
    fn a_normalisation_of_the_input_or_after_an_activation_has_its_own_moments() {
        let layers = [norm("first", 2), affine("fc1", 2, 3), tanh(), norm("late", 3), affine("output", 3, 2)];
        let mut network = start(&layers, 8);
        let (x, _) = data(8);
        let mut scratch = Scratch::default();
        network.infer(&x, 8, Mode::Batch, &mut scratch).expect("eight rows");
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
        let given = network.infer(&x, 8, Mode::Given(&moments), &mut scratch).expect("eight rows");
        assert_eq!(given.values(), kept);
    }
    fn only_training_moves_running_averages() {
        let mut network = start(&layers(), 8);
        let (x, labels) = data(8);
        let before = state(&network);
        let mut scratch = Scratch::default();
        for mode in [Mode::Batch, Mode::Running] {
            network.forward(&x, 8, mode).expect("eight rows");
            network.infer(&x, 8, mode, &mut scratch).expect("eight rows");
        }
        assert_eq!(state(&network), before);
        network.train_step(&x, &labels, 8, &Hyper::sgd(0.1, 0.9)).expect("a step");
        assert_eq!((network.updates(), network.batches_tracked()), (1, 1));
        let (mean, variance) = network.batch_moments(1);
        let (running_mean, running_variance) = network.running(1);
        let want: Vec<f64> = mean.iter().map(|m| 0.1 * f64::from(*m)).collect();
        assert_close("running mean", &widen(running_mean), &want, 1e-6, 1e-7);
        let unbiased = |v: &f32| 0.9 + 0.1 * f64::from(*v) * 8.0 / 7.0;
        let want: Vec<f64> = variance.iter().map(unbiased).collect();
        assert_close("running variance", &widen(running_variance), &want, 1e-6, 1e-7);
    }
    fn momentum_changes_live_and_cumulative_averages_are_plain() {
        let mut network = start(&layers(), 8);
        network.set_batch_norm_momentum(None);
        let (x, _) = data(24);
        let mut sum = [0.0_f64; 5];
        for batch in x.chunks_exact(16) {
            network.forward(batch, 8, Mode::Train).expect("eight rows");
            let (mean, _) = network.batch_moments(1);
            sum.iter_mut().zip(mean).for_each(|(sum, mean)| *sum += f64::from(*mean) / 3.0);
        }
        assert_close("average", &widen(network.running(1).0), &sum, 1e-6, 1e-6);
        network.set_batch_norm_momentum(Some(1.0));
        network.forward(&x[..16], 8, Mode::Train).expect("eight rows");
        assert_eq!(network.running(1).0, network.batch_moments(1).0);
        assert_eq!(network.batches_tracked(), 4);
    }
    fn one_row_is_refused_where_its_own_moments_would_count_and_nothing_changes() {
        let mut network = start(&layers(), 8);
        let before = state(&network);
        let want = Error::TooFewValues { layer: "norm1".into(), values: 1 };
        let hyper = Hyper::sgd(0.1, 0.0);
        assert_eq!(network.train_step(&[0.5, 1.0], &[1], 1, &hyper), Err(want.clone()));
        let mut scratch = Scratch::default();
        let batch = network.infer(&[0.5, 1.0], 1, Mode::Batch, &mut scratch);
        assert_eq!(batch.map(|_| ()), Err(want));
        assert!(network.infer(&[0.5, 1.0], 1, Mode::Running, &mut scratch).is_ok());
        assert_eq!(state(&network), before);
        let mut plain = start(&plain_layers(), 8);
        assert!(plain.train_step(&[0.5, 1.0], &[1], 1, &hyper).is_ok());
    }
    fn layers_that_do_not_fit_are_errors() {
        let check = |layers: &[Layer], loss, layer: &str| match Network::<Best>::new(layers, loss, 4) {
            Err(Error::Shape { layer: named, .. }) => assert_eq!(named, layer),
            other => panic!("{layer}: {:?}", other.map(|_| ())),
        };
        let ce = Loss::CrossEntropy;
        check(&[affine("fc1", 2, 5), affine("fc2", 4, 2)], ce, "fc2");
        check(&[affine("fc1", 2, 5), norm("norm1", 4), affine("fc2", 5, 2)], ce, "norm1");
        check(&[affine("fc1", 2, 0)], ce, "fc1");
        check(&[affine("fc1", 0, 2)], ce, "fc1");
        check(&[affine("fc1", 2, 1)], ce, "loss");
        check(&[affine("fc1", 2, 2)], Loss::BinaryCrossEntropy, "loss");
        check(&[tanh()], ce, "network");
        check(&[], ce, "network");
    }
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
                network.train_step(&x, &labels, 8, &hyper).expect("a step").to_bits()
            });
            assert_eq!(losses[0], losses[1]);
        }
        assert_eq!(state(&first), state(&second));
    }
    fn a_run_has_the_same_bits_on_every_machine() {
        let (x, labels) = data(10);
        let mut network = start(&layers(), 10);
        for _ in 0..200 {
            network.train_step(&x, &labels, 10, &Hyper::adam(0.02)).expect("a step");
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
}

/// What natively built scalar lanes gave; a change of any operation's order changes it.
const RUN_BITS: u64 = 0xa4e6_43bb_408d_6064;
