//! What a job measures on the way: the loss along the gradient and the profile of depth, against differences, closed forms
//! and plain computation; that the run does not notice; and what is refused.

use crate::common::normals;
use crate::job_runs::{self, DIGITS, done};
use batchnorm_lab::architecture::{FULL, HiddenLayer};
use batchnorm_lab::jobs::{
    DriftPlan, Job, JobReport, JobRun, LandscapePlan, MOST_FACTORS, MOST_LANDSCAPES, MOST_PROFILES,
    Measure, ValuesPlan, landscape_jobs, profile_jobs, values_jobs,
};
use batchnorm_lab::kernels::norm::batch::Rule;
use batchnorm_lab::lanes::Double;
use batchnorm_lab::measure::{GradientLine, depth_profile};
use batchnorm_lab::network::{
    Affine, BatchNorm, BatchRenorm, Hyper, Layer, LayerNorm, Mode, Network, Objective, RmsNorm,
    Targets,
};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::choice::{Activation, Frozen, Initialization, Norm};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const WIDTHS: [usize; 4] = [3, 6, 5, 4];
const ROWS: usize = 7;

/// Normalisations of the networks below.
const NORMS: [&str; 5] = ["none", "batch", "layer", "rms", "renorm"];

fn norm(kind: &str, name: String, features: usize) -> Option<Layer<Double>> {
    let (epsilon, affine) = (1e-5, true);
    Some(match kind {
        "batch" => Layer::from(BatchNorm {
            name,
            features,
            ..BatchNorm::default()
        }),
        "renorm" => Layer::from(BatchRenorm {
            name,
            features,
            rule: Rule::default(),
            bounds: batchnorm_lab::kernels::norm::renorm::Bounds {
                r_max: 3.0,
                d_max: 5.0,
            },
            schedule: (0, 1),
        }),
        "layer" => Layer::from(LayerNorm {
            name,
            features,
            epsilon,
            affine,
        }),
        "rms" => Layer::from(RmsNorm {
            name,
            features,
            epsilon,
            affine,
        }),
        _ => return None,
    })
}

/// Layers of a dense network and where its hidden layers stand.
fn layers(kind: &str) -> (Vec<Layer<Double>>, Vec<HiddenLayer>) {
    let (mut layers, mut hidden) = (Vec::new(), Vec::new());
    for (place, pair) in WIDTHS.windows(2).enumerate() {
        let (product, width) = (layers.len(), pair[1]);
        let name = format!("fc{place}");
        layers.push(Layer::from(Affine {
            name: name.clone(),
            inputs: pair[0],
            outputs: width,
            bias: true,
        }));
        let normalized = norm(kind, format!("norm{place}"), width);
        let norm = normalized.is_some().then_some(product + 1);
        layers.extend(normalized);
        layers.push(Layer::from(Activation::Tanh));
        hidden.push(HiddenLayer {
            kind: "affine",
            product,
            norm,
            last: layers.len() - 1,
            activates: true,
            width,
            weight: format!("{name}.weight"),
            position: 0,
        });
    }
    layers.push(Layer::from(Affine {
        name: "output".into(),
        inputs: WIDTHS[3],
        outputs: 2,
        bias: true,
    }));
    (layers, hidden)
}

fn fresh(layers: &[Layer<Double>], objective: Objective) -> Network<Double> {
    let mut network = Network::new(layers, objective, ROWS).expect("a network");
    let mut rng = Rng::new(5, "weights");
    network.initialize(Initialization::XavierNormal, 1.0, &mut rng);
    network
}

/// Rows and values that they should give.
fn data(inputs: usize, outputs: usize) -> (Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(9, "rows");
    (
        normals(&mut rng, ROWS * inputs),
        normals(&mut rng, ROWS * outputs),
    )
}

