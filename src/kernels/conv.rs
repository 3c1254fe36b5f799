//! Convolution by 3×3 weights (cross-correlation, as `torch.nn.Conv2d`) and its three gradients.
//!
//! Images are `[C, H, W, N]`: rows of the batch innermost, so that four rows fill four lanes at every position, the
//! border included, where the weights that would reach over it are skipped and cost nothing. With W[k][c][t] for the
//! nine places t of the weights, and p ∘ t the input position that place t reads for output position p:
//! `y[k][p][n] = b[k] + Σ_c Σ_t W[k][c][t]·x[c][p∘t][n]`; `d_x[c][q][n] = Σ_k Σ_t W[k][c][t]·d_y[k][p: p∘t = q][n]`;
//! `d_W[k][c][t] = Σ_p Σ_n d_y[k][p][n]·x[c][p∘t][n]`; `d_b[k] = Σ_p Σ_n d_y[k][p][n]`.
//! The first two are one gathering sum with channels exchanged. Weights are first copied to a panel in which four
//! output channels stand together, so that eight sums stay in registers.

use super::affine::accumulate;
use crate::lanes::{Lanes, Real, WIDTH, each};

/// Height and width of the weights.
pub const KERNEL: usize = 3;
/// Places of the weights.
const PLACES: usize = KERNEL * KERNEL;
/// Output channels kept in registers at once.
const BLOCK: usize = 4;
/// Lanes of rows kept in registers at once.
const PAIR: usize = 2;

/// The sizes of a convolution and its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// C, channels it takes.
    pub inputs: usize,
    /// K, channels it gives.
    pub outputs: usize,
    /// Of the image it takes.
    pub height: usize,
    /// Of the image it takes.
    pub width: usize,
    /// N.
    pub rows: usize,
    /// Positions from one output to the next.
    pub stride: usize,
    /// Zeros around the image.
    pub pad: usize,
}

impl Size {
    /// Height and width of the image it gives; `None` if the weights do not fit into the padded image.
    pub fn output(self) -> Option<(usize, usize)> {
        let along =
            |extent: usize| Some((extent + 2 * self.pad).checked_sub(KERNEL)? / self.stride + 1);
        Some((along(self.height)?, along(self.width)?))
    }

    /// Values of the panel of weights that `forward` and `backward_input` work in.
    pub fn panel(self) -> usize {
        let of = |from: usize, to: usize| from * PLACES * to.next_multiple_of(BLOCK);
        of(self.inputs, self.outputs).max(of(self.outputs, self.inputs))
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

    /// The output position whose weight at `place` reads `input`, of one axis.
    fn is_read_by(self, input: usize, place: usize, extent: usize) -> Option<usize> {
        let distance = (input + self.pad).checked_sub(place)?;
        let output = distance / self.stride;
        (distance % self.stride == 0 && output < extent).then_some(output)
    }
}

/// Which positions one sum takes, with the weight place of each.
struct Taps {
    all: [(usize, usize); PLACES],
    count: usize,
}

impl Taps {
    /// Positions in a plane of `width` from the two axes' own.
    fn new(
        width: usize,
        down: impl Fn(usize) -> Option<usize>,
        across: impl Fn(usize) -> Option<usize>,
    ) -> Self {
        let mut taps = Self {
            all: [(0, 0); PLACES],
            count: 0,
        };
        for place in 0..PLACES {
            if let (Some(y), Some(x)) = (down(place / KERNEL), across(place % KERNEL)) {
                taps.all[taps.count] = (y * width + x, place);
                taps.count += 1;
            }
        }
        taps
    }

    fn list(&self) -> &[(usize, usize)] {
        &self.all[..self.count]
    }
}

/// y = W ∗ x + b.
///
/// # Shapes
/// `x` `[C, H, W, N]`, `weight` `[K, C, 3, 3]`, `bias` `[K]` if any, `y` `[K, H′, W′, N]`; `panel` as `Size::panel`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    weight: &[L::Real],
    bias: Option<&[L::Real]>,
    y: &mut [L::Real],
    panel: &mut [L::Real],
    size: Size,
) {
    let (height, width) = size.check(x.len(), weight.len(), y.len());
    if let Some(bias) = bias {
        assert_eq!(bias.len(), size.outputs, "biases for {size:?}");
    }
    let panel = pack(panel, size.inputs, size.outputs, |c, k, place| {
        weight[(k * size.inputs + c) * PLACES + place]
    });
    let planes = Planes {
        from: size.height * size.width * size.rows,
        to: height * width * size.rows,
        outputs: size.outputs,
        rows: size.rows,
    };
    for oy in 0..height {
        for ox in 0..width {
            let taps = Taps::new(
                size.width,
                |place| size.reads(oy, place, size.height),
                |place| size.reads(ox, place, size.width),
            );
            gather::<L>(x, panel, bias, y, oy * width + ox, &taps, &planes);
        }
    }
}

