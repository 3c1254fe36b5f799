//! The engine of this build's lanes: trains the network that is observed, in its place, and is done at once.

use super::{Engine, Progress, Slice};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::network::Network;

/// Tells a network how many steps the sequences of the next batch have; of none, nothing.
pub type SetLengths = fn(&mut Network<Best>, &[usize]);

/// Trains here.
#[derive(Clone, Debug)]
pub struct CpuEngine {
    set_lengths: SetLengths,
    progress: Progress,
    is_done: bool,
}

impl CpuEngine {
    /// An engine for networks that are told of lengths by `set_lengths`.
    pub fn new(set_lengths: SetLengths) -> Self {
        Self {
            set_lengths,
            progress: Progress {
                has_state: true,
                ..Progress::default()
            },
            is_done: false,
        }
    }
}

impl Engine for CpuEngine {
    fn name(&self) -> &'static str {
        Best::NAME
    }

    fn restore(&mut self, _: &Network<Best>) -> Result<(), Error> {
        self.is_done = false;
        Ok(())
    }

    fn advance(&mut self, network: &mut Network<Best>, slice: &Slice<'_>) -> Result<(), Error> {
        assert!(!self.is_done, "work was not taken");
        let rules = &slice.rules;
        network.set_batch_norm_momentum(rules.momentum);
        network.set_frozen(rules.frozen);
        self.progress.losses.clear();
        for batch in slice.batches {
            (self.set_lengths)(network, &batch.lengths);
            let targets = batch.targets();
            let loss = network.train_step_towards(&batch.x, targets, batch.rows, &rules.hyper)?;
            self.progress.losses.push(loss);
        }
        self.is_done = true;
        Ok(())
    }

    fn poll(&mut self, _: Option<f64>) -> Result<bool, Error> {
        Ok(self.is_done)
    }

    fn take(&mut self, _: &mut Network<Best>) -> &mut Progress {
        self.is_done = false;
        &mut self.progress
    }
}
