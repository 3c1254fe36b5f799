//! Sequences of unequal length, reached as a reader reaches them: what stands behind a sequence's end counts nowhere but
//! in statistics over the batch, and recurrence and attention learn from what is there.

use crate::reader::{checkpoint, step};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::data::sequences::{SHORTEST, STEP_FEATURES, STEPS};
use batchnorm_lab::data::{Dataset, Points, Split};
use batchnorm_lab::network::{Hyper, Mode, Network, Scratch, Shape};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::protocol::{Command, Event};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Norm;
use batchnorm_lab::trainer::Trainer;
use batchnorm_lab::training::Batches;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn read(link: &str) -> Settings {
    let (settings, errors) = Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    settings
}

fn open(link: &str) -> Trainer {
    read(link);
    crate::reader::open(link)
}

/// The network of run A as it stands, for sequences of so many steps.
fn network(link: &str, trainer: &Trainer, steps: usize) -> Network {
    let settings = read(link);
    let plan = (FULL.network)(settings.norm_a, &settings).expect("these layers");
    let shape = Shape::Sequence {
        steps,
        features: STEP_FEATURES,
    };
    let mut network =
        Network::with_input(shape, &plan.layers, settings.loss_used(), 256).expect("they fit");
    let state = checkpoint(trainer);
    network
        .parameters_mut()
        .copy_from_slice(&state.sides[0].network.parameters);
    network
        .buffers_mut()
        .copy_from_slice(&state.sides[0].network.buffers);
    network
}

fn data(link: &str) -> Dataset {
    (FULL.data)(&read(link), &[]).expect("it is drawn")
}

/// One logit a row, from networks that know no length: each as long as its row.
fn one_by_one(link: &str, trainer: &Trainer, split: &Split) -> Vec<f32> {
    let mut of_length: Vec<Network> = (0..=STEPS)
        .map(|steps| network(link, trainer, steps.max(1)))
        .collect();
    let rows = split
        .x
        .chunks_exact(STEPS * STEP_FEATURES)
        .zip(&split.lengths);
    rows.map(|(x, length)| {
        let network = &mut of_length[*length];
        network
            .forward(&x[..length * STEP_FEATURES], 1, Mode::Running)
            .expect("nothing is mixed");
        network.output().at(0, 0)
    })
    .collect()
}

/// Mean binary cross-entropy and share of right answers.
fn score(logits: &[f32], labels: &[u8]) -> (f64, f64) {
    let rows = logits.iter().zip(labels).map(|(z, label)| {
        let sign = f64::from(2 * i8::try_from(*label).expect("a class") - 1);
        let margin = sign * f64::from(*z);
        (
            (-margin).exp().ln_1p(),
            f64::from(u8::from((*z > 0.0) == (*label == 1))),
        )
    });
    let (loss, right) = rows.fold((0.0, 0.0), |(loss, right), (l, r)| (loss + l, right + r));
    (loss / labels.len() as f64, right / labels.len() as f64)
}

/// The same sequences with something else behind their ends.
fn littered(split: &Split) -> Split {
    let mut rng = Rng::new(1, "litter");
    let mut split = split.clone();
    let rows = split
        .x
        .chunks_exact_mut(STEPS * STEP_FEATURES)
        .zip(&split.lengths);
    for (x, length) in rows {
        x[length * STEP_FEATURES..].fill_with(|| 5.0 * rng.normal() as f32);
    }
    split
}

fn outputs(network: &Network, split: &Split, mode: Mode<'_>) -> Vec<f32> {
    let mut scratch = Scratch::default();
    let (rows, lengths) = (split.len(), &split.lengths);
    let table = (FULL.infer)(network, &split.x, rows, lengths, mode, &mut scratch);
    table.expect("many rows").values().to_vec()
}

const SMALL: &str = "data=sequences&samples=400&batch=32&seed=5&act=tanh&groups=2";

