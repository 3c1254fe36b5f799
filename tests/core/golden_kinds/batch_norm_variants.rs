//! Golden kinds near batch_norm: sync_batch_norm, batch_renorm, ghost_batch_norm and bn_fold.

use batchnorm_lab::kernels::norm::batch::{self, Convention, Moments};
use batchnorm_lab::kernels::norm::{fold, ghost, renorm, sync};
use batchnorm_lab::kernels::{affine, conv};
use batchnorm_lab::lanes::{Lanes, Real};

use super::super::common::case::{Case, Outputs};
use super::super::common::poisoned;
use super::Answer;

/// Momentum, and whose meaning of it; a case that names none has PyTorch's.
fn rule(case: &Case) -> batch::Rule {
    batch::Rule {
        momentum: case.params["momentum"].as_f64(),
        convention: match case.params.get("convention").and_then(|name| name.as_str()) {
            Some("keras") => Convention::Keras,
            _ => Convention::Torch,
        },
        ..batch::Rule::default()
    }
}

fn running<'a, R>(mean: &'a [R], variance: &'a [R]) -> Moments<'a, R> {
    Moments {
        mean,
        mean_low: &[],
        variance,
    }
}

pub fn synchronised<L: Lanes>(case: &Case) -> Answer {
    let (features, ranks) = (case.count("num_features"), case.count("ranks"));
    let epsilon = case.number("eps");
    let rule = rule(case);
    let gamma = case.flat::<L::Real>("gamma");
    let beta = case.flat::<L::Real>("beta");
    let affine = Some((&gamma[..], &beta[..]));
    let sizes: Vec<_> = (0..ranks)
        .map(|r| case.tensor(&format!("x_{r}")).sizes())
        .collect();
    let counts: Vec<usize> = sizes.iter().map(|(n, _, s)| n * s).collect();
    let total: usize = counts.iter().sum();
    let x: Vec<_> = (0..ranks)
        .map(|r| case.by_feature::<L::Real>(&format!("x_{r}")))
        .collect();
    // Moments of an empty shard stay poisoned: they must not count.
    let mut means = poisoned::<L::Real>(ranks * features);
    let mut means_low = means.clone();
    let mut variances = means.clone();
    let of = |rank: usize| rank * features..(rank + 1) * features;
    for rank in (0..ranks).filter(|r| counts[*r] > 0) {
        let (mean, low) = (&mut means[of(rank)], &mut means_low[of(rank)]);
        batch::moments::<L>(&x[rank], counts[rank], mean, low, &mut variances[of(rank)]);
    }
    let of_shards = Moments {
        mean: &means,
        mean_low: &means_low,
        variance: &variances,
    };
    let (mut mean, mut low) = (poisoned(features), poisoned(features));
    let mut variance = poisoned(features);
    sync::pool(&counts, of_shards, &mut mean, &mut low, &mut variance);
    let moments = Moments {
        mean: &mean,
        mean_low: &low,
        variance: &variance,
    };

    let mut outputs = Outputs::default();
    let mut x_hats = Vec::new();
    let (mut sum_d, mut sum_d_x_hat) =
        (vec![L::Real::ZERO; features], vec![L::Real::ZERO; features]);
    for rank in 0..ranks {
        let (mut x_hat, mut y) = (poisoned(x[rank].len()), poisoned(x[rank].len()));
        if counts[rank] > 0 {
            batch::normalize::<L>(
                &x[rank],
                counts[rank],
                moments,
                epsilon,
                affine,
                &mut x_hat,
                &mut y,
            );
        }
        let d_y = case.by_feature::<L::Real>(&format!("dy_{rank}"));
        let (mut d_gamma, mut d_beta) = (poisoned(features), poisoned(features));
        sync::sums::<L>(&d_y, &x_hat, counts[rank], &mut d_gamma, &mut d_beta);
        for f in 0..features {
            sum_d[f] += d_beta[f];
            sum_d_x_hat[f] += d_gamma[f];
        }
        outputs.put_by_feature(format!("y_{rank}"), &y, sizes[rank]);
        outputs.put(format!("dgamma_{rank}"), &d_gamma);
        outputs.put(format!("dbeta_{rank}"), &d_beta);
        x_hats.push((x_hat, d_y));
    }
    for (rank, (x_hat, mut d)) in x_hats.into_iter().enumerate() {
        sync::backward_input::<L>(
            &mut d,
            &x_hat,
            counts[rank],
            &variance,
            epsilon,
            Some(&gamma),
            &sum_d,
            &sum_d_x_hat,
            total,
        );
        outputs.put_by_feature(format!("dx_{rank}"), &d, sizes[rank]);
    }
    let mut running_mean = case.flat::<L::Real>("running_mean");
    let mut running_variance = case.flat::<L::Real>("running_var");
    batch::move_running::<L>(
        &mut running_mean,
        &mut running_variance,
        &mean,
        &variance,
        total,
        rule.new_share(0),
        rule.convention,
    );
    outputs.put("mean", &mean);
    outputs.put("var", &variance);
    outputs.put("running_mean", &running_mean);
    outputs.put("running_var", &running_variance);
    Answer::Outputs(outputs)
}

