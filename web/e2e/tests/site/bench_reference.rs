//! Layers in f64, row-major, as plainly as they can be written: what `bench.html` is checked against. Knows no kernel.

use anyhow::{Result, ensure};

/// Fails where two lists differ by more than `tolerance·(1 + |want|)`.
pub fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) -> Result<()> {
    ensure!(
        got.len() == want.len(),
        "{what}: {} values, not {}",
        got.len(),
        want.len()
    );
    for (place, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (got - want).abs();
        ensure!(
            error <= tolerance * (1.0 + want.abs()),
            "{what}[{place}]: got {got}, want {want}"
        );
    }
    Ok(())
}

/// A normalised block `[N, C, P]`.
pub struct Norm {
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
    x_hat: Vec<f64>,
    positions: usize,
    epsilon: f64,
}

impl Norm {
    /// By its own moments, the variance biased.
    pub fn of(x: &[f64], features: usize, positions: usize, epsilon: f64) -> Self {
        let of = |place: usize| place / positions % features;
        let count = (x.len() / features) as f64;
        let mut mean = vec![0.0; features];
        for (place, x) in x.iter().enumerate() {
            mean[of(place)] += x / count;
        }
        let mut variance = vec![0.0; features];
        for (place, x) in x.iter().enumerate() {
            variance[of(place)] += (x - mean[of(place)]).powi(2) / count;
        }
        Self::with(x, mean, variance, positions, epsilon)
    }

    /// By given moments.
    pub fn with(
        x: &[f64],
        mean: Vec<f64>,
        variance: Vec<f64>,
        positions: usize,
        epsilon: f64,
    ) -> Self {
        let of = |place: usize| place / positions % mean.len();
        let scaled = |(place, x): (usize, &f64)| {
            (x - mean[of(place)]) / (variance[of(place)] + epsilon).sqrt()
        };
        let x_hat = x.iter().enumerate().map(scaled).collect();
        Self {
            mean,
            variance,
            x_hat,
            positions,
            epsilon,
        }
    }

    fn feature(&self, place: usize) -> usize {
        place / self.positions % self.mean.len()
    }

    pub fn output(&self, gamma: &[f64], beta: &[f64]) -> Vec<f64> {
        let each = self.x_hat.iter().enumerate();
        each.map(|(place, x)| gamma[self.feature(place)] * x + beta[self.feature(place)])
            .collect()
    }
}

/// d_x, d_γ, d_β.
pub fn norm_backward(norm: &Norm, d_y: &[f64], gamma: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let features = gamma.len();
    let (mut d_gamma, mut d_beta) = (vec![0.0; features], vec![0.0; features]);
    for (place, d) in d_y.iter().enumerate() {
        d_gamma[norm.feature(place)] += d * norm.x_hat[place];
        d_beta[norm.feature(place)] += d;
    }
    let count = (d_y.len() / features) as f64;
    let one = |(place, d): (usize, &f64)| {
        let f = norm.feature(place);
        let inner = d - d_beta[f] / count - norm.x_hat[place] * d_gamma[f] / count;
        gamma[f] / (norm.variance[f] + norm.epsilon).sqrt() * inner
    };
    (d_y.iter().enumerate().map(one).collect(), d_gamma, d_beta)
}

/// One layer of a network: what it does and what it keeps. Updates itself by plain descent on its way back.
pub enum Step {
    /// A product of rows with `weight` `[in, out]`; of images, one for each of their neighbourhoods.
    Product {
        weight: Vec<f64>,
        bias: Option<Vec<f64>>,
        inputs: usize,
        outputs: usize,
        side: Option<usize>,
        rate: f64,
        x: Vec<f64>,
    },
    Norm {
        gamma: Vec<f64>,
        beta: Vec<f64>,
        positions: usize,
        epsilon: f64,
        rate: f64,
        kept: Option<Norm>,
    },
    Each {
        function: fn(f64) -> f64,
        slope: fn(f64) -> f64,
        y: Vec<f64>,
    },
}

/// An affine layer.
pub fn affine(weight: &[f64], inputs: usize, outputs: usize, has_bias: bool, rate: f64) -> Step {
    let bias = has_bias.then(|| vec![0.0; outputs]);
    Step::Product {
        weight: weight.to_vec(),
        bias,
        inputs,
        outputs,
        side: None,
        rate,
        x: Vec::new(),
    }
}

/// A convolution with a border of zeros; `weight` `[3, 3, in, out]`, images `[side, side, channel]`.
pub fn conv(weight: &[f64], side: usize, inputs: usize, outputs: usize, rate: f64) -> Step {
    Step::Product {
        weight: weight.to_vec(),
        bias: None,
        inputs: 9 * inputs,
        outputs,
        side: Some(side),
        rate,
        x: Vec::new(),
    }
}

