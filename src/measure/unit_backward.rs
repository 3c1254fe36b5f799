//! What Batch Normalization makes of the gradient of one unit, value by value and in the three terms of its backward formula
//! (`kernels::norm::batch::backward_batch`). Moves no parameter; running averages move, so it is given a copy.

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::kernels::norm::batch::inverse_deviation;
use crate::lanes::{Lanes, Real};
use crate::network::{Network, Targets};

/// The most values that are told one by one.
pub const MOST_BACKWARD_VALUES: usize = 64;

/// One unit on one mini-batch. Values are in the order of the batch; of an image or a sequence those of all rows at the
/// first position stand before those at the second. Sums are over all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitBackward {
    /// N, all values of the unit.
    pub values: usize,
    /// The first of them, at most `MOST_BACKWARD_VALUES`.
    pub shown: Vec<BackwardValue>,
    /// γ; 1 where there is none.
    pub gamma: f32,
    /// What was divided by: √(σ² + ε).
    pub deviation: f32,
    /// Whether μ and σ² were the batch's; of frozen statistics terms 2 and 3 are 0.
    pub uses_batch: bool,
    /// Σdy, which is the gradient by β.
    pub sum_d_y: f32,
    /// Σ(dy·x̂), which is the gradient by γ.
    pub sum_d_y_x_hat: f32,
    /// Σdx.
    pub sum_d_x: f32,
    /// Σ(dx·x̂).
    pub sum_d_x_x_hat: f32,
    /// Σ|dx|: against which the two sums above are small.
    pub size_d_x: f32,
    /// Σ of the absolute first terms: what would have been passed back if μ and σ² were constants.
    pub size_direct: f32,
    /// The loss's gradient by the bias that is added just before, as the backward pass made it; `None` where there is none.
    pub bias_gradient: Option<f32>,
}

/// One value of the unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BackwardValue {
    /// Its place in the batch.
    pub place: u32,
    /// What normalisation is given.
    pub x: f32,
    /// (x − μ)/√(σ² + ε).
    pub x_hat: f32,
    /// The loss's gradient by γ·x̂ + β.
    pub d_y: f32,
    /// Numbered as in the kernel: γ/√(σ² + ε) times dy, −Σdy/N, −x̂·Σ(dy·x̂)/N.
    pub terms: [f32; 3],
    /// The loss's gradient by x, as the network's own backward pass made it.
    pub d_x: f32,
}

/// Of which unit, and how its normalisation is set.
#[derive(Clone, Copy, Debug)]
pub struct BackwardOf<'a> {
    /// Where its layer stands.
    pub hidden: &'a HiddenLayer,
    /// From 0.
    pub unit: usize,
    /// Inside the root.
    pub epsilon: f64,
    /// Whether μ and σ² are the batch's, not the running averages.
    pub uses_batch: bool,
}

/// The terms of one unit of a Batch Normalization, in one pass forward and back.
///
/// # Shapes
/// As `Network::train_step`.
///
/// # Errors
/// A normalisation would have to use the moments of a single row.
///
/// # Panics
/// If nothing is normalised there over the batch, or there is no such unit.
pub fn unit_backward<L: Lanes>(
    network: &mut Network<L>,
    of: BackwardOf<'_>,
    x: &[L::Real],
    targets: Targets<'_, L::Real>,
    rows: usize,
) -> Result<UnitBackward, Error> {
    let (hidden, unit) = (of.hidden, of.unit);
    let norm = hidden.norm.expect("a normalisation");
    let values = rows * network.positions(norm);
    let of_unit = unit * values..(unit + 1) * values;
    let (mut d_y, mut d_x) = (Vec::new(), Vec::new());
    network.differentiate(x, targets, rows, |layer, gradient| {
        // What the next layer was given is what this one gave.
        if layer == norm + 1 {
            d_y.extend_from_slice(&gradient[of_unit.clone()]);
        } else if layer == norm {
            d_x.extend_from_slice(&gradient[of_unit.clone()]);
        }
    })?;
    let parameters = &network.layer_places()[norm].parameters;
    let gamma = match parameters.is_empty() {
        true => 1.0,
        false => network.parameters()[parameters.start + unit].to_f64(),
    };
    let (_, variances) = match of.uses_batch {
        true => network.batch_moments(norm),
        false => network.running(norm),
    };
    let inverse = inverse_deviation(variances[unit].to_f64(), of.epsilon);
    // Found here, as in `depth_profile`.
    // A recurrence adds its bias before its own activation: that one is not dead.
    let bias = hidden.weight.strip_suffix(".weight");
    let gradient = |name: &str| {
        let view = network.views().iter().find(|(known, _)| known == name);
        view.map(|(_, place)| network.gradients()[place.start + unit].to_f64() as f32)
    };
    let bias_gradient = bias.and_then(|layer| gradient(&[layer, ".bias"].concat()));
    let f64s = |values: &[L::Real]| -> Vec<f64> { values.iter().map(|v| v.to_f64()).collect() };
    let passed = Passed {
        x: f64s(network.activation(norm - 1).unit(unit)),
        x_hat: f64s(network.x_hat(norm).unit(unit)),
        d_y: f64s(&d_y),
        d_x: f64s(&d_x),
    };
    Ok(UnitBackward {
        gamma: gamma as f32,
        deviation: inverse.recip() as f32,
        uses_batch: of.uses_batch,
        bias_gradient,
        ..passed.terms(gamma * inverse, of.uses_batch)
    })
}

/// All values of a unit in one pass.
struct Passed {
    x: Vec<f64>,
    x_hat: Vec<f64>,
    d_y: Vec<f64>,
    d_x: Vec<f64>,
}

impl Passed {
    /// Terms and sums, γ/√(σ² + ε) being `scale`.
    fn terms(&self, scale: f64, uses_batch: bool) -> UnitBackward {
        let n = self.d_y.len() as f64;
        let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let sum = |values: &[f64]| values.iter().sum::<f64>();
        let size = |values: &[f64]| values.iter().map(|v| v.abs()).sum::<f64>();
        let (sum_d_y, sum_d_y_x_hat) = (sum(&self.d_y), product(&self.d_y, &self.x_hat));
        let moving = if uses_batch { scale } else { 0.0 };
        let value = |place: usize| {
            let x_hat = self.x_hat[place];
            BackwardValue {
                place: place as u32,
                x: self.x[place] as f32,
                x_hat: x_hat as f32,
                d_y: self.d_y[place] as f32,
                terms: [
                    (scale * self.d_y[place]) as f32,
                    (-moving * sum_d_y / n) as f32,
                    (-moving * x_hat * sum_d_y_x_hat / n) as f32,
                ],
                d_x: self.d_x[place] as f32,
            }
        };
        let shown = 0..self.d_y.len().min(MOST_BACKWARD_VALUES);
        UnitBackward {
            values: self.d_y.len(),
            shown: shown.map(value).collect(),
            sum_d_y: sum_d_y as f32,
            sum_d_y_x_hat: sum_d_y_x_hat as f32,
            sum_d_x: sum(&self.d_x) as f32,
            sum_d_x_x_hat: product(&self.d_x, &self.x_hat) as f32,
            size_d_x: size(&self.d_x) as f32,
            size_direct: (scale.abs() * size(&self.d_y)) as f32,
            ..UnitBackward::default()
        }
    }
}
