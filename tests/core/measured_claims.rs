//! What is said of depth and of the landscape, measured over seeds: both halves of each sentence, with the bands that hold.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobRun, LandscapePlan, LandscapePoint, Measure, Measured, Until};
use batchnorm_lab::lessons::lesson;
use batchnorm_lab::measure::DepthLayer;
use batchnorm_lab::settings::Settings;

const SEEDS: std::ops::Range<u32> = 1..17;
const DEPTH: usize = 20;

fn measured(link: &str, side: u8, steps: u64, measure: Measure) -> Measured {
    let (settings, errors) = Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    let job = Job {
        settings,
        side,
        steps,
        until: Until::Diverged,
        curve_points: 1,
        measure,
    };
    let mut run = JobRun::new(job, &[], FULL).expect("a job that can be made");
    while !run.advance(1000) {}
    run.report().measured
}

fn of_depth(width: usize, depth: usize) -> String {
    vec![width.to_string(); depth].join("-")
}

/// The profile after so many steps of a ReLU spiral; gain 1 is He's.
fn profile(more: &str, width: usize, batch: usize, step: u64) -> Vec<DepthLayer> {
    let layers = of_depth(width, DEPTH);
    let link = format!(
        "data=spiral&act=relu&init=he-normal&sgdm=0&lr=0.003&layers={layers}&batch={batch}&{more}"
    );
    let measure = Measure {
        profile: vec![step],
        ..Measure::default()
    };
    let mut measured = measured(&link, 0, step, measure);
    measured.profile.remove(0).1.layers
}

/// By what a norm is multiplied from each layer to the one before it, from the last to the second: the first sees two
/// inputs, and not as many as the others.
fn growth(layers: &[DepthLayer], norm: impl Fn(&DepthLayer) -> f32) -> f64 {
    let ratio = norm(&layers[1]) / norm(&layers[DEPTH - 1]);
    f64::from(ratio).powf(1.0 / (DEPTH - 2) as f64)
}

/// A range over seeds.
#[track_caller]
fn check(what: &str, bounds: std::ops::RangeInclusive<f64>, of: impl Fn(u32) -> Vec<f64>) {
    let all: Vec<f64> = SEEDS.flat_map(of).collect();
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    eprintln!("{what}: {least:.4} to {most:.4}");
    let holds = all.iter().all(|value| bounds.contains(value));
    assert!(holds, "{what}: {least} to {most}, not in {bounds:?}");
}

#[test]
fn batch_norm_keeps_the_deviation_of_every_layer_at_one() {
    // At any gain, also where ε is felt: 1/√(1 + ε/σ²).
    for (gain, least) in [("1", 0.998), ("0.1", 0.97), ("10", 0.998)] {
        check(
            &format!("BN, gain {gain}: std of γ·x̂ + β"),
            least..=1.001,
            |seed| {
                let layers = profile(&format!("a=batch&gain={gain}&seed={seed}"), 32, 64, 0);
                let all = layers.iter().filter_map(|layer| layer.normalized);
                all.map(f64::from).collect()
            },
        );
        // What it is given is then W's alone to scale.
        let scale: f64 = gain.parse().expect("a number");
        check(
            &format!("BN, gain {gain}: std of W·x + b over the gain"),
            0.75..=1.35,
            |seed| {
                let layers = profile(&format!("a=batch&gain={gain}&seed={seed}"), 32, 64, 0);
                let all = layers[1..].iter().map(|layer| f64::from(layer.before));
                all.map(|std| std / scale).collect()
            },
        );
    }
    // While training, where γ and β move.
    for step in [50, 400] {
        check(
            &format!("BN after {step} steps: std of γ·x̂ + β"),
            0.9..=1.1,
            |seed| {
                let layers = profile(&format!("a=batch&seed={seed}"), 32, 64, step);
                let all = layers.iter().filter_map(|layer| layer.normalized);
                all.map(f64::from).collect()
            },
        );
    }
}

