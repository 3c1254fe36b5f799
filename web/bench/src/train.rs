//! Training steps of a whole network, the lab's own `train_step`, on batches that come round in a fixed order.

#[cfg(feature = "gpu")]
use batchnorm_lab::engine::Model;
use batchnorm_lab::kernels::conv::KERNEL;
use batchnorm_lab::kernels::layout::transpose;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::network::{
    Affine, BatchNorm, Conv, Flatten, Hyper, Layer, Network, Objective, Shape, Targets,
};
use batchnorm_lab::settings::choice::Activation;
use wasm_bindgen::prelude::*;

use crate::cost::Product;
use crate::{Cost, require};

/// A network, its batches and the parameters that it starts with.
///
/// It is described layer by layer, then made; a call out of order is an error.
#[wasm_bindgen]
pub struct TrainCase {
    input: Shape,
    /// What the next layer takes.
    output: Shape,
    layers: Vec<Layer>,
    /// First weights, in the core's order, with the name of their parameter.
    weights: Vec<(String, Vec<f32>)>,
    rule: batch::Rule,
    /// What each layer costs, from the rows of a batch.
    costs: Vec<Box<dyn Fn(usize) -> Cost>>,
    pub(crate) work: Option<TrainingWork>,
}

/// What is there once all layers are.
pub(crate) struct TrainingWork {
    /// As given, never trained.
    pub(crate) fresh: Network,
    network: Network,
    pub(crate) rows: usize,
    pub(crate) x: Vec<f32>,
    pub(crate) targets: Goal,
    pub(crate) batches: usize,
    /// The next.
    batch: usize,
    pub(crate) hyper: Hyper,
    loss: f32,
}

/// Of all batches.
pub(crate) enum Goal {
    Labels(Vec<u8>),
    Values(Vec<f32>),
}

#[wasm_bindgen]
impl TrainCase {
    /// For rows of `channels` features, or, where `height` and `width` are not 0, of images.
    #[wasm_bindgen(constructor)]
    pub fn new(channels: usize, height: usize, width: usize, epsilon: f64, momentum: f64) -> Self {
        let input = match height * width {
            0 => Shape::Features(channels),
            _ => Shape::Image {
                channels,
                height,
                width,
            },
        };
        Self {
            input,
            output: input,
            layers: Vec::new(),
            weights: Vec::new(),
            rule: batch::Rule {
                epsilon,
                momentum: Some(momentum),
                ..batch::Rule::default()
            },
            costs: Vec::new(),
            work: None,
        }
    }

    /// Appends an affine layer; a bias starts as 0. An image is flattened in the order row, column, channel.
    ///
    /// # Shapes
    /// `weight` `[in, out]`.
    ///
    /// # Errors
    /// It has another length.
    pub fn affine(&mut self, weight: &[f32], outputs: usize, bias: bool) -> Result<(), String> {
        let inputs = self.output.units();
        require("W", weight.len(), inputs * outputs)?;
        if matches!(self.output, Shape::Image { .. }) {
            self.layers.push(Flatten.into());
        }
        let (channels, positions) = (self.output.channels(), self.output.positions());
        let own = (0..outputs).flat_map(|k| {
            // In the core channels come first, as in PyTorch.
            (0..channels).flat_map(move |c| {
                (0..positions).map(move |p| weight[(p * channels + c) * outputs + k])
            })
        });
        let own = own.collect();
        let name = self.keep("affine", own);
        self.layers.push(Layer::from(Affine {
            name,
            inputs,
            outputs,
            bias,
        }));
        self.count_product(outputs, weight.len(), weight.len());
        self.output = Shape::Features(outputs);
        Ok(())
    }

