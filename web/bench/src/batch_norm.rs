//! Batch Normalization alone, forward, backward and in inference, by the kernels of the lab's layer.
//!
//! The kernels are called feature by feature: what one pass over a feature has read is still near when the next needs it.

use std::ops::Range;

use batchnorm_lab::kernels::layout::transpose;
use batchnorm_lab::kernels::norm::batch::{self, Convention, Moments};
use batchnorm_lab::lanes::{Best, each};
use wasm_bindgen::prelude::*;

use crate::roof::combine;
use crate::{Cost, require};

/// Inputs, gradients and outputs of one normalisation, feature-major.
#[wasm_bindgen]
pub struct BatchNormCase {
    /// N, the rows of the batch.
    rows: usize,
    /// Values of a feature: N, for images N·H·W.
    values: usize,
    epsilon: f64,
    momentum: f64,
    x: Vec<f32>,
    d_y: Vec<f32>,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    given_mean: Vec<f32>,
    given_variance: Vec<f32>,
    running_mean: Vec<f32>,
    running_variance: Vec<f32>,
    mean: Vec<f32>,
    mean_low: Vec<f32>,
    variance: Vec<f32>,
    x_hat: Vec<f32>,
    y: Vec<f32>,
    d_x: Vec<f32>,
    d_gamma: Vec<f32>,
    d_beta: Vec<f32>,
}

#[wasm_bindgen]
impl BatchNormCase {
    /// A case of `rows` rows of `features` features at `positions` positions.
    ///
    /// # Shapes
    /// `x` and `d_y` `[rows, features, positions]`; the others `[features]`.
    ///
    /// # Errors
    /// A length is another, or a feature has fewer than two values.
    #[wasm_bindgen(constructor)]
    pub fn new(
        rows: usize,
        features: usize,
        positions: usize,
        x: &[f32],
        d_y: &[f32],
        gamma: Vec<f32>,
        beta: Vec<f32>,
        running_mean: Vec<f32>,
        running_variance: Vec<f32>,
        epsilon: f64,
        momentum: f64,
    ) -> Result<Self, String> {
        let values = rows * positions;
        if values < 2 {
            return Err(format!("{values} values a feature have no variance"));
        }
        let len = values * features;
        require("x", x.len(), len)?;
        require("dy", d_y.len(), len)?;
        require("gamma", gamma.len(), features)?;
        require("beta", beta.len(), features)?;
        require("rmean", running_mean.len(), features)?;
        require("rvar", running_variance.len(), features)?;
        let turned = |from: &[f32]| {
            let mut into = vec![0.0; len];
            transpose(from, &mut into, rows, features * positions);
            into
        };
        let mut case = Self {
            rows,
            values,
            epsilon,
            momentum,
            x: turned(x),
            d_y: turned(d_y),
            gamma,
            beta,
            given_mean: running_mean.clone(),
            given_variance: running_variance.clone(),
            running_mean,
            running_variance,
            mean: vec![0.0; features],
            mean_low: vec![0.0; features],
            variance: vec![0.0; features],
            x_hat: vec![0.0; len],
            y: vec![0.0; len],
            d_x: vec![0.0; len],
            d_gamma: vec![0.0; features],
            d_beta: vec![0.0; features],
        };
        // The backward pass alone starts from statistics that a forward pass has left.
        case.forward_once();
        case.restart();
        Ok(case)
    }

    /// Sets the running averages to those given.
    pub fn restart(&mut self) {
        self.running_mean.copy_from_slice(&self.given_mean);
        self.running_variance.copy_from_slice(&self.given_variance);
    }

    /// Output, batch statistics and running averages, so many times.
    pub fn forward(&mut self, times: u32) {
        (0..times).for_each(|_| self.forward_once());
    }

    /// Gradients from x, d_y and the statistics of the last forward pass, so many times.
    pub fn backward(&mut self, times: u32) {
        for _ in 0..times {
            for feature in 0..self.mean.len() {
                let run = self.run(feature);
                let (x, x_hat) = (&self.x[run.clone()], &mut self.x_hat[run]);
                let one = feature..feature + 1;
                let moments = Moments {
                    mean: &self.mean[one.clone()],
                    mean_low: &self.mean_low[one.clone()],
                    variance: &self.variance[one],
                };
                let (values, epsilon) = (self.values, self.epsilon);
                batch::normalize_alone::<Best>(x, values, moments, epsilon, None, x_hat);
                self.backward_feature(feature);
            }
        }
    }

    /// Both, so many times.
    pub fn both(&mut self, times: u32) {
        for _ in 0..times {
            self.forward_once();
            for feature in 0..self.mean.len() {
                self.backward_feature(feature);
            }
        }
    }

    /// Output from the running averages, so many times.
    pub fn infer(&mut self, times: u32) {
        for _ in 0..times {
            for feature in 0..self.mean.len() {
                let (run, one) = (self.run(feature), feature..feature + 1);
                batch::normalize_alone::<Best>(
                    &self.x[run.clone()],
                    self.values,
                    Moments {
                        mean: &self.running_mean[one.clone()],
                        mean_low: &[],
                        variance: &self.running_variance[one.clone()],
                    },
                    self.epsilon,
                    Some((&self.gamma[one.clone()], &self.beta[one])),
                    &mut self.y[run],
                );
            }
        }
    }

