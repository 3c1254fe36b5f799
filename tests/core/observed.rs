//! A frame holds what the page has asked to see, and what is always observed.

use crate::reader::{frame_of, open, open_with_digits, step};
use batchnorm_lab::protocol::{Command, Frame, Observed, ObservedSet};
use batchnorm_lab::trainer::Trainer;

fn observe(trainer: &mut Trainer, set: ObservedSet) {
    trainer.handle(Command::Observe(set));
}

/// The frame without what `set` does not ask for.
fn reduced(whole: &Frame, set: ObservedSet) -> Frame {
    let mut frame = whole.clone();
    frame.observed = set;
    for side in &mut frame.sides {
        if !set.has(Observed::Layers) {
            for layer in &mut side.layers {
                (layer.normalized, layer.after) = (None, None);
                layer.before = Default::default();
                layer.output = Default::default();
                layer.saturated = 0.0;
            }
        }
        if !set.has(Observed::SelectedUnit) {
            side.selected_unit = Default::default();
        }
        if !set.has(Observed::Answers) {
            side.boundary.clear();
            side.confusion.clear();
            side.guesses.clear();
        }
    }
    frame
}

#[test]
fn a_frame_holds_what_was_asked_and_that_is_the_same_as_in_a_whole_one() {
    let sets: [&[Observed]; 5] = [
        &[],
        &[Observed::Layers],
        &[Observed::SelectedUnit],
        &[Observed::Answers],
        &[Observed::Layers, Observed::SelectedUnit, Observed::Answers],
    ];
    for link in [
        "layers=8-8",
        "layers=5&batch=1&b=none&show=a&stats=running",
        "data=digits&batch=20",
    ] {
        for asked in sets {
            let set: ObservedSet = asked.iter().copied().collect();
            let mut whole = open_with_digits(link);
            let mut part = open_with_digits(link);
            observe(&mut part, set);
            let (whole, part) = (step(&mut whole, 3), step(&mut part, 3));
            // Compared as text, in which NaN equals NaN.
            assert_eq!(
                format!("{part:?}"),
                format!("{:?}", reduced(&whole, set)),
                "{link} {asked:?}"
            );
        }
    }
}

#[test]
fn what_the_last_frame_lacks_brings_a_new_one_and_less_does_not() {
    let mut trainer = open("layers=4");
    let whole = frame_of(&mut trainer);
    assert!(whole.observed.holds(ObservedSet::FRAME));
    observe(&mut trainer, ObservedSet::NONE);
    assert!(!trainer.frame_wanted());
    step(&mut trainer, 1);
    observe(&mut trainer, ObservedSet::NONE.with(Observed::Answers));
    assert!(trainer.frame_wanted());
    assert!(!frame_of(&mut trainer).sides[0].boundary.is_empty());
    assert!(!trainer.frame_wanted());
}
