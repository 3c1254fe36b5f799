//! Ghost Batch Normalization (Hoffer et al. 2017): small chunks of a large batch, each by its own moments.

use crate::error::Error;
use crate::kernels::norm::{batch, ghost};
use crate::lanes::{Lanes, Real};
use crate::network::batch_moments::{BatchMoments, Scale, Source};
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::{refuse, require_channels, require_some};
use crate::network::{Mode, Moments, Shape};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// Ghost Batch Normalization; parameters and buffers as Batch Normalization.
#[derive(Clone, Debug)]
pub struct GhostBatchNorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// Rows of a chunk; the last of a batch may be smaller.
    pub chunk: usize,
    /// ε and momentum; the running averages move once a chunk.
    pub rule: batch::Rule,
}

impl<L: Lanes> LayerSpec<L> for GhostBatchNorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let name = &self.name;
        require_some(name, self.features)?;
        require_channels(name, context.input(), self.features)?;
        if self.chunk == 0 {
            return Err(refuse(name, "chunks of 0 rows", "1 or more"));
        }
        let moments = BatchMoments::plan(context, name, self.rule, Scale::Learned);
        let chunks = context.max_rows().div_ceil(self.chunk);
        let work = GhostBatchNormOperation::<L> {
            kept: moments,
            chunk: self.chunk,
            of_chunks: Moments::with_room(chunks * self.features),
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

#[derive(Clone, Debug)]
struct GhostBatchNormOperation<L: Lanes> {
    kept: BatchMoments<L::Real>,
    chunk: usize,
    /// Each `[G, C]`, G chunks.
    of_chunks: Moments<L::Real>,
}

impl<L: Lanes> GhostBatchNormOperation<L> {
    fn size(&self, rows: usize) -> ghost::GhostSize {
        ghost::GhostSize {
            features: self.kept.channels,
            positions: self.kept.positions,
            rows,
            chunk: self.chunk,
        }
    }
}

impl<L: Lanes> Operation<L> for GhostBatchNormOperation<L> {
    fn check_rows(&self, rows: usize, mode: Mode<'_, L::Real>) -> Result<(), Error> {
        if !matches!(self.kept.source(mode), Source::Batch) {
            return Ok(());
        }
        let size = self.size(rows);
        if size.is_enough() {
            return Ok(());
        }
        let is_enough = |rows: &usize| self.size(*rows).is_enough();
        let below = (1..rows).rev().find(is_enough);
        let above = (rows + 1..=rows + self.chunk).find(is_enough);
        Err(Error::TooFewValues {
            layer: self.kept.name.clone(),
            values: size.values(size.chunks() - 1),
            batch: rows,
            chunk: (rows > 1).then_some(self.chunk),
            nearest: [below, above],
        })
    }

    fn start(&self, parameters: &mut [L::Real], buffers: &mut [L::Real]) {
        self.kept.start(parameters, buffers);
    }

    fn initialize(&self, parameters: &mut [L::Real], _: Initialization, _: f64, _: &mut Rng) {
        self.kept.restart(parameters);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let size = self.size(at.pass.rows);
        let kept = &mut self.kept;
        let values = at.pass.rows * kept.positions;
        kept.own.measure::<L>(at.x, values);
        let source = kept.source(at.pass.mode);
        kept.used_batch = matches!(source, Source::Batch);
        let used = match source {
            Source::Batch => {
                let moments = size.chunks() * kept.channels;
                ghost::forward::<L>(
                    at.x,
                    size,
                    kept.rule.epsilon,
                    Some(at.parameters.split_at(kept.channels)),
                    &mut self.of_chunks.mean[..moments],
                    &mut self.of_chunks.mean_low[..moments],
                    &mut self.of_chunks.variance[..moments],
                    &mut kept.x_hat[..at.x.len()],
                    at.y,
                );
                if matches!(at.pass.mode, Mode::Train) && kept.rule.moves(true) {
                    self.move_running(at.buffers, size, at.pass.batches_tracked);
                }
                return;
            }
            Source::Running => kept.running_moments(at.buffers),
            Source::Given(moments) => moments.view(),
        };
        kept.used_variance.copy_from_slice(used.variance);
        batch::normalize::<L>(
            at.x,
            values,
            used,
            kept.rule.epsilon,
            Some(at.parameters.split_at(kept.channels)),
            &mut kept.x_hat[..at.x.len()],
            at.y,
        );
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let size = self.size(at.pass.rows);
        let kept = &self.kept;
        let x_hat = &kept.x_hat[..at.x.len()];
        let gamma = Some(&at.parameters[..kept.channels]);
        let (d_gamma, d_beta) = at.gradients.split_at_mut(kept.channels);
        let epsilon = kept.rule.epsilon;
        if kept.used_batch {
            let variances = &self.of_chunks.variance[..size.chunks() * kept.channels];
            ghost::backward::<L>(
                at.d, x_hat, size, variances, epsilon, gamma, d_gamma, d_beta,
            );
        } else {
            let values = at.pass.rows * kept.positions;
            let variance = &kept.used_variance;
            batch::backward_fixed::<L>(
                at.d, x_hat, values, variance, epsilon, gamma, d_gamma, d_beta,
            );
        }
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        let kept = &self.kept;
        let (rows, epsilon) = (at.pass.rows, kept.rule.epsilon);
        let affine = Some(at.parameters.split_at(kept.channels));
        let used = match kept.source(at.pass.mode) {
            Source::Batch => {
                let (size, values) = (self.size(rows), at.x.len());
                let moments = size.chunks() * kept.channels;
                at.room.resize(values + 3 * moments, L::Real::ZERO);
                let (x_hat, rest) = at.room.split_at_mut(values);
                let (mean, rest) = rest.split_at_mut(moments);
                let (low, variance) = rest.split_at_mut(moments);
                ghost::forward::<L>(
                    at.x, size, epsilon, affine, mean, low, variance, x_hat, at.y,
                );
                return ResultPlace::Across;
            }
            Source::Running => kept.running_moments(at.buffers),
            Source::Given(moments) => moments.view(),
        };
        let values = rows * kept.positions;
        batch::normalize_in_place::<L>(at.x, values, used, epsilon, affine);
        ResultPlace::InPlace
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

impl<L: Lanes> GhostBatchNormOperation<L> {
    /// Once a chunk, in their order; a cumulative average counts chunks.
    fn move_running(&self, buffers: &mut [L::Real], size: ghost::GhostSize, batches_tracked: u64) {
        let kept = &self.kept;
        let (running_mean, running_variance) = kept.running_mut(buffers);
        let chunks = size.chunks();
        for index in 0..chunks {
            let of = index * kept.channels..(index + 1) * kept.channels;
            let tracked = batches_tracked.saturating_sub(1) * chunks as u64 + index as u64 + 1;
            batch::move_running::<L>(
                running_mean,
                running_variance,
                &self.of_chunks.mean[of.clone()],
                &self.of_chunks.variance[of],
                size.values(index),
                kept.rule.new_share(tracked),
                kept.rule.convention,
            );
        }
    }
}