    /// Appends a convolution by 3×3 weights without bias, stride 1.
    ///
    /// # Shapes
    /// `weight` `[row, column, in, out]`.
    ///
    /// # Errors
    /// It has another length, or no image comes in, or it is too small.
    pub fn conv(&mut self, weight: &[f32], outputs: usize, pad: usize) -> Result<(), String> {
        let Shape::Image {
            channels: inputs,
            height,
            width,
        } = self.output
        else {
            return Err("a convolution of what is no image".to_owned());
        };
        let places = KERNEL * KERNEL;
        require("W", weight.len(), places * inputs * outputs)?;
        let smaller = |side: usize| {
            (side + 2 * pad)
                .checked_sub(KERNEL - 1)
                .filter(|side| *side > 0)
        };
        let (Some(height), Some(width)) = (smaller(height), smaller(width)) else {
            return Err(format!("an image of {height}×{width} is too small"));
        };
        let own = (0..outputs).flat_map(|k| {
            (0..inputs)
                .flat_map(move |c| (0..places).map(move |t| weight[(t * inputs + c) * outputs + k]))
        });
        let own = own.collect();
        let name = self.keep("conv", own);
        self.layers.push(Layer::from(Conv {
            name,
            inputs,
            outputs,
            stride: 1,
            pad,
            bias: false,
        }));
        let positions = height * width;
        self.count_product(outputs * positions, positions * weight.len(), weight.len());
        self.output = Shape::Image {
            channels: outputs,
            height,
            width,
        };
        Ok(())
    }

    /// Appends Batch Normalization.
    pub fn batch_norm(&mut self) {
        self.layers.push(Layer::from(BatchNorm {
            name: format!("norm{}", self.layers.len()),
            features: self.output.channels(),
            rule: self.rule,
            ..BatchNorm::default()
        }));
        let units = self.output.units();
        self.costs
            .push(Box::new(move |rows| Cost::norm_between(units, rows)));
    }

    /// Appends an activation by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn activation(&mut self, name: &str) -> Result<(), String> {
        let activation =
            Activation::from_name(name).ok_or_else(|| format!("activation `{name}`"))?;
        self.layers.push(activation.into());
        let units = self.output.units();
        self.costs
            .push(Box::new(move |rows| Cost::activation(units, rows)));
        Ok(())
    }

    /// Makes the network, with softmax cross-entropy towards a class of each row.
    ///
    /// # Shapes
    /// `x` `[batches·rows, …]` with images as row, column, channel; `labels` `[batches·rows]`.
    ///
    /// # Errors
    /// A length is another, a label is no class, or the layers do not fit each other.
    pub fn make_classifier(
        &mut self,
        x: &[f32],
        labels: Vec<u8>,
        rows: usize,
        batches: usize,
        learning_rate: f64,
    ) -> Result<(), String> {
        require("T", labels.len(), rows * batches)?;
        let classes = self.output.units();
        if labels.iter().any(|label| usize::from(*label) >= classes) {
            return Err(format!("T: a class is below {classes}"));
        }
        let (objective, goal) = (Objective::CrossEntropy, Goal::Labels(labels));
        self.make(x, objective, goal, rows, batches, learning_rate)
    }

    /// Makes the network, with half the mean squared error towards `targets`.
    ///
    /// # Shapes
    /// As `make_classifier`, `targets` `[batches·rows, outputs]`.
    ///
    /// # Errors
    /// A length is another, or the layers do not fit each other.
    pub fn make_regression(
        &mut self,
        x: &[f32],
        targets: &[f32],
        rows: usize,
        batches: usize,
        learning_rate: f64,
    ) -> Result<(), String> {
        let outputs = self.output.units();
        require("T", targets.len(), rows * batches * outputs)?;
        let mut values = vec![0.0; targets.len()];
        let size = (rows * outputs).max(1);
        for (from, into) in targets
            .chunks_exact(size)
            .zip(values.chunks_exact_mut(size))
        {
            transpose(from, into, rows, outputs);
        }
        let (objective, goal) = (Objective::HalfSquaredError, Goal::Values(values));
        self.make(x, objective, goal, rows, batches, learning_rate)
    }

    /// Back to the given parameters and the first batch.
    pub fn reset(&mut self) {
        if let Some(work) = &mut self.work {
            work.network.clone_from(&work.fresh);
            work.batch = 0;
        }
    }

    /// Makes so many steps; the loss of the last one, before its update.
    ///
    /// # Errors
    /// The network is not made, or a batch has a single row.
    pub fn steps(&mut self, times: u32) -> Result<f32, String> {
        let work = self.work.as_mut().ok_or("no network yet")?;
        for _ in 0..times {
            work.step()?;
        }
        Ok(work.loss)
    }

    /// Of one step.
    ///
    /// # Errors
    /// The network is not made.
    pub fn cost(&self) -> Result<Cost, String> {
        let rows = self.work.as_ref().ok_or("no network yet")?.rows;
        let costs = self.costs.iter().map(|cost| cost(rows));
        Ok(costs.fold(Cost::default(), |sum, cost| sum + cost))
    }

    /// A parameter in the core's order: `affine0.weight` is `[out, in]`, `conv0.weight` `[out, in, row, column]`.
    pub fn parameters(&self) -> Vec<f32> {
        let network = self.work.as_ref().map(|work| &work.network);
        network.map_or_else(Vec::new, |network| network.parameters().to_vec())
    }
}

