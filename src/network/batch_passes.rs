//! The passes that normalisations over the batch have in common, once the batch's own moments are known. Measures none.

use super::Mode;
use super::batch_moments::{BatchMoments, Source};
use super::layer::{Forward, Infer, ResultPlace};
use crate::kernels::norm::batch;
use crate::lanes::{Lanes, Real};

impl<R: Real> BatchMoments<R> {
    /// Normalises by the moments that the mode chooses, and moves the running averages where it trains. The batch's own
    /// must stand in `mean` and `variance`.
    pub fn normalize<L: Lanes<Real = R>>(&mut self, at: Forward<'_, L>) {
        let values = at.pass.rows * self.positions;
        self.normalize_part(at, values);
    }

    /// The same for rows that are part of a batch, whose moments are of `of_all` values of each feature.
    pub fn normalize_part<L: Lanes<Real = R>>(&mut self, at: Forward<'_, L>, of_all: usize) {
        let values = at.pass.rows * self.positions;
        let source = self.source(at.pass.mode);
        self.used_batch = matches!(source, Source::Batch);
        let moments = match source {
            Source::Batch => self.own.view(),
            Source::Running => self.running_moments(at.buffers),
            Source::Given(moments) => moments.view(),
        };
        self.used_variance.copy_from_slice(moments.variance);
        batch::normalize::<L>(
            at.x,
            values,
            moments,
            self.rule.epsilon,
            self.affine(at.parameters, at.buffers),
            &mut self.x_hat[..at.x.len()],
            at.y,
        );
        if matches!(at.pass.mode, Mode::Train) && self.rule.moves(true) {
            self.move_averages::<L>(at.buffers, of_all, at.pass.batches_tracked);
        }
    }

    /// Moves the running averages by the batch's own moments, which are of so many values of each feature.
    pub fn move_averages<L: Lanes<Real = R>>(
        &mut self,
        buffers: &mut [R],
        values: usize,
        batches_tracked: u64,
    ) {
        let (running_mean, running_variance) = self.running_mut(buffers);
        batch::move_running::<L>(
            running_mean,
            running_variance,
            &self.own.mean,
            &self.own.variance,
            values,
            self.rule.new_share(batches_tracked),
            self.rule.convention,
        );
    }

    /// Normalises in place by the moments that the mode chooses; the batch's own have been measured.
    pub fn infer<L: Lanes<Real = R>>(&self, at: Infer<'_, L>) -> ResultPlace {
        let source = self.source(at.pass.mode);
        let moments = match source {
            Source::Batch => at.moments[self.measured_at].view(),
            Source::Running => self.running_moments(at.buffers),
            Source::Given(moments) => moments.view(),
        };
        batch::normalize_in_place::<L>(
            at.x,
            at.pass.rows * self.positions,
            moments,
            self.rule.epsilon,
            self.affine(at.parameters, at.buffers),
        );
        ResultPlace::InPlace
    }
}
