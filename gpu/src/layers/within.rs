//! Layer, Group and Instance Normalization and RMSNorm.

use super::product::{Block, row_sums};
use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::kernel::{Kernel, WITHIN_COLUMNS};
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::network::WithinRow;

const FORWARD: Kernel = Kernel {
    entry: "within_forward",
    files: &[include_str!("within.wgsl")],
    reads: 2,
    writes: 3,
};
const BACKWARD: Kernel = Kernel {
    entry: "within_backward",
    reads: 4,
    writes: 1,
    ..FORWARD
};

/// One such normalisation with what it keeps; attention has one too.
pub struct Norm {
    within: WithinRow,
    gamma_at: Option<usize>,
    beta_at: Option<usize>,
    x_hat: wgpu::Buffer,
    inverse: wgpu::Buffer,
}

impl Norm {
    /// Its γ and β stand from `parameters_at` on.
    pub fn new(context: &Context<'_>, within: WithinRow, parameters_at: usize) -> Self {
        let size = within.size;
        let rows = size.rows * context.max_rows;
        let beta_at = parameters_at + size.parameters();
        Self {
            within,
            gamma_at: within.affine.then_some(parameters_at),
            beta_at: (within.affine && within.rule.centres).then_some(beta_at),
            x_hat: context.gpu.storage("x̂", size.groups * size.runs * rows),
            inverse: context
                .gpu
                .storage("inverse deviations", size.groups * rows),
        }
    }

    fn dispatch(&self, kernel: Kernel, buffers: [&wgpu::Buffer; 5]) -> Pending {
        let size = self.within.size;
        Pending {
            kernel,
            record: Record::default()
                .count("groups", size.groups)
                .count("runs", size.runs)
                .count("row_factor", size.rows)
                .count("share", size.share)
                .number("epsilon", self.within.rule.epsilon)
                .flag("centres", self.within.rule.centres)
                .place("gamma_at", self.gamma_at)
                .place("beta_at", self.beta_at),
            buffers: buffers.map(Clone::clone).into(),
            grid: Grid::Groups([
                (Extent::per_row(size.rows), WITHIN_COLUMNS),
                (Extent::fixed(size.groups), 1),
                ONE,
            ]),
            is_for_input: false,
        }
    }

    pub fn forward(
        &self,
        parameters: &wgpu::Buffer,
        x: &wgpu::Buffer,
        y: &wgpu::Buffer,
    ) -> Pending {
        self.dispatch(FORWARD, [parameters, x, &self.x_hat, &self.inverse, y])
    }

    pub fn backward(
        &self,
        parameters: &wgpu::Buffer,
        gradients: &wgpu::Buffer,
        d: &wgpu::Buffer,
        d_x: &wgpu::Buffer,
    ) -> Vec<Pending> {
        let size = self.within.size;
        let len = Extent::per_row(size.share * size.rows);
        let sums = |at, factor| {
            let out = Block::new(gradients, at);
            row_sums(size.parameters(), len, Block::new(d, 0), factor, out)
        };
        let x_hat = Block::new(&self.x_hat, 0);
        let gamma = self.gamma_at.map(|at| sums(at, Some(x_hat)));
        let beta = self.beta_at.map(|at| sums(at, None));
        let through = self.dispatch(BACKWARD, [parameters, d, &self.x_hat, &self.inverse, d_x]);
        gamma.into_iter().chain(beta).chain([through]).collect()
    }
}

pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    within: WithinRow,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let norm = Norm::new(context, within, layer.parameters.start);
    let (parameters, gradients) = (context.parameters.clone(), context.gradients.clone());
    let (forward, x_hat) = (vec![norm.forward(&parameters, x, y)], norm.x_hat.clone());
    let backward =
        move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| norm.backward(&parameters, &gradients, d, d_x);
    Stage {
        x_hat: Some(x_hat),
        ..Stage::new(forward, Box::new(backward))
    }
}
