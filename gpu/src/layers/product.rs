//! Dense products and sums of rows, of which affine layers, recurrences and attention are made.

use super::partial_sums::PartialSums;
use crate::functions::SUMS;
use crate::kernel::{Kernel, PRODUCT_TILE};
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};

const DENSE: Kernel = Kernel {
    entry: "product",
    files: &[include_str!("dense.wgsl"), include_str!("product.wgsl")],
    reads: 3,
    writes: 1,
};
const ROW_SUMS: Kernel = Kernel {
    entry: "row_sums",
    files: &[SUMS, include_str!("row_sums.wgsl")],
    reads: 2,
    writes: 1,
};

/// A block of numbers from some place on.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    pub buffer: &'a wgpu::Buffer,
    pub at: usize,
}

impl<'a> Block<'a> {
    pub fn new(buffer: &'a wgpu::Buffer, at: usize) -> Self {
        Self { buffer, at }
    }
}

/// W `[K, I]` and blocks of `columns` times the batch's rows.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    pub weight: Block<'a>,
    pub inputs: usize,
    pub outputs: usize,
    /// Columns of x a row of the batch.
    pub columns: usize,
}

/// What a product is added to.
#[derive(Clone, Copy)]
pub enum Addend<'a> {
    Nothing,
    /// One number a row of the result, among the parameters.
    Bias(usize),
    /// A block like the result.
    Like(&'a wgpu::Buffer),
}

impl Weights<'_> {
    fn columns(&self) -> Extent {
        Extent::per_row(self.columns)
    }

    /// W·x, or Wᵀ·x.
    pub fn apply(
        &self,
        transposed: bool,
        x: Block<'_>,
        addend: Addend<'_>,
        out: Block<'_>,
    ) -> Pending {
        let columns = self.columns();
        let (m, inner) = match transposed {
            false => (self.outputs, self.inputs),
            true => (self.inputs, self.outputs),
        };
        let (a_m, a_k) = if transposed {
            (1, self.inputs)
        } else {
            (self.inputs, 1)
        };
        let record = Record::default()
            .count("m", m)
            .extent("inner", Extent::fixed(inner))
            .extent("n", columns)
            .count("a_at", self.weight.at)
            .extent("a_m", Extent::fixed(a_m))
            .count("a_k", a_k)
            .count("b_at", x.at)
            .extent("b_k", columns)
            .extent("b_n", Extent::fixed(1))
            .count("out_at", out.at)
            .extent("out_m", columns);
        let (record, added) = match addend {
            Addend::Nothing => (
                record
                    .place("addend_at", None)
                    .extent("addend_m", Extent::fixed(0))
                    .count("addend_n", 0),
                self.weight.buffer,
            ),
            Addend::Bias(at) => (
                record
                    .place("addend_at", Some(at))
                    .extent("addend_m", Extent::fixed(1))
                    .count("addend_n", 0),
                self.weight.buffer,
            ),
            Addend::Like(block) => (
                record
                    .place("addend_at", Some(0))
                    .extent("addend_m", columns)
                    .count("addend_n", 1),
                block,
            ),
        };
        let record = record.place("split", None).count("out_piece", 0);
        let buffers = [self.weight.buffer, x.buffer, added, out.buffer];
        Pending {
            kernel: DENSE,
            record,
            buffers: buffers.map(Clone::clone).into(),
            grid: Grid::Groups([
                (columns, PRODUCT_TILE),
                (Extent::fixed(m), PRODUCT_TILE),
                ONE,
            ]),
            is_for_input: false,
        }
    }

    /// d_W[k][i] = Σ d[k]·x[i].
    pub fn gradient(&self, d: Block<'_>, x: Block<'_>, gradients: &wgpu::Buffer) -> Pending {
        let out = Block::new(gradients, self.weight.at);
        self.gradient_in(d, x, out, None)
    }

    /// The same with its sums in parts.
    pub fn gradient_by_partial_sums(
        &self,
        d: Block<'_>,
        x: Block<'_>,
        gradients: &wgpu::Buffer,
        partials: &PartialSums,
    ) -> [Pending; 2] {
        [
            self.gradient_in(d, x, Block::new(&partials.buffer, 0), Some(partials)),
            partials.add(gradients, self.weight.at),
        ]
    }

    fn gradient_in(
        &self,
        d: Block<'_>,
        x: Block<'_>,
        out: Block<'_>,
        partials: Option<&PartialSums>,
    ) -> Pending {
        let columns = self.columns();
        let record = Record::default()
            .count("m", self.outputs)
            .extent("inner", columns)
            .extent("n", Extent::fixed(self.inputs))
            .count("a_at", d.at)
            .extent("a_m", columns)
            .count("a_k", 1)
            .count("b_at", x.at)
            .extent("b_k", Extent::fixed(1))
            .extent("b_n", columns)
            .count("out_at", out.at)
            .extent("out_m", Extent::fixed(self.inputs))
            .place("addend_at", None)
            .extent("addend_m", Extent::fixed(0))
            .count("addend_n", 0)
            .place("split", partials.map(|partials| partials.split))
            .count("out_piece", self.outputs * self.inputs);
        let buffers = [d.buffer, x.buffer, d.buffer, out.buffer];
        Pending {
            kernel: DENSE,
            record,
            buffers: buffers.map(Clone::clone).into(),
            grid: Grid::Groups([
                (Extent::fixed(self.inputs), PRODUCT_TILE),
                (Extent::fixed(self.outputs), PRODUCT_TILE),
                partials.map_or(ONE, PartialSums::axis),
            ]),
            is_for_input: false,
        }
    }
}

/// `out[k]` = Σ of row k of `a`, or of its products with `b`; rows are `len` long.
pub fn row_sums(
    rows: usize,
    len: Extent,
    a: Block<'_>,
    b: Option<Block<'_>>,
    out: Block<'_>,
) -> Pending {
    let factor = b.unwrap_or(a);
    let buffers = [a.buffer, factor.buffer, out.buffer];
    Pending {
        kernel: ROW_SUMS,
        record: Record::default()
            .extent("len", len)
            .count("a_at", a.at)
            .count("b_at", factor.at)
            .count("out_at", out.at)
            .flag("multiplies", b.is_some()),
        buffers: buffers.map(Clone::clone).into(),
        grid: Grid::Groups([(Extent::fixed(rows), 1), ONE, ONE]),
        is_for_input: false,
    }
}
