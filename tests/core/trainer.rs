//! The worker's mind, tested by what a reader does: configure, play, step, change, see.

use crate::reader::{change, checkpoint, frame_of, open, settle, step};
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame};
use batchnorm_lab::settings::{Settings, setting};
use batchnorm_lab::trainer::Trainer;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The link of a run that began with `first`, after changes of which each was answered.
fn link(trainer: &mut Trainer, first: &str, changes: &[(&str, &str)]) -> String {
    let (mut link, _) = Settings::from_text(first);
    let steps = trainer.take_events().into_iter();
    let steps = steps.filter_map(|event| match event {
        Event::Changed { step, .. } => Some(step),
        _ => None,
    });
    let steps: Vec<u64> = steps.collect();
    assert_eq!(steps.len(), changes.len(), "each change is answered");
    for (step, (name, text)) in steps.into_iter().zip(changes) {
        let row = setting(name).expect("a setting");
        link.record(step, row, row.read(text).expect("an allowed value"));
    }
    link.to_text()
}

fn noise(trainer: &mut Trainer) -> BatchNoiseReport {
    trainer.take_events();
    trainer.handle(Command::MeasureBatchNoise);
    while trainer.has_background() {
        trainer.background();
    }
    match trainer.take_events().pop() {
        Some(Event::BatchNoise(report)) => *report,
        other => panic!("a noise report was asked, {other:?} came"),
    }
}

