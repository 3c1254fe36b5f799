//! Batch Renormalization (Ioffe 2017): Batch Normalization that stays near its running averages.

use crate::error::Error;
use crate::kernels::norm::batch;
use crate::kernels::norm::renorm::{self, Bounds, RunningSpread};
use crate::lanes::{Lanes, Real};
use crate::network::batch_moments::{BatchMoments, Scale, Source};
use crate::network::layer::{
    Backward, Forward, Infer, LayerSpec, Operation, PlacedLayer, ResultPlace,
};
use crate::network::plan::LayerContext;
use crate::network::shape::{refuse, require_channels, require_some};
use crate::network::{Mode, Shape};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// Batch Renormalization; parameters and buffers as Batch Normalization.
#[derive(Clone, Debug)]
pub struct BatchRenorm {
    /// Name of its parameters, e.g. `norm1`.
    pub name: String,
    /// Features or channels it takes and gives.
    pub features: usize,
    /// ε and momentum.
    pub rule: batch::Rule,
    /// The bounds at the end of the schedule.
    pub bounds: Bounds,
    /// Updates up to which it is plain Batch Normalization, and from which the bounds are fully open.
    pub schedule: (u64, u64),
}

impl<L: Lanes> LayerSpec<L> for BatchRenorm {
    fn input(&self) -> Option<Shape> {
        Some(Shape::Features(self.features))
    }

    fn plan(&self, context: &mut LayerContext<'_>) -> Result<PlacedLayer<L>, Error> {
        let name = &self.name;
        require_some(name, self.features)?;
        require_channels(name, context.input(), self.features)?;
        if !self.rule.tracks {
            return Err(refuse(name, "no running averages", "some to stay near to"));
        }
        if self.schedule.0 > self.schedule.1 {
            return Err(refuse(
                name,
                "a schedule that ends before it starts",
                "its start first",
            ));
        }
        let zeros = vec![L::Real::ZERO; self.features];
        let work = BatchRenormOperation::<L> {
            kept: BatchMoments::plan(context, name, self.rule, Scale::Learned),
            bounds: self.bounds,
            schedule: self.schedule,
            r: zeros.clone(),
            shift: zeros.clone(),
            gamma_prime: zeros.clone(),
            beta_prime: zeros,
        };
        Ok(PlacedLayer::new(work, context.input()))
    }
}

#[derive(Clone, Debug)]
struct BatchRenormOperation<L: Lanes> {
    kept: BatchMoments<L::Real>,
    bounds: Bounds,
    schedule: (u64, u64),
    /// Of the last pass, as γ′ and β′.
    r: Vec<L::Real>,
    shift: Vec<L::Real>,
    gamma_prime: Vec<L::Real>,
    beta_prime: Vec<L::Real>,
}

impl<L: Lanes> Operation<L> for BatchRenormOperation<L> {
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
        let kept = &mut self.kept;
        let values = at.pass.rows * kept.positions;
        let epsilon = kept.rule.epsilon;
        kept.own.measure::<L>(at.x, values);
        let trains = matches!(at.pass.mode, Mode::Train);
        let source = kept.source(at.pass.mode);
        kept.used_batch = matches!(source, Source::Batch);
        self.r.fill(L::Real::ONE);
        self.shift.fill(L::Real::ZERO);
        if kept.used_batch && trains {
            let (running_mean, running_variance) = kept.running(at.buffers);
            renorm::correct(
                kept.own.view(),
                running_mean,
                running_variance,
                RunningSpread::Variance,
                epsilon,
                self.bounds
                    .at(at.pass.updates, self.schedule.0, self.schedule.1),
                &mut self.r,
                &mut self.shift,
            );
        }
        renorm::effective(
            Some(at.parameters.split_at(kept.channels)),
            &self.r,
            &self.shift,
            &mut self.gamma_prime,
            &mut self.beta_prime,
        );
        let moments = match source {
            Source::Batch => kept.own.view(),
            Source::Running => kept.running_moments(at.buffers),
            Source::Given(moments) => moments.view(),
        };
        kept.used_variance.copy_from_slice(moments.variance);
        batch::normalize::<L>(
            at.x,
            values,
            moments,
            epsilon,
            Some((&self.gamma_prime, &self.beta_prime)),
            &mut kept.x_hat[..at.x.len()],
            at.y,
        );
        if trains && kept.rule.moves(true) {
            let (running_mean, running_variance) = kept.running_mut(at.buffers);
            batch::move_running::<L>(
                running_mean,
                running_variance,
                &kept.own.mean,
                &kept.own.variance,
                values,
                kept.rule.new_share(at.pass.batches_tracked),
                kept.rule.convention,
            );
        }
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let kept = &self.kept;
        let (d_gamma, d_beta) = at.gradients.split_at_mut(kept.channels);
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
            Some(&self.gamma_prime),
            d_gamma,
            d_beta,
        );
        renorm::backward_gamma(d_gamma, d_beta, &self.r, &self.shift);
        ResultPlace::InPlace
    }

    /// By moments as they are: r and d belong to training.
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