pub fn renormalised<L: Lanes>(case: &Case) -> Answer {
    let features = case.count("num_features");
    let epsilon = case.number("eps");
    let rule = rule(case);
    let (state, spread_name) = match case.word("state") {
        "std" => (renorm::RunningSpread::Deviation, "running_std"),
        _ => (renorm::RunningSpread::Variance, "running_var"),
    };
    let gamma = case.flat::<L::Real>("gamma");
    let beta = case.flat::<L::Real>("beta");
    let mut running_mean = case.flat::<L::Real>("running_mean");
    let mut running_spread = case.flat::<L::Real>(spread_name);
    let mut outputs = Outputs::default();
    let modes = case.params["modes"].as_array().expect("modes");
    for (k, mode) in modes.iter().enumerate() {
        let sizes = case.tensor(&format!("x_{k}")).sizes();
        let values = sizes.0 * sizes.2;
        let x = case.by_feature::<L::Real>(&format!("x_{k}"));
        let mut d = case.by_feature::<L::Real>(&format!("dy_{k}"));
        let (mut x_hat, mut y) = (poisoned(x.len()), poisoned(x.len()));
        let (mut d_gamma, mut d_beta) = (poisoned(features), poisoned(features));
        if mode == "train" {
            let (mut mean, mut low) = (poisoned(features), poisoned(features));
            let mut variance = poisoned(features);
            batch::moments::<L>(&x, values, &mut mean, &mut low, &mut variance);
            let moments = Moments {
                mean: &mean,
                mean_low: &low,
                variance: &variance,
            };
            let bound = |key: &str| case.params[key][k].as_f64().expect("a bound");
            let bounds = renorm::Bounds {
                r_max: bound("r_max"),
                d_max: bound("d_max"),
            };
            let (mut r, mut shift) = (poisoned(features), poisoned(features));
            renorm::correct(
                moments,
                &running_mean,
                &running_spread,
                state,
                epsilon,
                bounds,
                &mut r,
                &mut shift,
            );
            let (mut gamma_prime, mut beta_prime) = (poisoned(features), poisoned(features));
            renorm::effective(
                Some((&gamma, &beta)),
                &r,
                &shift,
                &mut gamma_prime,
                &mut beta_prime,
            );
            batch::normalize::<L>(
                &x,
                values,
                moments,
                epsilon,
                Some((&gamma_prime, &beta_prime)),
                &mut x_hat,
                &mut y,
            );
            batch::backward_batch::<L>(
                &mut d,
                &x_hat,
                values,
                &variance,
                epsilon,
                Some(&gamma_prime),
                &mut d_gamma,
                &mut d_beta,
            );
            renorm::backward_gamma(&mut d_gamma, &d_beta, &r, &shift);
            renorm::move_running::<L>(
                &mut running_mean,
                &mut running_spread,
                &mean,
                &variance,
                values,
                rule.new_share(0),
                rule.convention,
                state,
                epsilon,
            );
            outputs.put(format!("r_{k}"), &r);
            outputs.put(format!("d_{k}"), &shift);
        } else {
            // σ² for a kernel that takes the root itself.
            let square = |spread: &L::Real| {
                let sigma = renorm::running_deviation(*spread, state, epsilon);
                sigma * sigma
            };
            let variance: Vec<_> = running_spread.iter().map(square).collect();
            let affine = Some((&gamma[..], &beta[..]));
            batch::normalize::<L>(
                &x,
                values,
                running(&running_mean, &variance),
                0.0,
                affine,
                &mut x_hat,
                &mut y,
            );
            batch::backward_fixed::<L>(
                &mut d,
                &x_hat,
                values,
                &variance,
                0.0,
                Some(&gamma),
                &mut d_gamma,
                &mut d_beta,
            );
        }
        outputs.put_by_feature(format!("y_{k}"), &y, sizes);
        outputs.put_by_feature(format!("dx_{k}"), &d, sizes);
        outputs.put(format!("dgamma_{k}"), &d_gamma);
        outputs.put(format!("dbeta_{k}"), &d_beta);
        outputs.put(format!("running_mean_{k}"), &running_mean);
        outputs.put(format!("{spread_name}_{k}"), &running_spread);
    }
    Answer::Outputs(outputs)
}

