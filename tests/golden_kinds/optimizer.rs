//! Golden kind optimizer: both tensors in one flat buffer, as networks keep them.

use batchnorm_lab::kernels::optimizer::{self, Hyper, Rule};
use batchnorm_lab::lanes::{Lanes, Real};
use serde_json::Value;

use super::Answer;
use crate::common::case::{Case, Outputs};

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

pub fn check<L: Lanes>(case: &Case) -> Answer {
    let hyper = hyper(&case.params);
    let mut parameters = case.flat::<L::Real>("w");
    let cut = parameters.len();
    parameters.extend(case.flat::<L::Real>("b"));
    let mut first = vec![L::Real::ZERO; parameters.len()];
    let mut second = first.clone();
    let mut outputs = Outputs::default();
    for k in 0..case.count("steps") {
        let mut gradients = case.flat::<L::Real>(&format!("grad_w_{k}"));
        gradients.extend(case.flat::<L::Real>(&format!("grad_b_{k}")));
        optimizer::update::<L>(
            &mut parameters,
            &gradients,
            &mut first,
            &mut second,
            &hyper,
            k as u64 + 1,
        );
        outputs.put(format!("w_{k}"), &parameters[..cut]);
        outputs.put(format!("b_{k}"), &parameters[cut..]);
    }
    Answer::Outputs(outputs)
}
