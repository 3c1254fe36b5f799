//! Which side of a link can be folded, why none can, and the job that folds it. Folds nothing itself.

use super::measured_jobs::over_seeds;
use super::{Job, Measure, UnitPlan, settings_of};
use crate::architecture::{Architecture, NetworkFactory};
use crate::error::Error;
use crate::settings::choice::{Norm, View};
use crate::settings::{BlockKind, Settings};

/// Those whose statistics at inference are running averages, numbers that are there before the input is.
const FIXED: [Norm; 4] = [Norm::Batch, Norm::Renorm, Norm::Ghost, Norm::Sync];

/// Why no side that a link shows can be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFolded {
    /// None normalises over the batch.
    Norm,
    /// What is normalised is no layer's own output: a recurrence's last state, or a sum with what went around attention.
    Layer,
    /// No running averages are kept.
    Untracked,
}

/// The side that is folded: of those shown the last that normalises over the batch.
///
/// # Errors
/// Why none can be.
pub fn fold_side(settings: &Settings) -> Result<u8, NotFolded> {
    let shown: &[u8] = match settings.view {
        View::Twin => &[1, 0],
        View::A => &[0],
        View::B => &[1],
    };
    let norms = [settings.norm_a, settings.norm_b];
    let mut fitting = shown.iter().copied();
    let side = fitting.find(|side| FIXED.contains(&norms[usize::from(*side)]));
    let side = side.ok_or(NotFolded::Norm)?;
    let mut kinds = settings.layers.iter().map(|block| block.kind);
    if kinds.any(|kind| matches!(kind, BlockKind::Recurrent | BlockKind::Attention)) {
        return Err(NotFolded::Layer);
    }
    match settings.tracks {
        true => Ok(side),
        false => Err(NotFolded::Untracked),
    }
}

/// The job that folds a side of a link after so many updates.
///
/// # Errors
/// As `landscape_jobs`, or no side shown can be folded.
pub fn fold_job(link: &str, plan: UnitPlan, factory: NetworkFactory) -> Result<Vec<Job>, Error> {
    let settings = settings_of(link)?;
    // Where none can be, the check says so of the last.
    let side = fold_side(&settings).unwrap_or(u8::from(settings.view != View::A));
    let measure = Measure {
        fold: Some(plan),
        ..Measure::default()
    };
    let jobs = std::iter::once((settings, side));
    over_seeds(jobs, plan.at, 1, &measure, factory, |_, error| error)
}

impl Job {
    /// Whether it can be folded.
    pub(super) fn check_fold(&self, of: &Architecture) -> Result<(), Error> {
        let refuse = |name, value: &str, allowed: &str| {
            Err(Error::InvalidSetting {
                name,
                value: value.into(),
                allowed: allowed.into(),
            })
        };
        if !FIXED.contains(&self.norm()) {
            let side = ["a", "b"][usize::from(self.side)];
            return refuse(side, self.norm().name(), "batch | renorm | ghost | sync");
        }
        if !self.settings.tracks {
            return refuse("track", "off", "on");
        }
        let is_layer = |kind| matches!(kind, "affine" | "conv");
        match of.hidden.iter().find(|layer| !is_layer(layer.kind)) {
            Some(layer) => refuse("layers", layer.kind, "affine layers and convolutions"),
            None if of.hidden.is_empty() => refuse("layers", "none", "a hidden layer"),
            None => Ok(()),
        }
    }
}
