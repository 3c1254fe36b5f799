//! A layer that normalises each row by itself: what Layer, Group, Instance Normalization and RMSNorm share in a network.

use super::Shape;
use super::layer::{Backward, Forward, Infer, Operation, PlacedLayer, ResultPlace};
use super::plan::LayerContext;
use crate::kernels::norm::within::{self, RowNormSize, Rule};
use crate::lanes::{Lanes, Real};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// What is taken together, for one row of data.
#[derive(Clone, Copy, Debug)]
pub struct WithinRow {
    /// Groups, runs and shares; `rows` are the steps that are normalised apart from each other.
    pub size: RowNormSize,
    /// ε, and whether the mean is taken away.
    pub rule: Rule,
    /// Whether there is a γ, and with a mean a β.
    pub affine: bool,
}

/// Takes parameters `gamma` and, with a mean, `beta`, and memory.
pub fn plan<L: Lanes>(
    within: WithinRow,
    name: &str,
    context: &mut LayerContext<'_>,
) -> PlacedLayer<L> {
    let input: Shape = context.input();
    let parameters = within.size.parameters();
    if within.affine {
        context.parameter(name, "gamma", parameters);
        if within.rule.centres {
            context.parameter(name, "beta", parameters);
        }
    }
    let zeros = |n: usize| vec![L::Real::ZERO; n];
    let rows = within.size.rows * context.max_rows();
    let work = RowNormOperation::<L> {
        within,
        inverse: zeros(within.size.groups * rows),
        x_hat: zeros(input.units() * context.max_rows()),
    };
    PlacedLayer::new(work, input)
}

#[derive(Clone, Debug)]
struct RowNormOperation<L: Lanes> {
    within: WithinRow,
    inverse: Vec<L::Real>,
    x_hat: Vec<L::Real>,
}

impl WithinRow {
    fn size(&self, rows: usize) -> RowNormSize {
        RowNormSize {
            rows: rows * self.size.rows,
            ..self.size
        }
    }

    /// γ and β, if there are.
    fn split<'a, R>(&self, parameters: &'a [R]) -> (Option<&'a [R]>, Option<&'a [R]>) {
        let (gamma, beta) = parameters.split_at(parameters.len().min(self.size.parameters()));
        let some = |values: &'a [R]| (!values.is_empty()).then_some(values);
        (some(gamma), some(beta))
    }
}

impl<L: Lanes> Operation<L> for RowNormOperation<L> {
    fn start(&self, parameters: &mut [L::Real], _: &mut [L::Real]) {
        let gammas = parameters.len().min(self.within.size.parameters());
        let (gamma, beta) = parameters.split_at_mut(gammas);
        gamma.fill(L::Real::ONE);
        beta.fill(L::Real::ZERO);
    }

    fn initialize(&self, parameters: &mut [L::Real], _: Initialization, _: f64, _: &mut Rng) {
        self.start(parameters, &mut []);
    }

    fn forward(&mut self, at: Forward<'_, L>) {
        let size = self.within.size(at.pass.rows);
        let (gamma, beta) = self.within.split(at.parameters);
        within::forward::<L>(
            at.x,
            size,
            self.within.rule,
            gamma,
            beta,
            &mut self.inverse[..size.groups * size.rows],
            &mut self.x_hat[..at.x.len()],
            at.y,
        );
    }

    fn backward(&mut self, at: Backward<'_, L>) -> ResultPlace {
        let size = self.within.size(at.pass.rows);
        let (gamma, _) = self.within.split(at.parameters);
        let gammas = at.gradients.len().min(self.within.size.parameters());
        let (d_gamma, d_beta) = at.gradients.split_at_mut(gammas);
        within::backward::<L>(
            at.d,
            &self.x_hat[..at.x.len()],
            &self.inverse[..size.groups * size.rows],
            size,
            self.within.rule,
            gamma,
            (!d_gamma.is_empty()).then_some(d_gamma),
            (!d_beta.is_empty()).then_some(d_beta),
        );
        ResultPlace::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> ResultPlace {
        let size = self.within.size(at.pass.rows);
        let (gamma, beta) = self.within.split(at.parameters);
        at.room
            .resize(at.x.len() + size.groups * size.rows, L::Real::ZERO);
        let (x_hat, inverse) = at.room.split_at_mut(at.x.len());
        within::forward::<L>(
            at.x,
            size,
            self.within.rule,
            gamma,
            beta,
            inverse,
            x_hat,
            at.y,
        );
        ResultPlace::Across
    }

    fn x_hat(&self) -> Option<&[L::Real]> {
        Some(&self.x_hat)
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