#[test]
fn without_it_the_deviation_vanishes_or_explodes_at_the_wrong_gain() {
    let ends = |seed: u32, norm: &str, gain: &str| {
        let layers = profile(&format!("a={norm}&gain={gain}&seed={seed}"), 32, 64, 0);
        vec![f64::from(layers[DEPTH - 1].before / layers[1].before)]
    };
    // √2 less and √2 more than He's: (1/√2)^18 = 1/512, and 512.
    check(
        "none, gain 0.707: last std over second",
        1e-5..=0.01,
        |seed| ends(seed, "none", "0.707"),
    );
    check("none, gain 1: last std over second", 0.02..=4.0, |seed| {
        ends(seed, "none", "1")
    });
    check(
        "none, gain 1.414: last std over second",
        10.0..=3000.0,
        |seed| ends(seed, "none", "1.414"),
    );
    for norm in ["batch", "layer", "rms", "group"] {
        for gain in ["0.707", "1.414"] {
            check(
                &format!("{norm}, gain {gain}: last std over second"),
                0.3..=3.0,
                |seed| ends(seed, norm, gain),
            );
        }
    }
}

#[test]
fn with_relu_the_gradient_of_batch_norm_grows_towards_the_first_layer() {
    // √(π/(π − 1)) = 1.211 a layer in the limit of wide layers and large batches (Yang et al. 2019, A Mean Field Theory of
    // Batch Normalization); the others stay.
    for (norm, width, batch, weights, inputs) in [
        ("batch", 128, 256, 1.19..=1.25, 1.24..=1.29),
        ("batch", 32, 64, 1.17..=1.32, 1.23..=1.33),
        ("none", 128, 256, 0.85..=1.15, 0.9..=1.1),
        ("layer", 128, 256, 0.85..=1.15, 0.9..=1.1),
        ("rms", 128, 256, 0.85..=1.15, 0.9..=1.1),
    ] {
        let of = |seed: u32| profile(&format!("a={norm}&seed={seed}"), width, batch, 0);
        let what = format!("{norm}, width {width}, batch {batch}");
        check(&format!("{what}: weights"), weights, |seed| {
            vec![growth(&of(seed), |layer| layer.weight_gradient)]
        });
        check(&format!("{what}: inputs"), inputs, |seed| {
            vec![growth(&of(seed), |layer| layer.input_gradient)]
        });
    }
}

#[test]
fn training_takes_the_growth_away() {
    // The claim is of the start: after some hundred steps the first layer's gradient is no longer the largest by far.
    for (step, bounds) in [(0, 15.0..=200.0), (400, 0.0..=15.0)] {
        check(
            &format!("BN after {step} steps: second over last"),
            bounds,
            |seed| {
                let layers = profile(&format!("a=batch&lr=0.1&seed={seed}"), 32, 64, step);
                vec![f64::from(
                    layers[1].weight_gradient / layers[DEPTH - 1].weight_gradient,
                )]
            },
        );
    }
}

/// The landscape of ten layers of sixteen ReLU units, at every fourth of 200 steps; the last step size is 1.
fn landscape(norm: &str, gain: &str, seed: u32) -> Vec<LandscapePoint> {
    let layers = of_depth(16, 10);
    let link = format!(
        "data=spiral&act=relu&init=he-normal&sgdm=0&lr=0.01&batch=32&layers={layers}&a={norm}&gain={gain}&seed={seed}"
    );
    let measure = Measure {
        landscape: Some(LandscapePlan {
            from: 0,
            every: 4,
            factors: [3.0, 10.0, 30.0, 100.0].into(),
            last: 51,
        }),
        ..Measure::default()
    };
    let measured = measured(&link, 0, 200, measure);
    measured.landscape.expect("a landscape").points
}

/// The value that so many percent of the states stay below.
fn percentile(
    points: &[LandscapePoint],
    percent: usize,
    of: impl Fn(&LandscapePoint) -> f32,
) -> f64 {
    let mut values: Vec<f32> = points.iter().map(of).collect();
    values.sort_by(f32::total_cmp);
    f64::from(values[values.len() * percent / 100])
}

/// By how much the loss differs at that step size.
fn change(size: usize) -> impl Fn(&LandscapePoint) -> f32 {
    move |point| (point.losses[size] - point.loss).abs()
}

/// Without normalisation over with it.
fn ratio(gain: &str, seed: u32, percent: usize, of: impl Fn(&LandscapePoint) -> f32) -> f64 {
    let [none, batch] = ["none", "batch"].map(|norm| landscape(norm, gain, seed));
    percentile(&none, percent, &of) / percentile(&batch, percent, &of)
}

