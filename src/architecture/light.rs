//! Affine blocks, with Batch Normalization or without, on toy data: what most readers run, in the lightest worker.

use super::{Architecture, Builder, NetworkFactory, norms};
use crate::data::Dataset;
use crate::error::Error;
use crate::settings::Settings;
use crate::settings::choice::Norm;

/// What it can make.
pub const LIGHT: NetworkFactory = NetworkFactory {
    network: light,
    data: |settings, _| Ok(Dataset::new(settings)),
    lengths: |_, _| {},
    infer: |network, x, rows, _, mode, scratch| network.infer(x, rows, mode, scratch),
};

fn light(norm: Norm, settings: &Settings) -> Result<Architecture, Error> {
    if settings.needs_full_build() {
        return Err(Error::Shape {
            layer: "network".into(),
            got: "the light build".into(),
            needs: "the build with every layer".into(),
        });
    }
    let mut builder = Builder::new(norm, settings, norms::batch);
    for block in &settings.layers {
        // Any other kind is refused above.
        builder.affine(block.size);
    }
    Ok(builder.finish())
}
