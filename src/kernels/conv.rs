//! Convolution by 3×3 weights (cross-correlation, as `torch.nn.Conv2d`) and its three gradients.
//!
//! Images are `[C, H, W, N]`: rows of the batch innermost, so that four rows fill four lanes at every position. With W[k][c][t] for the
//! nine places t of the weights, and p ∘ t the input position that place t reads for output position p:
//! `y[k][p][n] = b[k] + Σ_c Σ_t W[k][c][t]·x[c][p∘t][n]`; `d_x[c][q][n] = Σ_k Σ_t W[k][c][t]·d_y[k][p: p∘t = q][n]`;
//! `d_W[k][c][t] = Σ_p Σ_n d_y[k][p][n]·x[c][p∘t][n]`; `d_b[k] = Σ_p Σ_n d_y[k][p][n]`.
//! The first two are one gathering sum with channels exchanged. For it, weights are copied to a panel in which four
//! output channels stand together, and eight rows of all images to a block with their zeros around: all nine places are
//! read without a question, eight sums stay in registers, and what they read stays in the nearest cache, where planes a
//! power of two apart would push each other out.

use super::affine::accumulate;
use crate::lanes::{Lanes, Real, each};
use gather::Gather;

mod gather;

/// Height and width of the weights.
pub const KERNEL: usize = 3;
/// Places of the weights.
const PLACES: usize = KERNEL * KERNEL;
/// Input channels kept in registers at once for the gradient of the weights.
const BLOCK: usize = 4;

/// The sizes of a convolution and its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvSize {
    /// C, channels it takes.
    pub inputs: usize,
    /// K, channels it gives.
    pub outputs: usize,
    /// Of the image it takes.
    pub height: usize,
    /// Of the image it takes.
    pub width: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// Positions from one output to the next.
    pub stride: usize,
    /// Zeros around the image.
    pub pad: usize,
}

impl ConvSize {
    /// Height and width of the image it gives; `None` if the weights do not fit into the padded image.
    pub fn output(self) -> Option<(usize, usize)> {
        let along =
            |extent: usize| Some((extent + 2 * self.pad).checked_sub(KERNEL)? / self.stride + 1);
        Some((along(self.height)?, along(self.width)?))
    }

    /// Values of the panel of weights and of the block of rows that `forward` and `backward_input` work in.
    pub fn panel(self) -> usize {
        let (height, width) = self.output().unwrap_or((0, 0));
        self.gather_forward(height, width)
            .room()
            .max(self.gather_backward(height, width).room())
    }

    fn gather_forward(self, height: usize, width: usize) -> Gather {
        Gather {
            inputs: self.inputs,
            outputs: self.outputs,
            from: (self.height, self.width),
            to: (height, width),
            block: (self.height + 2 * self.pad, self.width + 2 * self.pad),
            spread: 1,
            shift: self.pad as isize,
            step: self.stride,
            rows: self.rows,
        }
    }

    /// The output's gradient with stride − 1 zeros between its positions, read by the weights flipped.
    fn gather_backward(self, height: usize, width: usize) -> Gather {
        const REACH: usize = KERNEL - 1;
        Gather {
            inputs: self.outputs,
            outputs: self.inputs,
            from: (height, width),
            to: (self.height, self.width),
            block: (self.height + REACH, self.width + REACH),
            spread: self.stride,
            shift: REACH as isize - self.pad as isize,
            step: 1,
            rows: self.rows,
        }
    }

    #[track_caller]
    fn check(self, x: usize, weight: usize, y: usize) -> (usize, usize) {
        let Some((height, width)) = self.output() else {
            panic!("3×3 weights in {self:?}");
        };
        assert!(self.rows > 0, "a batch of no rows");
        let positions = self.height * self.width;
        assert_eq!(
            x,
            self.inputs * positions * self.rows,
            "inputs for {self:?}"
        );
        assert_eq!(
            weight,
            self.outputs * self.inputs * PLACES,
            "weights for {self:?}"
        );
        assert_eq!(
            y,
            self.outputs * height * width * self.rows,
            "outputs for {self:?}"
        );
        (height, width)
    }

    /// What weight place (row, column) reads for an output position, both of one axis; `None` over the border.
    fn reads(self, output: usize, place: usize, extent: usize) -> Option<usize> {
        let read = (output * self.stride + place).checked_sub(self.pad)?;
        (read < extent).then_some(read)
    }
}

/// y = W ∗ x + b.
///
/// # Shapes
/// `x` `[C, H, W, N]`, `weight` `[K, C, 3, 3]`, `bias` `[K]` if any, `y` `[K, H′, W′, N]`; `panel` as `ConvSize::panel`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    weight: &[L::Real],
    bias: Option<&[L::Real]>,
    y: &mut [L::Real],
    panel: &mut [L::Real],
    size: ConvSize,
) {
    let (height, width) = size.check(x.len(), weight.len(), y.len());
    if let Some(bias) = bias {
        assert_eq!(bias.len(), size.outputs, "biases for {size:?}");
    }
    let weight = |c: usize, k: usize, place: usize| weight[(k * size.inputs + c) * PLACES + place];
    let gather = size.gather_forward(height, width);
    gather.run::<L>(x, weight, bias, y, panel);
}

