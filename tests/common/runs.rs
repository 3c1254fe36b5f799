//! A golden train_run as engines take it: layers, batches and the state to start from.

use batchnorm_lab::choice::Activation;
use batchnorm_lab::engine::{Batch, State, Targets};
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::optimizer::{Hyper, Rule};
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, Conv, Layer, LayerNorm, Network, Objective,
    Recurrent, Shape,
};
use serde_json::Value;

use super::case::Case;

/// A run, not yet begun.
pub struct Run {
    pub shape: Shape,
    pub layers: Vec<Layer>,
    pub objective: Objective,
    pub hyper: Hyper,
    pub batches: Vec<Batch>,
    pub most_rows: usize,
    /// With the file's parameters.
    pub network: Network,
}

impl Run {
    pub fn new(case: &Case) -> Self {
        let layers = case.params["layers"].as_array().expect("layers").iter();
        let layers: Vec<Layer> = layers
            .map(|params| layer(params).expect("a known layer"))
            .collect();
        let objective = match case.word("loss") {
            "bce_with_logits" => Objective::BinaryCrossEntropy,
            "cross_entropy" => Objective::CrossEntropy,
            other => panic!("loss {other}"),
        };
        let (x, labels) = (case.flat::<f32>("data/x"), case.bytes("data/target"));
        let shape = shape(&case.tensor("data/x").shape);
        let units = shape.units();
        let lists = case.params["batches"].as_array().expect("batches").iter();
        let batches: Vec<Batch> = lists
            .map(|list| {
                let rows = list.as_array().expect("rows").iter();
                let rows: Vec<usize> = rows
                    .map(|row| row.as_u64().expect("a row") as usize)
                    .collect();
                Batch {
                    x: rows
                        .iter()
                        .flat_map(|row| x[row * units..][..units].to_vec())
                        .collect(),
                    targets: Targets::Labels(rows.iter().map(|row| labels[*row]).collect()),
                    rows: rows.len(),
                    lengths: None,
                }
            })
            .collect();
        let most_rows = batches
            .iter()
            .map(|batch| batch.rows)
            .max()
            .expect("a batch");
        let mut network =
            Network::with_input(shape, &layers, objective, most_rows).expect("a network");
        for (name, place) in network.views().to_vec() {
            let values = case.flat::<f32>(&format!("param/{name}"));
            network.parameters_mut()[place].copy_from_slice(&values);
        }
        Self {
            shape,
            layers,
            objective,
            hyper: hyper(&case.params["optimizer"]),
            batches,
            most_rows,
            network,
        }
    }

    /// The state before the first step.
    pub fn start(&self) -> State {
        State {
            parameters: self.network.parameters().to_vec(),
            memory: self.network.optimizer_memory().to_vec(),
            buffers: self.network.buffers().to_vec(),
            ..State::default()
        }
    }
}

/// The optimiser that a golden file describes.
pub fn hyper(params: &Value) -> Hyper {
    let number = |key: &str| params[key].as_f64().expect("a number");
    let algorithm = params["algorithm"].as_str().expect("a word");
    Hyper {
        learning_rate: number("lr"),
        weight_decay: number("weight_decay"),
        rule: match algorithm {
            "sgd" => Rule::Sgd {
                momentum: number("momentum"),
                nesterov: params["nesterov"].as_bool().expect("a flag"),
            },
            "adam" | "adamw" => Rule::Adam {
                beta_1: params["betas"][0].as_f64().expect("a number"),
                beta_2: params["betas"][1].as_f64().expect("a number"),
                epsilon: number("eps"),
                decouples_decay: algorithm == "adamw",
            },
            other => panic!("optimiser {other}"),
        },
    }
}

fn layer(params: &Value) -> Option<Layer> {
    let name = || params["name"].as_str().expect("a name").to_owned();
    let count = |key: &str| params[key].as_u64().expect("a count") as usize;
    let number = |key: &str| params[key].as_f64().expect("a number");
    Some(match params["type"].as_str()? {
        "linear" => Layer::from(Affine {
            name: name(),
            inputs: count("in"),
            outputs: count("out"),
            bias: params["bias"].as_bool()?,
        }),
        "conv2d" => Layer::from(Conv {
            name: name(),
            inputs: count("in"),
            outputs: count("out"),
            stride: 1,
            pad: 1,
            bias: params["bias"].as_bool()?,
        }),
        "batch_norm" => Layer::from(BatchNorm {
            name: name(),
            features: count("features"),
            rule: batch::Rule {
                epsilon: number("eps"),
                momentum: params["momentum"].as_f64(),
                ..batch::Rule::default()
            },
            ..BatchNorm::default()
        }),
        "layer_norm" => Layer::from(LayerNorm {
            name: name(),
            features: count("features"),
            epsilon: number("eps"),
            affine: true,
        }),
        "elman_rnn" => Layer::from(Recurrent {
            name: name(),
            inputs: count("in"),
            hidden: count("hidden"),
            normalizes: match params["layer_norm_on"].as_str()? {
                "preactivation" => Normalizes::Preactivation,
                "hidden" => Normalizes::Hidden,
                _ => return None,
            },
            epsilon: number("eps"),
        }),
        "pre_ln_attention" => Layer::from(Attention {
            name: name(),
            features: count("features"),
            epsilon: number("eps"),
        }),
        "mean_pool_time" | "global_avg_pool" => Layer::from(AveragePool),
        "tanh" => Layer::from(Activation::Tanh),
        "sigmoid" => Layer::from(Activation::Sigmoid),
        "relu" => Layer::from(Activation::Relu),
        _ => return None,
    })
}

/// The shape of one row of data.
fn shape(of: &[usize]) -> Shape {
    match *of {
        [_, features] => Shape::Features(features),
        [_, steps, features] => Shape::Sequence { steps, features },
        [_, channels, height, width] => Shape::Image {
            channels,
            height,
            width,
        },
        _ => panic!("data of {} axes", of.len()),
    }
}
