//! What page and worker say to each other, and its bytes. These and the values of settings are the only types that are
//! serialised; they compute nothing.

mod checkpoint;
mod frame;
mod observed;
mod reports;

pub use checkpoint::{Checkpoint, NetworkState, SideState};
pub use frame::{
    Accuracies, BINS, BOUNDARY_SIDE, Distribution, Frame, GUESSES, LayerStats, Losses,
    SelectedUnit, Side, UnitMoments,
};
pub use observed::{Observed, ObservedSet};
pub use reports::{BatchNoiseReport, BatchNoiseRow};

use nanoserde::{DeBin, SerBin};

use crate::error::Error;
use crate::settings::{Setting, Value};

/// From the page to the worker.
#[derive(Clone, Debug, PartialEq, SerBin, DeBin)]
pub enum Command {
    /// Start a new run; frames of older runs are to be dropped by the page.
    Configure {
        /// Number of the run, given by the page, growing.
        run: u32,
        /// `Settings::to_text`.
        settings: String,
        /// Where to go on, or `None` for a fresh start.
        checkpoint: Option<Box<Checkpoint>>,
    },
    /// Change a live or view setting without a new run. The worker answers a live one with `Event::Changed`.
    Change {
        /// `Setting::index`.
        setting: u8,
        /// The value wanted from now on.
        value: Value,
    },
    /// What `Event::DataWanted` asked for: the bytes of `assets/digits/digits.bin`.
    Data(Vec<u8>),
    /// Train at the set speed, once steps that are due are made. Answered at once, or after them.
    ///
    /// `Play`, `Pause` and `Step` are each answered, in the order in which they were given, by a frame that counts them
    /// (`Frame::answered`); one frame may answer several. A new run forgets those of the old.
    Play,
    /// Stop training; measurements go on. Steps that are due, and a replay, are given up. Answered when the run stands: by a
    /// frame whose `is_playing` is false, and which answers whatever was given up too.
    Pause,
    /// Train exactly so many steps more, then stand. Steps that are due are made first, and a replay ends first; training at
    /// the set speed ends now. Answered by a frame at the very step at which these steps end; of zero steps, or where the
    /// run cannot take a step, or ends on the way, by a frame at the step where it stands.
    Step {
        /// Optimiser updates.
        steps: u32,
    },
    /// What the page shows from now on: frames hold that, and what is always observed. Of an observation that the last
    /// frame lacks a new frame comes. Holds for every run until it is said again; before it is said, a frame holds all.
    Observe(ObservedSet),
    /// The page has drawn the last frame; the next may come.
    FrameShown,
    /// Measure how batch statistics scatter (`Event::BatchNoise` answers).
    MeasureBatchNoise,
}

impl Command {
    /// Change that setting.
    pub fn change(setting: &Setting, value: Value) -> Self {
        Command::Change {
            setting: setting.index(),
            value,
        }
    }
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, SerBin, DeBin)]
pub enum Event {
    /// The worker can take commands.
    Ready {
        /// Which lanes compute: `scalar`, `simd128` or `relaxed`.
        engine: String,
    },
    /// A live setting was changed, by the oldest `Command::Change` not yet answered. With this step, at which it took
    /// hold, the page records it as the worker did (`Settings::record`).
    Changed {
        /// Number of the run.
        run: u32,
        /// Optimiser updates done by then.
        step: u64,
    },
    /// What the networks look like now.
    Frame(Box<Frame>),
    /// What was recorded of the run at steps gone by: frames without what nobody keeps, oldest first. Whoever has a frame
    /// or a checkpoint has been sent what was recorded up to its step (`observe::recorded` tells at which steps).
    Recorded(Vec<Frame>),
    /// The state to go on from if this worker is lost or another is chosen.
    Checkpoint(Box<Checkpoint>),
    /// How batch statistics scatter.
    BatchNoise(Box<BatchNoiseReport>),
    /// The run waits for the digits.
    DataWanted,
    /// The engine has failed and why; the one named, as in `Ready`, goes on, and nothing of the run is lost.
    EngineFailed(String, Failure),
    /// A command could not be obeyed.
    Failed {
        /// Number of the run.
        run: u32,
        /// Why.
        failure: Failure,
    },
}

