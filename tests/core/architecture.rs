//! Every kind of block, normalisation, optimiser and loss, reached as a reader reaches it: by a link, through the trainer.

use crate::reader::{frame_of, step};
use batchnorm_lab::architecture::{FULL, LIGHT};
use batchnorm_lab::protocol::{Checkpoint, Command, Event, Failure, Frame};
use batchnorm_lab::settings::choice::{Norm, Optimizer};
use batchnorm_lab::settings::{BLOCKS, Block, Settings, setting};
use batchnorm_lab::trainer::Trainer;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

fn configure(settings: &str, checkpoint: Option<Box<Checkpoint>>) -> Trainer {
    let (_, errors) = Settings::from_text(settings);
    assert_eq!(errors, [], "{settings}");
    crate::reader::resume(settings, checkpoint)
}

fn after(settings: &str, steps: u32) -> Frame {
    let mut trainer = configure(settings, None);
    let frame = step(&mut trainer, steps);
    assert_eq!(
        frame.step,
        u64::from(steps),
        "{settings}: {:?}",
        trainer.take_events()
    );
    frame
}

fn failure(trainer: &mut Trainer) -> Failure {
    let failed = trainer
        .take_events()
        .into_iter()
        .find_map(|event| match event {
            Event::Failed { failure, .. } => Some(failure),
            _ => None,
        });
    failed.expect("it is refused")
}

/// Equal frames, NaN equal to NaN.
fn bytes(frame: Frame) -> Vec<u8> {
    Event::Frame(Box::new(frame)).to_bytes()
}

const IMAGES: &str = "data=digits&samples=300&layers=c4-p-c6s2-d20-8&act=relu&batch=16&lr=0.05";