#[track_caller]
fn close(got: f64, want: f64, bound: f64, what: &str) {
    let error = (got - want).abs() / (1.0 + want.abs());
    assert!(error <= bound, "{what}: {got:e}, not {want:e}: {error:e}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_line_is_the_loss_of_parameters_set_by_hand_and_falls_with_the_squared_norm() {
    let (x, values) = data(WIDTHS[0], 2);
    let targets = Targets::Values(&values);
    for kind in NORMS {
        for frozen in [Frozen::None, Frozen::Affine, Frozen::Both] {
            let what = format!("{kind}, {frozen:?}");
            let mut network = fresh(&layers(kind).0, Objective::HalfSquaredError);
            let hyper = Hyper::sgd(0.05, 0.0);
            // Away from the start: γ, β and running averages have moved.
            for _ in 0..5 {
                let trained = network.train_step_towards(&x, targets, ROWS, &hyper);
                trained.expect("rows enough");
            }
            network.set_frozen(frozen);
            let mut line = GradientLine::new(network.clone(), &x, targets, ROWS).expect("a line");
            let loss_of = |of: &Network<Double>| {
                let mut copy = of.clone();
                let loss = copy.train_step_towards(&x, targets, ROWS, &hyper);
                (loss.expect("rows enough"), copy)
            };
            // Nothing but a step tells what the step would do.
            let (loss, stepped) = loss_of(&network);
            assert_eq!(line.loss(), loss, "{what}");
            assert_eq!(line.at(0.0, &x, targets, ROWS).loss, loss, "{what}");
            assert_eq!(line.at(0.0, &x, targets, ROWS).gradient_change, 0.0);
            for eta in [0.01, 0.5, 4.0] {
                let mut there = network.clone();
                for place in network.learning() {
                    let own = &mut there.parameters_mut()[place.clone()];
                    for (p, g) in own.iter_mut().zip(&stepped.gradients()[place.clone()]) {
                        *p -= eta * g;
                    }
                }
                let (loss, after) = loss_of(&there);
                let point = line.at(eta, &x, targets, ROWS);
                assert_eq!(point.loss, loss, "{what}, {eta}");
                let squares = network.learning().iter().flat_map(|place| place.clone());
                let change = squares
                    .map(|i| (after.gradients()[i] - stepped.gradients()[i]).powi(2))
                    .sum::<f64>();
                close(point.gradient_change, change.sqrt(), 1e-14, &what);
            }
            const H: f64 = 1e-5;
            let [above, below] = [H, -H].map(|eta| line.at(eta, &x, targets, ROWS).loss);
            let norm = line.gradient_norm();
            assert!(norm > 1e-3, "{what}: a gradient");
            // Batch Renormalization takes r and d for constants, unless its statistics stand still.
            if kind != "renorm" || frozen == Frozen::Both {
                close((above - below) / (2.0 * H), -norm * norm, 1e-8, &what);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_parabola_has_its_closed_form() {
    // One weight and no bias: L = ½·mean((w·x − t)²), of which the second derivative is mean(x²) everywhere.
    let layer = Layer::<Double>::from(Affine {
        name: "w".into(),
        inputs: 1,
        outputs: 1,
        bias: false,
    });
    let (x, t) = data(1, 1);
    let network = fresh(&[layer], Objective::HalfSquaredError);
    let w = network.parameters()[0];
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        let each = x.iter().zip(&t).map(|(x, t)| of(*x, *t));
        each.sum::<f64>() / ROWS as f64
    };
    let loss = |w: f64| 0.5 * mean(&|x, t| (w * x - t).powi(2));
    let (slope, bend) = (mean(&|x, t| (w * x - t) * x), mean(&|x, _| x * x));
    let targets = Targets::Values(&t);
    let mut line = GradientLine::new(network, &x, targets, ROWS).expect("a line");
    close(line.loss(), loss(w), 1e-14, "at the start");
    close(line.gradient_norm(), slope.abs(), 1e-14, "gradient");
    for eta in [0.1, 1.0, 10.0] {
        let point = line.at(eta, &x, targets, ROWS);
        close(point.loss, loss(w - eta * slope), 1e-13, "along");
        let smoothness = point.gradient_change / (eta * line.gradient_norm());
        close(smoothness, bend, 1e-12, "β is the second derivative");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_profile_is_what_plain_passes_and_differences_say() {
    let (x, values) = data(WIDTHS[0], 2);
    let targets = Targets::Values(&values);
    for kind in NORMS {
        let (layers, hidden) = layers(kind);
        let network = fresh(&layers, Objective::HalfSquaredError);
        let loss_at = |x: &[f64]| {
            let step = network
                .clone()
                .train_step_towards(x, targets, ROWS, &Hyper::sgd(1.0, 0.0));
            step.expect("rows enough")
        };
        let mut own = network.clone();
        let profile = depth_profile(&mut own, &hidden, &x, targets, ROWS).expect("a profile");
        close(f64::from(profile.loss), loss_at(&x), 1e-6, kind);
        let mut plain = network.clone();
        plain.forward(&x, ROWS, Mode::Batch).expect("rows enough");
        let deviation = |layer: usize| {
            let values = plain.activation(layer).to_row_major();
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let squares = values.iter().map(|v| v * v).sum::<f64>() / n;
            (squares - mean * mean).sqrt()
        };
        for (place, (layer, seen)) in hidden.iter().zip(&profile.layers).enumerate() {
            let what = format!("{kind}, layer {place}");
            close(
                f64::from(seen.before),
                deviation(layer.product),
                1e-6,
                &what,
            );
            let normalized = seen.normalized.map(f64::from);
            assert_eq!(normalized.is_some(), kind != "none");
            if let (Some(got), Some(norm), false) = (normalized, layer.norm, kind == "renorm") {
                close(got, deviation(norm), 1e-6, &what);
                close(f64::from(seen.output), deviation(layer.last), 1e-6, &what);
            }
            let weight = own
                .gradient(&layer.weight)
                .iter()
                .map(|g| g * g)
                .sum::<f64>();
            close(f64::from(seen.weight_gradient), weight.sqrt(), 1e-6, &what);
            // The layers from here on are a network of their own, whose input is what the layer was given.
            let before = place.checked_sub(1).map(|before| hidden[before].last);
            let given = before.map_or(x.clone(), |last| own.activation(last).to_row_major());
            let mut rest = fresh(&layers[layer.product..], Objective::HalfSquaredError);
            let tail = network.parameters().len() - rest.parameters().len();
            rest.parameters_mut()
                .copy_from_slice(&network.parameters()[tail..]);
            let loss = |x: &[f64]| {
                let mut rest = rest.clone();
                let step = rest.train_step_towards(x, targets, ROWS, &Hyper::sgd(1.0, 0.0));
                step.expect("rows enough")
            };
            const H: f64 = 1e-5;
            let mut point = given.clone();
            let slopes = (0..given.len()).map(|i| {
                let [above, below] = [H, -H].map(|h| {
                    point[i] = given[i] + h;
                    loss(&point)
                });
                point[i] = given[i];
                (above - below) / (2.0 * H)
            });
            let squares = slopes.map(|slope| slope * slope).sum::<f64>();
            close(f64::from(seen.input_gradient), squares.sqrt(), 2e-7, &what);
        }
    }
}

/// Links of runs, each as long as its number of steps, of every kind of block, normalisation, data and optimiser.
const RUNS: &[(&str, u64)] = &[
    ("data=spiral&layers=8-8-8&act=relu&lr=0.3", 30),
    (
        "a=rms&b=batch&layers=6-6&opt=adam&lr=0.01&batch=33&frozen=both",
        30,
    ),
    (
        "a=renorm&b=ghost&ghost=8&layers=6-6&batch=24&nesterov=on&momentum=cumulative",
        60,
    ),
    (
        "a=sync&b=layer&shards=3&layers=6-6&loss=mse&batch=24&wd=0.01&track=off",
        20,
    ),
    (
        "data=digits&samples=300&layers=c3-p-d20-12&a=group&groups=3&b=batch&act=relu&batch=16&opt=adamw&lr=0.003",
        12,
    ),
    (
        "data=sequences&samples=300&layers=t-r6-8&a=layer&b=rms&batch=16",
        12,
    ),
    // Changes on the way, at the end and beyond: also larger batches.
    (
        "layers=6-6&samples=1000&batch=16&changes=7:frozen=statistics,14:batch=300,20:lr=1,20:batch=400,30:wd=0.1",
        20,
    ),
    // Side B diverges.
    (
        "layers=6-6&act=identity&a=batch&b=none&lr=30&gain=10&samples=200&batch=20",
        40,
    ),
];

fn factors() -> Vec<f64> {
    [0.25, 1.0, 4.0].into()
}

fn everything(steps: u64) -> Measure {
    Measure {
        landscape: Some(LandscapePlan {
            from: 0,
            every: 4,
            factors: factors(),
            last: 3,
        }),
        profile: vec![0, 1, steps / 2, steps],
        drift: Some(DriftPlan {
            every: 5,
            back: 5,
            rows: 20,
        }),
        values: Some(ValuesPlan {
            step: steps / 2,
            rows: 3,
        }),
        ..Measure::default()
    }
}

/// Every loss is told.
fn job(link: &str, side: u8, steps: u64, measure: Measure) -> Job {
    Job {
        curve_points: 512,
        ..job_runs::job(link, side, steps, measure)
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_run_does_not_notice_and_the_loss_is_that_of_its_next_step() {
    let mut diverged = 0;
    for (link, steps) in RUNS {
        for side in [0, 1] {
            let what = format!("{link}, side {side}");
            let plain = done(job(link, side, *steps, Measure::default()), 100);
            let told = |report: &JobReport| format!("{:?}", report.measured);
            let measured = done(job(link, side, *steps, everything(*steps)), 100);
            for slice in [1, 7] {
                let again = done(job(link, side, *steps, everything(*steps)), slice);
                assert_eq!(told(&again), told(&measured), "{what}, slices of {slice}");
            }
            assert_eq!(plain.fingerprint, measured.fingerprint, "{what}");
            let without = JobReport {
                measured: plain.measured.clone(),
                ..measured.clone()
            };
            // As text: of two NaN, both are.
            assert_eq!(format!("{without:?}"), format!("{plain:?}"), "{what}");
            let landscape = measured.measured.landscape.expect("a landscape");
            let losses = &plain.curve.losses;
            for point in &landscape.points {
                let next = losses.get(point.step as usize);
                let is_next = next.is_none_or(|loss| loss.to_bits() == point.loss.to_bits());
                assert!(is_next, "{what}: {point:?}");
            }
            for (step, profile) in &measured.measured.profile {
                let next = losses.get(*step as usize);
                assert!(next.is_none_or(|loss| *loss == profile.loss), "{what}");
            }
            let count = match plain.diverged_at {
                Some(at) => at.div_ceil(4),
                None => steps / 4 + 1,
            };
            assert_eq!(landscape.points.len() as u64, count, "{what}");
            diverged += u32::from(plain.diverged_at.is_some());
        }
    }
    assert!(diverged > 0, "one at least does");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_plain_step_is_a_place_on_the_line() {
    // SGD without momentum takes just the step of factor 1; with a full batch the next loss is on the same rows.
    for norm in ["none", "batch", "layer"] {
        let link = format!("layers=6-6&a={norm}&sgdm=0&lr=0.5&samples=100&split=50&batch=50");
        let measure = Measure {
            landscape: Some(LandscapePlan {
                from: 0,
                every: 1,
                factors: factors(),
                last: 9,
            }),
            ..Measure::default()
        };
        let report = done(job(&link, 0, 12, measure), 100);
        let landscape = report.measured.landscape.expect("a landscape");
        for pair in landscape.points.windows(2) {
            let [there, next] = [pair[0].losses[1], pair[1].loss].map(f64::from);
            // Another order of the same rows.
            close(there, next, 3e-6, norm);
            assert_ne!(pair[0].loss, pair[1].loss, "{norm}: it moves");
        }
        for (place, (low, high)) in landscape
            .change
            .low
            .iter()
            .zip(&landscape.change.high)
            .enumerate()
        {
            let last = &landscape.points[landscape.points.len() - 9..];
            let changes = last.iter().map(|point| point.losses[place] - point.loss);
            let changes: Vec<f32> = changes.collect();
            let (least, most) = changes
                .iter()
                .fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
            assert_eq!((*low, *high), (least, most), "{norm}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_measured_is_refused_with_what_can() {
    let landscape = |every, factors: &[f64], last| Measure {
        landscape: Some(LandscapePlan {
            from: 0,
            every,
            factors: factors.into(),
            last,
        }),
        ..Measure::default()
    };
    let profile = |steps: &[u64]| Measure {
        profile: steps.into(),
        ..Measure::default()
    };
    let many = vec![1.0; MOST_FACTORS as usize + 1];
    let late: Vec<u64> = (0..=MOST_PROFILES).collect();
    for (measure, steps, field, words) in [
        (
            landscape(0, &[1.0], 1),
            100,
            "every",
            &["`0`", "1..100"][..],
        ),
        (
            landscape(101, &[1.0], 1),
            100,
            "every",
            &["`101`", "1..100"],
        ),
        (
            landscape(1, &[1.0], 1),
            10_000,
            "every",
            &["`1`", "20..10000"],
        ),
        (
            Measure {
                landscape: Some(LandscapePlan {
                    from: 101,
                    every: 1,
                    factors: factors(),
                    last: 1,
                }),
                ..Measure::default()
            },
            100,
            "from",
            &["`101`", "0..100"],
        ),
        (landscape(9, &[], 1), 100, "factors", &["`0`", "1..32"]),
        (landscape(9, &many, 1), 100, "factors", &["`33`", "1..32"]),
        (
            landscape(9, &[1.0, 0.0], 1),
            100,
            "factors",
            &["`0`", "0.000001.."],
        ),
        (
            landscape(9, &[-1.0], 1),
            100,
            "factors",
            &["`-1`", "0.000001.."],
        ),
        (
            landscape(9, &[f64::NAN], 1),
            100,
            "factors",
            &["no number", "0.000001.."],
        ),
        (landscape(9, &[1e9], 1), 100, "factors", &["..1000000"]),
        (landscape(9, &[1.0], 0), 100, "last", &["`0`", "1..512"]),
        (profile(&late), 100, "profile", &["`65`", "0..64"]),
        (profile(&[0, 101]), 100, "profile", &["`101`", "1..100"]),
        (profile(&[5, 5]), 100, "profile", &["`5`", "6..100"]),
        (profile(&[5, 4]), 100, "profile", &["`4`", "6..100"]),
        (Measure::default(), 0, "steps", &["`0`", "1..1000000"]),
    ] {
        let told = format!("{measure:?}");
        let error = JobRun::new(job("layers=4", 0, steps, measure), &[], FULL);
        let error = error.err().expect(&told);
        assert_eq!(error.field(), field, "{told}: {error}");
        for word in words {
            assert!(error.to_string().contains(word), "{told}: {error}");
        }
    }
    let most = landscape(1, &many[1..], MOST_LANDSCAPES as u32);
    assert!(
        job("layers=4", 0, MOST_LANDSCAPES - 1, most)
            .check(FULL)
            .is_ok()
    );
    // The last states alone are looked at, and paid for.
    let late = Measure {
        landscape: Some(LandscapePlan {
            from: 60,
            every: 4,
            factors: factors(),
            last: 99,
        }),
        ..Measure::default()
    };
    let whole = Measure {
        landscape: Some(LandscapePlan {
            from: 0,
            every: 4,
            factors: factors(),
            last: 99,
        }),
        ..Measure::default()
    };
    let [late, whole] = [late, whole].map(|measure| {
        let report = done(job("layers=4", 0, 70, measure), 100);
        report.measured.landscape.expect("a landscape").points
    });
    assert_eq!(late, whole[15..], "the same states of the same run");
    let steps: Vec<u64> = late.iter().map(|point| point.step).collect();
    assert_eq!(steps, [60, 64, 68]);
    // A fresh network can be looked at without a step.
    let report = done(job("layers=4", 0, 0, profile(&[0])), 1);
    assert_eq!((report.step, report.measured.profile.len()), (0, 1));
    // What is measured is paid for.
    let plain = job("layers=4", 0, 100, Measure::default()).work();
    let measured = job("layers=4", 0, 100, everything(100)).work();
    assert_eq!(measured, plain / 100 * (100 + 26 * 4 + 4 + 21 + 1));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_measurement_is_a_job_for_each_side_or_kind_and_seed() {
    let plan = |every| LandscapePlan {
        from: 0,
        every,
        factors: factors(),
        last: 5,
    };
    let jobs = landscape_jobs("lesson=learning-rate&seed=999999", 50, 2, &plan(5), FULL);
    let jobs = jobs.expect("a measurement");
    let told: Vec<_> = jobs
        .iter()
        .map(|job| (job.side, job.settings.seed, job.settings.batch, job.steps))
        .collect();
    let want = [
        (0, 999_999, 32, 50),
        (0, 0, 32, 50),
        (1, 999_999, 32, 50),
        (1, 0, 32, 50),
    ];
    assert_eq!(told, want, "the lesson's batch");
    assert!(
        jobs.iter()
            .all(|job| job.measure.landscape == Some(plan(5)))
    );
    let jobs = profile_jobs(
        "a=batch&b=layer&show=b",
        &["none", "rms"],
        &[0, 30],
        1,
        FULL,
    );
    let jobs = jobs.expect("a measurement");
    let told: Vec<_> = jobs.iter().map(|job| (job.norm(), job.steps)).collect();
    assert_eq!(told, [(Norm::None, 30), (Norm::Rms, 30)]);
    assert!(jobs.iter().all(|job| job.measure.profile == [0, 30]));
    let state = done(jobs[1].clone(), 9).state;
    assert!(
        state.contains("a=rms") && state.contains("show=a"),
        "{state}"
    );
    for (made, field, word) in [
        (
            landscape_jobs("lr=fast", 9, 1, &plan(3), FULL),
            "lr",
            "0.0001..30",
        ),
        (landscape_jobs("", 9, 0, &plan(3), FULL), "seeds", "1..32"),
        (landscape_jobs("", 9, 1, &plan(10), FULL), "every", "1..9"),
        (
            landscape_jobs(
                "layers=128-128-128-128&samples=4000&batch=500",
                1_000_000,
                1,
                &plan(100_000),
                FULL,
            ),
            "work",
            "1..1000000000000",
        ),
        (
            profile_jobs("", &["half"], &[0], 1, FULL),
            "kinds",
            "none | batch",
        ),
        (profile_jobs("", &[""; 0], &[0], 1, FULL), "kinds", "1..16"),
        (
            profile_jobs("", &["none"], &[], 1, FULL),
            "profile",
            "1..64",
        ),
        (profile_jobs("", &["none", "group"], &[0], 1, FULL), "", ""),
        (
            profile_jobs("groups=3", &["none", "group"], &[0], 1, FULL),
            "kinds",
            "groups",
        ),
        (
            profile_jobs("batch=1", &["none", "batch"], &[0], 1, FULL),
            "kinds",
            "more than 1 value",
        ),
        (
            profile_jobs("", &["none"], &[9, 3], 1, FULL),
            "profile",
            "9",
        ),
    ] {
        let told = made
            .err()
            .map(|error| (error.field().to_owned(), error.to_string()));
        let (got, text) = told.unwrap_or_default();
        assert!(
            got == field && text.contains(word),
            "{field} {word}: {text}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn values_are_those_that_batch_normalization_is_given() {
    // μ and σ² of the fresh network's batch, which the run's own first step leaves as its running averages.
    let link = "data=digits&samples=600&split=80&layers=c4-p&show=b&batch=16&momentum=1";
    let plan = ValuesPlan { step: 0, rows: 16 };
    let jobs = values_jobs(link, plan, FULL).expect("a network");
    assert_eq!((jobs.len(), jobs[0].side), (1, 1));
    let report = done(jobs[0].clone(), 100);
    let of_layer = report.measured.values.expect("what was asked for");
    assert_eq!(
        (of_layer.rows, of_layer.channels, of_layer.positions),
        (16, 4, 64)
    );
    assert_eq!(of_layer.values.len(), 16 * 4 * 64);
    let mut run = JobRun::new(job(link, 1, 1, Measure::default()), DIGITS, FULL).expect("a job");
    while !run.advance(10) {}
    let network = run.network();
    let norm = run.hidden()[0].norm.expect("a normalisation");
    let (means, _) = network.running(norm);
    for (channel, mean) in means.iter().enumerate() {
        let of = (0..16).flat_map(|row| &of_layer.values[(row * 4 + channel) * 64..][..64]);
        let own = of.map(|value| f64::from(*value)).sum::<f64>() / (16.0 * 64.0);
        close(own, f64::from(*mean), 1e-5, "mean of a channel");
    }
    // Fewer rows are the first of the same.
    let few = values_jobs(link, ValuesPlan { step: 0, rows: 2 }, FULL).expect("a network");
    let few = done(few[0].clone(), 100).measured.values.expect("values");
    assert_eq!(few.values[..], of_layer.values[..2 * 4 * 64]);
}
