//! The sum that a convolution is, and its way back: over all channels and the nine places around a position. Knows no
//! stride and no padding: they are distances in the block that it reads.

use super::{KERNEL, PLACES};
use crate::lanes::{Lanes, Real, WIDTH};

/// Output channels kept in registers at once.
const BLOCK: usize = 4;
/// Rows kept in registers at once: two lanes.
const ROWS: usize = 2 * WIDTH;

/// A sum over all channels and the nine places around each position, heights before widths.
pub struct Gather {
    /// Channels read.
    pub inputs: usize,
    /// Channels written.
    pub outputs: usize,
    /// Of the images read.
    pub from: (usize, usize),
    /// Of the images written.
    pub to: (usize, usize),
    /// Of the block that eight rows are copied to.
    pub block: (usize, usize),
    /// Distance in the block of two neighbours of the image.
    pub spread: usize,
    /// Place in the block of the image's first position, on both axes.
    pub shift: isize,
    /// Distance in the block of what two neighbouring outputs read.
    pub step: usize,
    /// N, the rows of the batch.
    pub rows: usize,
}

impl Gather {
    /// Values of panel and block.
    pub fn room(&self) -> usize {
        let positions = self.block.0 * self.block.1;
        self.weights() * BLOCK + self.inputs * positions * ROWS
    }

    /// Weights of the panel, in fours.
    fn weights(&self) -> usize {
        self.outputs.div_ceil(BLOCK) * self.inputs * PLACES
    }

    /// `[place][from][to]` in blocks of four `to`; the last block is filled with zeros.
    fn pack<R: Real>(&self, panel: &mut [[R; BLOCK]], weight: impl Fn(usize, usize, usize) -> R) {
        let blocks = panel.chunks_exact_mut(self.inputs * PLACES);
        for (first, block) in (0..self.outputs).step_by(BLOCK).zip(blocks) {
            for (place, fours) in block.chunks_exact_mut(self.inputs).enumerate() {
                for (i, four) in fours.iter_mut().enumerate() {
                    *four = std::array::from_fn(|j| match first + j < self.outputs {
                        true => weight(i, first + j, place),
                        false => R::ZERO,
                    });
                }
            }
        }
    }

    /// Copies rows from `n` on to `[position][channel]`; what it does not write is the zeros around the image.
    fn fill<R: Real>(&self, block: &mut [[R; ROWS]], x: &[R], n: usize) {
        let place = |at: usize, extent: usize| {
            let place = usize::try_from((at * self.spread) as isize + self.shift).ok()?;
            (place < extent).then_some(place)
        };
        let (height, width) = self.block;
        for position in 0..self.from.0 * self.from.1 {
            let (line, column) = (position / self.from.1, position % self.from.1);
            let (Some(line), Some(column)) = (place(line, height), place(column, width)) else {
                continue;
            };
            let channels = &mut block[(line * width + column) * self.inputs..][..self.inputs];
            let runs = x.chunks_exact(self.rows).skip(position);
            for (of_eight, x) in channels
                .iter_mut()
                .zip(runs.step_by(self.from.0 * self.from.1))
            {
                match x[n..].first_chunk::<ROWS>() {
                    Some(x) => *of_eight = *x,
                    None => {
                        *of_eight = [R::ZERO; ROWS];
                        of_eight[..x.len() - n].copy_from_slice(&x[n..]);
                    }
                }
            }
        }
    }

    /// Fills `y` `[outputs, to, N]` from `x` `[inputs, from, N]`, the weights `weight(input, output, place)` and the first
    /// summands `[outputs]`.
    #[inline(always)]
    pub fn run<L: Lanes>(
        &self,
        x: &[L::Real],
        weight: impl Fn(usize, usize, usize) -> L::Real,
        first: Option<&[L::Real]>,
        y: &mut [L::Real],
        room: &mut [L::Real],
    ) {
        let (rows, needed) = (self.rows, self.room());
        assert!(room.len() >= needed, "a panel of {needed} values");
        let (panel, block) = room[..needed].split_at_mut(self.weights() * BLOCK);
        let (panel, _) = panel.as_chunks_mut::<BLOCK>();
        let (block, _) = block.as_chunks_mut::<ROWS>();
        self.pack(panel, weight);
        block.fill([L::Real::ZERO; ROWS]);
        let plane = self.to.0 * self.to.1 * rows;
        let mut n = 0;
        while n < rows {
            let width = ROWS.min(rows - n);
            self.fill(block, x, n);
            for position in 0..self.to.0 * self.to.1 {
                let (line, column) = (position / self.to.1, position % self.to.1);
                let at = (line * self.block.1 + column) * self.step;
                let blocks = panel.chunks_exact(self.inputs * PLACES);
                for (number, weights) in blocks.enumerate() {
                    let channel = number * BLOCK;
                    let used = BLOCK.min(self.outputs - channel);
                    let start = std::array::from_fn(|j| match first {
                        Some(first) if j < used => L::splat(first[channel + j]),
                        _ => L::zero(),
                    });
                    let sums = self.sum::<L>(block, weights, start, at);
                    for (j, [low, high]) in sums.into_iter().enumerate().take(used) {
                        let y = &mut y[(channel + j) * plane + position * rows + n..][..width];
                        if width == ROWS {
                            low.store(y);
                            high.store(&mut y[WIDTH..]);
                        } else {
                            let (y_low, y_high) = y.split_at_mut(width.min(WIDTH));
                            low.store_part(y_low);
                            high.store_part(y_high);
                        }
                    }
                }
            }
            n += width;
        }
    }

    /// Four output channels at one position, for eight rows.
    #[inline(always)]
    fn sum<L: Lanes>(
        &self,
        block: &[[L::Real; ROWS]],
        weights: &[[L::Real; BLOCK]],
        start: [L; BLOCK],
        at: usize,
    ) -> [[L; 2]; BLOCK] {
        let mut sums = start.map(|start| [start; 2]);
        // Three neighbouring positions with all their channels are one run of the block.
        let run = KERNEL * self.inputs;
        for (line, weights) in weights.chunks_exact(run).enumerate() {
            let x = &block[(at + line * self.block.1) * self.inputs..][..run];
            for (x, weights) in x.iter().zip(weights) {
                let x = [L::load(x), L::load(&x[WIDTH..])];
                for (sums, weight) in sums.iter_mut().zip(weights) {
                    let weight = L::splat(*weight);
                    for (sum, x) in sums.iter_mut().zip(x) {
                        *sum = weight.mul_add(x, *sum);
                    }
                }
            }
        }
        sums
    }
}
