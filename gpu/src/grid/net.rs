//! One network of a grid: its run here, which knows all but the numbers there, and where these are.

use std::ops::Range;

use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::JobRun;
use batchnorm_lab::protocol::NetworkState;

use super::places::{Places, state_len};
use super::plan::{Plan, plan};
use crate::faults::Fault;

/// See the module.
pub struct Net {
    /// Its job's place in the list.
    pub index: usize,
    pub run: JobRun,
    pub plan: Plan,
    pub places: Places,
    /// Where inputs and classes of its points begin.
    pub data: [usize; 2],
    /// Where its part of the room begins.
    pub room_at: usize,
    /// Steps under way.
    pub steps: u32,
    /// Whether the state here is behind that of the steps started.
    pub is_behind: bool,
    /// Whether its state comes with the steps under way.
    pub comes_back: bool,
}

impl Net {
    /// At step 0.
    ///
    /// # Errors
    /// As `plan::plan`.
    pub fn new(index: usize, run: JobRun, arena: usize) -> Result<Self, Error> {
        let plan = plan(&run)?;
        Ok(Self {
            places: Places::new(&plan, arena),
            index,
            run,
            plan,
            data: [0; 2],
            room_at: 0,
            steps: 0,
            is_behind: false,
            comes_back: false,
        })
    }

    /// Whether all that a step touches lies in the workgroup's memory.
    pub fn is_whole(&self) -> bool {
        self.places.is_whole(&self.plan)
    }

    /// Numbers of its state.
    pub fn state_len(&self) -> usize {
        state_len(&self.plan)
    }

    /// Where its state stands in the room.
    pub fn state_place(&self) -> Range<usize> {
        self.room_at..self.room_at + self.state_len()
    }

    /// Its state here as it stands in the room: parameters, the optimiser's memory, gradients, buffers.
    pub fn state(&self) -> Vec<f32> {
        let network = self.run.network();
        let parts = [
            network.parameters(),
            network.optimizer_memory(),
            network.gradients(),
            network.buffers(),
        ];
        parts.concat()
    }

    /// Takes over the losses that came, the last number behind them being how many there are.
    ///
    /// # Errors
    /// `Error::Engine` where the device left steps out.
    pub fn hear(&mut self, told: &[f32]) -> Result<(), Error> {
        let steps = self.steps as usize;
        if steps == 0 {
            return Ok(());
        }
        let losses = &told[..steps];
        let lost = losses.iter().position(|loss| !loss.is_finite());
        let wanted = lost.map_or(steps, |place| place + 1);
        let made = told[told.len() - 1];
        if made as usize != wanted {
            return Err(Error::Engine {
                code: Fault::Unsupported.code(),
                detail: format!("the device made {made} of {wanted} steps"),
            });
        }
        self.run.hear(losses);
        Ok(())
    }

    /// Takes over the state that came.
    ///
    /// # Errors
    /// As `JobRun::put`.
    pub fn put(&mut self, numbers: &[f32]) -> Result<(), Error> {
        let count = self.plan.parameters;
        let (parameters, rest) = numbers.split_at(count);
        let (optimizer, rest) = rest.split_at(2 * count);
        let (gradients, buffers) = rest.split_at(count);
        let network = self.run.network();
        let state = NetworkState {
            parameters: parameters.to_vec(),
            optimizer: optimizer.to_vec(),
            gradients: gradients.to_vec(),
            buffers: buffers.to_vec(),
            updates: network.updates(),
            batches_tracked: network.batches_tracked(),
        };
        self.is_behind = false;
        self.run.put(&state)
    }
}
