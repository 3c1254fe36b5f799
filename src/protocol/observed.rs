//! What of a run the page shows, and so what the worker is to observe. Observes nothing.

use nanoserde::{DeBin, SerBin};

/// What a panel shows of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observed {
    /// Distributions of every hidden layer, and the share that is saturated.
    Layers,
    /// The selected unit, point by point.
    SelectedUnit,
    /// Losses, accuracies, gradient norms, and what is one number a unit. Always observed.
    Curves,
    /// What each side answers to points, digits or sequences.
    Answers,
    /// How the statistics of small batches scatter.
    BatchNoise,
}

/// A set of them, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, SerBin, DeBin)]
pub struct ObservedSet(u8);

impl ObservedSet {
    /// Only what is always observed.
    pub const NONE: Self = Self(1 << Observed::Curves as u8);
    /// Everything that a frame can hold.
    pub const FRAME: Self = Self::NONE
        .with(Observed::Layers)
        .with(Observed::SelectedUnit)
        .with(Observed::Answers);

    /// This one too.
    pub const fn with(self, one: Observed) -> Self {
        Self(self.0 | 1 << one as u8)
    }

    /// What is in either.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether this one is in it.
    pub const fn has(self, one: Observed) -> bool {
        self.0 & 1 << one as u8 != 0
    }

    /// Whether all of the other is in it.
    pub const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Everything that a frame can hold.
impl Default for ObservedSet {
    fn default() -> Self {
        Self::FRAME
    }
}

impl FromIterator<Observed> for ObservedSet {
    fn from_iter<T: IntoIterator<Item = Observed>>(all: T) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in_and_what_is_always_there() {
        let set = ObservedSet::from_iter([Observed::Answers, Observed::BatchNoise]);
        for (one, want) in [
            (Observed::Layers, false),
            (Observed::SelectedUnit, false),
            (Observed::Curves, true),
            (Observed::Answers, true),
            (Observed::BatchNoise, true),
        ] {
            assert_eq!(set.has(one), want, "{one:?}");
        }
        assert!(!set.holds(ObservedSet::FRAME) && set.holds(ObservedSet::NONE));
        assert!(set.and(ObservedSet::FRAME).holds(set));
    }
}