/// An `Error` on its way to the page, which words it.
#[derive(Clone, Debug, Default, PartialEq, SerBin, DeBin)]
pub struct Failure {
    /// `Error::code`.
    pub code: String,
    /// Developer's wording.
    pub message: String,
    /// The layer or setting concerned, if any.
    pub field: String,
    /// Rows of the batch that has too few values; 0 where nothing is wrong with a batch.
    pub batch: u32,
    /// Rows of a full chunk of it, where its last chunk has too few; else 0.
    pub chunk: u32,
    /// The nearest batch sizes that would do, as far as there are any.
    pub nearest: Vec<u32>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let mut failure = Self {
            code: error.code().into(),
            message: error.to_string(),
            field: error.field().into(),
            ..Self::default()
        };
        if let Error::TooFewValues {
            batch,
            chunk,
            nearest,
            ..
        } = error
        {
            failure.batch = *batch as u32;
            failure.chunk = chunk.unwrap_or(0) as u32;
            failure.nearest = nearest.iter().flatten().map(|size| *size as u32).collect();
        }
        failure
    }
}

/// Begins every message: bytes of another build, whose layout may differ, are refused and never misread.
const LAYOUT: u32 = {
    let hash = fnv(2_166_136_261, include_bytes!("protocol.rs"));
    let hash = fnv(hash, include_bytes!("protocol/checkpoint.rs"));
    let hash = fnv(hash, include_bytes!("protocol/frame.rs"));
    let hash = fnv(hash, include_bytes!("protocol/observed.rs"));
    let hash = fnv(hash, include_bytes!("protocol/reports.rs"));
    fnv(hash, include_bytes!("settings/value.rs"))
};

/// The hash of Fowler, Noll and Vo (FNV-1a), 32 bits.
const fn fnv(mut hash: u32, bytes: &[u8]) -> u32 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(16_777_619);
        at += 1;
    }
    hash
}

macro_rules! bytes {
    ($($name:ident: $what:literal),+) => {$(
        impl $name {
            /// Its bytes.
            pub fn to_bytes(&self) -> Vec<u8> {
                let mut bytes = Vec::new();
                LAYOUT.ser_bin(&mut bytes);
                self.ser_bin(&mut bytes);
                bytes
            }

            /// Reads it back.
            ///
            /// # Errors
            /// The bytes are not its own, or of another build.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
                let refused = |_| Error::Message { what: $what };
                let mut at = 0;
                let layout = u32::de_bin(&mut at, bytes).map_err(refused)?;
                if layout != LAYOUT {
                    return Err(Error::Message { what: $what });
                }
                Self::de_bin(&mut at, bytes).map_err(refused)
            }
        }
    )+};
}

bytes!(Command: "command", Event: "event", Checkpoint: "checkpoint");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Range, SETTINGS, Scope, Settings};

    #[test]
    fn every_setting_that_can_change_during_a_run_crosses_as_bytes() {
        let (settings, _) = Settings::from_text("momentum=cumulative");
        let rows = SETTINGS.iter().filter(|row| row.scope != Scope::Restart);
        for row in rows.filter(|row| row.range != Range::Changes) {
            let command = Command::change(row, (row.get)(&settings));
            assert_eq!(Command::from_bytes(&command.to_bytes()), Ok(command));
        }
    }

    #[test]
    fn bytes_that_are_cut_short_or_of_another_build_are_refused() {
        let (settings, _) = Settings::from_text("");
        let row = SETTINGS.iter().find(|row| row.scope != Scope::Restart);
        let row = row.expect("a setting that can change");
        let whole = Command::change(row, (row.get)(&settings)).to_bytes();
        let refused = Err(Error::Message { what: "command" });
        for end in 0..whole.len() {
            assert_eq!(Command::from_bytes(&whole[..end]), refused, "{end} bytes");
        }
        let mut other = whole.clone();
        other[0] ^= 1;
        assert_eq!(Command::from_bytes(&other), refused);
        assert!(Command::from_bytes(&whole).is_ok());
    }
}
