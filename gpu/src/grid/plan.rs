//! From a job to what the grid's program trains, or why it does not. Makes no buffer and computes no number.

use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Job, JobRun, Until};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::kernels::norm::batch::{Convention, Rule};
use batchnorm_lab::kernels::norm::within;
use batchnorm_lab::network::{Objective, Scale};
use batchnorm_lab::settings::choice::{DatasetKind, Norm, Optimizer};
use batchnorm_lab::settings::{BlockKind, Settings};

use super::LANES;
use crate::description::{Description, described};

/// Normalisations that the program computes.
const NORMS: [Norm; 6] = [
    Norm::None,
    Norm::Batch,
    Norm::Sync,
    Norm::Layer,
    Norm::Rms,
    Norm::Group,
];

/// How a layer normalises what its product gave.
#[derive(Clone, Copy, Debug)]
pub enum PlannedNorm {
    /// Not at all.
    None,
    /// Over the batch; over shards of it is the same but for rounding.
    Batch(Rule),
    /// Within each row, in groups of neighbouring units.
    Within { groups: usize, rule: within::Rule },
}

/// An affine layer and what stands behind it. Places are those in the network's flat buffers.
#[derive(Clone, Copy, Debug)]
pub struct PlannedLayer {
    pub inputs: usize,
    pub outputs: usize,
    pub weights_at: usize,
    pub bias_at: Option<usize>,
    pub gamma_at: Option<usize>,
    pub beta_at: Option<usize>,
    pub running_at: Option<usize>,
    pub norm: PlannedNorm,
    pub function: Function,
}

impl PlannedLayer {
    /// Whether its running variance is the batch's own, biased one.
    pub fn keeps_bias(&self) -> bool {
        match self.norm {
            PlannedNorm::None | PlannedNorm::Within { .. } => false,
            PlannedNorm::Batch(rule) => rule.convention == Convention::Keras,
        }
    }

    /// Of a normalisation within rows; else one.
    pub fn groups(&self) -> usize {
        match self.norm {
            PlannedNorm::None | PlannedNorm::Batch(_) => 1,
            PlannedNorm::Within { groups, .. } => groups,
        }
    }

    /// Inverse deviations that it keeps from the way there for the way back.
    pub fn inverses(&self, stride: usize) -> usize {
        match self.norm {
            PlannedNorm::None => 0,
            PlannedNorm::Batch(_) => self.outputs,
            PlannedNorm::Within { groups, .. } => groups * stride,
        }
    }

    /// Lanes that share a unit's rows in sums over the batch: a power of two.
    pub fn parts(&self) -> usize {
        let most = (LANES as usize / self.outputs).max(1);
        1 << most.ilog2()
    }
}

/// A network as the program trains it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The output layer is the last.
    pub layers: Vec<PlannedLayer>,
    pub parameters: usize,
    pub buffers: usize,
    /// Numbers of the optimiser's memory that any of its updates uses.
    pub remembers: usize,
    /// Of a row of input.
    pub features: usize,
    pub objective: Objective,
    /// Rows of its largest batch.
    pub most_rows: usize,
}

impl Plan {
    /// From one unit's rows to the next one's, for so many rows.
    pub fn stride(rows: usize) -> usize {
        rows | 1
    }

    /// Rounds of all its loops that one lane makes in a step, at most.
    pub fn rounds(&self) -> usize {
        let (rows, lanes) = (self.most_rows, LANES as usize);
        let quarter = rows.div_ceil(4);
        let of_layer = |layer: &PlannedLayer| {
            let (inputs, outputs, parts) = (layer.inputs, layer.outputs, layer.parts());
            let forward = (outputs * quarter).div_ceil(lanes) * (inputs + 9);
            let back = (inputs * quarter).div_ceil(lanes) * (outputs + 9);
            let learn = ((inputs * outputs).div_ceil(lanes) + 1) * (quarter + 4);
            let norm = match layer.norm {
                PlannedNorm::None => 0,
                PlannedNorm::Batch(_) => 5 * rows.div_ceil(parts) + 3 * parts,
                PlannedNorm::Within { groups, .. } => {
                    let rounds = (groups * rows).div_ceil(lanes);
                    rounds * (1 + 5 * outputs / groups) + rows.div_ceil(parts) + parts
                }
            };
            forward + back + learn + norm + 2
        };
        let outputs = self.layers.last().map_or(0, |layer| layer.outputs);
        let load = (rows * self.features).div_ceil(lanes);
        let loss = rows.div_ceil(lanes) * (1 + 3 * outputs) + lanes / 4;
        self.layers.iter().map(of_layer).sum::<usize>() + load + loss
    }
}

