//! From settings to a list of layers. A worker is given one of the two ways: `dense` names few kinds of layer, `every`
//! all of them, and a program contains only what it names. Trains nothing.

mod dense;
mod every;
mod norms;

pub use dense::dense;
pub use every::every;

use crate::choice::{DatasetKind, Norm};
use crate::dataset::{FEATURES, digits};
use crate::error::Error;
use crate::network::{Affine, Dropout, Flatten, Layer, Shape};
use crate::settings::Settings;

/// Makes the network of one run.
///
/// # Errors
/// It does not know a kind of block that the settings name.
pub type Architect = fn(Norm, &Settings) -> Result<Blueprint, Error>;

/// A network as a list, and what the figure shows of it.
#[derive(Clone, Debug)]
pub struct Blueprint {
    /// What one row of data is.
    pub input: Shape,
    /// First to last, the output layer among them.
    pub layers: Vec<Layer>,
    /// The blocks with statistics of their own.
    pub hidden: Vec<Hidden>,
    /// Multiplications for one row, forward.
    pub work: usize,
}

/// Where one column's parts stand in the network's list.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// What it is, e.g. `affine`.
    pub kind: &'static str,
    /// The layer with the weights: affine, convolution, recurrence or attention.
    pub product: usize,
    /// The normalisation, if any.
    pub norm: Option<usize>,
    /// The last of its layers.
    pub last: usize,
    /// Whether that is an activation.
    pub activates: bool,
    /// Units or channels.
    pub width: usize,
    /// The parameter whose gradient is shown, e.g. `fc1.weight`.
    pub weight: String,
    /// The position that stands for all where one is looked at: the middle of an image, the last step of a sequence.
    pub position: usize,
}

/// A list in the making: what it knows of the shape is only what the next layer's description needs. Whether the
/// shapes fit is the network's to say.
struct Builder<'a> {
    settings: &'a Settings,
    norm: Norm,
    shape: Shape,
    plan: Blueprint,
}

impl<'a> Builder<'a> {
    fn new(norm: Norm, settings: &'a Settings) -> Self {
        let input = match settings.data {
            DatasetKind::Digits => Shape::Image {
                channels: 1,
                height: digits::SIDE,
                width: digits::SIDE,
            },
            _ => Shape::Features(FEATURES),
        };
        Self {
            settings,
            norm,
            shape: input,
            plan: Blueprint {
                input,
                layers: Vec::new(),
                hidden: Vec::new(),
                work: 0,
            },
        }
    }

    /// The number of the next column, from 1.
    fn number(&self) -> usize {
        self.plan.hidden.len() + 1
    }

    fn push(&mut self, layer: impl Into<Layer>) {
        self.plan.layers.push(layer.into());
    }

    /// An image as features, for what takes no image.
    fn flatten(&mut self) {
        if matches!(self.shape, Shape::Image { .. }) {
            self.push(Flatten);
            self.shape = Shape::Features(self.shape.units());
        }
    }

    fn with_channels(&self, channels: usize) -> Shape {
        match self.shape {
            Shape::Features(_) => Shape::Features(channels),
            Shape::Image { height, width, .. } => Shape::Image {
                channels,
                height,
                width,
            },
            Shape::Sequence { steps, .. } => Shape::Sequence {
                steps,
                features: channels,
            },
        }
    }

    fn affine_layer(&mut self, name: &str, outputs: usize) {
        self.flatten();
        let inputs = self.shape.channels();
        self.push(Affine {
            name: name.into(),
            inputs,
            outputs,
            bias: true,
        });
        self.plan.work += inputs * outputs * self.shape.positions();
        self.shape = self.with_channels(outputs);
    }

    fn affine(&mut self, outputs: u32) {
        let name = format!("fc{}", self.number());
        self.affine_layer(&name, outputs as usize);
        self.column("affine", format!("{name}.weight"), true);
    }

    fn dropout(&mut self, percent: u32) {
        self.push(Dropout {
            name: format!("dropout{}", self.plan.layers.len()),
            probability: f64::from(percent) / 100.0,
            seed: u64::from(self.settings.seed),
        });
    }

    /// Makes the last layer a column: gives it its normalisation and, if it wants one, an activation.
    fn column(&mut self, kind: &'static str, weight: String, activates: bool) {
        let product = self.plan.layers.len() - 1;
        let name = format!("norm{}", self.number());
        let layer = norms::layer(self.norm, name, self.shape.channels(), self.settings);
        let norm = layer.map(|layer| {
            self.plan.layers.push(layer);
            product + 1
        });
        if activates {
            self.push(self.settings.activation);
        }
        self.plan.hidden.push(Hidden {
            kind,
            product,
            norm,
            last: self.plan.layers.len() - 1,
            activates,
            width: self.shape.channels(),
            weight,
            position: match self.shape {
                Shape::Features(_) => 0,
                Shape::Image { height, width, .. } => height / 2 * width + width / 2,
                Shape::Sequence { steps, .. } => steps.saturating_sub(1),
            },
        });
    }

    fn finish(mut self) -> Blueprint {
        self.affine_layer("output", self.settings.outputs());
        self.plan
    }
}
