//! Golden kinds conv2d, max_pool2d, global_avg_pool and dropout.

use batchnorm_lab::kernels::{conv, dropout, pool};
use batchnorm_lab::lanes::{Lanes, Real};

use super::super::common::case::{Case, Outputs};
use super::super::common::poisoned;
use super::Answer;

pub fn convolution<L: Lanes>(case: &Case) -> Answer {
    let (shape, rows) = (&case.tensor("x").shape, case.tensor("x").shape[0]);
    let outputs = case.tensor("weight").shape[0];
    let size = conv::ConvSize {
        inputs: shape[1],
        outputs,
        height: shape[2],
        width: shape[3],
        rows,
        stride: case.count("stride"),
        pad: case.count("padding"),
    };
    let (x, d_y) = (
        case.by_feature::<L::Real>("x"),
        case.by_feature::<L::Real>("dy"),
    );
    let weight = case.flat::<L::Real>("weight");
    let bias = case.optional::<L::Real>("bias");
    let mut panel = poisoned::<L::Real>(size.panel());
    let mut y = poisoned::<L::Real>(d_y.len());
    conv::forward::<L>(&x, &weight, bias.as_deref(), &mut y, &mut panel, size);
    let mut d_x = poisoned::<L::Real>(x.len());
    conv::backward_input::<L>(&d_y, &weight, &mut d_x, &mut panel, size);
    let mut d_weight = poisoned::<L::Real>(weight.len());
    let mut d_bias = poisoned::<L::Real>(outputs);
    let wanted = bias.is_some().then_some(&mut d_bias[..]);
    conv::backward_parameters::<L>(&x, &d_y, &mut d_weight, wanted, size);
    let mut found = Outputs::default();
    found.put_by_feature("y", &y, case.tensor("dy").sizes());
    found.put_by_feature("dx", &d_x, case.tensor("x").sizes());
    found.put("dweight", &d_weight);
    found.put("dbias", &d_bias);
    Answer::Outputs(found)
}

pub fn max_pool<L: Lanes>(case: &Case) -> Answer {
    let shape = &case.tensor("x").shape;
    let size = pool::PoolSize {
        channels: shape[1],
        height: shape[2],
        width: shape[3],
        rows: shape[0],
    };
    assert_eq!((case.count("kernel"), case.count("stride")), (2, 2));
    let (x, d_y) = (
        case.by_feature::<L::Real>("x"),
        case.by_feature::<L::Real>("dy"),
    );
    let mut y = poisoned::<L::Real>(d_y.len());
    pool::max_forward::<L>(&x, &mut y, size);
    let mut d_x = poisoned::<L::Real>(x.len());
    pool::max_backward::<L>(&x, &d_y, &mut d_x, size);
    let mut found = Outputs::default();
    found.put_by_feature("y", &y, case.tensor("dy").sizes());
    found.put_by_feature("dx", &d_x, case.tensor("x").sizes());
    Answer::Outputs(found)
}

pub fn average_pool<L: Lanes>(case: &Case) -> Answer {
    let (rows, channels, positions) = case.tensor("x").sizes();
    let x = case.by_feature::<L::Real>("x");
    let d_y = case.by_feature::<L::Real>("dy");
    let mut y = poisoned::<L::Real>(channels * rows);
    pool::average_forward::<L>(&x, None, &mut y, channels, positions, rows);
    let mut d_x = poisoned::<L::Real>(x.len());
    pool::average_backward::<L>(&d_y, None, &mut d_x, channels, positions, rows);
    let mut found = Outputs::default();
    found.put_by_feature("y", &y, (rows, channels, 1));
    found.put_by_feature("dx", &d_x, (rows, channels, positions));
    Answer::Outputs(found)
}

pub fn dropout<L: Lanes>(case: &Case) -> Answer {
    let x = case.flat::<L::Real>("x");
    let mut d = case.flat::<L::Real>("dy");
    let mut y = x.clone();
    if case.word("mode") == "train" {
        // The file's mask as factors; `dropout::draw` gives such a one from a seed.
        let factor = dropout::factor::<L::Real>(case.number("p"));
        let keep = case.bytes("mask");
        let mask: Vec<L::Real> = keep
            .iter()
            .map(|keep| if *keep == 1 { factor } else { L::Real::ZERO })
            .collect();
        dropout::apply::<L>(&mut y, &mask);
        dropout::apply::<L>(&mut d, &mask);
    }
    let mut found = Outputs::default();
    found.put("y", &y);
    found.put("dx", &d);
    Answer::Outputs(found)
}
