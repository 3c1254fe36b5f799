//! Golden kinds of one layer: activations, products, normalisations within rows, pools, dropout; and the losses.

use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::network::{
    Affine, AveragePool, Conv, Dropout, Elementwise, Flatten, GroupNorm, Layer, LayerNorm, MaxPool,
    Objective, RmsNorm, Shape, Targets,
};
use batchnorm_lab_gpu::{Back, Gpu, StepMode};

use super::Answer;
use crate::common::case::{Case, Outputs, of_rows, to_feature_major};
use crate::common::narrow;
use crate::gpu::Pair;

/// The shape of a row of data of these axes, and the rows.
pub fn shape(of: &[usize]) -> (usize, Shape) {
    match *of {
        [rows] => (rows, Shape::Features(1)),
        [rows, features] => (rows, Shape::Features(features)),
        [rows, steps, features] => (rows, Shape::Sequence { steps, features }),
        [rows, channels, height, width] => {
            let image = Shape::Image {
                channels,
                height,
                width,
            };
            (rows, image)
        }
        _ => panic!("data of {} axes", of.len()),
    }
}

/// Feature-major values of a tensor with its axes as they lie on the GPU.
fn turned(case: &Case, name: &str) -> Vec<f32> {
    let tensor = case.tensor(name);
    match *tensor.shape {
        [rows, steps, features] => {
            let row_major = case.flat::<f32>(name);
            let mut into = Vec::with_capacity(row_major.len());
            for feature in 0..features {
                for step in 0..steps {
                    into.extend(
                        (0..rows).map(|row| row_major[(row * steps + step) * features + feature]),
                    );
                }
            }
            into
        }
        [_] => case.flat(name),
        _ => narrow(&to_feature_major(&tensor.data, tensor.sizes())),
    }
}

/// Back to the file's order.
fn put(outputs: &mut Outputs, case: &Case, like: &str, name: &str, values: &[f32]) {
    let tensor = case.tensor(like);
    match *tensor.shape {
        [rows, steps, features] => {
            let mut row_major = vec![0.0_f32; values.len()];
            for feature in 0..features {
                for step in 0..steps {
                    for row in 0..rows {
                        row_major[(row * steps + step) * features + feature] =
                            values[(feature * steps + step) * rows + row];
                    }
                }
            }
            outputs.put(name, &row_major);
        }
        [_] => outputs.put(name, values),
        _ => outputs.put_by_feature(name, values, tensor.sizes()),
    }
}

fn function(case: &Case) -> Function {
    match case.word("fn") {
        "sigmoid" => Function::Sigmoid,
        "tanh" => Function::Tanh,
        "relu" => Function::Relu,
        "leaky_relu" => Function::LeakyRelu {
            slope: case.number("negative_slope"),
        },
        "gelu" => Function::Gelu,
        "gelu_tanh" => Function::GeluTanh,
        "silu" => Function::Silu,
        other => panic!("function {other}"),
    }
}

fn layer(case: &Case, channels: usize) -> Layer {
    let (name, features) = ("layer".to_owned(), channels);
    let affine = case.has("gamma");
    match case.kind.as_str() {
        "activation" => Layer::from(Elementwise(function(case))),
        "linear" => Layer::from(Affine {
            name,
            inputs: channels,
            outputs: case.tensor("weight").shape[0],
            bias: case.has("bias"),
        }),
        "conv2d" => Layer::from(Conv {
            name,
            inputs: channels,
            outputs: case.tensor("weight").shape[0],
            stride: case.count("stride"),
            pad: case.count("padding"),
            bias: case.has("bias"),
        }),
        "max_pool2d" => Layer::from(MaxPool),
        "global_avg_pool" => Layer::from(AveragePool),
        "dropout" => Layer::from(Dropout {
            name,
            probability: case.number("p"),
            seed: 1,
        }),
        "layer_norm" => Layer::from(LayerNorm {
            name,
            features,
            epsilon: case.number("eps"),
            affine,
        }),
        "rms_norm" => Layer::from(RmsNorm {
            name,
            features,
            epsilon: case.number("eps"),
            affine,
        }),
        "group_norm" | "instance_norm" => Layer::from(GroupNorm {
            name,
            features,
            groups: match case.kind.as_str() {
                "group_norm" => case.count("num_groups"),
                _ => channels,
            },
            epsilon: case.number("eps"),
            affine,
        }),
        other => panic!("nothing checks kind {other}"),
    }
}

pub fn check(gpu: &Gpu, case: &Case) -> Answer {
    let is_dropout = case.kind == "dropout";
    let trains = !is_dropout || case.word("mode") == "train";
    if is_dropout && trains && !matches!(case.number("p"), 0.0 | 1.0) {
        return Answer::MaskFromOutside;
    }
    let tensor = case.tensor("x");
    let (rows, shape) = shape(&tensor.shape);
    let layers = [layer(case, shape.channels()), Layer::from(Flatten)];
    let mut pair = Pair::new(gpu, shape, &layers, Objective::HalfSquaredError, rows);
    for (name, place) in pair.plan.views().to_vec() {
        let (_, part) = name.split_once('.').expect("a layer's name");
        let values = case.flat::<f32>(part);
        pair.plan.parameters_mut()[place].copy_from_slice(&values);
    }
    pair.send();
    let d = turned(case, "dy");
    let mode = if trains {
        StepMode::Train
    } else {
        StepMode::Running
    };
    let got = pair.pass(&case.flat::<f32>("x"), rows, mode, 0, Back::Output(&d));
    let mut outputs = Outputs::default();
    put(&mut outputs, case, "dy", "y", &got.output);
    put(&mut outputs, case, "x", "dx", &got.d_input);
    for (name, place) in pair.plan.views() {
        let (_, part) = name.split_once('.').expect("a layer's name");
        outputs.put(format!("d{part}"), &got.gradients[place.clone()]);
    }
    Answer::Outputs(outputs)
}

/// Through a layer that changes nothing.
pub fn loss(gpu: &Gpu, case: &Case) -> Answer {
    let x = case.tensor("x");
    let (labels, values): (Vec<u8>, Vec<f32>);
    let (rows, features, objective, targets) = match case.word("fn") {
        "mse" => {
            values = case.flat("target");
            let targets = Targets::Values(&values);
            (x.data.len(), 1, Objective::HalfSquaredError, targets)
        }
        function => {
            labels = case.bytes("target");
            let targets = Targets::Labels(&labels);
            if function == "bce_with_logits" {
                (x.data.len(), 1, Objective::BinaryCrossEntropy, targets)
            } else {
                let (rows, classes, _) = of_rows(x);
                (rows, classes, Objective::CrossEntropy, targets)
            }
        }
    };
    let layers = [Layer::from(Elementwise(Function::Identity))];
    let mut pair = Pair::new(gpu, Shape::Features(features), &layers, objective, rows);
    // The mean squared error is twice the half one.
    let factor = if case.word("fn") == "mse" { 2.0 } else { 1.0 };
    let upstream = factor * case.tensor("dloss").data[0];
    let back = Back::Loss(targets, upstream);
    let got = pair.pass(&case.flat::<f32>("x"), rows, StepMode::Train, 0, back);
    let mut outputs = Outputs::default();
    outputs.put("loss", &[factor as f32 * got.loss]);
    outputs.put_by_feature("dx", &got.d_input, (rows, features, 1));
    Answer::Outputs(outputs)
}
