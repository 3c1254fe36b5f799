//! The same run natively, and how far what a page shows is from it. Opens no page.

use anyhow::{Result, ensure};
use batchnorm_lab::protocol::{Command, Event, Frame};
use batchnorm_lab::trainer::Trainer;
use serde_json::Value;

use crate::common::{Lab, number};

/// A run that a native test repeats in no time, with every part of the network at work.
pub const LINK: &str = "data=spiral&noise=5&samples=400&seed=11&layers=12-9-6&act=tanh&lr=0.1&sgdm=0.9&wd=0.001&batch=24";
pub const STEPS: u32 = 60;
const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");
/// A convolutional network on digits, for which the page fetches the other worker and the data.
pub const IMAGES: &str = "data=digits&samples=400&seed=3&layers=c8-p-c16-g&act=relu&init=he-normal&lr=0.05&batch=16&a=group";

/// Largest difference allowed between a browser's figure and the native one, relative to 1 or to the figure.
/// Both compute in f32 and sum in the same order, save for fused multiplication in relaxed SIMD; a wrong formula, seed
/// or order of batches differs in the first digit after 60 steps.
pub const TOLERANCE: f64 = 2e-3;

pub fn native(link: &str, steps: u32) -> Frame {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Data(DIGITS.to_vec()));
    trainer.handle(Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint: None,
    });
    trainer.handle(Command::Step { steps });
    while trainer.is_training() {
        trainer.step();
    }
    match trainer.frame() {
        Event::Frame(frame) => *frame,
        other => panic!("a frame is a frame, not {other:?}"),
    }
}

pub struct Comparison {
    pub worst: f64,
    pub what: String,
    pub compared: usize,
}

impl Comparison {
    /// Whether all are near enough.
    pub fn check(&self, of: &str) -> Result<()> {
        ensure!(
            self.worst < TOLERANCE,
            "{of}: {} differs by {:e}",
            self.what,
            self.worst
        );
        Ok(())
    }

    fn add(&mut self, shown: &Value, pointer: &str, expected: f32) -> Result<()> {
        let expected = f64::from(expected);
        let difference = (number(shown, pointer)? - expected).abs() / expected.abs().max(1.0);
        ensure!(!difference.is_nan(), "{pointer} is not a number natively");
        self.compared += 1;
        if difference > self.worst {
            self.worst = difference;
            self.what = pointer.into();
        }
        Ok(())
    }

    fn add_all(&mut self, shown: &Value, pointer: &str, expected: &[f32]) -> Result<()> {
        for (index, value) in expected.iter().enumerate() {
            self.add(shown, &format!("{pointer}/{index}"), *value)?;
        }
        Ok(())
    }
}

/// Opens a link in an engine, makes so many steps and checks that what is shown are the figures of this frame.
pub fn follows(lab: &Lab, engine: &str, link: &str, steps: u32, expected: &Frame) -> Result<Value> {
    lab.go(&format!("?engine={engine}#{link}"))?;
    let shown = lab.step(steps)?;
    ensure!(shown["engine"] == engine, "{} runs", shown["engine"]);
    let all = compare(&shown, expected)?;
    println!(
        "{engine}: {} figures, {:e} in {}",
        all.compared, all.worst, all.what
    );
    ensure!(all.compared > 200, "only {} figures", all.compared);
    all.check(engine)?;
    Ok(shown)
}

pub fn compare(shown: &Value, frame: &Frame) -> Result<Comparison> {
    let mut all = Comparison {
        worst: 0.0,
        what: String::new(),
        compared: 0,
    };
    for (place, side) in frame.sides.iter().enumerate() {
        let at = |rest: &str| format!("/sides/{place}/{rest}");
        all.add(shown, &at("loss/batch"), side.loss.batch)?;
        all.add(shown, &at("loss/train"), side.loss.train)?;
        all.add(shown, &at("loss/eval"), side.loss.eval)?;
        for (index, layer) in side.layers.iter().enumerate() {
            let at = |rest: &str| format!("/sides/{place}/layers/{index}/{rest}");
            all.add(shown, &at("before/mean"), layer.before.mean)?;
            all.add(shown, &at("before/std"), layer.before.std)?;
            all.add(shown, &at("output/mean"), layer.output.mean)?;
            all.add(shown, &at("gradient_norm"), layer.gradient_norm)?;
            all.add_all(shown, &at("batch_mean"), &layer.batch_mean)?;
            all.add_all(shown, &at("batch_var"), &layer.batch_var)?;
            all.add_all(shown, &at("gamma"), &layer.gamma)?;
            all.add_all(shown, &at("beta"), &layer.beta)?;
            all.add_all(shown, &at("running_mean"), &layer.running_mean)?;
            all.add_all(shown, &at("running_var"), &layer.running_var)?;
        }
    }
    Ok(all)
}