/// The gradient towards the inputs.
///
/// # Shapes
/// `d_y` `[K, H′, W′, N]`, `weight` `[K, C, 3, 3]`, `d_x` `[C, H, W, N]`; `panel` as `ConvSize::panel`.
pub fn backward_input<L: Lanes>(
    d_y: &[L::Real],
    weight: &[L::Real],
    d_x: &mut [L::Real],
    panel: &mut [L::Real],
    size: ConvSize,
) {
    let (height, width) = size.check(d_x.len(), weight.len(), d_y.len());
    let flipped = |k: usize, c: usize, place: usize| {
        weight[(k * size.inputs + c) * PLACES + (PLACES - 1 - place)]
    };
    let gather = size.gather_backward(height, width);
    gather.run::<L>(d_y, flipped, None, d_x, panel);
}

/// The gradients towards weights and biases.
///
/// # Shapes
/// `x` `[C, H, W, N]`, `d_y` `[K, H′, W′, N]`, `d_weight` `[K, C, 3, 3]`, `d_bias` `[K]` if any.
pub fn backward_parameters<L: Lanes>(
    x: &[L::Real],
    d_y: &[L::Real],
    d_weight: &mut [L::Real],
    d_bias: Option<&mut [L::Real]>,
    size: ConvSize,
) {
    let (height, width) = size.check(x.len(), d_weight.len(), d_y.len());
    let mut k = 0;
    while k < size.outputs {
        let mut c = 0;
        let (two, four) = (k + 2 <= size.outputs, k + 4 <= size.outputs);
        // With too few channels to keep four of them, more gradients are kept: eight sums do not wait for each other.
        let is_narrow = size.inputs < BLOCK && four;
        while c < size.inputs {
            match (c + BLOCK <= size.inputs, is_narrow, two) {
                (true, _, true) => products::<L, 2, BLOCK>(x, d_y, d_weight, size, k, c),
                (true, _, false) => products::<L, 1, BLOCK>(x, d_y, d_weight, size, k, c),
                (false, true, _) => products::<L, 4, 1>(x, d_y, d_weight, size, k, c),
                (false, false, true) => products::<L, 2, 1>(x, d_y, d_weight, size, k, c),
                (false, false, false) => products::<L, 1, 1>(x, d_y, d_weight, size, k, c),
            }
            c += if c + BLOCK <= size.inputs { BLOCK } else { 1 };
        }
        k += match (is_narrow, two) {
            (true, _) => 4,
            (false, true) => 2,
            (false, false) => 1,
        };
    }
    if let Some(d_bias) = d_bias {
        assert_eq!(d_bias.len(), size.outputs, "bias gradients for {size:?}");
        let plane = height * width * size.rows;
        for (d_y, d_bias) in d_y.chunks_exact(plane).zip(d_bias) {
            *d_bias = each::sum::<L>(d_y, L::Real::ZERO, |d| d);
        }
    }
}

/// The nine products of each of B planes of `d_y` from `k` on with each of C planes of `x` from `c` on.
///
/// With stride 1 a line of outputs and what a place reads for it are each one run of memory.
#[inline(always)]
fn products<L: Lanes, const B: usize, const C: usize>(
    x: &[L::Real],
    d_y: &[L::Real],
    d_weight: &mut [L::Real],
    size: ConvSize,
    k: usize,
    c: usize,
) {
    let (height, width) = size.output().unwrap_or((0, 0));
    let (from, to) = (
        size.height * size.width * size.rows,
        height * width * size.rows,
    );
    let x: [&[L::Real]; C] = std::array::from_fn(|i| &x[(c + i) * from..][..from]);
    let d_y: [&[L::Real]; B] = std::array::from_fn(|j| &d_y[(k + j) * to..][..to]);
    for place in 0..PLACES {
        let (down, across) = (place / KERNEL, place % KERNEL);
        let mut sums = [[L::zero(); C]; B];
        for oy in 0..height {
            let Some(iy) = size.reads(oy, down, size.height) else {
                continue;
            };
            let mut add = |ox: usize, ix: usize, positions: usize| {
                let len = positions * size.rows;
                let d_y = d_y.map(|d_y| &d_y[(oy * width + ox) * size.rows..][..len]);
                let x = x.map(|x| &x[(iy * size.width + ix) * size.rows..][..len]);
                accumulate::<L, B, C>(x, d_y, &mut sums);
            };
            let mut inside =
                (0..width).filter_map(|ox| Some((ox, size.reads(ox, across, size.width)?)));
            if size.stride == 1 {
                if let Some((ox, ix)) = inside.next() {
                    add(ox, ix, 1 + inside.count());
                }
            } else {
                inside.for_each(|(ox, ix)| add(ox, ix, 1));
            }
        }
        for (j, sums) in sums.iter().enumerate() {
            for (i, sum) in sums.iter().enumerate() {
                d_weight[((k + j) * size.inputs + c + i) * PLACES + place] = sum.sum();
            }
        }
    }
}
