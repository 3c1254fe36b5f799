//! Batch Normalization of features, of the channels of images, or of the features of all steps of sequences.

use crate::error::Error;
use crate::kernels::norm::batch;
use crate::lanes::Lanes;
use crate::network::batch_moments::{BatchMoments, Scale};
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::{require_channels, require_some};
use crate::network::{Mode, Shape};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// Batch Normalization; parameters `gamma`, `beta`, buffers `running_mean`, `running_variance`.
///
/// PyTorch's in its defaults; `..BatchNorm::default()` leaves out what is not special.
#[derive(Clone, Debug, Default)]
pub struct BatchNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε, momentum and whose meaning of it, tracking, frozen statistics.
    pub rule: batch::Rule,
    /// Which γ and β there are.
    pub scale: Scale,
}

impl<L: Lanes> LayerSpec<L> for BatchNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let placed: BatchNormOperation<L> = self.place(context)?;
        Ok(PlacedLayer::new(placed, context.input()))
    }
}

impl BatchNorm {
    /// At work in its place.
    pub(super) fn place<L: Lanes>(
        &self,
        context: &mut LayerContext<'_>,
    ) -> Result<BatchNormOperation<L>, Error> {
        require_some(&self.name, self.features)?;
        require_channels(&self.name, context.input(), self.features)?;
        let moments = BatchMoments::plan(context, &self.name, self.rule, self.scale);
        Ok(BatchNormOperation(moments))
    }
}

/// See `BatchNorm`.
#[derive(Clone, Debug)]
pub(super) struct BatchNormOperation<L: Lanes>(BatchMoments<L::Real>);

impl<L: Lanes> Operation<L> for BatchNormOperation<L> {
    fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        self.0.check_rows(rows, mode)
    }

    fn start(&self, parameters: &mut [L::Real], buffers: &mut [L::Real]) {
        self.0.start(parameters, buffers);
    }

    fn initialize(&self, parameters: &mut [L::Real], _: Initialization, _: f64, _: &mut Rng) {
        self.0.restart(parameters);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let kept = &mut self.0;
        let values = at.pass.rows * kept.positions;
        kept.own.measure::<L>(at.x, values);
        kept.normalize(at);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let kept = &mut self.0;
        let learns = kept.scale == Scale::Learned;
        let gamma = kept
            .affine(at.parameters, at.buffers)
            .map(|(gamma, _)| gamma);
        let (d_gamma, d_beta) = match learns {
            true => at.gradients.split_at_mut(kept.channels),
            false => kept.spare.split_at_mut(kept.channels),
        };
        let backward = match kept.used_batch {
            true => batch::backward_batch::<L>,
            false => batch::backward_fixed::<L>,
        };
        backward(
            at.d,
            &kept.x_hat[..at.x.len()],
            at.pass.rows * kept.positions,
            &kept.used_variance,
            kept.rule.epsilon,
            gamma,
            d_gamma,
            d_beta,
        );
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.0.infer(at)
    }

    fn batch_moments(&self) -> Option<&BatchMoments<L::Real>> {
        Some(&self.0)
    }

    fn batch_moments_mut(&mut self) -> Option<&mut BatchMoments<L::Real>> {
        Some(&mut self.0)
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
