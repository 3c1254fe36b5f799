//! What changes from one step to the next, as the bytes of `Step` in `step.wgsl`.

use super::record::Record;
use batchnorm_lab::kernels::optimizer::{Hyper, Rule};
use batchnorm_lab::settings::choice::Frozen;

/// Bytes from one step's numbers to the next in the uniform buffer: the alignment that WebGPU asks for.
pub const STRIDE: u64 = 256;
/// Bytes of one step's numbers.
pub const BYTES: u64 = 4 * 23;

/// Whose moments normalise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepMode {
    /// The batch's own; running averages move, dropout drops.
    Train = 0,
    /// The batch's own.
    Batch = 1,
    /// The running ones.
    Running = 2,
}

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub rows: usize,
    pub mode: StepMode,
    /// Where its loss goes.
    pub slot: usize,
    /// Where its inputs, targets and lengths stand among the staged numbers.
    pub x_at: usize,
    pub targets_at: usize,
    pub lengths_at: Option<usize>,
    /// Updates made before.
    pub updates: u64,
    pub batches_tracked: u64,
    /// The gradient of the loss itself.
    pub upstream: f64,
    pub hyper: Hyper,
    /// What stands still; `None` leaves it to each layer's own rule.
    pub frozen: Option<Frozen>,
}

impl Step {
    /// As `step.wgsl` takes it.
    pub fn bytes(&self) -> Vec<u8> {
        self.record().bytes()
    }

    /// Word by word.
    pub fn record(&self) -> Record {
        let (rule, nesterov, numbers) = update_numbers(&self.hyper, self.updates);
        let frozen = self.frozen.map_or(0, |frozen| {
            1 + 2 * usize::from(frozen.statistics()) + 4 * usize::from(frozen.affine())
        });
        let record = Record::default()
            .count("rows", self.rows)
            .count("mode", self.mode as usize)
            .count("slot", self.slot)
            .count("x_at", self.x_at)
            .count("targets_at", self.targets_at)
            .place("lengths_at", self.lengths_at)
            .count("updates_low", self.updates as u32 as usize)
            .count("updates_high", (self.updates >> 32) as usize)
            .number("tracked", self.batches_tracked as f64)
            .number("upstream", self.upstream)
            .count("rule", rule)
            .flag("nesterov", nesterov);
        let numbers = NUMBERS.into_iter().zip(numbers);
        let record = numbers.fold(record, |record, (name, value)| record.number(name, value));
        record.count("frozen", frozen)
    }
}

/// The names of an update's numbers, in order.
pub const NUMBERS: [&str; 10] = [
    "rate",
    "joined",
    "shrink",
    "epsilon",
    "keep_1",
    "new_1",
    "keep_2",
    "new_2",
    "step_size",
    "root",
];

/// Rule, whether it looks ahead, and the numbers of the update after `updates` others. They are formed in f64, as
/// `optimizer::update` does.
pub fn update_numbers(hyper: &Hyper, updates: u64) -> (usize, bool, [f64; 10]) {
    let (rate, decay) = (hyper.learning_rate, hyper.weight_decay);
    match hyper.rule {
        Rule::Sgd { momentum, nesterov } => {
            let rule = usize::from(momentum != 0.0);
            (
                rule,
                nesterov,
                [rate, decay, 1.0, 0.0, momentum, 0.0, 0.0, 0.0, 0.0, 0.0],
            )
        }
        Rule::Adam {
            beta_1,
            beta_2,
            epsilon,
            decouples_decay,
        } => {
            let (joined, shrink) = match decouples_decay {
                true => (0.0, 1.0 - rate * decay),
                false => (decay, 1.0),
            };
            let number = (updates + 1) as f64;
            let correction = |beta: f64| 1.0 - libm::exp(number * libm::log(beta));
            let step = rate / correction(beta_1);
            let root = 1.0 / correction(beta_2).sqrt();
            let (new_1, new_2) = (1.0 - beta_1, 1.0 - beta_2);
            let numbers = [
                rate, joined, shrink, epsilon, beta_1, new_1, beta_2, new_2, step, root,
            ];
            (2, false, numbers)
        }
    }
}
