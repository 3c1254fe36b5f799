//! One batch on several devices: each trains the same network on its own rows and hears from all others what its
//! normalisations and its update need. Sends nothing itself: whoever has the devices carries what each sends to all.
//!
//! A device sends, in `f32`: forward, for each normalisation that waits, `torch.nn.SyncBatchNorm`'s count, C means and C
//! inverse deviations, 4(2C + 1) bytes; backward its two sums a channel, 8C bytes; then the gradients of its P
//! parameters, 4P bytes.

mod device;
mod passes;
mod together;

pub use device::{Device, DeviceReport, LayerStatistics, Stage};
pub use together::{deviation, step_together};

use crate::architecture::{AVERAGED, FULL, NetworkFactory, SYNCHRONISED};
use crate::error::Error;
use crate::settings::choice::Norm;

/// The most devices.
pub const MOST_DEVICES: usize = 8;

/// What the devices share of their statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing: each normalises by its own rows.
    Local,
    /// Moments of the whole batch.
    Synchronised,
    /// Averages of all devices' means and variances: another function than Batch Normalization of the whole batch.
    Averaged,
    /// Nothing, and nothing is missing: Group Normalization looks at each row by itself.
    Group,
}

impl Sharing {
    /// All of them.
    pub const ALL: [Sharing; 4] = [
        Sharing::Local,
        Sharing::Synchronised,
        Sharing::Averaged,
        Sharing::Group,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Sharing::Local => "local",
            Sharing::Synchronised => "sync",
            Sharing::Averaged => "averaged",
            Sharing::Group => "group",
        }
    }

    /// The one of that word.
    ///
    /// # Errors
    /// There is none.
    pub fn named(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|sharing| sharing.name() == word);
        found.ok_or_else(|| Error::InvalidSetting {
            name: "sharing",
            value: word.into(),
            allowed: Self::ALL.map(Sharing::name).join(" | "),
        })
    }

    fn network(self) -> (Norm, NetworkFactory) {
        match self {
            Sharing::Local => (Norm::Batch, FULL),
            Sharing::Synchronised => (Norm::Sync, SYNCHRONISED),
            Sharing::Averaged => (Norm::Sync, AVERAGED),
            Sharing::Group => (Norm::Group, FULL),
        }
    }
}
