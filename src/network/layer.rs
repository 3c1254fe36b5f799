//! What every kind of layer answers: what it makes of a shape, and how values and gradients go through it.
//!
//! A kind is written in one file under `layers/` and stands as one row of the table there. A network reaches it only
//! through these traits, so that a program contains the kinds it names and no others.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use super::batch_moments::BatchMoments;
use super::device_norm::DeviceNorm;
use super::plan::LayerContext;
use super::{Mode, Moments};
use crate::error::Error;
use crate::lanes::{Best, Lanes};
use crate::network::Shape;
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// One layer as its author writes it: any kind of the table, e.g. `Layer::from(Affine { .. })`.
#[derive(Clone)]
pub struct Layer<L: Lanes = Best>(Rc<dyn LayerSpec<L>>);

// Only names: if every layer could print itself, every program would carry the code that prints its numbers.
impl<L: Lanes> fmt::Debug for Layer<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layer")
    }
}

impl<L: Lanes> Layer<L> {
    /// A layer of a kind that need not be in the table.
    pub fn new(kind: impl LayerSpec<L> + 'static) -> Self {
        Self(Rc::new(kind))
    }

    /// What its author wrote, to be downcast by an engine that computes it elsewhere.
    pub fn spec(&self) -> &dyn Any {
        &*self.0
    }

    pub(super) fn kind(&self) -> &dyn LayerSpec<L> {
        &*self.0
    }
}

/// The description of a layer.
pub trait LayerSpec<L: Lanes>: Any {
    /// What it takes, if it knows without being told: the network's input, if it stands first.
    fn input(&self) -> Option<Shape> {
        None
    }

    /// Takes its place in a network: asks for parameters, buffers and memory.
    ///
    /// # Errors
    /// `Error::Shape` where it cannot take `context.input()`.
    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error>;
}

/// A layer in its place.
pub struct PlacedLayer<L: Lanes> {
    /// What it does; `None` if it only gives the same values another shape.
    pub operation: Option<Box<dyn Operation<L>>>,
    /// What comes out.
    pub output: Shape,
}

impl<L: Lanes> PlacedLayer<L> {
    /// An operation and what comes out of it.
    pub fn new(operation: impl Operation<L> + 'static, output: Shape) -> Self {
        Self {
            operation: Some(Box::new(operation)),
            output,
        }
    }
}

/// What is the same for all layers of one pass.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a, R> {
    /// N, the rows of the batch.
    pub rows: usize,
    /// Whose moments normalise.
    pub mode: Mode<'a, R>,
    /// Updates made before, which tell one step's dropout from the next one's.
    pub updates: u64,
    /// Batches in the running averages, this one among them if it moves them.
    pub batches_tracked: u64,
    /// Which steps of which rows there are, `[T, N]`; `None` for all.
    pub mask: Option<&'a [R]>,
}

/// Forward, keeping in the operation what the way back needs.
pub struct Forward<'a, L: Lanes> {
    /// `[units, N]`.
    pub x: &'a [L::Real],
    /// `[units, N]`, to be filled.
    pub y: &'a mut [L::Real],
    /// Those that the layer asked for, one after the other.
    pub parameters: &'a [L::Real],
    /// Those that the layer asked for, e.g. running averages.
    pub buffers: &'a mut [L::Real],
    /// Rows, mode and counts of this pass.
    pub pass: Pass<'a, L::Real>,
}

/// Back, after the forward pass of the same rows.
pub struct Backward<'a, L: Lanes> {
    /// What came in, `[units in, N]`.
    pub x: &'a [L::Real],
    /// What it gave, `[units out, N]`.
    pub y: &'a [L::Real],
    /// The gradient from above, `[units out, N]`.
    pub d: &'a mut [L::Real],
    /// Room for the gradient towards the input, `[units in, N]`.
    pub d_x: &'a mut [L::Real],
    /// Whether anyone reads the gradient towards the input.
    pub wants_input: bool,
    /// Those that the layer asked for, one after the other.
    pub parameters: &'a [L::Real],
    /// Those that the layer asked for, e.g. running averages.
    pub buffers: &'a [L::Real],
    /// Of the loss by this layer's parameters, in their order; to be overwritten.
    pub gradients: &'a mut [L::Real],
    /// Rows, mode and counts of this pass.
    pub pass: Pass<'a, L::Real>,
}

/// Inference, which keeps nothing.
pub struct Infer<'a, L: Lanes> {
    /// What comes in, `[units in, N]`; may be changed.
    pub x: &'a mut [L::Real],
    /// Room for what goes out, `[units out, N]`.
    pub y: &'a mut [L::Real],
    /// Those that the layer asked for, one after the other.
    pub parameters: &'a [L::Real],
    /// Those that the layer asked for, e.g. running averages.
    pub buffers: &'a [L::Real],
    /// The moments measured so far, of which `LayerContext::measure_input` told the place.
    pub moments: &'a [Moments<L::Real>],
    /// Memory of any size.
    pub room: &'a mut Vec<L::Real>,
    /// Rows, mode and counts of this pass.
    pub pass: Pass<'a, L::Real>,
}

/// Where the result stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultPlace {
    /// In the place of what came: `x` of inference, `d` of the way back.
    InPlace,
    /// In the room given: `y` of inference, `d_x` of the way back.
    Across,
}

/// A layer at work.
pub trait Operation<L: Lanes> {
    /// Whether it can work on so many rows.
    ///
    /// # Errors
    /// `Error::TooFewValues`.
    fn check_rows(&self, _rows: usize, _mode: Mode<'_, L::Real>) -> Result<(), Error> {
        Ok(())
    }

    /// Sets what is not 0 in a fresh network, e.g. γ.
    fn start(&self, _parameters: &mut [L::Real], _buffers: &mut [L::Real]) {}

    /// Draws first weights times `gain`, and sets the other parameters as `start` does.
    fn initialize(
        &self,
        _parameters: &mut [L::Real],
        _kind: Initialization,
        _gain: f64,
        _rng: &mut Rng,
    ) {
    }

    /// Fills `y`.
    fn forward(&mut self, pass: Forward<'_, L>);

    /// Fills the gradients.
    fn backward(&mut self, pass: Backward<'_, L>) -> ResultPlace;

    /// As forward, but changes nothing.
    fn infer(&self, pass: Infer<'_, L>) -> ResultPlace;

    /// Whether inference records the moments of what it gives.
    fn is_measured(&self) -> bool {
        false
    }

    /// What a normalisation over the batch keeps.
    fn batch_moments(&self) -> Option<&BatchMoments<L::Real>> {
        None
    }

    /// What a normalisation over the batch keeps.
    fn batch_moments_mut(&mut self) -> Option<&mut BatchMoments<L::Real>> {
        None
    }

    /// A normalisation whose batch lies on several devices.
    fn device_norm(&mut self) -> Option<&mut DeviceNorm<L>> {
        None
    }

    /// x̂ of the last forward pass, `[C, positions, N]` and perhaps more, if it normalises.
    fn x_hat(&self) -> Option<&[L::Real]> {
        self.batch_moments().map(|kept| &kept.x_hat[..])
    }

    /// A copy.
    fn boxed(&self) -> Box<dyn Operation<L>>;
}

impl<L: Lanes> Clone for Box<dyn Operation<L>> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}

impl<L: Lanes> fmt::Debug for dyn Operation<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Operation")
    }
}
