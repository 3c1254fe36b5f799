//! The layers of a side's model with their shapes, as `architecture` of the core lists them; a test holds the two together.

use batchnorm_lab::data::{FEATURES, digits, sequences};
use batchnorm_lab::network::Shape;
use batchnorm_lab::settings::choice::{Activation, DatasetKind, Norm};
use batchnorm_lab::settings::{BlockKind, Settings};

/// What a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An image as features.
    Flatten,
    /// W·x + b.
    Affine,
    /// A convolution by 3×3 with a border of one.
    Conv(usize),
    /// The largest of each 2×2.
    MaxPool,
    /// The mean over positions or steps.
    AveragePool,
    /// Dropout, percent.
    Dropout(u32),
    /// An Elman recurrence, of which the last state goes on.
    Recurrent,
    /// Self-attention with a residual.
    Attention,
    /// A normalisation.
    Norm(Norm),
    /// An activation.
    Activation(Activation),
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// What comes in.
    pub input: Shape,
    /// What comes out.
    pub output: Shape,
    /// The hidden layer that it belongs to, from 0.
    pub column: Option<usize>,
}

/// All of them, first to last.
pub fn parts(now: &Settings, norm: Norm) -> Vec<Part> {
    let shape = match now.data {
        DatasetKind::Digits => Shape::Image {
            channels: 1,
            height: digits::SIDE,
            width: digits::SIDE,
        },
        DatasetKind::Sequences => Shape::Sequence {
            steps: sequences::STEPS,
            features: sequences::STEP_FEATURES,
        },
        _ => Shape::Features(FEATURES),
    };
    let mut list = List {
        parts: Vec::new(),
        shape,
        columns: 0,
    };
    for block in &now.layers {
        let size = block.size as usize;
        match block.kind {
            BlockKind::Affine => {
                list.affine(size, true);
                list.column(norm, Some(now.activation));
            }
            BlockKind::Conv => {
                list.conv(size, block.stride as usize);
                list.column(norm, Some(now.activation));
            }
            BlockKind::MaxPool => list.max_pool(),
            BlockKind::AveragePool => list.pool(),
            BlockKind::Dropout => list.push(Kind::Dropout(block.size), list.shape, false),
            BlockKind::Recurrent => {
                list.push(Kind::Recurrent, Shape::Features(size), true);
                list.column(norm, None);
            }
            BlockKind::Attention => {
                list.push(Kind::Attention, list.shape, true);
                list.column(norm, None);
            }
        }
    }
    if matches!(list.shape, Shape::Sequence { .. }) {
        list.pool();
    }
    list.affine(now.outputs(), false);
    list.parts
}

struct List {
    parts: Vec<Part>,
    shape: Shape,
    /// Finished so far.
    columns: usize,
}

impl List {
    fn push(&mut self, kind: Kind, output: Shape, is_hidden: bool) {
        self.parts.push(Part {
            kind,
            input: self.shape,
            output,
            column: is_hidden.then_some(self.columns),
        });
        self.shape = output;
    }

    fn affine(&mut self, outputs: usize, is_hidden: bool) {
        if matches!(self.shape, Shape::Image { .. }) {
            self.push(
                Kind::Flatten,
                Shape::Features(self.shape.units()),
                is_hidden,
            );
        }
        let output = with_channels(self.shape, outputs);
        self.push(Kind::Affine, output, is_hidden);
    }

    fn conv(&mut self, outputs: usize, stride: usize) {
        let output = match self.shape {
            Shape::Image { height, width, .. } => Shape::Image {
                channels: outputs,
                height: height.div_ceil(stride),
                width: width.div_ceil(stride),
            },
            other => other,
        };
        self.push(Kind::Conv(stride), output, true);
    }

    fn max_pool(&mut self) {
        let output = match self.shape {
            Shape::Image {
                channels,
                height,
                width,
            } => Shape::Image {
                channels,
                height: height / 2,
                width: width / 2,
            },
            other => other,
        };
        self.push(Kind::MaxPool, output, false);
    }

    fn pool(&mut self) {
        let output = Shape::Features(self.shape.channels());
        self.push(Kind::AveragePool, output, false);
    }

    fn column(&mut self, norm: Norm, activation: Option<Activation>) {
        if norm != Norm::None {
            self.push(Kind::Norm(norm), self.shape, true);
        }
        if let Some(activation) = activation {
            self.push(Kind::Activation(activation), self.shape, true);
        }
        self.columns += 1;
    }
}

fn with_channels(shape: Shape, channels: usize) -> Shape {
    match shape {
        Shape::Sequence { steps, .. } => Shape::Sequence {
            steps,
            features: channels,
        },
        _ => Shape::Features(channels),
    }
}