#[wasm_bindgen_test(unsupported = test)]
fn a_frame_is_of_each_sequence_as_long_as_it_is() {
    for layers in ["r8", "6-r8-4", "8-t", "8-t-r6", "8-8"] {
        for norm in ["none", "layer", "rms"] {
            let link = format!("{SMALL}&layers={layers}&a={norm}&show=a&lr=0.05");
            let mut trainer = open(&link);
            let frame = step(&mut trainer, 40);
            let (data, side) = (data(&link), &frame.sides[0]);
            for (split, loss, accuracy) in [
                (&data.train, side.loss.train, side.accuracy.train),
                (&data.test, side.loss.eval, side.accuracy.eval_running),
            ] {
                let (want, right) = score(&one_by_one(&link, &trainer, split), &split.labels);
                assert!(
                    (f64::from(loss) - want).abs() < 1e-5 * (1.0 + want),
                    "{link}: {loss} {want}"
                );
                assert!(
                    (f64::from(accuracy) - right).abs() < 1e-6,
                    "{link}: {accuracy} {right}"
                );
            }
            assert_eq!((side.boundary.len(), side.confusion.len()), (0, 4));
            assert_eq!(side.guesses.len(), 200, "of sequences all are told");
            let right = side
                .guesses
                .iter()
                .zip(&data.test.labels)
                .filter(|(g, l)| g == l)
                .count();
            assert!((right as f32 / 200.0 - side.accuracy.eval_running).abs() < 1e-6);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_step_is_one_on_the_lengths_of_its_batch() {
    let link = format!("{SMALL}&layers=6-r8-4&a=layer&show=a&lr=0.05&sgdm=0");
    let mut trainer = open(&link);
    let mut by_hand = network(&link, &trainer, STEPS);
    let frame = step(&mut trainer, 1);
    let train = data(&link).train;
    let rows: Vec<usize> = Batches::new(5, train.len())
        .next_batch(32, None)
        .iter()
        .map(|row| *row as usize)
        .collect();
    let x: Vec<f32> = rows
        .iter()
        .flat_map(|row| train.points(*row..row + 1).x.to_vec())
        .collect();
    let labels: Vec<u8> = rows.iter().map(|row| train.labels[*row]).collect();
    let lengths: Vec<usize> = rows.iter().map(|row| train.lengths[*row]).collect();
    let mut unaware = by_hand.clone();
    by_hand.set_lengths(Some(&lengths));
    let hyper = Hyper::sgd(0.05, 0.0);
    let loss = by_hand.train_step(&x, &labels, 32, &hyper).expect("a step");
    assert_eq!(loss.to_bits(), frame.sides[0].loss.batch.to_bits());
    assert_eq!(
        by_hand.parameters(),
        checkpoint(&trainer).sides[0].network.parameters
    );
    unaware.train_step(&x, &labels, 32, &hyper).expect("a step");
    assert_ne!(unaware.parameters(), by_hand.parameters());
}

#[wasm_bindgen_test(unsupported = test)]
fn what_stands_behind_the_end_moves_statistics_over_the_batch_and_nothing_else() {
    for (layers, norm, is_moved) in [
        ("r8", "none", false),
        ("r8", "layer", false),
        // What normalises stands behind the recurrence and sees last states only.
        ("r8", "batch", false),
        ("6-r8", "layer", false),
        ("6-t", "layer", false),
        ("6-t", "rms", false),
        // As PyTorch's, these count what is filled up.
        ("6-r8", "batch", true),
        ("6-t", "batch", true),
        ("6-t", "sync", true),
        ("6-t", "ghost", true),
    ] {
        let link = format!("{SMALL}&layers={layers}&a={norm}&show=a&lr=0.05");
        let mut trainer = open(&link);
        step(&mut trainer, 20);
        let (network, test) = (network(&link, &trainer, STEPS), data(&link).test);
        let of = |split: &Split, mode| outputs(&network, split, mode);
        let other = littered(&test);
        assert_eq!(
            of(&test, Mode::Running),
            of(&other, Mode::Running),
            "{link}"
        );
        assert_eq!(
            of(&test, Mode::Batch) != of(&other, Mode::Batch),
            is_moved,
            "{link}"
        );
        // Whom a sequence stands beside counts to statistics over the batch alone.
        let mut scratch = Scratch::default();
        let Points { x, lengths, .. } = test.points(0..100);
        let half = (FULL.infer)(&network, x, 100, lengths, Mode::Batch, &mut scratch);
        let half = half.expect("many rows").values().to_vec();
        let mixes = Norm::from_name(norm).expect("a norm").mixes_rows();
        assert_eq!(half[..] != of(&test, Mode::Batch)[..100], mixes, "{link}");
    }
}

/// Five seeds each.
#[cfg(not(target_arch = "wasm32"))]
fn learns(layers: &str) {
    let accuracies: Vec<[f32; 2]> = (1..=5)
        .map(|seed| {
            let link = format!("data=sequences&samples=2000&layers={layers}&a=layer&show=a&act=tanh&opt=adam&lr=0.01&seed={seed}");
            let mut trainer = open(&link);
            [0, 600].map(|steps| step(&mut trainer, steps).sides[0].accuracy.eval_running)
        })
        .collect();
    for [first, last] in &accuracies {
        assert!(*first < 0.75 && *last > 0.94, "{layers}: {accuracies:?}");
    }
    let mean = accuracies.iter().map(|a| a[1]).sum::<f32>() / 5.0;
    assert!(mean > 0.97, "{layers}: {accuracies:?}");
}

// Natively alone: it trains for long, and other tests hold every build to the same bits.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn recurrence_with_layer_normalization_learns() {
    learns("r16");
}

// Natively alone: it trains for long, and other tests hold every build to the same bits.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn attention_with_layer_normalization_learns() {
    learns("16-t");
}

#[wasm_bindgen_test(unsupported = test)]
fn every_normalisation_trains_sequences_and_is_taken_up() {
    for norm in Norm::ALL.iter().map(|norm| norm.name()) {
        // A last state is features, of which one value alone is no instance.
        let layers = if norm == "instance" { "8-t" } else { "8-t-r8" };
        let link = format!("{SMALL}&layers={layers}&b={norm}&a=none&lr=0.02");
        let mut whole = open(&link);
        let first = step(&mut whole, 12);
        assert_eq!(first.step, 12, "{link}: {:?}", whole.take_events());
        let mut resumed = Trainer::new();
        let checkpoint = Some(Box::new(checkpoint(&whole)));
        resumed.handle(Command::Configure {
            run: 1,
            settings: link.clone(),
            checkpoint,
        });
        let [later, again] = [&mut whole, &mut resumed].map(|trainer| step(trainer, 8));
        for side in &later.sides {
            assert!(
                side.loss.batch.is_finite() && side.loss.eval.is_finite(),
                "{link}"
            );
            assert!(
                side.layers.iter().all(|layer| layer.gradient_norm > 0.0),
                "{link}"
            );
            assert_eq!(
                side.selected_unit.before.len(),
                32,
                "{link}: of each sequence its first step"
            );
        }
        let bytes = |frame| Event::Frame(Box::new(frame)).to_bytes();
        assert_eq!(bytes(later), bytes(again), "{link}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn measurements_work_on_sequences() {
    let mut trainer = open(&format!("{SMALL}&layers=6-r8&a=layer&pin=3&layer=1&unit=2"));
    step(&mut trainer, 3);
    trainer.handle(Command::MeasureBatchNoise);
    let mut events = Vec::new();
    while trainer.has_background() {
        trainer.background();
        events.extend(trainer.take_events());
    }
    let noise = events.iter().find_map(|event| match event {
        Event::BatchNoise(report) => Some(report),
        _ => None,
    });
    let noise = noise.expect("a report");
    assert!(
        noise
            .rows
            .iter()
            .all(|row| row.mean_sd > 0.0 && row.x_hat_sd.is_finite())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn lengths_differ_and_all_are_there() {
    let lengths = data(SMALL).train.lengths;
    assert!((SHORTEST..=STEPS).all(|length| lengths.contains(&length)));
}
