//! One network, three sets of statistics: the batch's, the running averages, the whole training set's.

use super::evidence::b;
use super::gather::{accuracies, apart, below};
use super::{Claim, Ground};
use crate::error::Error;
use crate::jobs::Measure;
use crate::kernels::norm::batch::{Convention, Rule};
use crate::network::{Affine, BatchNorm, Hyper, Layer, Mode, Network, Objective, Scratch};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

const LESSON: &str = "train-vs-inference";

/// Rows of the batches of the closed checks, and how many there are.
const ROWS: usize = 4;
const BATCHES: usize = 6;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "train-vs-inference-company", |ground| {
        let run = ground.train(LESSON, "", 1, 100, Measure::default())?;
        let test = run.dataset().test.points(0..50).x;
        let output = |rows: usize, mode: Mode<'_>| -> Result<f32, Error> {
            let mut scratch = Scratch::default();
            let all = run
                .network()
                .infer(&test[..2 * rows], rows, mode, &mut scratch)?;
            Ok(all.at(0, 0))
        };
        let alone = output(1, Mode::Running)?;
        let company = output(50, Mode::Running)?;
        // By the batch's own statistics it does.
        let moves = (output(2, Mode::Batch)? - output(50, Mode::Batch)?).abs();
        Ok(if alone == company {
            moves - 1e-3
        } else {
            -(alone - company).abs()
        })
    }),
    Claim::trained(
        LESSON,
        "train-vs-inference-lag",
        &[b("", 500)],
        accuracies,
        |of| of[0][1] - of[0][0] - 0.2,
    ),
    Claim::trained(
        LESSON,
        "train-vs-inference-closed",
        &[b("", 500), b("momentum=0.1", 500)],
        accuracies,
        |of| 0.04 - (of[0][1] - of[1][0]).abs(),
    ),
    // PyTorch: 0.1 of the new batch, the unbiased variance. Keras: 0.99 of the old average, the biased variance.
    Claim::checked(LESSON, "train-vs-inference-torch", |ground| {
        by_hand(ground, Convention::Torch, 0.1, 0.1, ROWS as f64 - 1.0)
    }),
    Claim::checked(LESSON, "train-vs-inference-keras", |ground| {
        by_hand(ground, Convention::Keras, 0.99, 0.01, ROWS as f64)
    }),
    // Running averages move where nothing is learned, and as far.
    Claim::checked(LESSON, "train-vs-inference-learned", |ground| {
        let rule = Rule::default();
        let still = averages(ground, rule, Hyper::sgd(0.0, 0.0))?;
        let start = averages_of_none(ground, rule)?;
        Ok((apart(&still, &start) as f32 - 0.05).min(1.0))
    }),
    // The optimiser's momentum leaves the averages of equal weights as they are; theirs does not.
    Claim::checked(LESSON, "train-vs-inference-momentum", |ground| {
        let rule = Rule::default();
        let slow = Rule {
            momentum: Some(0.01),
            ..rule
        };
        let [plain, heavy] = [0.0, 0.9].map(|of| averages(ground, rule, Hyper::sgd(0.0, of)));
        let other = averages(ground, slow, Hyper::sgd(0.0, 0.0))?;
        let (plain, heavy) = (plain?, heavy?);
        let is_equal = plain == heavy;
        Ok(if is_equal {
            apart(&plain, &other) as f32 - 0.05
        } else {
            -1.0
        })
    }),
];

/// An affine layer with Batch Normalization, and the batches it is given.
fn network(ground: &Ground<'_>, rule: Rule) -> Result<(Network, Vec<Vec<f32>>), Error> {
    let affine = Affine {
        name: "fc1".into(),
        inputs: 2,
        outputs: 3,
        bias: true,
    };
    let norm = BatchNorm {
        name: "norm1".into(),
        features: 3,
        rule,
        ..BatchNorm::default()
    };
    let last = Affine {
        name: "output".into(),
        inputs: 3,
        outputs: 1,
        bias: true,
    };
    let layers: [Layer; 3] = [affine.into(), norm.into(), last.into()];
    let mut network = Network::new(&layers, Objective::BinaryCrossEntropy, ROWS)?;
    let mut rng = Rng::new(u64::from(ground.seed), "averages");
    network.initialize(Initialization::HeNormal, 1.0, &mut rng);
    let batches = (0..BATCHES).map(|_| {
        let values = (0..2 * ROWS).map(|_| (1.0 + 2.0 * rng.normal()) as f32);
        values.collect()
    });
    Ok((network, batches.collect()))
}

fn averages_of_none(ground: &Ground<'_>, rule: Rule) -> Result<Vec<f32>, Error> {
    Ok(network(ground, rule)?.0.buffers().to_vec())
}

/// Running means and variances after updates on all batches.
fn averages(ground: &Ground<'_>, rule: Rule, hyper: Hyper) -> Result<Vec<f32>, Error> {
    let (mut network, batches) = network(ground, rule)?;
    for x in &batches {
        network.train_step(x, &[0, 1, 0, 1], ROWS, &hyper)?;
    }
    Ok(network.buffers().to_vec())
}

/// How near the averages are to those that are summed up here from what the affine layer gave: `share` of each new batch, and
/// squares over `divisor`.
fn by_hand(
    ground: &Ground<'_>,
    convention: Convention,
    momentum: f64,
    share: f64,
    divisor: f64,
) -> Result<f32, Error> {
    let rule = Rule {
        momentum: Some(momentum),
        convention,
        ..Rule::default()
    };
    let kept = averages(ground, rule, Hyper::sgd(0.0, 0.0))?;
    let (mut network, batches) = network(ground, rule)?;
    let (mut means, mut variances) = (vec![0.0_f64; 3], vec![1.0_f64; 3]);
    for x in &batches {
        network.forward(x, ROWS, Mode::Batch)?;
        for (unit, values) in network.activation(0).units().enumerate() {
            let values: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
            let mean = values.iter().sum::<f64>() / ROWS as f64;
            let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
            means[unit] += share * (mean - means[unit]);
            variances[unit] += share * (squares / divisor - variances[unit]);
        }
    }
    let summed: Vec<f32> = means.iter().chain(&variances).map(|v| *v as f32).collect();
    Ok(below(apart(&summed, &kept), 1e-4))
}
