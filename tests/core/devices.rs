//! One batch on several devices against the same batch on one: statistics, parameters, messages, a step given up, refusals.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::devices::{Device, LayerStatistics, MOST_DEVICES, Sharing, Stage};
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobReport, JobRun, Measure, Until};
use batchnorm_lab::kernels::norm::{averaged, batch};
use batchnorm_lab::lanes::Double;
use batchnorm_lab::network::Moments;
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Norm;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

/// Links whose side A has Batch Normalization.
const RUNS: &[&str] = &[
    "data=spiral&layers=16-16-16&act=relu&init=he-normal&lr=0.1&batch=32",
    "data=xor&layers=8-8&act=tanh&opt=adam&lr=0.01&batch=33&seed=3",
    "data=gauss&layers=9-7&act=relu&loss=mse&nesterov=on&batch=24",
    "data=digits&samples=400&layers=c3-12&act=relu&batch=16&opt=adamw&lr=0.003",
    "data=sequences&samples=300&layers=r12-8&act=tanh&batch=16&lr=0.01",
];

fn settings(link: &str) -> Settings {
    let (settings, errors) = Settings::from_text(link);
    let errors: Vec<_> = errors
        .iter()
        .filter(|error| !matches!(error, Error::UnknownSetting { .. }))
        .collect();
    assert!(errors.is_empty(), "{link}: {errors:?}");
    Settings {
        norm_a: Norm::Batch,
        ..settings
    }
}

fn devices(link: &str, sharing: Sharing, count: usize) -> Vec<Device> {
    let made = (0..count).map(|_| Device::new(&settings(link), sharing, DIGITS));
    made.collect::<Result<_, _>>().expect("possible networks")
}

/// Carries messages until all are idle; what stage each was of, and how many numbers one device sent.
fn step(devices: &mut [Device], shards: &[usize]) -> Vec<(Stage, usize)> {
    for (place, device) in devices.iter_mut().enumerate() {
        device.begin(place, shards).expect("possible shards");
    }
    let mut sent = Vec::new();
    while devices[0].stage() != Stage::Idle {
        sent.push((devices[0].stage(), devices[0].message().len()));
        carry(devices);
    }
    sent
}

fn carry(devices: &mut [Device]) {
    let stage = devices[0].stage();
    assert!(devices.iter().all(|device| device.stage() == stage));
    let all: Vec<f32> = devices
        .iter()
        .flat_map(|device| device.message().to_vec())
        .collect();
    for device in devices {
        device.hear(&all);
    }
}

/// The job of side A.
fn whole(link: &str, steps: u64) -> JobReport {
    let job = Job {
        settings: settings(link),
        side: 0,
        steps,
        until: Until::Diverged,
        curve_points: 16,
        measure: Measure::default(),
    };
    let mut run = JobRun::new(job, DIGITS, FULL).expect("a possible job");
    while !run.advance(1000) {}
    run.report()
}

/// So many equal shards, as equal as they can be.
fn shards(rows: usize, count: usize) -> Vec<usize> {
    (0..count)
        .map(|place| rows / count + usize::from(place < rows % count))
        .collect()
}

/// The largest difference, of the larger of 1 and the number.
fn deviation(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let each = a.iter().zip(b).map(|(a, b)| {
        let (a, b) = (f64::from(*a), f64::from(*b));
        (a - b).abs() / a.abs().max(1.0)
    });
    each.fold(0.0, f64::max)
}

/// All parameters but the biases before Batch Normalization: their gradient is 0 but for rounding, of which Adam's rule makes
/// whole steps.
fn live(device: &Device) -> Vec<f32> {
    let views = device.views().iter();
    let live = views.filter(|(name, _)| !name.ends_with(".bias") || name == "output.bias");
    live.flat_map(|(_, place)| device.parameters()[place.clone()].to_vec())
        .collect()
}

fn of_statistics(a: &[LayerStatistics], b: &[LayerStatistics]) -> f64 {
    assert_eq!(a.len(), b.len());
    let each = a
        .iter()
        .zip(b)
        .map(|(a, b)| deviation(&a.mean, &b.mean).max(deviation(&a.variance, &b.variance)));
    each.fold(0.0, f64::max)
}

