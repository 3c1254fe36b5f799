//! From settings to a list of layers. A worker is given one of the two ways: `light` names few kinds of layer, `full`
//! all of them, and a program contains only what it names. Trains nothing.

mod devices;
mod full;
mod light;
mod nearest;
mod norms;
mod work;

pub use devices::{AVERAGED, SYNCHRONISED};
pub use full::FULL;
pub use light::LIGHT;
pub use norms::renorm_bounds;

use crate::data::{Dataset, FEATURES, digits, sequences};
use crate::error::Error;
use crate::lanes::Best;
use crate::network::{Affine, Flatten, Layer, Mode, Network, Scratch, Shape, Table};
use crate::settings::Settings;
use crate::settings::choice::{DatasetKind, Norm};

/// What a build of the worker can make.
#[derive(Clone, Copy)]
pub struct NetworkFactory {
    /// The network of one run. Its errors name what this build does not have.
    pub network: fn(Norm, &Settings) -> Result<Architecture, Error>,
    /// The data set, from the seed or from the digits' bytes. Its errors say that these are none.
    pub data: fn(&Settings, &[u8]) -> Result<Dataset, Error>,
    /// Tells a network how many steps the sequences of the next batch have; of none, nothing.
    pub lengths: fn(&mut Network<Best>, &[usize]),
    /// What a network gives for so many rows, and for sequences of these lengths.
    pub infer: Infer,
}

/// As `Network::infer`, or `Network::infer_lengths` where there are lengths.
pub type Infer = for<'s> fn(
    &Network<Best>,
    &[f32],
    usize,
    &[usize],
    Mode<'_>,
    &'s mut Scratch<Best>,
) -> Result<Table<'s>, Error>;

/// A network as a list, and what the figure shows of it.
#[derive(Clone, Debug)]
pub struct Architecture {
    /// What one row of data is.
    pub input: Shape,
    /// First to last, the output layer among them.
    pub layers: Vec<Layer>,
    /// The blocks with statistics of their own.
    pub hidden: Vec<HiddenLayer>,
    /// Multiplications for one row, forward.
    pub work: usize,
}

/// Where one column's parts stand in the network's list.
#[derive(Clone, Debug, PartialEq)]
pub struct HiddenLayer {
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
    /// The position that stands for all where one is looked at: the middle of an image, the first step of a sequence,
    /// which even the shortest has.
    pub position: usize,
}

/// A list in the making: what it knows of the shape is only what the next layer's description needs. Whether the
/// shapes fit is the network's to say.
struct Builder<'a> {
    settings: &'a Settings,
    norm: Norm,
    /// Makes the layer of a normalisation.
    normalize: Normalize,
    shape: Shape,
    plan: Architecture,
}

/// From choice, name and features to a layer.
type Normalize = fn(Norm, String, usize, &Settings) -> Option<Layer>;

impl<'a> Builder<'a> {
    fn new(norm: Norm, settings: &'a Settings, normalize: Normalize) -> Self {
        let input = match settings.data {
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
        Self {
            settings,
            norm,
            normalize,
            shape: input,
            plan: Architecture {
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

    /// Makes the last layer a column: gives it its normalisation and, if it wants one, an activation.
    fn column(&mut self, kind: &'static str, weight: String, activates: bool) {
        let product = self.plan.layers.len() - 1;
        let name = format!("norm{}", self.number());
        let layer = (self.normalize)(self.norm, name, self.shape.channels(), self.settings);
        let norm = layer.map(|layer| {
            self.plan.layers.push(layer);
            product + 1
        });
        if activates {
            self.push(self.settings.activation);
        }
        self.plan.hidden.push(HiddenLayer {
            kind,
            product,
            norm,
            last: self.plan.layers.len() - 1,
            activates,
            width: self.shape.channels(),
            weight,
            position: match self.shape {
                Shape::Features(_) | Shape::Sequence { .. } => 0,
                Shape::Image { height, width, .. } => height / 2 * width + width / 2,
            },
        });
    }

    fn finish(mut self) -> Architecture {
        self.affine_layer("output", self.settings.outputs());
        self.plan
    }
}
