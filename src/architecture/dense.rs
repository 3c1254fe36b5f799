//! Affine blocks and dropout, with every normalisation: what most readers run, in the lightest worker.

use super::{Blueprint, Builder};
use crate::choice::Norm;
use crate::error::Error;
use crate::settings::{BlockKind, Settings};

/// See `Architect`.
///
/// # Errors
/// A block is neither affine nor dropout.
pub fn dense(norm: Norm, settings: &Settings) -> Result<Blueprint, Error> {
    let mut builder = Builder::new(norm, settings);
    for block in &settings.layers {
        match block.kind {
            BlockKind::Affine => builder.affine(block.size),
            BlockKind::Dropout => builder.dropout(block.size),
            _ => {
                return Err(Error::Shape {
                    layer: block.to_text(),
                    got: "a build with dense layers only".into(),
                    needs: "the build with every layer".into(),
                });
            }
        }
    }
    Ok(builder.finish())
}
