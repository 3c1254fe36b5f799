//! Batch Normalization over a batch that lies in shards, as `torch.nn.SyncBatchNorm` over so many devices. Here the
//! shards lie in one memory and nothing is sent; what each would send is what is added.

use crate::error::Error;
use crate::kernels::norm::{batch, sync};
use crate::lanes::Lanes;
use crate::network::batch_moments::{BatchMoments, Scale};
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::{refuse, require_channels, require_some};
use crate::network::{Mode, Moments, Shape};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// Synchronised Batch Normalization: Batch Normalization over the whole batch, up to rounding; parameters and buffers
/// are the same.
#[derive(Clone, Debug)]
pub struct SyncBatchNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// Shards of a batch; where there are fewer rows, some are empty.
    pub shards: usize,
    /// ε and momentum; the running averages move once a batch, whatever its shards.
    pub rule: batch::Rule,
    /// Which γ and β there are.
    pub scale: Scale,
}

impl<L: Lanes> LayerSpec<L> for SyncBatchNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let name = &self.name;
        require_some(name, self.features)?;
        require_channels(name, context.input(), self.features)?;
        if self.shards == 0 {
            return Err(refuse(name, "0 shards", "1 or more"));
        }
        let work = SyncBatchNormOperation::<L> {
            kept: BatchMoments::plan(context, name, self.rule, self.scale),
            counts: vec![0; self.shards],
            of_shards: Moments::with_room(self.shards * self.features),
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

#[derive(Clone, Debug)]
struct SyncBatchNormOperation<L: Lanes> {
    kept: BatchMoments<L::Real>,
    /// Values per feature of each shard.
    counts: Vec<usize>,
    /// Each `[R, C]`, R shards.
    of_shards: Moments<L::Real>,
}

impl<L: Lanes> SyncBatchNormOperation<L> {
    fn shards(&self, rows: usize) -> sync::Shards {
        sync::Shards {
            features: self.kept.channels,
            positions: self.kept.positions,
            rows,
            count: self.counts.len(),
        }
    }
}

impl<L: Lanes> Operation<L> for SyncBatchNormOperation<L> {
    fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        self.kept.check_rows(rows, mode)
    }

    fn start(&self, parameters: &mut [L::Real], buffers: &mut [L::Real]) {
        self.kept.start(parameters, buffers);
    }

    fn initialize(&self, parameters: &mut [L::Real], _: Initialization, _: f64, _: &mut Rng) {
        self.kept.restart(parameters);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let shards = self.shards(at.pass.rows);
        let (kept, counts) = (&mut self.kept, &mut self.counts);
        let (of, own) = (&mut self.of_shards, &mut kept.own);
        let (means, low) = (&mut of.mean, &mut of.mean_low);
        sync::moments::<L>(at.x, shards, counts, means, low, &mut of.variance);
        let (mean, low) = (&mut own.mean, &mut own.mean_low);
        sync::pool(counts, of.view(), mean, low, &mut own.variance);
        kept.normalize(at);
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let shards = self.shards(at.pass.rows);
        let kept = &mut self.kept;
        let learns = kept.scale == Scale::Learned;
        let gamma = kept
            .affine(at.parameters, at.buffers)
            .map(|(gamma, _)| gamma);
        let (d_gamma, d_beta) = match learns {
            true => at.gradients.split_at_mut(kept.channels),
            false => kept.spare.split_at_mut(kept.channels),
        };
        let (values, epsilon) = (at.pass.rows * kept.positions, kept.rule.epsilon);
        let (x_hat, variance) = (&kept.x_hat[..at.x.len()], &kept.used_variance);
        if kept.used_batch {
            sync::sums_of_all::<L>(at.d, x_hat, shards, d_gamma, d_beta);
            sync::backward_input::<L>(
                at.d, x_hat, values, variance, epsilon, gamma, d_beta, d_gamma, values,
            );
        } else {
            batch::backward_fixed::<L>(
                at.d, x_hat, values, variance, epsilon, gamma, d_gamma, d_beta,
            );
        }
        ResultPlace::InPlace
    }

    /// Keeps no shards: the moments of the whole, which have been measured, are those of all together.
    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        self.kept.infer(at)
    }

    fn batch_moments(&self) -> Option<&BatchMoments<L::Real>> {
        Some(&self.kept)
    }

    fn batch_moments_mut(&mut self) -> Option<&mut BatchMoments<L::Real>> {
        Some(&mut self.kept)
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
