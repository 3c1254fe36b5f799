//! What golden files describe in words: layers, the shape of data, optimisers.

use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::optimizer::{Hyper, Rule};
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::lanes::Lanes;
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, Conv, Layer, LayerNorm, Recurrent, Shape,
};
use batchnorm_lab::settings::choice::Activation;
use serde_json::Value;

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

/// A layer of a training run; `None` for a kind that nothing here knows.
pub fn layer<L: Lanes>(params: &Value) -> Option<Layer<L>> {
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
pub fn shape(of: &[usize]) -> Shape {
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
