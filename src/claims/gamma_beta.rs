//! γ and β learn, can undo the normalisation, and a bias before it learns nothing.

use super::evidence::settings;
use super::gather::{apart, below};
use super::{Claim, Ground};
use crate::architecture::FULL;
use crate::equivalences::undo_norms;
use crate::error::Error;
use crate::jobs::{JobRun, Measure};
use crate::lanes::Best;
use crate::network::{Mode, Network, Targets};
use crate::observe::ObservedNetwork;
use crate::settings::choice::Norm;
use crate::training::{Batches, update_rules};

const LESSON: &str = "gamma-beta";
/// Where a network without normalisation does not learn.
const DEEP: &str = "first-look";
const ROWS: usize = 64;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "gamma-beta-gamma", |ground| {
        Ok(moved(&trained(ground)?, "gamma", 1.0) - 0.1)
    }),
    Claim::checked(LESSON, "gamma-beta-beta", |ground| {
        Ok(moved(&trained(ground)?, "beta", 0.0) - 0.1)
    }),
    // The output of the network without normalisation that has the same weights.
    Claim::checked(LESSON, "gamma-beta-undo", |ground| {
        let run = trained(ground)?;
        let (mut network, now) = (run.network().clone(), &run.job().settings);
        let x = run.dataset().train.points(0..ROWS).x;
        undo_norms(&mut network, run.hidden(), now.epsilon, x, ROWS)?;
        network.forward(x, ROWS, Mode::Batch)?;
        let mut plain = ObservedNetwork::new(Norm::None, now, FULL)?.network;
        for (name, place) in plain.views().to_vec() {
            plain.parameters_mut()[place].copy_from_slice(network.parameter(&name));
        }
        plain.forward(x, ROWS, Mode::Batch)?;
        let off = apart(plain.output().values(), network.output().values());
        Ok(below(off, 1e-4))
    }),
    // The largest gradient of a bias over the largest of its layer's weights.
    Claim::checked(LESSON, "gamma-beta-bias", |ground| {
        let run = trained(ground)?;
        let points = run.dataset().train.points(0..ROWS);
        let mut network = run.network().clone();
        network.differentiate(points.x, Targets::Labels(points.labels), ROWS, |_, _| {})?;
        let largest = |name: &str| {
            let all = network.gradient(name).iter();
            all.fold(0.0_f64, |most, g| most.max(f64::from(g.abs())))
        };
        let layers = run.hidden().iter().map(|layer| {
            let bias = layer.weight.replace(".weight", ".bias");
            largest(&bias) / largest(&layer.weight)
        });
        Ok(below(layers.fold(0.0, f64::max), 1e-4))
    }),
    // The same function as without normalisation, and it learns where that does not.
    Claim::checked(LESSON, "gamma-beta-landscape", |ground| {
        let with = learned_from_undone(ground, 800)?;
        let without = ground.train(DEEP, "", 0, 400, Measure::default())?;
        let without = correct(without.network(), &without)?;
        Ok((with - 0.9).min(0.6 - without))
    }),
];

fn trained(ground: &Ground<'_>) -> Result<JobRun, Error> {
    ground.train(LESSON, "", 1, 400, Measure::default())
}

/// How far the parameter of that name that has moved most is from its start, in the layer where that is least.
fn moved(run: &JobRun, name: &str, start: f32) -> f32 {
    let layers = (1..=run.hidden().len()).map(|number| {
        let values = run.network().parameter(&format!("norm{number}.{name}"));
        values
            .iter()
            .fold(0.0_f32, |most, v| most.max((v - start).abs()))
    });
    layers.fold(f32::INFINITY, f32::min)
}

/// Test accuracy, at inference, of a network that has learned from where γ and β undo the normalisation of all training
/// points.
fn learned_from_undone(ground: &Ground<'_>, steps: u64) -> Result<f32, Error> {
    let run = ground.train(DEEP, "", 1, 1, Measure::default())?;
    let now = settings(DEEP, ground.seed, "");
    let mut observed = ObservedNetwork::new(now.norm_b, &now, FULL)?;
    let train = &run.dataset().train;
    let rows = observed.network.max_rows().min(train.len());
    let x = train.points(0..rows).x;
    undo_norms(&mut observed.network, run.hidden(), now.epsilon, x, rows)?;
    let mut batches = Batches::new(u64::from(now.seed), train.len());
    let rules = update_rules(&now);
    for _ in 0..steps {
        let rows = batches.next_batch(now.batch_size(), None).to_vec();
        observed.gather(train, &rows);
        let batch = &observed.batch;
        let network = &mut observed.network;
        network.train_step(&batch.x, &batch.labels, batch.rows, &rules.hyper)?;
    }
    correct(&observed.network, &run)
}

/// Share of the test points of a run that a network with one output takes rightly.
fn correct(network: &Network<Best>, run: &JobRun) -> Result<f32, Error> {
    let test = &run.dataset().test;
    let mut scratch = crate::network::Scratch::default();
    let all = network.infer(&test.x, test.len(), Mode::Running, &mut scratch)?;
    let right = test.labels.iter().enumerate();
    let right = right.filter(|(row, label)| (all.at(*row, 0) > 0.0) == (**label == 1));
    Ok(right.count() as f32 / test.len() as f32)
}
