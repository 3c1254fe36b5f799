//! Measurements on a run that leave it as it is.

mod batch_noise;

pub(crate) use batch_noise::BatchNoise;