pub fn ghost<L: Lanes>(case: &Case) -> Answer {
    let epsilon = case.number("eps");
    let rule = rule(case);
    let features = case.count("num_features");
    let sizes = case.tensor("x").sizes();
    let size = ghost::GhostSize {
        features,
        positions: sizes.2,
        rows: sizes.0,
        chunk: case.count("ghost_size"),
    };
    let gamma = case.flat::<L::Real>("gamma");
    let beta = case.flat::<L::Real>("beta");
    let affine = Some((&gamma[..], &beta[..]));
    let mut running_mean = case.flat::<L::Real>("running_mean");
    let mut running_variance = case.flat::<L::Real>("running_var");
    let x = case.by_feature::<L::Real>("x");
    let mut d = case.by_feature::<L::Real>("dy");
    let (mut x_hat, mut y) = (poisoned(x.len()), poisoned(x.len()));
    let (mut d_gamma, mut d_beta) = (poisoned(features), poisoned(features));
    if case.word("mode") == "train" {
        let mut mean = poisoned::<L::Real>(size.chunks() * features);
        let (mut low, mut variance) = (mean.clone(), mean.clone());
        ghost::forward::<L>(
            &x,
            size,
            epsilon,
            affine,
            &mut mean,
            &mut low,
            &mut variance,
            &mut x_hat,
            &mut y,
        );
        ghost::backward::<L>(
            &mut d,
            &x_hat,
            size,
            &variance,
            epsilon,
            Some(&gamma),
            &mut d_gamma,
            &mut d_beta,
        );
        for index in 0..size.chunks() {
            let of = index * features..(index + 1) * features;
            batch::move_running::<L>(
                &mut running_mean,
                &mut running_variance,
                &mean[of.clone()],
                &variance[of],
                size.values(index),
                rule.new_share(0),
                rule.convention,
            );
        }
    } else {
        let values = sizes.0 * sizes.2;
        batch::normalize::<L>(
            &x,
            values,
            running(&running_mean, &running_variance),
            epsilon,
            affine,
            &mut x_hat,
            &mut y,
        );
        batch::backward_fixed::<L>(
            &mut d,
            &x_hat,
            values,
            &running_variance,
            epsilon,
            Some(&gamma),
            &mut d_gamma,
            &mut d_beta,
        );
    }
    let mut outputs = Outputs::default();
    outputs.put_by_feature("y", &y, sizes);
    outputs.put_by_feature("dx", &d, sizes);
    outputs.put("dgamma", &d_gamma);
    outputs.put("dbeta", &d_beta);
    outputs.put("running_mean", &running_mean);
    outputs.put("running_var", &running_variance);
    Answer::Outputs(outputs)
}

pub fn folded<L: Lanes>(case: &Case) -> Answer {
    let mut weight = case.flat::<L::Real>("weight");
    let outputs = case.tensor("weight").shape[0];
    let mut bias = case
        .optional("bias")
        .unwrap_or(vec![L::Real::ZERO; outputs]);
    let gamma = case.optional::<L::Real>("gamma");
    let beta = case.optional::<L::Real>("beta");
    fold::fold::<L>(
        &mut weight,
        &mut bias,
        &case.flat::<L::Real>("running_mean"),
        &case.flat::<L::Real>("running_var"),
        case.number("eps"),
        gamma.as_deref().zip(beta.as_deref()),
    );
    let shape = &case.tensor("x").shape;
    let x = case.by_feature::<L::Real>("x");
    let (rows, inputs, positions) = case.tensor("x").sizes();
    let mut y = poisoned::<L::Real>(outputs * positions * rows);
    if case.word("layer") == "conv2d" {
        let size = conv::ConvSize {
            inputs,
            outputs,
            height: shape[2],
            width: shape[3],
            rows,
            stride: 1,
            pad: 1,
        };
        let mut panel = poisoned::<L::Real>(size.panel());
        conv::forward::<L>(&x, &weight, Some(&bias), &mut y, &mut panel, size);
    } else {
        let size = affine::AffineSize {
            inputs,
            outputs,
            rows,
        };
        affine::forward::<L>(&x, &weight, Some(&bias), &mut y, size);
    }
    let mut found = Outputs::default();
    found.put("folded_weight", &weight);
    found.put("folded_bias", &bias);
    found.put_by_feature("y", &y, (rows, outputs, positions));
    Answer::Outputs(found)
}
