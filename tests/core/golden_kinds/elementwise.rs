//! Golden kinds activation, loss and linear.

use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::kernels::{affine, loss};
use batchnorm_lab::lanes::Lanes;

use super::super::common::case::{Case, Outputs};
use super::super::common::poisoned;
use super::Answer;

pub fn activation<L: Lanes>(case: &Case) -> Answer {
    let function = match case.word("fn") {
        "sigmoid" => Function::Sigmoid,
        "tanh" => Function::Tanh,
        "relu" => Function::Relu,
        "leaky_relu" => Function::LeakyRelu {
            slope: case.number("negative_slope"),
        },
        "gelu" => Function::Gelu,
        "gelu_tanh" => Function::GeluTanh,
        "silu" => Function::Silu,
        _ => return Answer::Unknown,
    };
    let x = case.flat::<L::Real>("x");
    let mut y = poisoned(x.len());
    activation::forward::<L>(function, &x, &mut y);
    let mut d = case.flat("dy");
    activation::backward::<L>(function, &x, &y, &mut d);
    let mut outputs = Outputs::default();
    outputs.put("y", &y);
    outputs.put("dx", &d);
    Answer::Outputs(outputs)
}

pub fn loss<L: Lanes>(case: &Case) -> Answer {
    let x = case.tensor("x");
    let upstream = case.flat::<L::Real>("dloss")[0];
    let mut d = poisoned::<L::Real>(x.data.len());
    let mut outputs = Outputs::default();
    match case.word("fn") {
        "bce_with_logits" => {
            let (x, target) = (case.flat("x"), case.bytes("target"));
            let loss = loss::binary_cross_entropy::<L>(&x, &target, upstream, &mut d);
            outputs.put("loss", &[loss]);
            outputs.put("dx", &d);
        }
        "mse" => {
            let (x, target) = (case.flat("x"), case.flat("target"));
            let loss = loss::mean_squared_error::<L>(&x, &target, upstream, &mut d);
            outputs.put("loss", &[loss]);
            outputs.put("dx", &d);
        }
        "cross_entropy" => {
            let (x, target) = (case.by_feature("x"), case.bytes("target"));
            let loss = loss::cross_entropy::<L>(&x, &target, upstream, &mut d);
            outputs.put("loss", &[loss]);
            outputs.put_by_feature("dx", &d, case.tensor("x").sizes());
        }
        _ => return Answer::Unknown,
    }
    Answer::Outputs(outputs)
}

pub fn linear<L: Lanes>(case: &Case) -> Answer {
    let weight = case.tensor("weight");
    let (outputs, inputs) = (weight.shape[0], weight.shape[1]);
    // Every axis but the last is a row.
    let rows = case.tensor("x").data.len() / inputs;
    let size = affine::AffineSize {
        inputs,
        outputs,
        rows,
    };
    let turn = |name: &str, features: usize| {
        let values = super::super::common::case::to_feature_major(
            &case.tensor(name).data,
            (rows, features, 1),
        );
        super::super::common::narrow::<L::Real>(&values)
    };
    let (x, d_y) = (turn("x", inputs), turn("dy", outputs));
    let weight = case.flat::<L::Real>("weight");
    let bias = case.optional::<L::Real>("bias");
    let mut y = poisoned::<L::Real>(outputs * rows);
    affine::forward::<L>(&x, &weight, bias.as_deref(), &mut y, size);
    let mut d_x = poisoned::<L::Real>(inputs * rows);
    affine::backward_input::<L>(&d_y, &weight, &mut d_x, size);
    let mut d_weight = poisoned::<L::Real>(weight.len());
    let mut d_bias = poisoned::<L::Real>(outputs);
    let wanted = bias.is_some().then_some(&mut d_bias[..]);
    affine::backward_parameters::<L>(&x, &d_y, &mut d_weight, wanted, size);
    let mut found = Outputs::default();
    found.put_by_feature("y", &y, (rows, outputs, 1));
    found.put_by_feature("dx", &d_x, (rows, inputs, 1));
    found.put("dweight", &d_weight);
    found.put("dbias", &d_bias);
    Answer::Outputs(found)
}
