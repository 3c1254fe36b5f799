//! What a reader does to a run, as verbs on a trainer: open a link, step, change a setting, see. Not every file uses
//! every verb.
#![allow(dead_code)]

use batchnorm_lab::protocol::{Checkpoint, Command, Event, Frame};
use batchnorm_lab::settings::setting;
use batchnorm_lab::trainer::Trainer;

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

/// Run 1 of a link at step 0, without the digits.
pub fn open(link: &str) -> Trainer {
    let mut trainer = Trainer::new();
    configure(&mut trainer, link, None);
    trainer
}

/// The same where the digits have come.
pub fn open_with_digits(link: &str) -> Trainer {
    resume(link, None)
}

/// The same from a checkpoint, if there is one.
pub fn resume(link: &str, checkpoint: Option<Box<Checkpoint>>) -> Trainer {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Data(DIGITS.to_vec()));
    configure(&mut trainer, link, checkpoint);
    trainer
}

fn configure(trainer: &mut Trainer, link: &str, checkpoint: Option<Box<Checkpoint>>) {
    trainer.handle(Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint,
    });
}

/// Runs until there is nothing left to do at once.
pub fn settle(trainer: &mut Trainer) {
    while trainer.is_urgent() {
        trainer.step();
    }
}

/// So many steps, and the frame after them.
pub fn step(trainer: &mut Trainer, steps: u32) -> Frame {
    trainer.handle(Command::Step { steps });
    settle(trainer);
    frame_of(trainer)
}

/// What the networks look like now; how much was asked of the worker by then is not the run's.
pub fn frame_of(trainer: &mut Trainer) -> Frame {
    match trainer.frame() {
        Event::Frame(frame) => Frame {
            answered: 0,
            ..*frame
        },
        other => panic!("a frame was asked, {other:?} came"),
    }
}

/// Everything needed to go on.
pub fn checkpoint(trainer: &Trainer) -> Checkpoint {
    match trainer.checkpoint() {
        Event::Checkpoint(checkpoint) => *checkpoint,
        other => panic!("a checkpoint was asked, {other:?} came"),
    }
}

/// Changes settings, `name=value` joined by `&`, one after the other.
pub fn change(trainer: &mut Trainer, settings: &str) {
    for (name, text) in settings.split('&').filter_map(|pair| pair.split_once('=')) {
        let row = setting(name).expect("a setting");
        let value = row.read(text).expect("an allowed value");
        trainer.handle(Command::change(row, value));
    }
}
