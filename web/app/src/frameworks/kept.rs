//! What each framework would have kept of a unit after the same batches: the running variance with and without N/(N − 1).

use batchnorm_lab::protocol::LayerStats;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Convention, Norm};

use super::share;

/// Numbers of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// N, values of the unit in a batch.
    pub values: usize,
    /// Running mean: the same for both.
    pub mean: f64,
    /// Running variance under PyTorch's convention.
    pub torch: f64,
    /// Under Keras'.
    pub keras: f64,
    /// Of the newest batch, biased: what x̂ is divided by in training.
    pub batch_biased: f64,
    /// The same times N/(N − 1): what PyTorch adds to its average.
    pub batch_unbiased: f64,
}

/// Both averages begin at 1 and take the same share of each batch, so that of the one that the lab keeps, r after k steps,
/// r − (1 − m)ᵏ is the weighted sum of the batches' variances, and the other follows. `None` where there is no such average, or
/// where shares or batches have changed on the way.
pub fn kept(
    now: &Settings,
    norm: Norm,
    stats: &LayerStats,
    unit: usize,
    values: usize,
    step: u64,
) -> Option<Kept> {
    let is_plain = matches!(norm, Norm::Batch | Norm::Sync | Norm::Noisy);
    let has_changed = now.changes.iter().any(|change| {
        change.step <= step && ["momentum", "batch", "frozen"].contains(&change.setting.name)
    });
    if !is_plain || has_changed || now.frozen.statistics() || values < 2 {
        return None;
    }
    let mean = f64::from(*stats.running_mean.get(unit)?);
    let kept = f64::from(*stats.running_var.get(unit)?);
    let batch = f64::from(*stats.batch_var.get(unit)?);
    let unbias = values as f64 / (values as f64 - 1.0);
    // What is left of the 1 at the start.
    let start = match share(now) {
        Some(share) => (1.0 - share).powi(step.min(1_000_000) as i32),
        None => f64::from(u8::from(step == 0)),
    };
    let of_batches = match now.convention {
        Convention::Torch => (kept - start) / unbias,
        Convention::Keras => kept - start,
    };
    Some(Kept {
        values,
        mean,
        torch: start + of_batches * unbias,
        keras: start + of_batches,
        batch_biased: batch,
        batch_unbiased: batch * unbias,
    })
}
