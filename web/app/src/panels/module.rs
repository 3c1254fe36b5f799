//! The modules that the page is cut into, each with panels of its own (`table.rs`).

/// A module of the page; all but the first are fetched when a panel of theirs is first wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Module {
    /// What every picture needs.
    First,
    /// Answers, losses, accuracies.
    Answers,
    /// One layer and one unit.
    Unit,
    /// Small batches.
    Noise,
    /// Controls, and what is said in words.
    Words,
    /// Messages about a run or a link.
    Notices,
    /// What is read when it is asked for.
    Help,
    /// Many networks at once.
    Grids,
    /// What is measured on copies of the networks.
    Measured,
    /// Whole runs beside each other.
    Compared,
    /// What is measured over the steps of a run.
    Watched,
    /// A unit's values by class.
    Classes,
    /// What the sequences of a batch share.
    Taught,
    /// One batch on several devices.
    Devices,
    /// One mini-batch through the four steps.
    NumberLine,
    /// Which cells share a mean and a deviation.
    Cells,
    /// What Batch Normalization passes back.
    Backward,
    /// A network and the one it is folded into.
    Fold,
    /// The model in the words of frameworks.
    Frameworks,
}

impl Module {
    /// Whether its panels bring the words that only they say.
    pub(super) const fn brings_words(self) -> bool {
        // They stand behind those that do not.
        self as u8 > Self::Help as u8
    }
}