    /// The walks over memory that `both` cannot do without, with the least arithmetic, so many times; spoils outputs.
    ///
    /// Forward: x is read for the mean; again for the variance, which needs the mean; again for x̂ and y, which are
    /// written. Backward: d_y and x̂ are read for the two sums; again for d_x, which needs them and is written.
    pub fn passes(&mut self, times: u32) {
        for _ in 0..times {
            for feature in 0..self.mean.len() {
                let run = self.run(feature);
                let x = &self.x[run.clone()];
                self.mean[feature] = each::sum::<Best>(x, 0.0, |x| x);
                self.variance[feature] = each::sum::<Best>(x, 0.0, |x| x * x);
                let (x_hat, y) = (&mut self.x_hat[run.clone()], &mut self.y[run]);
                each::map_to_two::<Best>(x, x_hat, y, |x| (x, x));
            }
            for feature in 0..self.mean.len() {
                let run = self.run(feature);
                let (d_y, x_hat) = (&self.d_y[run.clone()], &self.x_hat[run.clone()]);
                let (sum, product) = each::sum_and_product::<Best>(d_y, x_hat);
                (self.d_beta[feature], self.d_gamma[feature]) = (sum, product);
                combine::<Best>(d_y, x_hat, &mut self.d_x[run]);
            }
        }
    }

    /// Of one call of `bn_fwd`, `bn_bwd`, `bn_fwdbwd` or `bn_infer`.
    ///
    /// # Errors
    /// There is no work of that name.
    pub fn cost(&self, work: &str) -> Result<Cost, String> {
        let values = self.x.len();
        let (forward, backward) = (Cost::norm_forward(values), Cost::norm_backward(values));
        match work {
            "bn_fwd" => Ok(forward),
            "bn_bwd" => Ok(backward),
            "bn_fwdbwd" => Ok(forward + backward),
            "bn_infer" => Ok(Cost::norm_inference(values)),
            _ => Err(format!("no work `{work}`")),
        }
    }

    /// Row-major.
    pub fn y(&self) -> Vec<f32> {
        self.turned_back(&self.y)
    }

    /// Row-major.
    pub fn d_x(&self) -> Vec<f32> {
        self.turned_back(&self.d_x)
    }

    /// Of each feature.
    pub fn d_gamma(&self) -> Vec<f32> {
        self.d_gamma.clone()
    }

    /// Of each feature.
    pub fn d_beta(&self) -> Vec<f32> {
        self.d_beta.clone()
    }

    /// Of the batch.
    pub fn mean(&self) -> Vec<f32> {
        self.mean.clone()
    }

    /// Of the batch, biased.
    pub fn variance(&self) -> Vec<f32> {
        self.variance.clone()
    }

    /// The average after the updates made since the start.
    pub fn running_mean(&self) -> Vec<f32> {
        self.running_mean.clone()
    }

    /// The average, of unbiased variances, after the updates made since the start.
    pub fn running_variance(&self) -> Vec<f32> {
        self.running_variance.clone()
    }
}

impl BatchNormCase {
    fn run(&self, feature: usize) -> Range<usize> {
        feature * self.values..(feature + 1) * self.values
    }

    fn forward_once(&mut self) {
        let (values, epsilon) = (self.values, self.epsilon);
        for feature in 0..self.mean.len() {
            let (run, one) = (self.run(feature), feature..feature + 1);
            let x = &self.x[run.clone()];
            let (mean, mean_low) = (&mut self.mean[one.clone()], &mut self.mean_low[one.clone()]);
            let variance = &mut self.variance[one.clone()];
            batch::moments::<Best>(x, values, mean, mean_low, variance);
            let moments = Moments {
                mean,
                mean_low,
                variance,
            };
            batch::normalize::<Best>(
                x,
                values,
                moments,
                epsilon,
                Some((&self.gamma[one.clone()], &self.beta[one])),
                &mut self.x_hat[run.clone()],
                &mut self.y[run],
            );
        }
        batch::move_running::<Best>(
            &mut self.running_mean,
            &mut self.running_variance,
            &self.mean,
            &self.variance,
            values,
            self.momentum,
            Convention::Torch,
        );
    }

    /// From x̂.
    fn backward_feature(&mut self, feature: usize) {
        let (run, one) = (self.run(feature), feature..feature + 1);
        let d = &mut self.d_x[run.clone()];
        d.copy_from_slice(&self.d_y[run.clone()]);
        batch::backward_batch::<Best>(
            d,
            &self.x_hat[run],
            self.values,
            &self.variance[one.clone()],
            self.epsilon,
            Some(&self.gamma[one.clone()]),
            &mut self.d_gamma[one.clone()],
            &mut self.d_beta[one],
        );
    }

    fn turned_back(&self, from: &[f32]) -> Vec<f32> {
        let mut into = vec![0.0; from.len()];
        transpose(from, &mut into, from.len() / self.rows, self.rows);
        into
    }
}