/// What of a job the program cannot do: the setting concerned, what it is and what it may be.
///
/// # Errors
/// `Error::InvalidSetting`.
pub fn check(job: &Job) -> Result<(), Error> {
    let settings = &job.settings;
    let refuse = |name, value: String, allowed: &str| {
        Err(Error::InvalidSetting {
            name,
            value,
            allowed: allowed.into(),
        })
    };
    if let Until::Accuracy(wanted) = job.until {
        return refuse("until", format!("{wanted}"), "diverged");
    }
    if !job.measure.is_empty() {
        return refuse(
            "measure",
            "a measurement".into(),
            "none: it is made in lanes",
        );
    }
    if settings.data == DatasetKind::Sequences {
        let allowed = "circle | xor | gauss | spiral | digits";
        return refuse("data", settings.data.name().into(), allowed);
    }
    // The points are there once, for all jobs and steps.
    if let Some(moved) = stages(settings).find(|now| now.shift > 0.0) {
        return refuse("shift", moved.get("shift")?, "0");
    }
    let is_dense = |kind: BlockKind| matches!(kind, BlockKind::Affine);
    if !settings.layers.iter().all(|block| is_dense(block.kind)) {
        return refuse("layers", settings.get("layers")?, "affine layers, as 16-16");
    }
    if !NORMS.contains(&job.norm()) {
        let name = ["a", "b"][usize::from(job.side)];
        let names = NORMS.map(Norm::name).join(" | ");
        return refuse(name, job.norm().name().into(), &names);
    }
    Ok(())
}

/// The plan of a run whose job `check` lets pass.
///
/// # Errors
/// `Error::Engine` if the network is another than its settings say.
pub fn plan(run: &JobRun) -> Result<Plan, Error> {
    let (network, settings) = (run.network(), &run.job().settings);
    let mut layers: Vec<PlannedLayer> = Vec::new();
    for part in described(network, run.layers())? {
        let (parameters, buffers) = (part.parameters, part.buffers);
        match (part.description, layers.last_mut()) {
            (Description::Flatten, None) => {}
            (Description::Affine { bias }, _) => {
                let (inputs, outputs) = (part.input.units(), part.output.units());
                layers.push(PlannedLayer {
                    inputs,
                    outputs,
                    weights_at: parameters.start,
                    bias_at: bias.then_some(parameters.start + inputs * outputs),
                    gamma_at: None,
                    beta_at: None,
                    running_at: None,
                    norm: PlannedNorm::None,
                    function: Function::Identity,
                });
            }
            (Description::Elementwise(function), Some(layer)) => layer.function = function,
            (
                Description::BatchNorm {
                    rule,
                    scale: scale @ (Scale::Learned | Scale::None),
                    chunk: None,
                    renorm: None,
                },
                Some(layer),
            ) => {
                let learns = scale == Scale::Learned;
                layer.norm = PlannedNorm::Batch(rule);
                layer.gamma_at = learns.then_some(parameters.start);
                layer.beta_at = learns.then_some(parameters.start + layer.outputs);
                layer.running_at = rule.tracks.then_some(buffers.start);
            }
            (Description::Within(within), Some(layer)) => {
                let (groups, rule) = (within.size.groups, within.rule);
                let has_beta = within.affine && rule.centres;
                layer.norm = PlannedNorm::Within { groups, rule };
                layer.gamma_at = within.affine.then_some(parameters.start);
                layer.beta_at = has_beta.then_some(parameters.start + layer.outputs);
            }
            (description, _) => {
                return Err(Error::Engine {
                    code: crate::faults::Fault::Unsupported.code(),
                    detail: format!("{description:?}"),
                });
            }
        }
    }
    let count = network.parameters().len();
    let in_force: Vec<Settings> = stages(settings).collect();
    let remembered = in_force.iter().map(remembered).max().unwrap_or(0);
    let most_rows = in_force.iter().map(Settings::batch_size).max();
    Ok(Plan {
        layers,
        parameters: count,
        buffers: network.buffers().len(),
        remembers: remembered * count,
        features: network.inputs(),
        objective: settings.loss_used().into(),
        most_rows: most_rows.unwrap_or(1),
    })
}

/// The settings at the start and after each of their changes.
fn stages(settings: &Settings) -> impl Iterator<Item = Settings> {
    let later = settings.changes.iter().map(|change| change.step);
    std::iter::once(0)
        .chain(later)
        .map(|step| settings.in_force(step))
}

/// Numbers that the optimiser remembers of each parameter.
fn remembered(settings: &Settings) -> usize {
    match settings.optimizer {
        Optimizer::Sgd => usize::from(settings.sgd_momentum != 0.0),
        Optimizer::Adam | Optimizer::AdamW => 2,
    }
}