/// The gradient towards the inputs.
///
/// # Shapes
/// `d_y` `[K, H′, W′, N]`, `weight` `[K, C, 3, 3]`, `d_x` `[C, H, W, N]`; `panel` as `Size::panel`.
pub fn backward_input<L: Lanes>(
    d_y: &[L::Real],
    weight: &[L::Real],
    d_x: &mut [L::Real],
    panel: &mut [L::Real],
    size: Size,
) {
    let (height, width) = size.check(d_x.len(), weight.len(), d_y.len());
    let panel = pack(panel, size.outputs, size.inputs, |k, c, place| {
        weight[(k * size.inputs + c) * PLACES + place]
    });
    let planes = Planes {
        from: height * width * size.rows,
        to: size.height * size.width * size.rows,
        outputs: size.inputs,
        rows: size.rows,
    };
    for iy in 0..size.height {
        for ix in 0..size.width {
            let taps = Taps::new(
                width,
                |place| size.is_read_by(iy, place, height),
                |place| size.is_read_by(ix, place, width),
            );
            gather::<L>(d_y, panel, None, d_x, iy * size.width + ix, &taps, &planes);
        }
    }
}

/// `[from][place][to]` in blocks of four `to`; the last block is filled with zeros.
fn pack<R: Real>(
    panel: &mut [R],
    from: usize,
    to: usize,
    weight: impl Fn(usize, usize, usize) -> R,
) -> &[R] {
    let (blocks, _) = panel.as_chunks_mut::<BLOCK>();
    let used = to.div_ceil(BLOCK) * from * PLACES;
    assert!(blocks.len() >= used, "a panel of {used} blocks");
    for (number, block) in blocks[..used].iter_mut().enumerate() {
        let (place, rest) = (number % PLACES, number / PLACES);
        let (i, first) = (rest % from, rest / from * BLOCK);
        for (j, value) in block.iter_mut().enumerate() {
            *value = if first + j < to {
                weight(i, first + j, place)
            } else {
                R::ZERO
            };
        }
    }
    &panel[..used * BLOCK]
}

/// Sizes of the two planes of a gathering sum.
struct Planes {
    /// Values of one channel read.
    from: usize,
    /// Values of one channel written.
    to: usize,
    /// Channels written.
    outputs: usize,
    rows: usize,
}

/// One position of all output channels: for each, `first + Σ_channels Σ_taps weight·x`.
#[inline(always)]
fn gather<L: Lanes>(
    x: &[L::Real],
    panel: &[L::Real],
    first: Option<&[L::Real]>,
    y: &mut [L::Real],
    position: usize,
    taps: &Taps,
    planes: &Planes,
) {
    let rows = planes.rows;
    let panel_block = panel.len() / planes.outputs.div_ceil(BLOCK);
    let blocks = panel.chunks_exact(panel_block).enumerate();
    for (block, panel) in blocks {
        let channel = block * BLOCK;
        let used = BLOCK.min(planes.outputs - channel);
        let start: [L; BLOCK] = std::array::from_fn(|j| match first {
            Some(first) if j < used => L::splat(first[channel + j]),
            _ => L::zero(),
        });
        let mut n = 0;
        while n + PAIR * WIDTH <= rows {
            let load = |x: &[L::Real]| {
                let x = &x[..PAIR * WIDTH];
                [L::load(x), L::load(&x[WIDTH..])]
            };
            let sums = sum_taps::<L, PAIR>(x, panel, start, taps, n, planes, load);
            for (j, sums) in sums.iter().enumerate().take(used) {
                let y = &mut y[(channel + j) * planes.to + position * rows + n..][..PAIR * WIDTH];
                sums[0].store(y);
                sums[1].store(&mut y[WIDTH..]);
            }
            n += PAIR * WIDTH;
        }
        while n < rows {
            let width = WIDTH.min(rows - n);
            let load = |x: &[L::Real]| [each::load_up_to::<L>(x, width)];
            let sums = sum_taps::<L, 1>(x, panel, start, taps, n, planes, load);
            for (j, [sum]) in sums.iter().enumerate().take(used) {
                let y = &mut y[(channel + j) * planes.to + position * rows + n..];
                each::store_up_to(*sum, y, width);
            }
            n += width;
        }
    }
}

#[inline(always)]
fn sum_taps<L: Lanes, const V: usize>(
    x: &[L::Real],
    panel: &[L::Real],
    start: [L; BLOCK],
    taps: &Taps,
    n: usize,
    planes: &Planes,
    load: impl Fn(&[L::Real]) -> [L; V],
) -> [[L; V]; BLOCK] {
    let mut sums = start.map(|start| [start; V]);
    let (weights, _) = panel.as_chunks::<BLOCK>();
    let (weights, _) = weights.as_chunks::<PLACES>();
    for (x, weights) in x.chunks_exact(planes.from).zip(weights) {
        for (at, place) in taps.list() {
            let x = load(&x[at * planes.rows + n..]);
            for (sums, weight) in sums.iter_mut().zip(weights[*place]) {
                let weight = L::splat(weight);
                for (sum, x) in sums.iter_mut().zip(x) {
                    *sum = weight.mul_add(x, *sum);
                }
            }
        }
    }
    sums
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
    size: Size,
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
    size: Size,
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
