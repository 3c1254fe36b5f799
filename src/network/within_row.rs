//! A layer that normalises each row by itself: what Layer, Group, Instance Normalization and RMSNorm share in a network.

use super::Shape;
use super::layer::{Backward, Forward, Infer, Landed, Operation, Planned};
use super::plan::Site;
use crate::kernels::norm::within::{self, Rule, Size};
use crate::lanes::{Lanes, Real};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

/// What is taken together, for one row of data.
#[derive(Clone, Copy, Debug)]
pub struct WithinRow {
    /// Groups, runs and shares; `rows` are the steps that are normalised apart from each other.
    pub size: Size,
    /// ε, and whether the mean is taken away.
    pub rule: Rule,
    /// Whether there is a γ, and with a mean a β.
    pub affine: bool,
}

/// Takes parameters `gamma` and, with a mean, `beta`, and memory.
pub fn plan<L: Lanes>(within: WithinRow, name: &str, site: &mut Site<'_>) -> Planned<L> {
    let input: Shape = site.input();
    let parameters = within.size.parameters();
    if within.affine {
        site.parameter(name, "gamma", parameters);
        if within.rule.centres {
            site.parameter(name, "beta", parameters);
        }
    }
    let zeros = |n: usize| vec![L::Real::ZERO; n];
    let rows = within.size.rows * site.max_rows();
    let work = Work::<L> {
        within,
        inverse: zeros(within.size.groups * rows),
        x_hat: zeros(input.units() * site.max_rows()),
    };
    Planned::new(work, input)
}

#[derive(Clone, Debug)]
struct Work<L: Lanes> {
    within: WithinRow,
    inverse: Vec<L::Real>,
    x_hat: Vec<L::Real>,
}

impl WithinRow {
    fn size(&self, rows: usize) -> Size {
        Size {
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

impl<L: Lanes> Operation<L> for Work<L> {
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

    fn backward(&mut self, at: Backward<'_, L>) -> Landed {
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
        Landed::InPlace
    }

    fn infer(&self, at: Infer<'_, L>) -> Landed {
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
        Landed::Across
    }

    fn x_hat(&self) -> Option<&[L::Real]> {
        Some(&self.x_hat)
    }

    fn boxed(&self) -> Box<dyn Operation<L>> {
        Box::new(self.clone())
    }
}
