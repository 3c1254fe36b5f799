//! What every normalisation over the batch keeps between its passes and shows to readers: Batch Normalization and its kin.

use super::{Mode, Moments};
use crate::error::Error;
use crate::kernels::norm::batch::{self, GammaBeta};
use crate::lanes::Real;
use crate::network::plan::LayerContext;

/// Which γ and β a normalisation has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// They learn.
    #[default]
    Learned,
    /// They are there, as buffers, and never move.
    Frozen,
    /// There are none.
    None,
}

/// Whose moments a normalisation divides by.
pub enum Source<'a, R> {
    /// The batch's own.
    Batch,
    /// The running averages.
    Running,
    /// These.
    Given(&'a Moments<R>),
}

/// Moments and x̂ of the last forward pass. Its buffers are running mean, running variance, then frozen γ and β.
#[derive(Clone, Debug)]
pub struct BatchMoments<R> {
    /// Name of its parameters.
    pub name: String,
    /// How it normalises.
    pub rule: batch::Rule,
    /// Which γ and β it has.
    pub scale: Scale,
    /// Features or channels.
    pub channels: usize,
    /// Values of each in one row.
    pub positions: usize,
    /// The batch's own, each `[C]`, whichever were used.
    pub own: Moments<R>,
    /// `[C, positions, N]`.
    pub x_hat: Vec<R>,
    /// The variance that was divided by, `[C]`.
    pub used_variance: Vec<R>,
    /// Whether it was the batch's.
    pub used_batch: bool,
    /// Its input's number among the moments that inference records.
    pub measured_at: usize,
    /// Where gradients of parameters that do not learn go.
    pub spare: Vec<R>,
}

impl<R: Real> BatchMoments<R> {
    /// Takes parameters, buffers and memory.
    pub fn plan(
        context: &mut LayerContext<'_>,
        name: &str,
        rule: batch::Rule,
        scale: Scale,
    ) -> Self {
        let shape = context.input();
        let channels = shape.channels();
        if scale == Scale::Learned {
            context.parameter(name, "gamma", channels);
            context.parameter(name, "beta", channels);
        }
        if rule.tracks {
            context.buffer(name, "running_mean", channels);
            context.buffer(name, "running_variance", channels);
        }
        if scale == Scale::Frozen {
            context.buffer(name, "gamma", channels);
            context.buffer(name, "beta", channels);
        }
        let zeros = |n: usize| vec![R::ZERO; n];
        Self {
            name: name.to_owned(),
            rule,
            scale,
            channels,
            positions: shape.positions(),
            own: Moments::with_room(channels),
            x_hat: zeros(shape.units() * context.max_rows()),
            used_variance: zeros(channels),
            used_batch: false,
            measured_at: context.measure_input(),
            spare: zeros(2 * channels),
        }
    }

    /// γ 1, running variance 1.
    pub fn start(&self, parameters: &mut [R], buffers: &mut [R]) {
        let tracked = if self.rule.tracks {
            2 * self.channels
        } else {
            0
        };
        if self.rule.tracks {
            buffers[self.channels..tracked].fill(R::ONE);
        }
        match self.scale {
            Scale::Learned => self.restart(parameters),
            Scale::Frozen => buffers[tracked..][..self.channels].fill(R::ONE),
            Scale::None => {}
        }
    }

    /// γ 1 and β 0, where they learn.
    pub fn restart(&self, parameters: &mut [R]) {
        if self.scale == Scale::Learned {
            let (gamma, beta) = parameters.split_at_mut(self.channels);
            gamma.fill(R::ONE);
            beta.fill(R::ZERO);
        }
    }

    /// Whose moments count in a mode.
    ///
    /// # Panics
    /// If given moments have no entry for it.
    pub fn source<'a>(&self, mode: Mode<'a, R>) -> Source<'a, R> {
        let uses_batch = match mode {
            Mode::Given(moments) => {
                let (at, got) = (self.measured_at, moments.len());
                assert!(at < got, "{}: entry {at} of {got} moments", self.name);
                return Source::Given(&moments[at]);
            }
            Mode::Train => self.rule.uses_batch(true),
            Mode::Batch => true,
            Mode::Running => self.rule.uses_batch(false),
        };
        if uses_batch {
            Source::Batch
        } else {
            Source::Running
        }
    }

    /// Refuses the moments of a single value.
    ///
    /// # Errors
    /// `Error::TooFewValues` where the batch's own moments count.
    pub fn check_rows(&self, rows: usize, mode: Mode<'_, R>) -> Result<(), Error> {
        match self.source(mode) {
            Source::Batch => batch::require_values(&self.name, rows, self.positions),
            Source::Running | Source::Given(_) => Ok(()),
        }
    }

    /// γ and β, wherever they stand.
    pub fn affine<'a>(&self, parameters: &'a [R], buffers: &'a [R]) -> Option<GammaBeta<'a, R>> {
        match self.scale {
            Scale::Learned => Some(parameters.split_at(self.channels)),
            Scale::Frozen => {
                let at = buffers.len() - 2 * self.channels;
                Some(buffers[at..].split_at(self.channels))
            }
            Scale::None => None,
        }
    }

    /// The running averages as moments to normalise by.
    pub fn running_moments<'a>(&self, buffers: &'a [R]) -> batch::Moments<'a, R> {
        let (mean, variance) = self.running(buffers);
        batch::Moments {
            mean,
            mean_low: &[],
            variance,
        }
    }

    /// Running mean and variance; both empty where nothing is tracked.
    pub fn running<'a>(&self, buffers: &'a [R]) -> (&'a [R], &'a [R]) {
        if !self.rule.tracks {
            return (&[], &[]);
        }
        buffers[..2 * self.channels].split_at(self.channels)
    }

    /// As `running`.
    pub fn running_mut<'a>(&self, buffers: &'a mut [R]) -> (&'a mut [R], &'a mut [R]) {
        if !self.rule.tracks {
            return (&mut [], &mut []);
        }
        buffers[..2 * self.channels].split_at_mut(self.channels)
    }
}
