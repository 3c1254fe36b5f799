//! Batch Normalization whose output is shifted and scaled at random, a new shift and scale of each feature in every step of
//! training (Santurkar et al. 2018, How Does Batch Normalization Help Optimization?, section 2.2 and Figure 2).
//!
//! y = (1 + a·s)·(γ·x̂ + β) + a·t, s and t standard normal, one of each a feature or channel, the same for all rows. They are
//! constants to the gradient. At inference nothing is added.

use super::BatchNorm;
use super::batch_norm::BatchNormOperation;
use crate::error::Error;
use crate::kernels::norm::batch::Rule;
use crate::lanes::{Lanes, Real, each};
use crate::network::batch_moments::{BatchMoments, Scale};
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::{Mode, Shape};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// See the module. Parameters and buffers as Batch Normalization; the noise follows from the seed, the name and the number of
/// updates made: a restored run draws the same.
#[derive(Clone, Debug)]
pub struct NoisyBatchNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε, momentum and whose meaning of it, tracking, frozen statistics.
    pub rule: Rule,
    /// Which γ and β there are.
    pub scale: Scale,
    /// a, 0 or more.
    pub amplitude: f64,
    /// Of the noise.
    pub seed: u64,
}

impl<L: Lanes> LayerSpec<L> for NoisyBatchNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let norm = BatchNorm {
            name: self.name.clone(),
            features: self.features,
            rule: self.rule,
            scale: self.scale,
        };
        let work = NoisyBatchNormOperation {
            norm: norm.place(context)?,
            amplitude: self.amplitude,
            seed: Rng::new(self.seed, &self.name).next_u64(),
            scales: vec![L::Real::ONE; self.features],
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

#[derive(Clone, Debug)]
struct NoisyBatchNormOperation<L: Lanes> {
    norm: BatchNormOperation<L>,
    amplitude: f64,
    seed: u64,
    /// What the last pass multiplied by.
    scales: Vec<L::Real>,
}

impl<L: Lanes> Operation<L> for NoisyBatchNormOperation<L> {
    fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        self.norm.check_rows(rows, mode)
    }

    fn start(&self, parameters: &mut [L::Real], buffers: &mut [L::Real]) {
        self.norm.start(parameters, buffers);
    }

    fn initialize(
        &self,
        parameters: &mut [L::Real],
        kind: Initialization,
        gain: f64,
        rng: &mut Rng,
    ) {
        self.norm.initialize(parameters, kind, gain, rng);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let (y, pass) = (at.y, at.pass);
        self.norm.forward(Forward { y: &mut *y, ..at });
        self.scales.fill(L::Real::ONE);
        if !matches!(pass.mode, Mode::Train) {
            return;
        }
        let values = y.len() / self.scales.len();
        let mut rng = Rng::new(self.seed.wrapping_add(pass.updates), "noise");
        for (y, scale) in y.chunks_exact_mut(values).zip(&mut self.scales) {
            *scale = L::Real::from_f64(1.0 + self.amplitude * rng.normal());
            let shift = L::splat(L::Real::from_f64(self.amplitude * rng.normal()));
            let scale = L::splat(*scale);
            each::update_alone::<L>(y, |y| y.mul_add(scale, shift));
        }
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let values = at.d.len() / self.scales.len();
        for (d, scale) in at.d.chunks_exact_mut(values).zip(&self.scales) {
            let scale = L::splat(*scale);
            each::update_alone::<L>(d, |d| d * scale);
        }
        self.norm.backward(at)
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.norm.infer(at)
    }

    fn batch_moments(&self) -> Option<&BatchMoments<L::Real>> {
        self.norm.batch_moments()
    }

    fn batch_moments_mut(&mut self) -> Option<&mut BatchMoments<L::Real>> {
        self.norm.batch_moments_mut()
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
