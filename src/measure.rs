//! Measurements on a run that leave it as it is.

mod batch_noise;
mod batch_size_sweep;

pub(crate) use batch_noise::BatchNoise;
pub(crate) use batch_size_sweep::BatchSizeSweep;