/// Frames are compared by their bytes, so that NaN equals NaN. The axis depends on which frames were looked at.
fn bytes(mut frame: Frame) -> Vec<u8> {
    frame.run = 0;
    Event::Frame(Box::new(frame)).to_bytes()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_link_gives_the_same_run_bit_for_bit() {
    let run = || {
        bytes(step(
            &mut open("data=spiral&layers=8-8&act=tanh&opt=adam&lr=0.01&noise=10"),
            60,
        ))
    };
    assert_eq!(run(), run());
}

/// The order of the points, too, is that of the new run's settings and data.
#[wasm_bindgen_test(unsupported = test)]
fn a_run_is_the_same_whatever_the_worker_trained_before() {
    for (before, link) in [
        (
            "batches=by-class&batch=25",
            "data=spiral&samples=100&layers=4",
        ),
        ("batches=by-class&batch=25", "layers=4"),
        ("layers=4", "batches=by-class&batch=25"),
    ] {
        let mut used = open(before);
        step(&mut used, 3);
        used.handle(Command::Configure {
            run: 2,
            settings: link.into(),
            checkpoint: None,
        });
        let fresh = &mut open(link);
        let at_start = [bytes(frame_of(&mut used)), bytes(frame_of(fresh))];
        assert!(at_start[0] == at_start[1], "{before} before {link}, step 0");
        let later = [bytes(step(&mut used, 5)), bytes(step(fresh, 5))];
        assert!(later[0] == later[1], "{before} before {link}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn both_runs_start_with_the_same_weights_and_see_the_same_batch() {
    let frame = frame_of(&mut open(""));
    assert_eq!(frame.sides.len(), 2);
    assert_eq!(
        frame.sides[0].layers[0].before,
        frame.sides[1].layers[0].before
    );
    assert_ne!(
        frame.sides[0].layers[1].before,
        frame.sides[1].layers[1].before
    );
    assert_eq!(
        frame.sides[0].selected_unit.labels,
        frame.sides[1].selected_unit.labels
    );
    assert!(frame.sides[0].loss.batch.is_nan(), "no step, no batch loss");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_checkpoint_goes_on_as_if_nothing_had_happened() {
    for settings in [
        "layers=8-8&act=relu",
        "layers=6&opt=adam&lr=0.01&momentum=cumulative",
        "sgdm=0.9&wd=0.001&lr=0.05",
    ] {
        let mut whole = open(settings);
        step(&mut whole, 30);
        let state = Event::Checkpoint(Box::new(checkpoint(&whole))).to_bytes();
        let Ok(Event::Checkpoint(state)) = Event::from_bytes(&state) else {
            panic!("a round trip")
        };
        let mut resumed = Trainer::new();
        resumed.handle(Command::Configure {
            run: 1,
            settings: settings.into(),
            checkpoint: Some(state),
        });
        assert_eq!(
            bytes(step(&mut whole, 25)),
            bytes(step(&mut resumed, 25)),
            "{settings}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_checkpoint_of_another_network_is_refused() {
    let state = checkpoint(&open("layers=4-4"));
    let mut other = Trainer::new();
    other.handle(Command::Configure {
        run: 2,
        settings: "layers=5".into(),
        checkpoint: Some(Box::new(state)),
    });
    let events = other.take_events();
    assert!(
        events.iter().any(
            |event| matches!(event, Event::Failed { failure, .. } if failure.code == "message")
        ),
        "{events:?}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn changes_made_during_a_run_are_in_its_link_and_are_replayed() {
    let mut original = open("layers=8-8&act=tanh");
    step(&mut original, 10);
    change(&mut original, "lr=0.05&batch=128");
    step(&mut original, 10);
    change(&mut original, "momentum=0.5&batch=8");
    let shown = step(&mut original, 15);
    let changes = [
        ("lr", "0.05"),
        ("batch", "128"),
        ("momentum", "0.5"),
        ("batch", "8"),
    ];
    let link = link(&mut original, "layers=8-8&act=tanh", &changes);
    assert_eq!(
        link,
        "layers=8-8&act=tanh&changes=10:lr=0.05,10:batch=128,20:momentum=0.5,20:batch=8"
    );
    let mut replayed = open(&format!("{link}&at=35"));
    settle(&mut replayed);
    assert_eq!(bytes(shown), bytes(frame_of(&mut replayed)));
}

#[wasm_bindgen_test(unsupported = test)]
fn of_two_changes_at_one_step_the_later_holds_and_before_the_first_step_none_is_kept() {
    let mut trainer = open("");
    change(&mut trainer, "lr=1");
    assert_eq!(link(&mut trainer, "", &[("lr", "1")]), "lr=1");
    step(&mut trainer, 3);
    change(&mut trainer, "lr=2");
    change(&mut trainer, "lr=3");
    assert_eq!(
        link(&mut trainer, "lr=1", &[("lr", "2"), ("lr", "3")]),
        "lr=1&changes=3:lr=3"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_only_shown_changes_nothing_that_is_learned() {
    let mut plain = open("layers=8-8");
    let mut watched = open("layers=8-8");
    step(&mut plain, 10);
    step(&mut watched, 10);
    change(&mut watched, "stats=running&layer=1&unit=3");
    frame_of(&mut watched);
    noise(&mut watched);
    change(&mut watched, "stats=batch&layer=0&unit=0");
    assert_eq!(bytes(step(&mut plain, 20)), bytes(step(&mut watched, 20)));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_batch_of_one_is_refused_by_name_and_a_batch_of_two_goes_on() {
    let mut trainer = open("layers=4&batch=1");
    let frame = step(&mut trainer, 5);
    assert_eq!(frame.step, 0);
    assert_eq!(
        frame.sides[0].refused, None,
        "without normalisation one is enough"
    );
    let failure = frame.sides[1]
        .refused
        .as_ref()
        .expect("one value has no variance");
    assert_eq!(
        (failure.code.as_str(), failure.field.as_str()),
        ("too-few-values", "norm1")
    );
    assert!(!trainer.is_training());
    change(&mut trainer, "batch=2");
    let frame = step(&mut trainer, 5);
    assert_eq!((frame.step, frame.sides[1].refused.is_none()), (5, true));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_that_diverges_says_at_which_step_and_the_other_goes_on() {
    let mut trainer =
        open("data=spiral&layers=16-16-16-16&act=relu&init=he-normal&gain=100&lr=10&b=batch");
    let frame = step(&mut trainer, 40);
    let at = frame.sides[0]
        .diverged_at
        .expect("weights a hundred times too large");
    assert!((1..=40).contains(&at), "{at}");
    assert_eq!(frame.sides[1].diverged_at, None);
    assert_eq!(frame.step, 40);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_replay_is_given_up_by_pause() {
    let mut trainer = open("layers=4&at=1000");
    for _ in 0..10 {
        trainer.step();
    }
    assert_eq!(frame_of(&mut trainer).replay_left, 990);
    trainer.handle(Command::Pause);
    assert!(!trainer.is_training());
    assert_eq!(frame_of(&mut trainer).replay_left, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn statistics_shown_are_those_of_the_rows_shown() {
    let mut trainer = open("layers=5&batch=16&show=b&stats=batch");
    let frame = step(&mut trainer, 20);
    let side = &frame.sides[0];
    let layer = &side.layers[0];
    let normalized = layer.normalized.as_ref().expect("a normalised layer");
    assert!(
        normalized.mean.abs() < 1e-5 && (normalized.std - 1.0).abs() < 1e-2,
        "{normalized:?}"
    );
    assert_eq!(layer.before.histogram.iter().sum::<u32>(), 16 * 5);
    let (unit, values) = (side.selected_unit.unit as usize, &side.selected_unit);
    for (x, (x_hat, y)) in values
        .before
        .iter()
        .zip(values.normalized.iter().zip(&values.after))
    {
        let want = (x - layer.batch_mean[unit]) / (layer.batch_var[unit] + 1e-5).sqrt();
        assert!((x_hat - want).abs() < 1e-4, "{x_hat} {want}");
        assert!((y - (layer.gamma[unit] * x_hat + layer.beta[unit])).abs() < 1e-5);
    }
    let running = {
        change(&mut trainer, "stats=running");
        frame_of(&mut trainer)
    };
    assert_ne!(
        running.sides[0].layers[0].normalized,
        Some(normalized.clone())
    );
    assert_eq!(running.sides[0].layers[0].before, layer.before);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_noise_of_batch_statistics_follows_its_closed_form() {
    let mut trainer = open("data=gauss&noise=25&layers=16-16&act=tanh&batch=8&show=b");
    let report = noise(&mut trainer);
    assert_eq!(report.rows.len(), 7, "2 to 128 of 500 points");
    for row in &report.rows {
        assert_eq!(row.x_hats.len(), 256);
        // A batch without replacement scatters less by the finite population.
        let finite = ((500.0 - row.batch as f32) / 499.0).sqrt();
        let want = finite / (row.batch as f32).sqrt();
        // Five standard errors of a standard deviation from 256 draws; B in place of √B would be off by 1.4 or more.
        assert!(
            (row.mean_sd / want - 1.0).abs() < 0.25,
            "B = {}: {} {want}",
            row.batch,
            row.mean_sd
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn messages_survive_their_bytes() {
    let mut trainer = open("layers=3");
    let event = Event::Frame(Box::new(step(&mut trainer, 2)));
    assert_eq!(Event::from_bytes(&event.to_bytes()).as_ref(), Ok(&event));
    let command = Command::Configure {
        run: 3,
        settings: "lr=1".into(),
        checkpoint: Some(Box::new(checkpoint(&trainer))),
    };
    assert_eq!(Command::from_bytes(&command.to_bytes()), Ok(command));
    assert!(Command::from_bytes(&[200, 1, 2]).is_err());
}

/// Which commands a frame answers, at which step, and whether the run goes on.
fn answer(trainer: &mut Trainer) -> (u32, u64, bool) {
    let Event::Frame(frame) = trainer.frame() else {
        panic!("a frame was asked")
    };
    (frame.answered, frame.step, frame.is_playing)
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_add_up_and_each_is_answered_at_its_own_end() {
    let mut trainer = open("layers=3");
    let ask = |trainer: &mut Trainer, steps| trainer.handle(Command::Step { steps });
    for steps in [5, 0, 4] {
        ask(&mut trainer, steps);
    }
    // Whoever drives the trainer makes the frame that is owed before the next step.
    let mut seen = Vec::new();
    while trainer.is_urgent() {
        trainer.step();
        if trainer.owes_frame() {
            seen.push(answer(&mut trainer));
        }
    }
    assert_eq!(seen, [(2, 5, true)]);
    assert_eq!(answer(&mut trainer), (3, 9, false));
    // Playing ends where steps are asked for, and goes on behind them where it was asked for after them.
    trainer.handle(Command::Play);
    trainer.step();
    ask(&mut trainer, 2);
    trainer.handle(Command::Play);
    assert_eq!(answer(&mut trainer), (4, 10, true));
    trainer.step();
    trainer.step();
    assert!(trainer.owes_frame() && trainer.owes_answer());
    assert_eq!(answer(&mut trainer), (6, 12, true));
    trainer.step();
    // Pause gives up what is due, and answers it.
    ask(&mut trainer, 7);
    trainer.step();
    trainer.handle(Command::Pause);
    assert!(!trainer.is_training());
    assert_eq!(answer(&mut trainer), (8, 14, false));
    assert!(!trainer.owes_answer());
    ask(&mut trainer, 0);
    assert_eq!(answer(&mut trainer), (9, 14, false));
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_wait_for_a_replay_and_a_run_that_cannot_go_on_answers_at_once() {
    let mut trainer = open("layers=3&at=20");
    trainer.step();
    trainer.handle(Command::Step { steps: 3 });
    settle(&mut trainer);
    assert_eq!(answer(&mut trainer), (1, 23, false));
    let mut refused = open("layers=3&batch=1");
    refused.handle(Command::Step { steps: 3 });
    settle(&mut refused);
    assert_eq!(answer(&mut refused), (1, 0, false));
    refused.handle(Command::Step { steps: 3 });
    refused.handle(Command::Play);
    assert_eq!(answer(&mut refused), (3, 0, false));
    // A run that ends on the way is as far as it goes.
    let mut ending =
        open("data=spiral&layers=16-16-16-16&act=relu&init=he-normal&gain=100&lr=10&show=a");
    ending.handle(Command::Step { steps: 500 });
    settle(&mut ending);
    let (answered, step, goes_on) = answer(&mut ending);
    assert!(answered == 1 && !goes_on && step < 500, "{step}");
}