impl TrainCase {
    /// The network, as engines are asked for it.
    #[cfg(feature = "gpu")]
    pub(crate) fn model(&self) -> Result<Model, String> {
        let work = self.work.as_ref().ok_or("no network yet")?;
        Ok(Model {
            input: self.input,
            layers: self.layers.clone(),
            objective: match work.targets {
                Goal::Labels(_) => Objective::CrossEntropy,
                Goal::Values(_) => Objective::HalfSquaredError,
            },
            max_rows: work.rows,
        })
    }

    fn keep(&mut self, kind: &str, weight: Vec<f32>) -> String {
        let name = format!("{kind}{}", self.weights.len());
        self.weights.push((format!("{name}.weight"), weight));
        name
    }

    fn count_product(&mut self, outputs: usize, products: usize, weights: usize) {
        let layer = Product {
            units: (self.output.units(), outputs),
            products,
            weights,
            is_first: self.costs.is_empty(),
        };
        self.costs
            .push(Box::new(move |rows| Cost::product(layer, rows)));
    }

    fn make(
        &mut self,
        x: &[f32],
        objective: Objective,
        targets: Goal,
        rows: usize,
        batches: usize,
        learning_rate: f64,
    ) -> Result<(), String> {
        let (channels, positions) = (self.input.channels(), self.input.positions());
        require("X", x.len(), rows * batches * channels * positions)?;
        if rows == 0 || batches == 0 {
            return Err("no rows".to_owned());
        }
        let mut own = vec![0.0; x.len()];
        let size = channels * positions;
        for (from, into) in x.chunks_exact(size).zip(own.chunks_exact_mut(size)) {
            transpose(from, into, positions, channels);
        }
        let mut network = Network::with_input(self.input, &self.layers, objective, rows)
            .map_err(|error| error.to_string())?;
        for (name, weight) in &self.weights {
            let place = network.view(name);
            network.parameters_mut()[place].copy_from_slice(weight);
        }
        self.work = Some(TrainingWork {
            fresh: network.clone(),
            network,
            rows,
            x: own,
            targets,
            batches,
            batch: 0,
            hyper: Hyper::sgd(learning_rate, 0.0),
            loss: f32::NAN,
        });
        Ok(())
    }
}

impl TrainingWork {
    fn step(&mut self) -> Result<(), String> {
        let x = self.x.len() / self.batches;
        let x = &self.x[self.batch * x..][..x];
        let (rows, hyper) = (self.rows, &self.hyper);
        let result = match &self.targets {
            Goal::Labels(labels) => {
                let labels = &labels[self.batch * rows..][..rows];
                self.network.train_step(x, labels, rows, hyper)
            }
            Goal::Values(values) => {
                let size = values.len() / self.batches;
                let values = Targets::Values(&values[self.batch * size..][..size]);
                self.network.train_step_towards(x, values, rows, hyper)
            }
        };
        self.loss = result.map_err(|error| error.to_string())?;
        self.batch = (self.batch + 1) % self.batches;
        Ok(())
    }
}
