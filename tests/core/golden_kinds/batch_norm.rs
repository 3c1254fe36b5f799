//! Golden kind batch_norm: batch after batch through one layer, training and inference.

use batchnorm_lab::kernels::norm::batch::{self, Convention, Moments, Rule};
use batchnorm_lab::lanes::{Lanes, Real};

use super::super::common::case::{Case, Outputs};
use super::super::common::poisoned;
use super::Answer;

fn rule(case: &Case) -> Rule {
    Rule {
        epsilon: case.number("eps"),
        momentum: case.params["momentum"].as_f64(),
        convention: match case.word("convention") {
            "keras" => Convention::Keras,
            _ => Convention::Torch,
        },
        tracks: case.flag("track_running_stats"),
        freezes_statistics: case.flag("freeze_stats"),
    }
}

pub fn check<L: Lanes>(case: &Case) -> Answer {
    let rule = rule(case);
    let features = case.count("num_features");
    let gamma = case.optional::<L::Real>("gamma");
    let beta = case.optional::<L::Real>("beta");
    let affine = gamma.as_deref().zip(beta.as_deref());
    let mut running_mean = case.optional::<L::Real>("running_mean").unwrap_or_default();
    let mut running_var = case.optional::<L::Real>("running_var").unwrap_or_default();
    let mut tracked = 0;
    let mut outputs = Outputs::default();
    let modes = case.params["modes"].as_array().expect("modes").iter();
    for (k, mode) in modes.enumerate() {
        let training = mode == "train";
        let sizes = case.tensor(&format!("x_{k}")).sizes();
        let values = sizes.0 * sizes.2;
        let x = case.by_feature::<L::Real>(&format!("x_{k}"));
        let mut mean = poisoned::<L::Real>(features);
        // What rounding takes from running averages is not known.
        let mut mean_low = vec![L::Real::ZERO; features];
        let mut variance = poisoned::<L::Real>(features);
        if rule.uses_batch(training) {
            if batch::require_values("bn", sizes.0, sizes.2).is_err() {
                return Answer::Refused;
            }
            batch::moments::<L>(&x, values, &mut mean, &mut mean_low, &mut variance);
        } else {
            mean.copy_from_slice(&running_mean);
            variance.copy_from_slice(&running_var);
        }
        let moments = Moments {
            mean: &mean,
            mean_low: &mean_low,
            variance: &variance,
        };
        let mut x_hat = poisoned::<L::Real>(x.len());
        let mut y = poisoned::<L::Real>(x.len());
        batch::normalize::<L>(
            &x,
            values,
            moments,
            rule.epsilon,
            affine,
            &mut x_hat,
            &mut y,
        );
        let mut in_place = x.clone();
        batch::normalize_in_place::<L>(&mut in_place, values, moments, rule.epsilon, affine);
        assert_eq!(in_place, y, "{}: y in place", case.name);
        let mut d = case.by_feature::<L::Real>(&format!("dy_{k}"));
        let mut d_gamma = poisoned::<L::Real>(features);
        let mut d_beta = poisoned::<L::Real>(features);
        let backward = if rule.uses_batch(training) {
            batch::backward_batch::<L>
        } else {
            batch::backward_fixed::<L>
        };
        backward(
            &mut d,
            &x_hat,
            values,
            &variance,
            rule.epsilon,
            gamma.as_deref(),
            &mut d_gamma,
            &mut d_beta,
        );
        if rule.moves(training) {
            tracked += 1;
            batch::move_running::<L>(
                &mut running_mean,
                &mut running_var,
                &mean,
                &variance,
                values,
                rule.new_share(tracked),
                rule.convention,
            );
        }
        outputs.put_by_feature(format!("y_{k}"), &y, sizes);
        outputs.put_by_feature(format!("dx_{k}"), &d, sizes);
        outputs.put(format!("dgamma_{k}"), &d_gamma);
        outputs.put(format!("dbeta_{k}"), &d_beta);
        outputs.put(format!("running_mean_{k}"), &running_mean);
        outputs.put(format!("running_var_{k}"), &running_var);
        let count = L::Real::from_f64(tracked as f64);
        outputs.put(format!("num_batches_tracked_{k}"), &[count]);
    }
    Answer::Outputs(outputs)
}
