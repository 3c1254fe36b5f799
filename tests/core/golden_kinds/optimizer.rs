//! Golden kind optimizer: both tensors in one flat buffer, as networks keep them.

use batchnorm_lab::kernels::optimizer;
use batchnorm_lab::lanes::{Lanes, Real};

use super::super::common::case::{Case, Outputs};
use super::super::common::described::hyper;
use super::Answer;

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