#[wasm_bindgen_test(unsupported = test)]
fn work_is_counted_from_the_settings_as_the_networks_are_built() {
    for link in [
        "layers=16-9-3&batch=7",
        "layers=128-128-d50&samples=300&batch=4000",
        "data=digits&layers=c8-p-c16s2-g-5&batch=11&samples=300",
        "data=digits&layers=c4s2-c3-12&loss=ce",
        "data=sequences&layers=6-t-r9-4&batch=5",
        "data=sequences&layers=6-t&batch=5",
    ] {
        let (settings, errors) = Settings::from_text(link);
        assert_eq!(errors, [], "{link}");
        let plan = (FULL.network)(Norm::Batch, &settings).expect("a network");
        let built = plan.work as u64 * settings.batch_size() as u64;
        assert_eq!(settings.multiplications(), built, "{link}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_normalisation_trains_features_and_images_and_is_taken_up_from_a_checkpoint() {
    for norm in Norm::ALL.iter().map(|norm| norm.name()) {
        for network in [
            "layers=8-d20-8&act=tanh&groups=2&lr=0.05",
            &format!("{IMAGES}&groups=2"),
        ] {
            // One value alone is no instance: features have no Instance Normalization.
            if norm == "instance" {
                continue;
            }
            let settings = format!("{network}&b={norm}&a=none");
            let mut whole = configure(&settings, None);
            let first = step(&mut whole, 12);
            assert_eq!(first.step, 12, "{settings}: {:?}", whole.take_events());
            let Event::Checkpoint(state) = whole.checkpoint() else {
                panic!("a checkpoint")
            };
            let mut resumed = configure(&settings, Some(state));
            let [later, again] = [&mut whole, &mut resumed].map(|trainer| step(trainer, 8));
            for side in &later.sides {
                assert!(
                    side.loss.batch.is_finite() && side.loss.eval.is_finite(),
                    "{settings}"
                );
                assert!(side.accuracy.eval_batch >= 0.0, "{settings}");
                for layer in &side.layers {
                    assert!(layer.gradient_norm > 0.0, "{settings}: {}", layer.name);
                    assert_eq!(
                        layer.normalized.is_some(),
                        side.index == 1 && norm != "none"
                    );
                }
            }
            assert_eq!(bytes(later), bytes(again), "{settings}");
        }
    }
    let frame = after(
        "data=digits&samples=300&layers=c4-p-c6-g&act=relu&batch=16&b=instance&a=layer",
        20,
    );
    assert!(frame.sides.iter().all(|side| side.loss.eval.is_finite()));
}

#[wasm_bindgen_test(unsupported = test)]
fn statistics_of_a_convolution_are_those_of_its_channels() {
    let frame = after(
        "data=digits&samples=300&layers=c5-p-c7-g&act=relu&batch=16&show=b",
        10,
    );
    let layers = &frame.sides[0].layers;
    let names: Vec<&str> = layers.iter().map(|layer| layer.kind.as_str()).collect();
    assert_eq!(names, ["conv+batch", "conv+batch"]);
    for (layer, (channels, positions)) in layers.iter().zip([(5, 64), (7, 16)]) {
        assert_eq!(layer.batch_mean.len(), channels);
        assert_eq!(layer.running_mean.len(), channels);
        assert_eq!(layer.gamma.len(), channels);
        assert_eq!(
            layer.before.histogram.iter().sum::<u32>(),
            16 * channels as u32 * positions
        );
        let normalized = layer.normalized.as_ref().expect("a normalised layer");
        assert!(
            normalized.mean.abs() < 1e-4 && (normalized.std - 1.0).abs() < 0.02,
            "{normalized:?}"
        );
    }
    assert_eq!(frame.sides[0].selected_unit.before.len(), 16);
}

#[wasm_bindgen_test(unsupported = test)]
fn every_block_has_its_place_in_some_network() {
    for row in BLOCKS {
        let size = row.sizes.map_or(0, |_| 6);
        let block = Block {
            kind: row.kind,
            size,
            stride: 1,
        }
        .to_text();
        let layers = match block.as_str() {
            "c6" | "p" => format!("{block}-c4-8"),
            "g" => "c4-g-8".into(),
            _ => format!("8-{block}-8"),
        };
        let data = if matches!(block.as_str(), "r6" | "t") {
            "sequences"
        } else {
            "digits"
        };
        let frame = after(
            &format!("data={data}&samples=200&batch=16&layers={layers}"),
            5,
        );
        assert!(
            frame.sides.iter().all(|side| side.loss.batch.is_finite()),
            "{layers}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_impossible_list_names_the_layer_what_came_and_what_it_needs() {
    for (settings, layer, got, needs) in [
        ("layers=c8", "conv1", "2 features", "an image"),
        ("layers=8-p", "max_pool", "8 features", "an image"),
        (
            "layers=8-g",
            "average_pool",
            "8 features",
            "an image or a sequence",
        ),
        (
            "data=digits&layers=c8-p-p-p-p",
            "max_pool",
            "8×1×1",
            "2×2 or more",
        ),
        ("data=digits&layers=r8", "rnn1", "1×8×8", "a sequence"),
        ("layers=6-t", "attention2", "6 features", "a sequence"),
        (
            "data=sequences&layers=r6-t",
            "attention2",
            "6 features",
            "a sequence",
        ),
        (
            "data=sequences&layers=8-c4",
            "conv2",
            "12 steps of 8 features",
            "an image",
        ),
        (
            "layers=6&b=group&groups=4",
            "norm1",
            "6 features",
            "4 groups",
        ),
        (
            "layers=6&a=instance",
            "norm1",
            "6 features",
            "2 or more values",
        ),
        (
            "layers=6&b=renorm&track=off",
            "norm1",
            "no running averages",
            "some",
        ),
    ] {
        let mut trainer = configure(settings, None);
        let failure = failure(&mut trainer);
        assert_eq!(
            (failure.code.as_str(), failure.field.as_str()),
            ("shape", layer),
            "{settings}"
        );
        let (before, after) = failure.message.split_once("needs").expect("what it needs");
        assert!(
            before.contains(got) && after.contains(needs),
            "{settings}: {}",
            failure.message
        );
        trainer.handle(Command::Play);
        assert!(
            !trainer.is_training() && !trainer.frame_wanted(),
            "nothing is left of an earlier run"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_light_build_refuses_what_it_does_not_have_and_trains_the_rest_alike() {
    let open = |settings: &str| {
        let mut trainer = Trainer::with(LIGHT);
        trainer.handle(Command::Data(DIGITS.to_vec()));
        trainer.handle(Command::Configure {
            run: 1,
            settings: settings.into(),
            checkpoint: None,
        });
        trainer
    };
    for (settings, is_light) in [
        ("layers=8-6&act=tanh", true),
        ("layers=8-d10-8", false),
        ("layers=8&a=group", false),
        ("layers=8&b=ghost", false),
        ("data=digits&layers=16", false),
        ("data=sequences&layers=16", false),
        (IMAGES, false),
    ] {
        let (parsed, _) = Settings::from_text(settings);
        assert_eq!(parsed.needs_full_build(), !is_light);
        let mut light = open(settings);
        if is_light {
            assert_eq!(bytes(step(&mut light, 10)), bytes(after(settings, 10)));
        } else {
            assert_eq!(failure(&mut light).field, "network");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_optimiser_and_loss_brings_the_loss_down() {
    let mut ends = Vec::new();
    for optimizer in Optimizer::ALL.iter().map(|optimizer| optimizer.name()) {
        for loss in ["bce", "ce", "mse"] {
            for flag in ["", "&nesterov=on"] {
                let settings = format!(
                    "data=gauss&layers=8&act=tanh&lr=0.01&wd=0.01&opt={optimizer}&loss={loss}{flag}"
                );
                let [first, last] =
                    [0, 60].map(|steps| after(&settings, steps).sides[1].loss.train);
                assert!(last < 0.8 * first, "{settings}: {first} {last}");
                ends.push((optimizer, flag, loss, last));
            }
        }
    }
    let end = |optimizer, flag, loss| {
        ends.iter()
            .find(|e| (e.0, e.1, e.2) == (optimizer, flag, loss))
            .expect("trained")
            .3
    };
    assert_ne!(end("sgd", "", "bce"), end("sgd", "&nesterov=on", "bce"));
    assert_ne!(end("adam", "", "bce"), end("adamw", "", "bce"));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_frozen_stands_still_and_the_rest_goes_on() {
    let parts = |frame: &Frame| {
        let layer = &frame.sides[0].layers[0];
        (
            layer.gamma.clone(),
            layer.running_mean.clone(),
            layer.gradient_norm,
        )
    };
    for (frozen, affine, statistics) in [
        ("none", false, false),
        ("affine", true, false),
        ("statistics", false, true),
        ("both", true, true),
    ] {
        let mut trainer = configure("layers=6&show=b&wd=0.01&opt=adam", None);
        let before = parts(&step(&mut trainer, 5));
        let row = setting("frozen").expect("a setting");
        trainer.handle(Command::change(
            row,
            row.read(frozen).expect("an allowed word"),
        ));
        let after = parts(&step(&mut trainer, 5));
        assert_eq!(before.0 == after.0, affine, "{frozen}: γ");
        assert_eq!(before.1 == after.1, statistics, "{frozen}: running mean");
        assert_ne!(before.2, after.2, "{frozen}: the weights go on");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn keras_turns_momentum_round_and_without_tracking_inference_uses_the_batch() {
    let running = |settings: &str| after(settings, 3).sides[0].layers[0].running_mean.clone();
    let torch = running("layers=4&show=b&momentum=0.25");
    let keras = running("layers=4&show=b&momentum=0.75&convention=keras");
    assert_eq!(torch, keras);
    // The test points are one batch: what inference makes of them without running averages is what training does.
    let side = |tracks: &str| {
        after(
            &format!(
                "layers=8&act=tanh&show=b&stats=running&batch=500&momentum=0.001&track={tracks}"
            ),
            30,
        )
        .sides
        .remove(0)
    };
    let (tracked, untracked) = (side("on"), side("off"));
    assert!(untracked.layers[0].running_mean.is_empty());
    assert_eq!(
        untracked.accuracy.eval_running,
        untracked.accuracy.eval_batch
    );
    assert_eq!(tracked.accuracy.eval_batch, untracked.accuracy.eval_batch);
    assert_ne!(
        tracked.accuracy.eval_running, untracked.accuracy.eval_running,
        "running averages that lag"
    );
    // A batch of one has neither statistics of its own nor running ones: it is refused, not a panic.
    let mut trainer = configure("layers=4&show=b&track=off&batch=1", None);
    assert!(step(&mut trainer, 1).sides[0].refused.is_some());
}

#[wasm_bindgen_test(unsupported = test)]
fn ghost_chunks_that_leave_a_single_row_are_refused_and_still_shown() {
    for more in ["", "&track=off"] {
        let mut trainer = configure(
            &format!("layers=4&show=b&b=ghost&ghost=3&batch=4{more}"),
            None,
        );
        let frame = step(&mut trainer, 1);
        let refused = frame.sides[0].refused.as_ref().expect("a chunk of one");
        assert_eq!((frame.step, refused.code.as_str()), (0, "too-few-values"));
        assert!(frame.sides[0].accuracy.eval_batch.is_nan());
    }
    assert!(
        after("layers=4&show=b&b=ghost&ghost=3&batch=6", 5).sides[0]
            .loss
            .batch
            .is_finite()
    );
    // Rows of a chunk, of the batch, of the batch that is left of too few points, and what would do.
    for (settings, batch, chunk, nearest) in [
        ("ghost=16&batch=33", 33, 16, &[32, 34][..]),
        ("ghost=8&batch=25", 25, 8, &[24, 26]),
        ("ghost=2&batch=3", 3, 2, &[2, 4]),
        ("ghost=16&batch=500&samples=66", 33, 16, &[32, 34]),
        ("ghost=16&batch=1", 1, 0, &[2]),
        ("ghost=1&batch=8", 8, 1, &[]),
        ("ghost=1&batch=8&track=off", 8, 1, &[]),
    ] {
        let mut trainer = configure(&format!("layers=4&show=b&b=ghost&{settings}"), None);
        let frame = step(&mut trainer, 1);
        let refused = frame.sides[0].refused.as_ref().expect("a chunk of one");
        assert_eq!(
            (refused.batch, refused.chunk, &*refused.nearest),
            (batch, chunk, nearest),
            "{settings}"
        );
    }
    // A live change runs into it just so; shards of one row do not, as all have one variance.
    let mut trainer = configure("layers=4&show=b&b=ghost&ghost=8&batch=16", None);
    step(&mut trainer, 2);
    let batch = setting("batch").expect("a setting");
    trainer.handle(Command::change(
        batch,
        batch.read("17").expect("an allowed value"),
    ));
    let frame = step(&mut trainer, 1);
    assert_eq!(
        frame.sides[0]
            .refused
            .as_ref()
            .map(|refused| &*refused.nearest),
        Some(&[16, 18][..])
    );
    assert_eq!(
        after("layers=4&show=b&b=sync&shards=8&batch=9", 2).sides[0].refused,
        None
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn digits_are_asked_for_and_what_is_said_meanwhile_is_done_once_they_come() {
    let settings = "data=digits&samples=300&layers=12&batch=16";
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    assert_eq!(trainer.take_events(), [Event::DataWanted]);
    trainer.handle(Command::Step { steps: 7 });
    assert!(!trainer.is_training() && !trainer.frame_wanted());
    trainer.handle(Command::Data(DIGITS.to_vec()));
    while trainer.is_urgent() {
        trainer.step();
    }
    assert_eq!(bytes(frame_of(&mut trainer)), bytes(after(settings, 7)));
    // A toy set meanwhile needs no digits, and broken ones are refused.
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Configure {
        run: 2,
        settings: String::new(),
        checkpoint: None,
    });
    assert_eq!(
        (step(&mut trainer, 1).run, trainer.is_training()),
        (2, false)
    );
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: settings.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Data(vec![1, 2, 3]));
    assert_eq!(failure(&mut trainer).field, "digits");
}

#[wasm_bindgen_test(unsupported = test)]
fn digits_are_learned_and_told_class_by_class() {
    let frame = after(
        "data=digits&samples=1797&split=80&layers=32&act=relu&init=he-normal&lr=0.05&batch=32",
        300,
    );
    assert_eq!(frame.evaluated, [1437, 360]);
    for side in &frame.sides {
        assert!(side.accuracy.eval_running > 0.93, "{:?}", side.accuracy);
        assert_eq!(
            (side.confusion.len(), side.confusion.iter().sum::<u32>()),
            (100, 360)
        );
        assert_eq!((side.guesses.len(), side.boundary.len()), (40, 0));
    }
    let side = &frame.sides[0];
    let right: u32 = (0..10).map(|class| side.confusion[11 * class]).sum();
    assert!((right as f32 / 360.0 - side.accuracy.eval_running).abs() < 1e-6);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_large_network_is_looked_at_through_a_sample_that_is_told() {
    let frame = after(
        "data=digits&samples=1797&split=80&layers=c32-c32-c32&batch=4&show=b",
        1,
    );
    assert_eq!(frame.evaluated, [128, 128]);
    assert_eq!(frame.sides[0].confusion.iter().sum::<u32>(), 128);
}

#[wasm_bindgen_test(unsupported = test)]
fn measurements_work_on_channels() {
    let mut trainer = configure(
        "data=digits&samples=200&layers=c4-p-c4-g&batch=16&pin=3&layer=1&unit=2",
        None,
    );
    step(&mut trainer, 3);
    trainer.handle(Command::MeasureBatchNoise);
    let mut events = Vec::new();
    while trainer.has_background() {
        trainer.background();
        events.extend(trainer.take_events());
    }
    let noise = events
        .iter()
        .find_map(|event| match event {
            Event::BatchNoise(report) => Some(report),
            _ => None,
        })
        .expect("a report");
    assert_eq!((noise.rows.len(), noise.layer, noise.unit), (5, 1, 2));
    assert!(
        noise
            .rows
            .iter()
            .all(|row| row.mean_sd > 0.0 && row.x_hat_sd.is_finite())
    );
    assert!(
        noise.rows[4].mean_sd < noise.rows[0].mean_sd,
        "larger batches scatter less"
    );
}
