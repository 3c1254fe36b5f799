//! A golden train_run as engines take it: layers, batches and the state to start from.

use std::ops::Range;

use batchnorm_lab::data::Batch;
use batchnorm_lab::engine::{Model, Slice, UpdateRules};
use batchnorm_lab::kernels::optimizer::Hyper;
use batchnorm_lab::network::{Layer, Network, Objective, Shape};

use batchnorm_lab::settings::choice::Frozen;

use super::case::Case;
use super::described::{hyper, layer, shape};

/// A run, not yet begun.
pub struct GoldenRun {
    pub shape: Shape,
    pub layers: Vec<Layer>,
    pub objective: Objective,
    pub hyper: Hyper,
    pub batches: Vec<Batch>,
    pub most_rows: usize,
    /// With the file's parameters.
    pub network: Network,
}

impl GoldenRun {
    pub fn new(case: &Case) -> Self {
        let layers = case.params["layers"].as_array().expect("layers").iter();
        let layers: Vec<Layer> = layers
            .map(|params| layer(params).expect("a known layer"))
            .collect();
        let objective = match case.word("loss") {
            "bce_with_logits" => Objective::BinaryCrossEntropy,
            "cross_entropy" => Objective::CrossEntropy,
            other => panic!("loss {other}"),
        };
        let (x, labels) = (case.flat::<f32>("data/x"), case.bytes("data/target"));
        let shape = shape(&case.tensor("data/x").shape);
        let units = shape.units();
        let lists = case.params["batches"].as_array().expect("batches").iter();
        let batches: Vec<Batch> = lists
            .map(|list| {
                let rows = list.as_array().expect("rows").iter();
                let rows: Vec<usize> = rows
                    .map(|row| row.as_u64().expect("a row") as usize)
                    .collect();
                Batch {
                    x: rows
                        .iter()
                        .flat_map(|row| x[row * units..][..units].to_vec())
                        .collect(),
                    labels: rows.iter().map(|row| labels[*row]).collect(),
                    rows: rows.len(),
                    ..Batch::default()
                }
            })
            .collect();
        let most_rows = batches
            .iter()
            .map(|batch| batch.rows)
            .max()
            .expect("a batch");
        let mut network =
            Network::with_input(shape, &layers, objective, most_rows).expect("a network");
        for (name, place) in network.views().to_vec() {
            let values = case.flat::<f32>(&format!("param/{name}"));
            network.parameters_mut()[place].copy_from_slice(&values);
        }
        Self {
            shape,
            layers,
            objective,
            hyper: hyper(&case.params["optimizer"]),
            batches,
            most_rows,
            network,
        }
    }

    /// Its network, as engines are asked for it.
    pub fn model(&self) -> Model {
        Model {
            input: self.shape,
            layers: self.layers.clone(),
            objective: self.objective,
            max_rows: self.most_rows,
        }
    }

    /// All of its batches, or those of the range, as an engine is given them.
    pub fn slice(&self, batches: Range<usize>) -> Slice<'_> {
        Slice {
            batches: &self.batches[batches],
            rules: UpdateRules {
                hyper: self.hyper,
                momentum: Some(0.1),
                frozen: Frozen::None,
            },
            wants_state: true,
            observation: None,
        }
    }
}
