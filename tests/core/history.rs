//! Whatever way a step was reached, the same steps of the run were recorded, with the same figures, and what is shown of a
//! step is the same.

use crate::elsewhere::Elsewhere;
use crate::reader::{checkpoint, frame_of, open, open_with_digits, resume, settle, step};
use batchnorm_lab::engine::Engine;
use batchnorm_lab::observe::recorded::{POINTS, RIDGE_ROWS, is_recorded, stride};
use batchnorm_lab::protocol::{Command, Event, Frame};
use batchnorm_lab::trainer::Trainer;

/// Takes what was recorded since the last time.
fn recorded(trainer: &mut Trainer) -> Vec<Frame> {
    let mut points = Vec::new();
    while let Some(event) = trainer.recorded() {
        match event {
            Event::Recorded(more) => points.extend(more),
            other => panic!("{other:?}"),
        }
    }
    points
}

/// What whoever was sent all this keeps: at the stride of the last step.
fn kept(points: &[Frame], steps: u64, capacity: u64) -> Vec<Frame> {
    let stride = stride(steps, capacity);
    let kept = points.iter().filter(|point| point.step % stride == 0);
    // Whether the run goes on is not the step's.
    let still = |point: &Frame| Frame {
        is_playing: false,
        replay_left: 0,
        answered: 0,
        ..point.clone()
    };
    kept.map(still).collect()
}

/// Points as text, in which NaN equals NaN.
fn text(points: &[Frame]) -> String {
    format!("{points:#?}")
}

/// A way to reach a step: what was recorded on it, and the frame there.
type Way = fn(&str, u32) -> (Vec<Frame>, Frame);

fn asked_at_once(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = open(link);
    let frame = step(&mut trainer, steps);
    (recorded(&mut trainer), frame)
}

fn by_link(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = open(&format!("{link}&at={steps}"));
    settle(&mut trainer);
    let frame = frame_of(&mut trainer);
    (recorded(&mut trainer), frame)
}

fn watched_step_by_step(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = open(link);
    let mut points = Vec::new();
    for _ in 0..steps {
        step(&mut trainer, 1);
        points.extend(recorded(&mut trainer));
    }
    let frame = frame_of(&mut trainer);
    points.extend(recorded(&mut trainer));
    (points, frame)
}

fn played_with_a_frame_now_and_then(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = open(link);
    let mut points = Vec::new();
    trainer.handle(Command::Play);
    for done in 0..steps {
        trainer.step();
        if done % 37 == 5 {
            points.extend(recorded(&mut trainer));
            frame_of(&mut trainer);
        }
    }
    trainer.handle(Command::Pause);
    let frame = frame_of(&mut trainer);
    points.extend(recorded(&mut trainer));
    (points, frame)
}

/// The worker is lost again and again; the page keeps what it was sent.
fn taken_up_by_other_workers(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = open(link);
    let mut points = Vec::new();
    let mut done = 0;
    while done < steps {
        let part = (steps / 5).max(1).min(steps - done);
        step(&mut trainer, part);
        done += part;
        points.extend(recorded(&mut trainer));
        let state = checkpoint(&trainer);
        // What this one did after its last checkpoint is lost with it.
        step(&mut trainer, 3);
        trainer = resume(link, Some(Box::new(state)));
    }
    let frame = frame_of(&mut trainer);
    points.extend(recorded(&mut trainer));
    (points, frame)
}

fn trained_elsewhere(link: &str, steps: u32) -> (Vec<Frame>, Frame) {
    let mut trainer = Trainer::new();
    trainer.use_engines("elsewhere");
    trainer.handle(Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint: None,
    });
    let request = trainer.engine_request().expect("engines are wanted");
    let make = |model| Box::new(Elsewhere::new(model)) as Box<dyn Engine>;
    trainer.give_engines(
        request.number,
        Ok(request.models.iter().map(make).collect()),
    );
    trainer.handle(Command::Step { steps });
    while trainer.is_urgent() || trainer.is_in_flight() {
        if trainer.can_start() {
            trainer.start(19, false);
        }
        trainer.collect(None);
    }
    let frame = frame_of(&mut trainer);
    (recorded(&mut trainer), frame)
}

