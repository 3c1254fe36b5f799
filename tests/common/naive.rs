//! The plain formulas in f64, row-major and slow: what every lane of every kernel answers to.

use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::kernels::conv;
use batchnorm_lab::kernels::norm::within;

/// y[n][k] = b[k] + Σ_i w[k][i]·x[n][i].
pub fn affine(x: &[f64], weight: &[f64], bias: &[f64], inputs: usize) -> Vec<f64> {
    let mut y = Vec::new();
    for x in x.chunks(inputs) {
        for (weight, bias) in weight.chunks(inputs).zip(bias) {
            y.push(bias + weight.iter().zip(x).map(|(w, x)| w * x).sum::<f64>());
        }
    }
    y
}

/// d_x, d_weight, d_bias.
pub fn affine_backward(
    x: &[f64],
    weight: &[f64],
    d_y: &[f64],
    inputs: usize,
    outputs: usize,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let mut d_x = vec![0.0; x.len()];
    let mut d_weight = vec![0.0; weight.len()];
    let mut d_bias = vec![0.0; outputs];
    for n in 0..x.len() / inputs {
        for k in 0..outputs {
            let d = d_y[n * outputs + k];
            d_bias[k] += d;
            for i in 0..inputs {
                d_x[n * inputs + i] += weight[k * inputs + i] * d;
                d_weight[k * inputs + i] += d * x[n * inputs + i];
            }
        }
    }
    (d_x, d_weight, d_bias)
}

