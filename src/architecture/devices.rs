//! Networks whose batch lies on several devices: every kind of block, Batch Normalization that hears of all of them.

use super::full::network_with;
use super::{Architecture, FULL, NetworkFactory, norms};
use crate::error::Error;
use crate::network::Pooling;
use crate::settings::Settings;
use crate::settings::choice::Norm;

/// By the moments of the whole batch.
pub const SYNCHRONISED: NetworkFactory = NetworkFactory {
    network: synchronised,
    ..FULL
};

/// By averages of the devices' means and variances.
pub const AVERAGED: NetworkFactory = NetworkFactory {
    network: averaged,
    ..FULL
};

fn synchronised(norm: Norm, settings: &Settings) -> Result<Architecture, Error> {
    network_with(norm, settings, |_, name, features, s| {
        Some(norms::on_devices(name, features, s, Pooling::Exact))
    })
}

fn averaged(norm: Norm, settings: &Settings) -> Result<Architecture, Error> {
    network_with(norm, settings, |_, name, features, s| {
        Some(norms::on_devices(name, features, s, Pooling::Averaged))
    })
}
