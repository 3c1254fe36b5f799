//! The passes that normalisations over the batch have in common, once the batch's own moments are known. Measures none.

use super::Mode;
use super::batch_moments::{BatchMoments, Source};
use super::layer::{Forward, Infer, Landed};
use crate::kernels::norm::batch;
use crate::lanes::{Lanes, Real};

impl<R: Real> BatchMoments<R> {
    /// Normalises by the moments that the mode chooses, and moves the running averages where it trains. The batch's own
    /// must stand in `mean` and `variance`.
    pub fn normalize<L: Lanes<Real = R>>(&mut self, at: Forward<'_, L>) {
        let values = at.pass.rows * self.positions;
        let source = self.source(at.pass.mode);
        self.used_batch = matches!(source, Source::Batch);
        let (mean, variance) = match source {
            Source::Batch => (&self.mean[..], &self.variance[..]),
            Source::Running => self.running(at.buffers),
            Source::Given(moments) => (&moments.mean[..], &moments.variance[..]),
        };
        self.used_variance.copy_from_slice(variance);
        batch::normalize::<L>(
            at.x,
            values,
            mean,
            variance,
            self.rule.epsilon,
            self.affine(at.parameters, at.buffers),
            &mut self.x_hat[..at.x.len()],
            at.y,
        );
        if matches!(at.pass.mode, Mode::Train) && self.rule.moves(true) {
            let (running_mean, running_variance) = self.running_mut(at.buffers);
            batch::move_running::<L>(
                running_mean,
                running_variance,
                &self.mean,
                &self.variance,
                values,
                self.rule.new_share(at.pass.batches_tracked),
                self.rule.convention,
            );
        }
    }

    /// Normalises in place by the moments that the mode chooses; the batch's own have been measured.
    pub fn infer<L: Lanes<Real = R>>(&self, at: Infer<'_, L>) -> Landed {
        let source = self.source(at.pass.mode);
        let (mean, variance) = match source {
            Source::Batch => {
                let moments = &at.moments[self.measured_at];
                (&moments.mean[..], &moments.variance[..])
            }
            Source::Running => self.running(at.buffers),
            Source::Given(moments) => (&moments.mean[..], &moments.variance[..]),
        };
        batch::normalize_in_place::<L>(
            at.x,
            at.pass.rows * self.positions,
            mean,
            variance,
            self.rule.epsilon,
            self.affine(at.parameters, at.buffers),
        );
        Landed::InPlace
    }
}