/// For each position the values of its nine neighbours side by side, `None` beyond the border: places in the images.
fn neighbourhoods(len: usize, side: usize, channels: usize) -> Vec<Option<usize>> {
    let size = side * side;
    let mut places = Vec::new();
    for position in 0..len / channels {
        let (image, row, column) = (position / size, position % size / side, position % side);
        for t in 0..9 {
            let (y, x) = (
                (row + t / 3).wrapping_sub(1),
                (column + t % 3).wrapping_sub(1),
            );
            for c in 0..channels {
                let is_inside = y < side && x < side;
                places.push(is_inside.then(|| ((image * size) + y * side + x) * channels + c));
            }
        }
    }
    places
}

impl Step {
    pub fn norm(features: usize, positions: usize, epsilon: f64, rate: f64) -> Self {
        Step::Norm {
            gamma: vec![1.0; features],
            beta: vec![0.0; features],
            positions,
            epsilon,
            rate,
            kept: None,
        }
    }

    pub fn tanh() -> Self {
        Step::Each {
            function: f64::tanh,
            slope: |y| 1.0 - y * y,
            y: Vec::new(),
        }
    }

    pub fn relu() -> Self {
        Step::Each {
            function: |x| x.max(0.0),
            slope: |y| if y > 0.0 { 1.0 } else { 0.0 },
            y: Vec::new(),
        }
    }

    pub fn forward(&mut self, given: Vec<f64>) -> Vec<f64> {
        match self {
            Step::Product {
                weight,
                bias,
                inputs,
                outputs,
                side,
                x,
                ..
            } => {
                *x = match side {
                    Some(side) => {
                        let places = neighbourhoods(given.len(), *side, *inputs / 9);
                        places
                            .iter()
                            .map(|place| place.map_or(0.0, |place| given[place]))
                            .collect()
                    }
                    None => given,
                };
                let mut y = Vec::new();
                for row in x.chunks(*inputs) {
                    for k in 0..*outputs {
                        let product: f64 = row
                            .iter()
                            .enumerate()
                            .map(|(i, x)| x * weight[i * *outputs + k])
                            .sum();
                        y.push(product + bias.as_ref().map_or(0.0, |bias| bias[k]));
                    }
                }
                y
            }
            Step::Norm {
                gamma,
                beta,
                positions,
                epsilon,
                kept,
                ..
            } => kept
                .insert(Norm::of(&given, gamma.len(), *positions, *epsilon))
                .output(gamma, beta),
            Step::Each { function, y, .. } => {
                *y = given.into_iter().map(*function).collect();
                y.clone()
            }
        }
    }

    pub fn backward(&mut self, d: Vec<f64>) -> Vec<f64> {
        match self {
            Step::Product {
                weight,
                bias,
                inputs,
                outputs,
                side,
                rate,
                x,
            } => {
                let mut d_x = Vec::new();
                for d in d.chunks(*outputs) {
                    d_x.extend((0..*inputs).map(|i| {
                        (0..*outputs)
                            .map(|k| d[k] * weight[i * *outputs + k])
                            .sum::<f64>()
                    }));
                }
                for (row, d) in x.chunks(*inputs).zip(d.chunks(*outputs)) {
                    for (i, x) in row.iter().enumerate() {
                        for (k, d) in d.iter().enumerate() {
                            weight[i * *outputs + k] -= *rate * d * x;
                        }
                    }
                    for (bias, d) in bias.iter_mut().flatten().zip(d) {
                        *bias -= *rate * d;
                    }
                }
                let Some(side) = side else { return d_x };
                let channels = *inputs / 9;
                let len = d_x.len() / 9;
                let mut gathered = vec![0.0; len];
                for (place, d) in neighbourhoods(len, *side, channels).iter().zip(&d_x) {
                    if let Some(place) = place {
                        gathered[*place] += d;
                    }
                }
                gathered
            }
            Step::Norm {
                gamma,
                beta,
                rate,
                kept,
                ..
            } => {
                let Some(kept) = kept else { return d };
                let (d_x, d_gamma, d_beta) = norm_backward(kept, &d, gamma);
                for f in 0..gamma.len() {
                    gamma[f] -= *rate * d_gamma[f];
                    beta[f] -= *rate * d_beta[f];
                }
                d_x
            }
            Step::Each { slope, y, .. } => d.iter().zip(y).map(|(d, y)| d * slope(*y)).collect(),
        }
    }
}

/// Mean softmax cross-entropy over rows and its gradient.
pub fn cross_entropy(logits: &[f64], labels: &[usize], classes: usize) -> (f64, Vec<f64>) {
    let rows = labels.len() as f64;
    let (mut loss, mut d) = (0.0, Vec::new());
    for (row, label) in logits.chunks(classes).zip(labels) {
        let sum: f64 = row.iter().map(|z| z.exp()).sum();
        loss += (sum.ln() - row[*label]) / rows;
        d.extend(
            row.iter()
                .enumerate()
                .map(|(k, z)| (z.exp() / sum - f64::from(u8::from(k == *label))) / rows),
        );
    }
    (loss, d)
}
