//! Every backward pass against central differences in f64, with a random gradient from above:
//! one of all ones would let a batch normalisation pass that gives zeros.

use crate::common::examples::{affine, examples};
use crate::common::normals;
use batchnorm_lab::kernels::activation::{self, Function};
use batchnorm_lab::kernels::norm::batch::{self, Moments};
use batchnorm_lab::kernels::{affine as kernel, loss};
use batchnorm_lab::lanes::Double;
use batchnorm_lab::network::{
    Affine, BatchNorm, Hyper, KINDS, Layer, Mode, Network, Objective, Scale, Shape, Targets,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Activation, Initialization, Loss};
use wasm_bindgen_test::wasm_bindgen_test;

/// Half the distance of the two points of a difference.
const STEP: f64 = 1e-5;
/// Ten times the largest error seen; a forgotten term of any backward formula is off by 10⁻² or more.
const BOUND: f64 = 6e-9;

/// Compares a gradient with the differences of `f` in every coordinate.
#[track_caller]
fn check(what: &str, at: &[f64], gradient: &[f64], mut f: impl FnMut(&[f64]) -> f64) {
    assert_eq!(at.len(), gradient.len(), "{what}: length");
    let mut point = at.to_vec();
    for place in 0..at.len() {
        point[place] = at[place] + STEP;
        let above = f(&point);
        point[place] = at[place] - STEP;
        let below = f(&point);
        point[place] = at[place];
        let want = (above - below) / (2.0 * STEP);
        let error = (gradient[place] - want).abs();
        let fits = error <= BOUND * (1.0 + want.abs());
        assert!(
            fits,
            "{what}[{place}]: got {:e}, difference {want:e}",
            gradient[place]
        );
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn check_batch_norm(rows: usize, features: usize, own_moments: bool, scales: bool) {
    const EPSILON: f64 = 1e-3;
    let mut rng = Rng::new(11, "batch norm");
    let x = normals(&mut rng, rows * features);
    let d_y = normals(&mut rng, rows * features);
    let gamma = normals(&mut rng, features);
    let beta = normals(&mut rng, features);
    let given_mean = normals(&mut rng, features);
    let given_variance: Vec<f64> = gamma.iter().map(|g| 0.5 + g * g).collect();
    let run = |x: &[f64], gamma: &[f64], beta: &[f64]| {
        let (mut mean, mut variance) = (given_mean.clone(), given_variance.clone());
        let mut low = vec![0.0; features];
        if own_moments {
            batch::moments::<Double>(x, rows, &mut mean, &mut low, &mut variance);
        }
        let (mut x_hat, mut y) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let affine = scales.then_some((gamma, beta));
        batch::normalize::<Double>(
            x,
            rows,
            Moments {
                mean: &mean,
                mean_low: &low,
                variance: &variance,
            },
            EPSILON,
            affine,
            &mut x_hat,
            &mut y,
        );
        (variance, x_hat, y)
    };
    let (variance, x_hat, _) = run(&x, &gamma, &beta);
    let mut d = d_y.clone();
    let (mut d_gamma, mut d_beta) = (vec![f64::NAN; features], vec![f64::NAN; features]);
    let backward = if own_moments {
        batch::backward_batch::<Double>
    } else {
        batch::backward_fixed::<Double>
    };
    let scale = scales.then_some(&gamma[..]);
    backward(
        &mut d,
        &x_hat,
        rows,
        &variance,
        EPSILON,
        scale,
        &mut d_gamma,
        &mut d_beta,
    );
    let what = format!("{rows}x{features} own {own_moments} scales {scales}");
    check(&format!("{what} d_x"), &x, &d, |x| {
        dot(&run(x, &gamma, &beta).2, &d_y)
    });
    if scales {
        check(&format!("{what} d_gamma"), &gamma, &d_gamma, |g| {
            dot(&run(&x, g, &beta).2, &d_y)
        });
        check(&format!("{what} d_beta"), &beta, &d_beta, |b| {
            dot(&run(&x, &gamma, b).2, &d_y)
        });
    }
}

/// A network with everything in it, smooth unless `activation` is not.
fn network(activation: Activation, norm: bool, affine: bool, loss: Loss) -> Network<Double> {
    let mut layers = Vec::new();
    let widths = [3, 5, 4];
    for (place, pair) in widths.windows(2).enumerate() {
        layers.push(Layer::from(Affine {
            name: format!("fc{place}"),
            inputs: pair[0],
            outputs: pair[1],
            bias: true,
        }));
        if norm {
            layers.push(Layer::from(BatchNorm {
                name: format!("norm{place}"),
                features: pair[1],
                rule: batch::Rule {
                    epsilon: 1e-3,
                    ..batch::Rule::default()
                },
                scale: if affine { Scale::Learned } else { Scale::None },
            }));
        }
        layers.push(Layer::from(activation));
    }
    layers.push(Layer::from(Affine {
        name: "output".into(),
        inputs: 4,
        outputs: if loss == Loss::CrossEntropy { 3 } else { 1 },
        bias: false,
    }));
    let mut network = Network::new(&layers, loss, ROWS).expect("the layers fit");
    let mut rng = Rng::new(13, "network");
    network.initialize(Initialization::HeNormal, 1.0, &mut rng);
    for parameter in network.parameters_mut() {
        *parameter += 0.3 * rng.normal();
    }
    for (name, place) in network.buffer_views().to_vec() {
        for value in &mut network.buffers_mut()[place] {
            *value = match name.ends_with("mean") {
                true => rng.normal(),
                false => 0.5 + rng.uniform(),
            };
        }
    }
    network
}

const ROWS: usize = 6;

fn check_network(activation: Activation, norm: bool, affine: bool, mode: Mode<'static, f64>) {
    let mut rng = Rng::new(17, "data");
    let mut network = network(activation, norm, affine, Loss::CrossEntropy);
    let x = normals(&mut rng, ROWS * 3);
    let d_output = normals(&mut rng, ROWS * 3);
    network.forward(&x, ROWS, mode).expect("six rows");
    network.backward(&d_output);
    let what = format!("{activation:?} norm {norm} affine {affine} {mode:?}");
    let gradients = network.gradients().to_vec();
    let d_x = network.input_gradient().to_row_major();
    let parameters = network.parameters().to_vec();
    let value = |network: &mut Network<Double>, x: &[f64]| {
        network.forward(x, ROWS, mode).expect("six rows");
        dot(&network.output().to_row_major(), &d_output)
    };
    check(
        &format!("{what} parameters"),
        &parameters,
        &gradients,
        |point| {
            network.parameters_mut().copy_from_slice(point);
            value(&mut network, &x)
        },
    );
    network.parameters_mut().copy_from_slice(&parameters);
    check(&format!("{what} input"), &x, &d_x, |x| {
        value(&mut network, x)
    });
}

/// Row-major data of what stands feature-major with rows innermost.
fn rows_of(shape: Shape, values: &[f64]) -> Vec<f64> {
    let place = |row: usize, unit: usize| match shape {
        Shape::Sequence { steps, features } => {
            let (step, feature) = (unit / features, unit % features);
            (feature * steps + step) * ROWS + row
        }
        Shape::Features(_) | Shape::Image { .. } => unit * ROWS + row,
    };
    (0..ROWS)
        .flat_map(|row| (0..shape.units()).map(move |unit| place(row, unit)))
        .map(|place| values[place])
        .collect()
}

fn check_example(what: &str, shape: Shape, layers: &[Layer<Double>], lengths: Option<&[usize]>) {
    let mut rng = Rng::new(59, what);
    let mut network =
        Network::<Double>::with_input(shape, layers, Loss::CrossEntropy, ROWS).expect("they fit");
    network.initialize(Initialization::HeNormal, 1.0, &mut rng);
    for parameter in network.parameters_mut() {
        *parameter += 0.3 * rng.normal();
    }
    for buffer in network.buffers_mut() {
        *buffer = 2.0 + rng.uniform();
    }
    network.set_lengths(lengths);
    let x = normals(&mut rng, ROWS * shape.units());
    let d_output = normals(&mut rng, ROWS * 3);
    let buffers = network.buffers().to_vec();
    let value = |network: &mut Network<Double>, x: &[f64]| {
        network.buffers_mut().copy_from_slice(&buffers);
        network.forward(x, ROWS, Mode::Train).expect("rows enough");
        dot(&network.output().to_row_major(), &d_output)
    };
    value(&mut network, &x);
    network.backward(&d_output);
    let gradients = network.gradients().to_vec();
    let d_x = rows_of(shape, network.input_gradient().values());
    let parameters = network.parameters().to_vec();
    let what = format!("{what} on {shape}");
    check(
        &format!("{what}: parameters"),
        &parameters,
        &gradients,
        |point| {
            network.parameters_mut().copy_from_slice(point);
            value(&mut network, &x)
        },
    );
    network.parameters_mut().copy_from_slice(&parameters);
    check(&format!("{what}: input"), &x, &d_x, |x| {
        value(&mut network, x)
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn affine_gradients() {
    let mut rng = Rng::new(19, "affine");
    let size = kernel::AffineSize {
        inputs: 5,
        outputs: 6,
        rows: 7,
    };
    let (x, weight) = (normals(&mut rng, 35), normals(&mut rng, 30));
    let (bias, d_y) = (normals(&mut rng, 6), normals(&mut rng, 42));
    let run = |x: &[f64], weight: &[f64], bias: &[f64]| {
        let mut y = vec![0.0; 42];
        kernel::forward::<Double>(x, weight, Some(bias), &mut y, size);
        dot(&y, &d_y)
    };
    let (mut d_x, mut d_weight, mut d_bias) = (vec![0.0; 35], vec![0.0; 30], vec![0.0; 6]);
    kernel::backward_input::<Double>(&d_y, &weight, &mut d_x, size);
    kernel::backward_parameters::<Double>(&x, &d_y, &mut d_weight, Some(&mut d_bias), size);
    check("d_x", &x, &d_x, |x| run(x, &weight, &bias));
    check("d_weight", &weight, &d_weight, |w| run(&x, w, &bias));
    check("d_bias", &bias, &d_bias, |b| run(&x, &weight, b));
}

#[wasm_bindgen_test(unsupported = test)]
fn activation_gradients() {
    let mut rng = Rng::new(23, "activations");
    // No difference may step over the kink at 0.
    let x: Vec<f64> = normals(&mut rng, 30)
        .iter()
        .map(|x| x + 0.01 * x.signum())
        .collect();
    let d_y = normals(&mut rng, 30);
    for function in [
        Function::Identity,
        Function::Sigmoid,
        Function::Tanh,
        Function::Relu,
        Function::LeakyRelu { slope: 0.2 },
        Function::Gelu,
        Function::GeluTanh,
        Function::Silu,
    ] {
        let run = |x: &[f64]| {
            let mut y = vec![0.0; 30];
            activation::forward::<Double>(function, x, &mut y);
            y
        };
        let mut d = d_y.clone();
        activation::backward::<Double>(function, &x, &run(&x), &mut d);
        check(&format!("{function:?}"), &x, &d, |x| dot(&run(x), &d_y));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn batch_norm_gradients() {
    for own_moments in [true, false] {
        for scales in [true, false] {
            for rows in [2, 5, 8] {
                check_batch_norm(rows, 3, own_moments, scales);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gradients_of_batch_norm_know_nothing_of_the_mean_or_the_scale() {
    // Σ d_x = 0 exactly in theory; Σ d_x·x̂ = 0 only up to ε.
    let mut rng = Rng::new(29, "invariants");
    let (x, mut d) = (normals(&mut rng, 12), normals(&mut rng, 12));
    let (mut mean, mut low, mut variance) = ([0.0], [0.0], [0.0]);
    batch::moments::<Double>(&x, 12, &mut mean, &mut low, &mut variance);
    let moments = Moments {
        mean: &mean,
        mean_low: &low,
        variance: &variance,
    };
    let (mut x_hat, mut y) = (vec![0.0; 12], vec![0.0; 12]);
    batch::normalize::<Double>(&x, 12, moments, 1e-5, None, &mut x_hat, &mut y);
    let (mut d_gamma, mut d_beta) = ([0.0], [0.0]);
    batch::backward_batch::<Double>(
        &mut d,
        &x_hat,
        12,
        &variance,
        1e-5,
        None,
        &mut d_gamma,
        &mut d_beta,
    );
    assert!(d.iter().any(|d| d.abs() > 0.1), "{d:?}");
    assert!(d.iter().sum::<f64>().abs() < 1e-13);
    assert!(dot(&d, &x_hat).abs() < 1e-4);
}

#[wasm_bindgen_test(unsupported = test)]
fn loss_gradients() {
    let mut rng = Rng::new(31, "losses");
    let z = normals(&mut rng, 12);
    let soft = normals(&mut rng, 12);
    let binary: Vec<u8> = (0..12).map(|_| rng.below(2) as u8).collect();
    let classes: Vec<u8> = (0..4).map(|_| rng.below(3) as u8).collect();
    let upstream = -1.7;
    let mut d = vec![f64::NAN; 12];
    let mut room = vec![0.0; 12];
    loss::binary_cross_entropy::<Double>(&z, &binary, upstream, &mut d);
    check("bce", &z, &d, |z| {
        upstream * loss::binary_cross_entropy::<Double>(z, &binary, 1.0, &mut room)
    });
    loss::cross_entropy::<Double>(&z, &classes, upstream, &mut d);
    check("ce", &z, &d, |z| {
        upstream * loss::cross_entropy::<Double>(z, &classes, 1.0, &mut room)
    });
    loss::mean_squared_error::<Double>(&z, &soft, upstream, &mut d);
    check("mse", &z, &d, |z| {
        upstream * loss::mean_squared_error::<Double>(z, &soft, 1.0, &mut room)
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn gradients_of_whole_networks() {
    for activation in Activation::ALL {
        for norm in [true, false] {
            check_network(*activation, norm, true, Mode::Batch);
        }
    }
    check_network(Activation::Tanh, true, false, Mode::Batch);
    check_network(Activation::Tanh, true, true, Mode::Running);
    check_network(Activation::Gelu, true, false, Mode::Running);
}

#[wasm_bindgen_test(unsupported = test)]
fn gradients_of_every_kind_of_layer() {
    let examples = examples();
    for kind in KINDS {
        assert!(
            examples.iter().any(|(of, _, _)| of == kind),
            "no example of {kind}"
        );
    }
    for (kind, shape, layers) in examples {
        check_example(kind, shape, &layers, None);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gradients_with_rows_of_different_lengths() {
    let lengths = [4, 1, 3, 2, 4, 1];
    for (kind, shape, layers) in examples() {
        if matches!(shape, Shape::Sequence { .. }) {
            check_example(kind, shape, &layers, Some(&lengths));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_squared_error_is_a_loss_too() {
    let mut rng = Rng::new(61, "squares");
    let layers = [affine(6, 2)];
    let objective = Objective::HalfSquaredError;
    let start = Network::<Double>::new(&layers, objective, ROWS).expect("it fits");
    let x = normals(&mut rng, ROWS * 6);
    let targets = normals(&mut rng, ROWS * 2);
    let step = |network: &mut Network<Double>, rate: f64| {
        let hyper = Hyper::sgd(rate, 0.0);
        let targets = Targets::Values(&targets);
        network
            .train_step_towards(&x, targets, ROWS, &hyper)
            .expect("six rows")
    };
    let mut stepped = start.clone();
    let loss = step(&mut stepped, 1.0);
    assert!((loss - dot(&targets, &targets) / 24.0).abs() < 1e-12);
    let moved: Vec<f64> = stepped.parameters().iter().map(|after| -after).collect();
    check("half squared error", start.parameters(), &moved, |point| {
        let mut probe = start.clone();
        probe.parameters_mut().copy_from_slice(point);
        step(&mut probe, 0.0)
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn a_training_step_follows_the_gradient_of_its_loss() {
    // With plain descent the update is −rate·gradient, so the step itself shows the gradient.
    let mut rng = Rng::new(37, "step");
    let x = normals(&mut rng, ROWS * 3);
    for loss in [Loss::BinaryCrossEntropy, Loss::CrossEntropy] {
        let labels: Vec<u8> = (0..ROWS).map(|_| rng.below(2) as u8).collect();
        let start = network(Activation::Silu, true, true, loss);
        let mut stepped = start.clone();
        stepped
            .train_step(&x, &labels, ROWS, &Hyper::sgd(1.0, 0.0))
            .expect("six rows");
        let parameters = start.parameters().to_vec();
        let moved: Vec<f64> = parameters
            .iter()
            .zip(stepped.parameters())
            .map(|(before, after)| before - after)
            .collect();
        check(&format!("{loss:?}"), &parameters, &moved, |point| {
            let mut probe = start.clone();
            probe.parameters_mut().copy_from_slice(point);
            probe
                .train_step(&x, &labels, ROWS, &Hyper::sgd(0.0, 0.0))
                .expect("six rows")
        });
    }
}
