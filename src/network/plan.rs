//! From a list of layers to places in flat buffers. Computes no activation.

use std::ops::Range;

use super::Layer;
use crate::choice::Loss;
use crate::error::Error;
use crate::kernels::activation::Function;
use crate::kernels::norm::batch;

/// A run of places in a flat buffer.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    start: usize,
    len: usize,
}

impl Span {
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }
}

/// Where a normalisation's numbers stand.
#[derive(Clone, Debug)]
pub struct BatchNorm {
    pub name: String,
    pub rule: batch::Rule,
    pub features: usize,
    /// γ and β in the parameters.
    pub affine: Option<(Span, Span)>,
    pub running_mean: Span,
    pub running_variance: Span,
    /// Its number among the normalisations.
    pub index: usize,
    /// Units of all normalisations before it.
    pub unit_at: usize,
    /// Its input's number among the moments that inference records.
    pub moments_at: usize,
}

impl BatchNorm {
    pub fn units(&self) -> Range<usize> {
        self.unit_at..self.unit_at + self.features
    }
}

/// What a layer does, with the places of its parameters.
#[derive(Clone, Debug)]
pub enum Operation {
    Affine { weight: Span, bias: Option<Span> },
    BatchNorm(BatchNorm),
    Activation(Function),
}

/// A layer in its place.
#[derive(Clone, Debug)]
pub struct Node {
    pub operation: Operation,
    pub inputs: usize,
    pub outputs: usize,
    /// Units of the input and of all layers before this one: its output starts at so many times N.
    pub output_at: usize,
    /// Whether inference records the moments of its output.
    pub is_measured: bool,
}

impl Node {
    /// Where its input starts, in units.
    pub fn input_at(&self) -> usize {
        self.output_at - self.inputs
    }
}

/// All places.
#[derive(Clone, Debug)]
pub struct Plan {
    pub nodes: Vec<Node>,
    pub parameters: usize,
    pub parameter_views: Vec<(String, Range<usize>)>,
    pub buffers: usize,
    pub buffer_views: Vec<(String, Range<usize>)>,
    /// Of the input and all layers together.
    pub units: usize,
    pub normalizations: usize,
    pub normalized_units: usize,
    pub measured: usize,
    /// Whether the input itself is normalised, and so measured.
    pub measures_input: bool,
}

impl Plan {
    pub fn new(layers: &[Layer]) -> Result<Self, Error> {
        let inputs = first_features(layers)?;
        let mut plan = Self {
            nodes: Vec::with_capacity(layers.len()),
            parameters: 0,
            parameter_views: Vec::new(),
            buffers: 0,
            buffer_views: Vec::new(),
            units: inputs,
            normalizations: 0,
            normalized_units: 0,
            measured: 0,
            measures_input: false,
        };
        let mut features = inputs;
        for layer in layers {
            features = plan.push(layer, features)?;
        }
        Ok(plan)
    }

    fn push(&mut self, layer: &Layer, features: usize) -> Result<usize, Error> {
        let (operation, outputs) = match layer {
            Layer::Affine {
                name,
                inputs,
                outputs,
                bias,
            } => {
                require(name, features, *inputs)?;
                require_some(name, *outputs)?;
                let weight = self.parameter(name, "weight", inputs * outputs);
                let bias = bias.then(|| self.parameter(name, "bias", *outputs));
                (Operation::Affine { weight, bias }, *outputs)
            }
            Layer::BatchNorm {
                name,
                features: wanted,
                epsilon,
                momentum,
                affine,
            } => {
                require(name, features, *wanted)?;
                let rule = batch::Rule {
                    epsilon: *epsilon,
                    momentum: *momentum,
                    ..batch::Rule::default()
                };
                let norm = self.batch_norm_in_place(name, rule, features, *affine);
                (Operation::BatchNorm(norm), features)
            }
            Layer::Activation(activation) => {
                (Operation::Activation((*activation).into()), features)
            }
        };
        let is_measured = matches!(operation, Operation::Affine { .. });
        self.measured += usize::from(is_measured);
        self.nodes.push(Node {
            operation,
            inputs: features,
            outputs,
            output_at: self.units,
            is_measured,
        });
        self.units += outputs;
        Ok(outputs)
    }

