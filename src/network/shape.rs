//! What one row of a batch is, between two layers: features, an image or a sequence. Says how a shape is refused.

use std::fmt;

use crate::error::Error;

/// The shape of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// So many numbers.
    Features(usize),
    /// An image; a row of data is `[channels, height, width]`, as in PyTorch.
    Image {
        /// C.
        channels: usize,
        /// H.
        height: usize,
        /// W.
        width: usize,
    },
    /// A sequence; a row of data is `[steps, features]`.
    Sequence {
        /// T.
        steps: usize,
        /// C.
        features: usize,
    },
}

impl Shape {
    /// Features, channels, or features of a step: what has its own statistics in Batch Normalization.
    pub fn channels(self) -> usize {
        match self {
            Shape::Features(features) | Shape::Sequence { features, .. } => features,
            Shape::Image { channels, .. } => channels,
        }
    }

    /// Values of each channel in one row.
    pub fn positions(self) -> usize {
        match self {
            Shape::Features(_) => 1,
            Shape::Image { height, width, .. } => height * width,
            Shape::Sequence { steps, .. } => steps,
        }
    }

    /// Values of one row.
    pub fn units(self) -> usize {
        self.channels() * self.positions()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Features(features) => write!(f, "{features} features"),
            Shape::Image {
                channels,
                height,
                width,
            } => write!(f, "an image of {channels}×{height}×{width}"),
            Shape::Sequence { steps, features } => {
                write!(f, "a sequence of {steps} steps of {features} features")
            }
        }
    }
}

/// A layer that cannot take `got`.
pub fn refuse(layer: &str, got: impl fmt::Display, needs: impl fmt::Display) -> Error {
    Error::Shape {
        layer: layer.to_owned(),
        got: got.to_string(),
        needs: needs.to_string(),
    }
}

/// Refuses a count of 0.
pub fn require_some(layer: &str, count: usize) -> Result<(), Error> {
    if count > 0 {
        return Ok(());
    }
    Err(refuse(layer, "0 features", "1 or more"))
}

/// Refuses another count of channels than `needs`.
pub fn require_channels(layer: &str, got: Shape, needs: usize) -> Result<(), Error> {
    if got.channels() == needs {
        return Ok(());
    }
    let what = match got {
        Shape::Image { .. } => "channels",
        Shape::Features(_) | Shape::Sequence { .. } => "features",
    };
    Err(refuse(layer, got, format_args!("{needs} {what}")))
}
