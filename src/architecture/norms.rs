//! From a reader's choice of normalisation to its layer: one arm a normalisation. Computes nothing.

use crate::kernels::norm::batch as kernel;
use crate::kernels::norm::renorm::Bounds;
use crate::network::{
    BatchNorm, BatchRenorm, DeviceBatchNorm, GhostBatchNorm, GroupNorm, Layer, LayerNorm,
    NoisyBatchNorm, Pooling, RmsNorm, Scale, SyncBatchNorm,
};
use crate::settings::Settings;
use crate::settings::choice::Norm;

/// Updates of plain Batch Normalization, and those after which the bounds of Batch Renormalization are fully open:
/// the paper's 5000 and 40000, shortened as much as these runs are.
const RENORM_SCHEDULE: (u64, u64) = (50, 400);

/// The bounds of Batch Renormalization that are in force after so many updates.
pub fn renorm_bounds(s: &Settings, updates: u64) -> Bounds {
    let (from, to) = RENORM_SCHEDULE;
    open_bounds(s).at(updates, from, to)
}

/// Those at the end of its schedule.
fn open_bounds(s: &Settings) -> Bounds {
    Bounds {
        r_max: s.r_max,
        d_max: s.d_max,
    }
}

fn rule(s: &Settings) -> kernel::Rule {
    kernel::Rule {
        epsilon: s.epsilon,
        momentum: s.momentum,
        convention: s.convention,
        tracks: s.tracks,
        freezes_statistics: s.frozen.statistics(),
    }
}

fn scale(s: &Settings) -> Scale {
    if s.affine {
        Scale::Learned
    } else {
        Scale::None
    }
}

/// The layer of Batch Normalization; `None` for none.
pub fn batch(norm: Norm, name: String, features: usize, s: &Settings) -> Option<Layer> {
    (norm == Norm::Batch).then(|| {
        BatchNorm {
            name,
            features,
            rule: rule(s),
            scale: scale(s),
        }
        .into()
    })
}

/// The layer of any normalisation. Batch Renormalization and Ghost Batch Normalization always have γ and β.
pub fn full(norm: Norm, name: String, features: usize, s: &Settings) -> Option<Layer> {
    let (epsilon, affine) = (s.epsilon, s.affine);
    Some(match norm {
        Norm::None | Norm::Batch => return batch(norm, name, features, s),
        Norm::Layer => LayerNorm {
            name,
            features,
            epsilon,
            affine,
        }
        .into(),
        Norm::Rms => RmsNorm {
            name,
            features,
            epsilon,
            affine,
        }
        .into(),
        Norm::Group | Norm::Instance => GroupNorm {
            name,
            features,
            groups: match norm {
                Norm::Group => s.groups as usize,
                _ => features,
            },
            epsilon,
            affine,
        }
        .into(),
        Norm::Renorm => BatchRenorm {
            name,
            features,
            rule: rule(s),
            bounds: open_bounds(s),
            schedule: RENORM_SCHEDULE,
        }
        .into(),
        Norm::Ghost => GhostBatchNorm {
            name,
            features,
            chunk: s.ghost as usize,
            rule: rule(s),
        }
        .into(),
        Norm::Noisy => NoisyBatchNorm {
            name,
            features,
            rule: rule(s),
            scale: scale(s),
            amplitude: s.inject,
            seed: u64::from(s.seed),
        }
        .into(),
        Norm::Sync => SyncBatchNorm {
            name,
            features,
            shards: s.shards as usize,
            rule: rule(s),
            scale: scale(s),
        }
        .into(),
    })
}

/// Batch Normalization on one of several devices.
pub fn on_devices(name: String, features: usize, s: &Settings, pooling: Pooling) -> Layer {
    Layer::new(DeviceBatchNorm {
        name,
        features,
        rule: rule(s),
        scale: scale(s),
        pooling,
    })
}