    fn batch_norm_in_place(
        &mut self,
        name: &str,
        rule: batch::Rule,
        features: usize,
        affine: bool,
    ) -> BatchNorm {
        // What it normalises is measured; an affine layer's output already is.
        let before = match self.nodes.last_mut() {
            Some(node) => &mut node.is_measured,
            None => &mut self.measures_input,
        };
        if !std::mem::replace(before, true) {
            self.measured += 1;
        }
        let norm = BatchNorm {
            name: name.to_owned(),
            rule,
            features,
            affine: affine.then(|| {
                (
                    self.parameter(name, "gamma", features),
                    self.parameter(name, "beta", features),
                )
            }),
            running_mean: self.buffer(name, "running_mean", features),
            running_variance: self.buffer(name, "running_variance", features),
            index: self.normalizations,
            unit_at: self.normalized_units,
            moments_at: self.measured - 1,
        };
        self.normalizations += 1;
        self.normalized_units += features;
        norm
    }

    fn parameter(&mut self, layer: &str, part: &str, len: usize) -> Span {
        place(
            &mut self.parameter_views,
            &mut self.parameters,
            layer,
            part,
            len,
        )
    }

    fn buffer(&mut self, layer: &str, part: &str, len: usize) -> Span {
        place(&mut self.buffer_views, &mut self.buffers, layer, part, len)
    }

    /// Whether the last layer gives what the loss takes.
    pub fn check_loss(&self, loss: Loss) -> Result<(), Error> {
        let outputs = self.outputs();
        let (fits, needs) = match loss {
            Loss::BinaryCrossEntropy => (outputs == 1, "1 output"),
            Loss::CrossEntropy => (outputs > 1, "an output a class, 2 or more"),
        };
        if fits {
            return Ok(());
        }
        Err(Error::Shape {
            layer: "loss".into(),
            got: format!("{outputs} outputs"),
            needs: needs.into(),
        })
    }

    pub fn inputs(&self) -> usize {
        self.nodes.first().map_or(0, |node| node.inputs)
    }

    pub fn outputs(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.outputs)
    }

    /// Features of the widest layer, the input among them.
    pub fn widest(&self) -> usize {
        let outputs = self.nodes.iter().map(|node| node.outputs);
        outputs.fold(self.inputs(), usize::max)
    }

    #[track_caller]
    pub fn batch_norm(&self, layer: usize) -> &BatchNorm {
        match &self.nodes[layer].operation {
            Operation::BatchNorm(norm) => norm,
            _ => panic!("layer {layer} is no normalisation"),
        }
    }
}

fn place(
    views: &mut Vec<(String, Range<usize>)>,
    used: &mut usize,
    layer: &str,
    part: &str,
    len: usize,
) -> Span {
    let span = Span { start: *used, len };
    *used += len;
    views.push((format!("{layer}.{part}"), span.range()));
    span
}

fn first_features(layers: &[Layer]) -> Result<usize, Error> {
    let sized = layers.iter().find_map(|layer| match layer {
        Layer::Affine { name, inputs, .. } => Some((name, *inputs)),
        Layer::BatchNorm { name, features, .. } => Some((name, *features)),
        Layer::Activation(_) => None,
    });
    let Some((name, features)) = sized else {
        return Err(Error::Shape {
            layer: "network".into(),
            got: format!("{} layers", layers.len()),
            needs: "a layer that says how many features it takes".into(),
        });
    };
    require_some(name, features)?;
    Ok(features)
}

fn require_some(layer: &str, features: usize) -> Result<(), Error> {
    if features > 0 {
        return Ok(());
    }
    Err(Error::Shape {
        layer: layer.to_owned(),
        got: "0 features".into(),
        needs: "1 or more".into(),
    })
}

fn require(layer: &str, got: usize, needs: usize) -> Result<(), Error> {
    if got == needs {
        return Ok(());
    }
    Err(Error::Shape {
        layer: layer.to_owned(),
        got: format!("{got} features"),
        needs: format!("{needs} features"),
    })
}
