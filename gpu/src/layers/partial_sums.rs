//! Long sums in parts. The gradients of few weights over many rows are few sums, which would keep few workgroups busy;
//! cut into partials they keep more, and the partials are added in their order, so that a run repeats.

use crate::compile::Context;
use crate::kernel::{Kernel, PRODUCT_TILE};
use crate::program::{Grid, Pending};
use crate::record::{Extent, Record};

const ADD: Kernel = Kernel {
    entry: "add_pieces",
    files: &[include_str!("partial_sums.wgsl")],
    reads: 1,
    writes: 1,
};
/// Workgroups of one product that are enough: beyond them partials only cost memory.
const ENOUGH_GROUPS: usize = 256;
/// The most partials of a sum.
const MOST_PIECES: usize = 16;
/// Terms that a piece has at least.
const LEAST_TERMS: usize = 512;

/// The partials of the sums of one product.
#[derive(Clone, Debug)]
pub struct PartialSums {
    /// Terms of each but the last.
    pub split: usize,
    /// `[partials, sums]`.
    pub buffer: wgpu::Buffer,
    sums: usize,
    terms: Extent,
}

impl PartialSums {
    /// Of a product of `[m, terms]` and `[terms, n]`; `None` where whole sums are better.
    pub fn new(context: &Context<'_>, m: usize, terms: Extent, n: usize) -> Option<Self> {
        let tile = PRODUCT_TILE as usize;
        let groups = m.div_ceil(tile) * n.div_ceil(tile);
        let most = terms.at(context.max_rows) as usize;
        let wanted = (ENOUGH_GROUPS / groups.max(1)).clamp(1, MOST_PIECES);
        let split = most.div_ceil(wanted).max(LEAST_TERMS);
        let partials = most.div_ceil(split);
        (partials > 1).then(|| Self {
            split,
            buffer: context.gpu.storage("partials", partials * m * n),
            sums: m * n,
            terms,
        })
    }

    /// The third axis of the product's grid.
    pub fn axis(&self) -> (Extent, u32) {
        (self.terms, self.split as u32)
    }

    /// Adds them up into `out`, from `at` on.
    pub fn add(&self, out: &wgpu::Buffer, at: usize) -> Pending {
        Pending {
            kernel: ADD,
            record: Record::default()
                .count("count", self.sums)
                .count("out_at", at)
                .extent("inner", self.terms)
                .count("split", self.split),
            buffers: vec![self.buffer.clone(), out.clone()],
            grid: Grid::Values(Extent::fixed(self.sums)),
            is_for_input: false,
        }
    }
}
