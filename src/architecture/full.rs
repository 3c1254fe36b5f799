//! Every kind of block, normalisation and data: convolution, pooling, recurrence and attention too.

use super::{Architecture, Builder, NetworkFactory, Normalize, norms};
use crate::data::Dataset;
use crate::error::Error;
use crate::kernels::recurrent::Normalizes;
use crate::network::{Attention, AveragePool, Conv, Dropout, MaxPool, Recurrent, Shape};
use crate::settings::choice::Norm;
use crate::settings::{BlockKind, Settings};

/// What it can make.
pub const FULL: NetworkFactory = NetworkFactory {
    network: full,
    data: Dataset::with_bytes,
    lengths: |network, lengths| {
        if !lengths.is_empty() {
            network.set_lengths(Some(lengths));
        }
    },
    infer: |network, x, rows, lengths, mode, scratch| match lengths {
        [] => network.infer(x, rows, mode, scratch),
        lengths => network.infer_lengths(x, lengths, mode, scratch),
    },
};

fn full(norm: Norm, settings: &Settings) -> Result<Architecture, Error> {
    network_with(norm, settings, norms::full)
}

/// A network of any blocks whose normalisations are made by `normalize`.
pub(super) fn network_with(
    norm: Norm,
    settings: &Settings,
    normalize: Normalize,
) -> Result<Architecture, Error> {
    settings.check_batch()?;
    let mut builder = Builder::new(norm, settings, normalize);
    for block in &settings.layers {
        let size = block.size as usize;
        match block.kind {
            BlockKind::Affine => builder.affine(block.size),
            BlockKind::Dropout => builder.dropout(block.size),
            BlockKind::Conv => builder.conv(size, block.stride as usize),
            BlockKind::MaxPool => builder.max_pool(),
            BlockKind::AveragePool => builder.average_pool(),
            BlockKind::Recurrent => builder.recurrent(size),
            BlockKind::Attention => builder.attention(),
        }
    }
    builder.pool_steps();
    Ok(builder.finish())
}

impl Builder<'_> {
    fn dropout(&mut self, percent: u32) {
        self.push(Dropout {
            name: format!("dropout{}", self.plan.layers.len()),
            probability: f64::from(percent) / 100.0,
            seed: u64::from(self.settings.seed),
        });
    }

    fn conv(&mut self, outputs: usize, stride: usize) {
        let (name, inputs) = (format!("conv{}", self.number()), self.shape.channels());
        self.push(Conv {
            name: name.clone(),
            inputs,
            outputs,
            stride,
            pad: 1,
            bias: true,
        });
        self.shape = match self.shape {
            Shape::Image { height, width, .. } => Shape::Image {
                channels: outputs,
                height: height.div_ceil(stride),
                width: width.div_ceil(stride),
            },
            other => other,
        };
        self.plan.work += 9 * inputs * self.shape.units();
        self.column("conv", format!("{name}.weight"), true);
    }

    fn max_pool(&mut self) {
        self.push(MaxPool);
        if let Shape::Image { height, width, .. } = &mut self.shape {
            (*height, *width) = (*height / 2, *width / 2);
        }
    }

    fn average_pool(&mut self) {
        self.push(AveragePool);
        self.shape = Shape::Features(self.shape.channels());
    }

    /// A sequence as features, for the output layer: the mean of its steps.
    fn pool_steps(&mut self) {
        if matches!(self.shape, Shape::Sequence { .. }) {
            self.average_pool();
        }
    }

    /// What normalises stands after it and sees the last state.
    fn recurrent(&mut self, hidden: usize) {
        let (name, inputs) = (format!("rnn{}", self.number()), self.shape.channels());
        self.push(Recurrent {
            name: name.clone(),
            inputs,
            hidden,
            normalizes: Normalizes::Nothing,
            epsilon: self.settings.epsilon,
        });
        self.plan.work += (inputs + hidden) * hidden * self.shape.positions();
        self.shape = Shape::Features(hidden);
        self.column("recurrence", format!("{name}.w_x"), false);
    }

    fn attention(&mut self) {
        let (name, features) = (format!("attention{}", self.number()), self.shape.channels());
        self.push(Attention {
            name: name.clone(),
            features,
            epsilon: self.settings.epsilon,
        });
        let steps = self.shape.positions();
        self.plan.work += 4 * features * features * steps + 2 * features * steps * steps;
        self.column("attention", format!("{name}.w_o"), false);
    }
}