#[test]
fn every_way_to_a_step_records_the_same_points() {
    let ways: [(&str, Way); 6] = [
        ("at once", asked_at_once),
        ("a link", by_link),
        ("step by step", watched_step_by_step),
        ("full speed", played_with_a_frame_now_and_then),
        ("other workers", taken_up_by_other_workers),
        ("elsewhere", trained_elsewhere),
    ];
    let runs = [
        (
            "layers=4-3&samples=60&batch=10",
            &[
                1, 2, 14, 15, 27, 28, 100, 256, 511, 512, 513, 777, 1024, 3000,
            ][..],
        ),
        (
            "layers=4&samples=60&batch=8&changes=40:lr=0.5,90:batch=20,90:momentum=0.3",
            &[39, 40, 41, 91, 300, 1100],
        ),
        (
            "layers=5-5&samples=60&batch=10&act=identity&a=none&lr=3&gain=10",
            &[60],
        ),
    ];
    for (link, all) in runs {
        for steps in all.iter().copied() {
            let u = u64::from(steps);
            let (points, frame) = asked_at_once(link, steps);
            let steps_kept: Vec<u64> = kept(&points, u, POINTS).iter().map(|p| p.step).collect();
            let want = (0..=u).step_by(stride(u, POINTS) as usize);
            let want: Vec<u64> = want.filter(|step| is_recorded(*step, POINTS)).collect();
            assert_eq!(steps_kept, want, "{link} {steps}");
            assert!(want.len() as u64 > u.min(POINTS / 2), "{link} {steps}");
            let rows = kept(&points, u, RIDGE_ROWS);
            assert!(rows.len() as u64 > u.min(RIDGE_ROWS / 2), "{link} {steps}");
            for row in rows
                .iter()
                .flat_map(|row| &row.sides)
                .filter(|s| s.diverged_at.is_none())
            {
                assert!(
                    row.layers
                        .iter()
                        .all(|layer| !layer.before.histogram.is_empty()),
                    "{link} {steps}"
                );
            }
            for (name, way) in ways {
                let (other, seen) = way(link, steps);
                let still = |frame: &Frame| Frame {
                    run: 1,
                    ..frame.clone()
                };
                assert!(
                    text(&[still(&seen)]) == text(&[still(&frame)]),
                    "{link} {steps} {name}: the frame"
                );
                for capacity in [POINTS, RIDGE_ROWS] {
                    let (one, other) = (kept(&points, u, capacity), kept(&other, u, capacity));
                    // Points that were sent early still have what has been thinned out since.
                    let thin = |points: &[Frame]| -> Vec<String> {
                        points
                            .iter()
                            .map(|p| match capacity {
                                POINTS => format!(
                                    "{} {:?}",
                                    p.step,
                                    p.sides
                                        .iter()
                                        .map(|s| (&s.loss, &s.accuracy, s.diverged_at))
                                        .collect::<Vec<_>>()
                                ),
                                _ => text(std::slice::from_ref(p)),
                            })
                            .collect()
                    };
                    assert_eq!(thin(&one), thin(&other), "{link} {steps} {name}");
                }
            }
        }
    }
}

#[test]
fn what_waits_to_be_sent_has_bounds_and_so_has_a_message() {
    let mut trainer = open("layers=8-8&samples=60&batch=10");
    let mut most = 0;
    for _ in 0..6 {
        step(&mut trainer, 1000);
    }
    let mut messages = 0;
    let mut points = 0;
    while let Some(event) = trainer.recorded() {
        most = most.max(event.to_bytes().len());
        messages += 1;
        let Event::Recorded(more) = event else {
            panic!("{event:?}")
        };
        points += more.len() as u64;
    }
    assert!((POINTS / 2..=POINTS).contains(&points), "{points}");
    assert!(messages > 1 && most < 400_000, "{messages} {most}");
    assert_eq!(trainer.recorded(), None);
}

#[test]
fn a_wide_network_is_recorded_within_the_budget() {
    let mut trainer = open_with_digits("data=digits&samples=300&batch=8&layers=64-64-64-64-64-64");
    step(&mut trainer, 30);
    let points = recorded(&mut trainer);
    assert_eq!(points.len(), 31);
    let with_units = points
        .iter()
        .filter(|p| !p.sides[0].layers[0].batch_mean.is_empty());
    // 768 units of eight numbers leave room for 325 points; all of the first are among them.
    assert_eq!(with_units.count(), 31);
}

#[test]
fn step_0_is_recorded_as_the_first_step_sees_it() {
    let mut trainer = open("layers=6&gain=40&init=normal");
    let wide = frame_of(&mut trainer).axis_limits;
    assert!(wide[0] > 4.0, "{wide:?}");
    assert_eq!(recorded(&mut trainer).len(), 1);
    assert_eq!(frame_of(&mut trainer).axis_limits, wide);
    assert_eq!(recorded(&mut trainer).len(), 0);
    // Before the first step a change is none, only another beginning.
    crate::reader::change(&mut trainer, "batch=64");
    step(&mut trainer, 1);
    let mut again = open("layers=6&gain=40&init=normal&batch=64");
    step(&mut again, 1);
    assert_eq!(text(&recorded(&mut trainer)), text(&recorded(&mut again)));
}
