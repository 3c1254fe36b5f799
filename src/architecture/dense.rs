//! Affine blocks, with Batch Normalization or without, on toy data: what most readers run, in the lightest worker.

use super::{Architect, Blueprint, Builder, norms};
use crate::choice::Norm;
use crate::dataset::Dataset;
use crate::error::Error;
use crate::settings::Settings;

/// What it can make.
pub const DENSE: Architect = Architect {
    network: dense,
    data: |settings, _| Ok(Dataset::new(settings)),
    lengths: |_, _| {},
    infer: |network, x, rows, _, mode, scratch| network.infer(x, rows, mode, scratch),
};

fn dense(norm: Norm, settings: &Settings) -> Result<Blueprint, Error> {
    if settings.needs_every_layer() {
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