#[test]
fn batch_norm_smooths_the_landscape_of_a_badly_scaled_net() {
    // √2 more than He's gain: the wide end of the band, 95 % of the states, a step of once the gradient.
    check(
        "gain 1.414: change of the loss at η = 1, none over BN",
        5.0..=1e5,
        |seed| vec![ratio("1.414", seed, 95, change(3))],
    );
}

#[test]
fn and_roughens_that_of_a_well_scaled_one() {
    // The plain network stands on a plateau: half of the states, a step of a tenth of the gradient.
    check(
        "gain 1: change of the loss at η = 0.1, none over BN",
        0.0..=0.6,
        |seed| vec![ratio("1", seed, 50, change(1))],
    );
    check("gain 1: effective β, none over BN", 0.0..=0.9, |seed| {
        vec![ratio("1", seed, 50, |point| point.smoothness)]
    });
}

/// A side of a lesson's run after so many steps, with settings of its own.
fn of_lesson(id: &str, more: &str, side: u8, steps: u64, measure: Measure) -> Measured {
    let lesson = lesson(id).expect("a lesson of that id");
    measured(&format!("{}&{more}", lesson.settings), side, steps, measure)
}

#[test]
fn the_lesson_on_gradients_shows_what_it_says() {
    let profiles = |seed: u32, side: u8| {
        let measure = Measure {
            profile: vec![0, 400],
            ..Measure::default()
        };
        let more = format!("seed={seed}");
        of_lesson("gradients", &more, side, 400, measure).profile
    };
    check(
        "gradients: none, last std over second",
        1e-5..=0.01,
        |seed| {
            let layers = &profiles(seed, 0)[0].1.layers;
            vec![f64::from(layers[DEPTH - 1].before / layers[1].before)]
        },
    );
    check("gradients: BN, every std", 0.99..=1.001, |seed| {
        let layers = &profiles(seed, 1)[0].1.layers;
        let all = layers.iter().filter_map(|layer| layer.normalized);
        all.map(f64::from).collect()
    });
    check(
        "gradients: BN, growth of the gradient a layer",
        1.17..=1.32,
        |seed| {
            let layers = &profiles(seed, 1)[0].1.layers;
            vec![growth(layers, |layer| layer.weight_gradient)]
        },
    );
    check(
        "gradients: BN after 400 steps, second over last",
        0.0..=15.0,
        |seed| {
            let layers = &profiles(seed, 1)[1].1.layers;
            vec![f64::from(
                layers[1].weight_gradient / layers[DEPTH - 1].weight_gradient,
            )]
        },
    );
}

/// The last 20 states of a side of the lesson on the landscape.
fn last_states(more: &str, side: u8, steps: u64, factor: f64) -> Vec<LandscapePoint> {
    let measure = Measure {
        landscape: Some(LandscapePlan {
            from: (steps + 1).saturating_sub(20),
            every: 1,
            factors: vec![factor],
            last: 20,
        }),
        ..Measure::default()
    };
    let measured = of_lesson("landscape", more, side, steps, measure);
    measured.landscape.expect("a landscape").points
}

#[test]
fn the_lesson_on_the_landscape_shows_both_halves() {
    for (steps, least) in [(0, 1.0), (200, 5.0)] {
        check(
            &format!("landscape after {steps}: highest loss, none over BN"),
            least..=1e15,
            |seed| {
                let [none, batch] = [0, 1].map(|side| {
                    let states = last_states(&format!("seed={seed}"), side, steps, 128.0);
                    let losses = states.iter().map(|state| state.losses[0]);
                    f64::from(losses.fold(0.0, f32::max))
                });
                vec![none / batch]
            },
        );
    }
    // Half of the states, a step of eight learning rates.
    check(
        "landscape, gain 1: change of the loss, none over BN",
        0.0..=0.6,
        |seed| {
            let [none, batch] = [0, 1].map(|side| {
                let states = last_states(&format!("gain=1&seed={seed}"), side, 200, 8.0);
                percentile(&states, 50, change(0))
            });
            vec![none / batch]
        },
    );
}