#[wasm_bindgen_test(unsupported = test)]
fn one_device_is_bit_for_bit_the_job() {
    for link in RUNS {
        let rows = settings(link).batch_size();
        let mut one = devices(link, Sharing::Local, 1);
        for _ in 0..30 {
            step(&mut one, &[rows]);
        }
        let (report, job) = (one[0].report(), whole(link, 30));
        assert_eq!(report.fingerprint, job.fingerprint, "{link}");
        assert_eq!(report.accuracy, job.accuracy, "{link}");
        assert_eq!(
            report.loss.eval.to_bits(),
            job.loss.eval.to_bits(),
            "{link}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn synchronised_statistics_are_those_of_the_whole_batch() {
    for link in RUNS {
        let rows = settings(link).batch_size();
        for shards in [
            shards(rows, 2),
            shards(rows, 4),
            shards(rows, 8),
            vec![rows - 1, 1],
            vec![0, rows - 3, 0, 3],
            vec![rows, 0],
        ] {
            let mut all = devices(link, Sharing::Synchronised, shards.len());
            let mut one = devices(link, Sharing::Local, 1);
            step(&mut all, &shards);
            step(&mut one, &[rows]);
            for device in &all {
                let off = of_statistics(&device.statistics(), &one[0].statistics());
                assert!(off < 1e-6, "{link}, {shards:?}: statistics {off:e}");
            }
            for _ in 1..100 {
                step(&mut all, &shards);
                step(&mut one, &[rows]);
            }
            let first = all[0].report();
            for device in &mut all {
                assert_eq!(device.report().fingerprint, first.fingerprint, "{link}");
            }
            let off = deviation(&live(&all[0]), &live(&one[0]));
            assert!(off < 1e-4, "{link}, {shards:?}: parameters {off:e}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_sent_is_as_long_as_the_formulas_say() {
    // C of each normalisation, and P of [2, 16, 16, 16, 1] with γ and β.
    let (link, channels) = (RUNS[0], [16, 16, 16]);
    let parameters = (3 * 16 + 32) + 2 * (17 * 16 + 32) + 17;
    for sharing in Sharing::ALL {
        let mut all = devices(link, sharing, 4);
        let sent = step(&mut all, &shards(32, 4));
        let waits = matches!(sharing, Sharing::Synchronised | Sharing::Averaged);
        let mut expected = Vec::new();
        if waits {
            let forward = channels.iter().enumerate();
            expected.extend(forward.map(|(norm, c)| (Stage::Moments(norm), 2 * c + 1)));
            let back = channels.iter().enumerate().rev();
            expected.extend(back.map(|(norm, c)| (Stage::Sums(norm), 2 * c)));
        }
        expected.push((Stage::Gradients, parameters));
        assert_eq!(sent, expected, "{}", sharing.name());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn averaged_variances_are_too_small_and_train_another_function() {
    let (link, shards) = (RUNS[0], [8, 8, 8, 8]);
    let mut averaged = devices(link, Sharing::Averaged, 4);
    let mut one = devices(link, Sharing::Local, 1);
    step(&mut averaged, &shards);
    step(&mut one, &[32]);
    let (wrong, right) = (averaged[0].statistics(), one[0].statistics());
    let first = deviation(&wrong[0].mean, &right[0].mean);
    assert!(first < 1e-6, "equal shards have the right mean: {first:e}");
    for (wrong, right) in wrong[0].variance.iter().zip(&right[0].variance) {
        assert!(wrong < right, "{wrong} of {right}");
    }
    for _ in 1..400 {
        step(&mut averaged, &shards);
        step(&mut one, &[32]);
    }
    let off = deviation(averaged[0].parameters(), one[0].parameters());
    assert!(off > 1e-2, "{off:e}");
    let accuracy = averaged[0].report().accuracy.eval_running;
    assert!(accuracy > 0.8, "it trains too: {accuracy}");
}

#[wasm_bindgen_test(unsupported = test)]
fn group_normalization_needs_nobody() {
    for link in &RUNS[..3] {
        let link = format!("{link}&groups=1");
        let rows = settings(&link).batch_size();
        let mut all = devices(&link, Sharing::Group, 3);
        let mut one = devices(&link, Sharing::Group, 1);
        for _ in 0..100 {
            step(&mut all, &shards(rows, 3));
            step(&mut one, &[rows]);
        }
        let off = deviation(all[0].parameters(), one[0].parameters());
        assert!(off < 1e-4, "{link}: {off:e}");
        assert_eq!(all[0].statistics(), []);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn local_statistics_are_each_device_s_own() {
    let mut all = devices(RUNS[0], Sharing::Local, 4);
    step(&mut all, &[8; 4]);
    assert_ne!(all[0].statistics(), all[1].statistics());
    // The gradients are shared all the same.
    assert_eq!(all[0].parameters(), all[3].parameters());
    assert_ne!(all[0].report().fingerprint, all[3].report().fingerprint);
}

/// A device is lost at every place where one can be, and the rest make the step; against a run that had so many all along
/// from that step on.
#[wasm_bindgen_test(unsupported = test)]
fn a_step_given_up_is_repeated_as_if_it_had_never_begun() {
    for sharing in Sharing::ALL {
        let messages = step(&mut devices(RUNS[0], sharing, 4), &[8; 4]).len();
        for (heard, lost) in (0..messages).zip([0, 3, 1, 2].into_iter().cycle()) {
            let mut all = devices(RUNS[0], sharing, 4);
            step(&mut all, &[8; 4]);
            for (place, device) in all.iter_mut().enumerate() {
                device.begin(place, &[8; 4]).expect("possible shards");
            }
            for _ in 0..heard {
                carry(&mut all);
            }
            all.remove(lost);
            for device in &mut all {
                device.give_up();
            }
            let mut undisturbed = devices(RUNS[0], sharing, 4);
            step(&mut undisturbed, &[8; 4]);
            undisturbed.remove(lost);
            for run in [&mut all, &mut undisturbed] {
                step(run, &[11, 11, 10]);
                step(run, &[11, 11, 10]);
            }
            for (a, b) in all.iter_mut().zip(&mut undisturbed) {
                assert_eq!(a.report(), b.report(), "{}, {heard}", sharing.name());
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn shards_that_cannot_be_are_refused_alike() {
    let cases: &[(&str, Sharing, &[usize], &str)] = &[
        ("batch=32", Sharing::Synchronised, &[16, 15], "shards"),
        ("batch=32", Sharing::Synchronised, &[33], "shards"),
        ("batch=32", Sharing::Group, &[], "shards"),
        ("batch=32", Sharing::Local, &[4; 9], "shards"),
        ("batch=32", Sharing::Local, &[usize::MAX, 33], "shards"),
        ("batch=32", Sharing::Local, &[31, 1], "norm1"),
        ("batch=2", Sharing::Local, &[1, 1], "norm1"),
    ];
    for (link, sharing, shards, field) in cases {
        let count = shards.len().clamp(1, MOST_DEVICES);
        for (place, device) in devices(link, *sharing, count).iter_mut().enumerate() {
            let error = device.begin(place, shards).expect_err("impossible shards");
            assert_eq!(error.field(), *field, "{link}, {shards:?}");
            assert_eq!(device.stage(), Stage::Idle);
        }
    }
    // All together there are two values.
    let mut two = devices("batch=2&layers=4-4", Sharing::Synchronised, 2);
    step(&mut two, &[1, 1]);
    assert!(Sharing::named("all").is_err());
}

/// Central differences of Σ w·y over three devices' rows, all of which every input moves.
#[wasm_bindgen_test(unsupported = test)]
fn the_gradient_of_averaged_variances_is_exact() {
    let (rows, features, epsilon) = ([3, 5, 1], 2, 1e-3);
    let total = rows.iter().sum::<usize>();
    let mut rng = Rng::new(7, "averaged");
    let mut draw = |n: usize| (0..n).map(|_| rng.normal()).collect::<Vec<f64>>();
    let (x, w, gamma) = (
        draw(features * total),
        draw(features * total),
        draw(features),
    );
    // Of one device after the other, each `[F, rows]`.
    let parts = |all: &[f64]| -> Vec<Vec<f64>> {
        let mut start = 0;
        let part = rows.map(|rows| {
            start += features * rows;
            all[start - features * rows..start].to_vec()
        });
        part.to_vec()
    };
    let pooled = |x: &[f64]| {
        let mut of = Moments::<f64>::with_room(rows.len() * features);
        for (device, part) in parts(x).iter().enumerate() {
            let mut own = Moments::with_room(features);
            own.measure::<Double>(part, rows[device]);
            of.mean[device * features..][..features].copy_from_slice(&own.mean);
            of.variance[device * features..][..features].copy_from_slice(&own.variance);
        }
        let mut all = Moments::<f64>::with_room(features);
        averaged::pool(&rows, of.view(), &mut all.mean, &mut all.variance);
        (of, all)
    };
    let normalized = |x: &[f64]| -> Vec<f64> {
        let (_, all) = pooled(x);
        let each = parts(x).into_iter().enumerate().flat_map(|(device, part)| {
            let (mut x_hat, mut y) = (vec![0.0; part.len()], vec![0.0; part.len()]);
            let (rows, moments) = (rows[device], all.view());
            batch::normalize::<Double>(&part, rows, moments, epsilon, None, &mut x_hat, &mut y);
            x_hat
        });
        each.collect()
    };
    let y_of = |x: &[f64]| {
        let x_hat = parts(&normalized(x));
        let mut sum = 0.0;
        for (device, part) in x_hat.iter().enumerate() {
            for (place, x_hat) in part.iter().enumerate() {
                sum += gamma[place / rows[device]] * x_hat * parts(&w)[device][place];
            }
        }
        sum
    };
    let (of, all) = pooled(&x);
    let x_hat = parts(&normalized(&x));
    let (mut sums, mut products) = (vec![0.0; features], vec![0.0; features]);
    for (device, part) in x_hat.iter().enumerate() {
        for (place, x_hat) in part.iter().enumerate() {
            let f = place / rows[device];
            sums[f] += parts(&w)[device][place];
            products[f] += parts(&w)[device][place] * x_hat;
        }
    }
    let mut gradient = Vec::new();
    for (device, mut d) in parts(&w).into_iter().enumerate() {
        averaged::backward_input::<Double>(
            &mut d,
            &x_hat[device],
            rows[device],
            rows.len(),
            all.view(),
            &of.mean[device * features..][..features],
            epsilon,
            Some(&gamma),
            &sums,
            &products,
        );
        gradient.extend(d);
    }
    for place in 0..x.len() {
        let moved = |by: f64| {
            let mut x = x.clone();
            x[place] += by;
            y_of(&x)
        };
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        let off = (difference - gradient[place]).abs();
        assert!(
            off < 1e-8,
            "input {place}: {difference} and {}",
            gradient[place]
        );
    }
}
