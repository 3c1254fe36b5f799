//! From a list of layers to places in flat buffers. Computes no activation and knows no kind of layer.

use std::ops::Range;

use super::batch_moments::BatchMoments;
use super::layer::{Layer, Operation, PlacedLayer};
use super::shape::{Shape, refuse};
use crate::error::Error;
use crate::lanes::Lanes;

/// Names with their places in one flat buffer.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub len: usize,
    pub views: Vec<(String, Range<usize>)>,
}

impl Places {
    fn take(&mut self, layer: &str, part: &str, len: usize) {
        let range = self.len..self.len + len;
        self.len = range.end;
        self.views.push((format!("{layer}.{part}"), range));
    }
}

/// A layer in its place.
#[derive(Clone, Debug)]
pub struct Node<L: Lanes> {
    /// `None` if its output is its input.
    pub operation: Option<Box<dyn Operation<L>>>,
    pub input: Shape,
    pub output: Shape,
    /// Its input starts at so many times N, and its output.
    pub input_at: usize,
    pub output_at: usize,
    pub parameters: Range<usize>,
    pub buffers: Range<usize>,
    /// Whether inference records the moments of its output.
    pub is_measured: bool,
}

/// All places.
#[derive(Clone, Debug)]
pub struct Plan<L: Lanes> {
    pub input: Shape,
    pub nodes: Vec<Node<L>>,
    pub parameters: Places,
    pub buffers: Places,
    /// Of the input and all layers together.
    pub units: usize,
    pub measured: usize,
    /// Whether the input itself is normalised, and so measured.
    pub measures_input: bool,
}

/// Where a layer is about to stand.
pub struct LayerContext<'a> {
    input: Shape,
    max_rows: usize,
    parameters: &'a mut Places,
    buffers: &'a mut Places,
    measured: &'a mut usize,
    is_input_measured: &'a mut bool,
}

impl LayerContext<'_> {
    /// What comes in.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// The most rows of a forward pass.
    pub fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Adds a parameter; a layer's parameters stand together, in the order in which it asks.
    pub fn parameter(&mut self, layer: &str, part: &str, len: usize) {
        self.parameters.take(layer, part, len);
    }

    /// Adds a buffer; likewise.
    pub fn buffer(&mut self, layer: &str, part: &str, len: usize) {
        self.buffers.take(layer, part, len);
    }

    /// Has inference record the moments of what comes in; their number.
    pub fn measure_input(&mut self) -> usize {
        // An affine layer's output already is recorded.
        if !std::mem::replace(self.is_input_measured, true) {
            *self.measured += 1;
        }
        *self.measured - 1
    }
}

impl<L: Lanes> Plan<L> {
    pub fn new(input: Shape, layers: &[Layer<L>], max_rows: usize) -> Result<Self, Error> {
        let mut plan = Self {
            input,
            nodes: Vec::with_capacity(layers.len()),
            parameters: Places::default(),
            buffers: Places::default(),
            units: input.units(),
            measured: 0,
            measures_input: false,
        };
        let (mut shape, mut at) = (input, 0);
        for layer in layers {
            (shape, at) = plan.push(layer, shape, at, max_rows)?;
        }
        Ok(plan)
    }

    /// Shape and place of what comes out.
    fn push(
        &mut self,
        layer: &Layer<L>,
        input: Shape,
        input_at: usize,
        max_rows: usize,
    ) -> Result<(Shape, usize), Error> {
        let starts = (self.parameters.len, self.buffers.len);
        let is_input_measured = match self.nodes.last_mut() {
            Some(node) => &mut node.is_measured,
            None => &mut self.measures_input,
        };
        let PlacedLayer { operation, output } = layer.kind().plan(&mut LayerContext {
            input,
            max_rows,
            parameters: &mut self.parameters,
            buffers: &mut self.buffers,
            measured: &mut self.measured,
            is_input_measured,
        })?;
        let is_measured = operation
            .as_ref()
            .is_some_and(|operation| operation.is_measured());
        self.measured += usize::from(is_measured);
        let output_at = match operation {
            Some(_) => self.units,
            None => input_at,
        };
        if operation.is_some() {
            self.units += output.units();
        }
        self.nodes.push(Node {
            operation,
            input,
            output,
            input_at,
            output_at,
            parameters: starts.0..self.parameters.len,
            buffers: starts.1..self.buffers.len,
            is_measured,
        });
        Ok((output, output_at))
    }

    pub fn output(&self) -> Shape {
        self.nodes.last().map_or(self.input, |node| node.output)
    }

    /// Values a row of the widest layer, the input among them.
    pub fn widest(&self) -> usize {
        let outputs = self.nodes.iter().map(|node| node.output.units());
        outputs.fold(self.input.units(), usize::max)
    }

    pub fn operations(&self) -> impl Iterator<Item = &dyn Operation<L>> {
        self.nodes
            .iter()
            .filter_map(|node| node.operation.as_deref())
    }

    /// Whether a layer keeps running averages that move.
    pub fn tracks_any(&self) -> bool {
        let mut kept = self
            .operations()
            .filter_map(|operation| operation.batch_moments());
        kept.any(|kept| kept.rule.moves(true))
    }

    #[track_caller]
    pub fn batch_moments(&self, layer: usize) -> &BatchMoments<L::Real> {
        let operation = self.nodes[layer].operation.as_ref();
        match operation.and_then(|operation| operation.batch_moments()) {
            Some(moments) => moments,
            None => panic!("layer {layer} normalises over no batch"),
        }
    }
}

/// What the first layer that knows says the network takes.
pub fn first_shape<L: Lanes>(layers: &[Layer<L>]) -> Result<Shape, Error> {
    let known = layers.iter().find_map(|layer| layer.kind().input());
    known.ok_or_else(|| {
        refuse(
            "network",
            format_args!("{} layers", layers.len()),
            "a layer that says how many features it takes",
        )
    })
}