/// f(x) and f′(x).
pub fn activation(function: Function, x: f64) -> (f64, f64) {
    let sigmoid = |x: f64| 1.0 / (1.0 + libm::exp(-x));
    match function {
        Function::Identity => (x, 1.0),
        Function::Sigmoid => (sigmoid(x), sigmoid(x) * sigmoid(-x)),
        Function::Tanh => (libm::tanh(x), 1.0 - libm::tanh(x).powi(2)),
        Function::Relu => (x.max(0.0), f64::from(x > 0.0)),
        Function::LeakyRelu { .. } if x > 0.0 => (x, 1.0),
        Function::LeakyRelu { slope } => (slope * x, slope),
        Function::Gelu => {
            let share = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
            let density = libm::exp(-x * x / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
            (x * share, share + x * density)
        }
        Function::GeluTanh => {
            let scale = (2.0 / std::f64::consts::PI).sqrt();
            let t = libm::tanh(scale * (x + 0.044_715 * x.powi(3)));
            let inner = scale * (1.0 + 3.0 * 0.044_715 * x * x);
            (
                0.5 * x * (1.0 + t),
                0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner,
            )
        }
        Function::Silu => {
            let slope = sigmoid(x) * sigmoid(-x);
            (x * sigmoid(x), sigmoid(x) + x * slope)
        }
    }
}

/// Mean and biased variance of each feature.
pub fn moments(x: &[f64], features: usize) -> (Vec<f64>, Vec<f64>) {
    let n = (x.len() / features) as f64;
    let column = |f: usize| x.iter().skip(f).step_by(features);
    let mean: Vec<f64> = (0..features).map(|f| column(f).sum::<f64>() / n).collect();
    let square = |f: usize| column(f).map(|x| (x - mean[f]).powi(2)).sum::<f64>() / n;
    let variance = (0..features).map(square).collect();
    (mean, variance)
}

/// x̂ under any moments.
pub fn normalize(x: &[f64], mean: &[f64], variance: &[f64], epsilon: f64) -> Vec<f64> {
    let features = mean.len();
    let of = |(place, x): (usize, &f64)| {
        let f = place % features;
        (x - mean[f]) / (variance[f] + epsilon).sqrt()
    };
    x.iter().enumerate().map(of).collect()
}

/// d_x of batch normalisation the long way of the paper: through x̂, then σ², then μ (Ioffe and Szegedy 2015, §3).
pub fn batch_norm_backward(x: &[f64], d_y: &[f64], gamma: &[f64], epsilon: f64) -> Vec<f64> {
    let features = gamma.len();
    let n = (x.len() / features) as f64;
    let (mean, variance) = moments(x, features);
    let mut d_x = vec![0.0; x.len()];
    for f in 0..features {
        let places = || (f..x.len()).step_by(features);
        let root = (variance[f] + epsilon).sqrt();
        let d_x_hat = |i: usize| d_y[i] * gamma[f];
        let d_variance: f64 = places()
            .map(|i| d_x_hat(i) * (x[i] - mean[f]) * -0.5 / root.powi(3))
            .sum();
        let direct: f64 = places().map(|i| -d_x_hat(i) / root).sum();
        let shift: f64 = places().map(|i| -2.0 * (x[i] - mean[f])).sum();
        let d_mean = direct + d_variance * shift / n;
        for i in places() {
            let spread = 2.0 * (x[i] - mean[f]) / n;
            d_x[i] = d_x_hat(i) / root + d_variance * spread + d_mean / n;
        }
    }
    d_x
}

/// Mean binary cross-entropy of logits and its gradient.
pub fn binary_cross_entropy(z: &[f64], targets: &[u8]) -> (f64, Vec<f64>) {
    let n = z.len() as f64;
    let terms = z.iter().zip(targets);
    let loss = terms
        .clone()
        .map(|(z, t)| libm::log1p(libm::exp(*z)) - f64::from(*t) * z);
    let slope = terms
        .clone()
        .map(|(z, t)| (1.0 / (1.0 + libm::exp(-z)) - f64::from(*t)) / n);
    (loss.sum::<f64>() / n, slope.collect())
}

/// Mean softmax cross-entropy of row-major logits and its gradient.
pub fn cross_entropy(z: &[f64], targets: &[u8]) -> (f64, Vec<f64>) {
    let rows = targets.len();
    let classes = z.len() / rows;
    let mut loss = 0.0;
    let mut d = Vec::new();
    for (z, target) in z.chunks(classes).zip(targets) {
        let sum: f64 = z.iter().map(|z| libm::exp(*z)).sum();
        loss += libm::log(sum) - z[usize::from(*target)];
        for (class, z) in z.iter().enumerate() {
            let hot = f64::from(class == usize::from(*target));
            d.push((libm::exp(*z) / sum - hot) / rows as f64);
        }
    }
    (loss / rows as f64, d)
}

/// y, d_x and d_weight of row-major images `[N, C, H, W]`, from the definition.
pub fn convolution(
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
    d_y: &[f64],
    size: conv::ConvSize,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (height, width) = size.output().expect("room for the weights");
    let (mut y, mut d_x, mut d_w) = (vec![], vec![0.0; x.len()], vec![0.0; weight.len()]);
    for n in 0..size.rows {
        for k in 0..size.outputs {
            for position in 0..height * width {
                let (oy, ox) = (position / width, position % width);
                let d = d_y[(n * size.outputs + k) * height * width + position];
                let mut sum = bias[k];
                for c in 0..size.inputs {
                    for place in 0..9 {
                        let down = (oy * size.stride + place / 3).wrapping_sub(size.pad);
                        let across = (ox * size.stride + place % 3).wrapping_sub(size.pad);
                        if down < size.height && across < size.width {
                            let plane = (n * size.inputs + c) * size.height;
                            let from = (plane + down) * size.width + across;
                            let w = (k * size.inputs + c) * 9 + place;
                            sum += weight[w] * x[from];
                            d_x[from] += weight[w] * d;
                            d_w[w] += d * x[from];
                        }
                    }
                }
                y.push(sum);
            }
        }
    }
    (y, d_x, d_w)
}

/// What a normalisation within rows gives.
pub struct Within {
    pub y: Vec<f64>,
    pub d_x: Vec<f64>,
    pub d_gamma: Vec<f64>,
    pub d_beta: Vec<f64>,
    /// The largest 1/√(σ² + ε), at least 1: it multiplies every error.
    pub steepest: f64,
}

/// Row-major, each group of each row by the formulas of a batch of one feature; without a mean, by those of RMSNorm.
pub fn within(
    x: &[f64],
    d_y: &[f64],
    gamma: &[f64],
    beta: &[f64],
    size: within::RowNormSize,
    rule: within::Rule,
) -> Within {
    let mut all = Within {
        y: vec![],
        d_x: vec![],
        d_gamma: vec![0.0; gamma.len()],
        d_beta: vec![0.0; gamma.len()],
        steepest: 1.0,
    };
    for (place, (x, d_y)) in x.chunks(size.runs).zip(d_y.chunks(size.runs)).enumerate() {
        let first = place % size.groups * size.runs;
        let of = |run: usize| (first + run) / size.share;
        let g: Vec<f64> = d_y
            .iter()
            .enumerate()
            .map(|(run, d)| gamma[of(run)] * d)
            .collect();
        let n = size.runs as f64;
        let (mean, variance) = match rule.centres {
            true => moments(x, 1),
            false => (vec![0.0], vec![x.iter().map(|x| x * x).sum::<f64>() / n]),
        };
        let inverse = 1.0 / (variance[0] + rule.epsilon).sqrt();
        all.steepest = all.steepest.max(inverse);
        let x_hat = normalize(x, &mean, &variance, rule.epsilon);
        for (run, x_hat) in x_hat.iter().enumerate() {
            all.y.push(gamma[of(run)] * x_hat + beta[of(run)]);
            all.d_gamma[of(run)] += d_y[run] * x_hat;
            all.d_beta[of(run)] += d_y[run];
        }
        match rule.centres {
            true => all
                .d_x
                .extend(batch_norm_backward(x, &g, &[1.0], rule.epsilon)),
            // d(x/r)/dx with r² = Σx²/n + ε, one partial derivative at a time.
            false => all.d_x.extend((0..size.runs).map(|i| {
                let partial = |j: usize| {
                    let own = if i == j { inverse } else { 0.0 };
                    own - x[j] * x[i] / n * inverse.powi(3)
                };
                (0..size.runs).map(|j| g[j] * partial(j)).sum::<f64>()
            })),
        }
    }
    all
}
