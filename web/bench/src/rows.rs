//! The rows of the table as native cases, with inputs drawn from a seed: for criterion and for tests. The page makes its
//! own from the same `rows.json`; no module contains this.

use batchnorm_lab::numeric::rng::Rng;
use serde_json::Value;

use crate::{BatchNormCase, Cost, HistogramCase, TrainCase};

const ROWS: &str = include_str!("../rows.json");
const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// One row of the table, not made yet.
pub struct Row {
    /// Such as `train/mlp_b`.
    pub id: String,
    value: Value,
}

/// What one call of a case computes and moves, and the work itself, so many times.
pub type TrainingWork = (Cost, Box<dyn FnMut(u32)>);

/// All rows, in the page's order.
///
/// # Errors
/// The list is none.
pub fn rows() -> Result<Vec<Row>, String> {
    let rows: Vec<Value> = serde_json::from_str(ROWS).map_err(|error| error.to_string())?;
    let named = |value: Value| {
        let id = value["id"]
            .as_str()
            .ok_or("a row without an id")?
            .to_owned();
        Ok(Row { id, value })
    };
    rows.into_iter().map(named).collect()
}

impl Row {
    /// Draws its inputs and makes it.
    ///
    /// # Errors
    /// It describes nothing that can be made.
    pub fn make(&self) -> Result<TrainingWork, String> {
        let shape = &self.value["shape"];
        match self.value["name"].as_str() {
            Some("train") => training(&self.value["spec"]),
            Some("hist") => histogram(&sizes(shape)?),
            Some(name) => normalization(name, &sizes(shape)?),
            None => Err(format!("`{}` names no work", self.id)),
        }
    }
}

fn size(value: &Value) -> Result<usize, String> {
    let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
    size.ok_or_else(|| format!("{value} is no size"))
}

fn sizes(value: &Value) -> Result<Vec<usize>, String> {
    value.as_array().into_iter().flatten().map(size).collect()
}

fn number(value: &Value) -> Result<f64, String> {
    value
        .as_f64()
        .ok_or_else(|| format!("{value} is no number"))
}

fn normals(rng: &mut Rng, len: usize, scale: f64, shift: f64) -> Vec<f32> {
    (0..len)
        .map(|_| (shift + scale * rng.normal()) as f32)
        .collect()
}

fn training(spec: &Value) -> Result<TrainingWork, String> {
    let mut rng = Rng::new(1, "bench");
    let activation = spec["act"].as_str().unwrap_or_default();
    let mut weights = |inputs: usize, outputs: usize| {
        let scale = (1.0 / inputs as f64).sqrt();
        normals(&mut rng, inputs * outputs, scale, 0.0)
    };
    let is_image = spec["hw"].is_u64();
    let mut case;
    let (units, outputs);
    if is_image {
        let (side, classes) = (size(&spec["hw"])?, size(&spec["classes"])?);
        case = TrainCase::new(1, side, side, EPSILON, MOMENTUM);
        let mut channels = 1;
        for next in sizes(&spec["ch"])? {
            case.conv(&weights(9 * channels, next), next, 1)?;
            case.batch_norm();
            case.activation(activation)?;
            channels = next;
        }
        case.affine(&weights(side * side * channels, classes), classes, true)?;
        (units, outputs) = (side * side, classes);
    } else {
        let dims = sizes(&spec["dims"])?;
        let is_normalized = spec["bn"] != false;
        case = TrainCase::new(dims[0], 0, 0, EPSILON, MOMENTUM);
        for (layer, pair) in dims.windows(2).enumerate() {
            let is_last = layer + 2 == dims.len();
            case.affine(
                &weights(pair[0], pair[1]),
                pair[1],
                is_last || !is_normalized,
            )?;
            if !is_last {
                if is_normalized {
                    case.batch_norm();
                }
                case.activation(activation)?;
            }
        }
        (units, outputs) = (dims[0], dims[dims.len() - 1]);
    }
    let (batch, batches, rate) = (
        size(&spec["batch"])?,
        size(&spec["nb"])?,
        number(&spec["lr"])?,
    );
    let rows = batch * batches;
    let x = normals(&mut rng, rows * units, 1.0, 0.0);
    if spec["loss"] == "mse" {
        let targets = normals(&mut rng, rows * outputs, 1.0, 0.0);
        case.make_regression(&x, &targets, batch, batches, rate)?;
    } else {
        let labels = (0..rows).map(|row| (row % outputs) as u8).collect();
        case.make_classifier(&x, labels, batch, batches, rate)?;
    }
    let cost = case.cost()?;
    let run = move |times| {
        let loss = case.steps(times).expect("a network that is made");
        assert!(loss.is_finite(), "a loss of {loss}");
    };
    Ok((cost, Box::new(run)))
}

fn normalization(name: &str, shape: &[usize]) -> Result<TrainingWork, String> {
    let mut rng = Rng::new(1, "bench");
    let (rows, features) = (shape[0], shape[1]);
    let positions = shape[2..].iter().product();
    let len = rows * features * positions;
    let mut case = BatchNormCase::new(
        rows,
        features,
        positions,
        &normals(&mut rng, len, 1.5, 0.5),
        &normals(&mut rng, len, 1.0, 0.0),
        normals(&mut rng, features, 0.2, 1.0),
        normals(&mut rng, features, 0.2, 0.0),
        normals(&mut rng, features, 0.1, 0.0),
        vec![1.0; features],
        EPSILON,
        MOMENTUM,
    )?;
    let cost = case.cost(name)?;
    let run: Box<dyn FnMut(u32)> = match name {
        "bn_fwdbwd" => Box::new(move |times| case.both(times)),
        "bn_infer" => Box::new(move |times| case.infer(times)),
        _ => return Err(format!("no native bench of `{name}`")),
    };
    Ok((cost, run))
}

fn histogram(shape: &[usize]) -> Result<TrainingWork, String> {
    let values = normals(&mut Rng::new(1, "bench"), shape[0], 1.0, 0.0);
    let mut case = HistogramCase::new(values, shape[1])?;
    Ok((case.cost(), Box::new(move |times| case.run(times))))
}
