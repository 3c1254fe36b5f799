//! Pooling of images `[C, H, W, N]`: the largest of each 2×2, and the mean over all positions or all steps of a
//! sequence `[C, T, N]`, of which a row may have fewer than T.

use crate::lanes::{Lanes, Real, each};

/// Side of the square of which the largest is taken, and the distance to the next square.
const SIDE: usize = 2;

/// The sizes of the images that come in. Squares that do not fit, at odd edges, are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// C.
    pub channels: usize,
    /// H.
    pub height: usize,
    /// W.
    pub width: usize,
    /// N, the rows of the batch.
    pub rows: usize,
}

impl PoolSize {
    /// Height and width of what comes out.
    pub fn output(self) -> (usize, usize) {
        (self.height / SIDE, self.width / SIDE)
    }

    #[track_caller]
    fn check(self, x: usize, y: usize) {
        let (height, width) = self.output();
        let planes = self.channels * self.rows;
        assert_eq!(x, planes * self.height * self.width, "inputs for {self:?}");
        assert_eq!(y, planes * height * width, "outputs for {self:?}");
    }

    /// Calls `f(start of an output run, starts of its four input runs in reading order)` for each output position.
    fn each_square(self, mut f: impl FnMut(usize, [usize; SIDE * SIDE])) {
        let (height, width) = self.output();
        for channel in 0..self.channels {
            for place in 0..height * width {
                let (oy, ox) = (place / width, place % width);
                let first = (channel * self.height + oy * SIDE) * self.width + ox * SIDE;
                let square = [first, first + 1, first + self.width, first + self.width + 1];
                let out = channel * height * width + place;
                f(out * self.rows, square.map(|run| run * self.rows));
            }
        }
    }
}

/// The place of the largest, the first of equals; a NaN is larger than all, as in PyTorch.
fn largest<R: Real>(x: &[R], starts: [usize; SIDE * SIDE], row: usize) -> usize {
    let mut best = starts[0] + row;
    for start in &starts[1..] {
        let value = x[start + row];
        let is_nan = value.partial_cmp(&value).is_none();
        if value > x[best] || is_nan {
            best = start + row;
        }
    }
    best
}

/// The largest of each 2×2.
///
/// # Shapes
/// `x` `[C, H, W, N]`, `y` `[C, H/2, W/2, N]`.
pub fn max_forward<L: Lanes>(x: &[L::Real], y: &mut [L::Real], size: PoolSize) {
    size.check(x.len(), y.len());
    size.each_square(|out, starts| {
        for (row, y) in y[out..][..size.rows].iter_mut().enumerate() {
            *y = x[largest(x, starts, row)];
        }
    });
}

/// The gradient goes to the place that was the largest; all others get 0.
///
/// # Shapes
/// `x`, `d_x` `[C, H, W, N]`, `d_y` `[C, H/2, W/2, N]`.
pub fn max_backward<L: Lanes>(x: &[L::Real], d_y: &[L::Real], d_x: &mut [L::Real], size: PoolSize) {
    size.check(x.len(), d_y.len());
    assert_eq!(d_x.len(), x.len(), "gradients of inputs");
    d_x.fill(L::Real::ZERO);
    size.each_square(|out, starts| {
        for (row, d) in d_y[out..][..size.rows].iter().enumerate() {
            d_x[largest(x, starts, row)] = *d;
        }
    });
}

/// What divides the sum of each row, or `None` for all positions.
#[inline(always)]
fn steps_of<L: Lanes>(
    mask: Option<&[L::Real]>,
    positions: usize,
    rows: usize,
    n: usize,
    width: usize,
) -> L {
    match mask {
        None => L::splat(L::Real::from_count(positions)),
        Some(mask) => (0..positions).fold(L::zero(), |sum, position| {
            sum + each::load_up_to::<L>(&mask[position * rows + n..], width)
        }),
    }
}

#[track_caller]
fn check_average(
    x: usize,
    y: usize,
    mask: Option<usize>,
    channels: usize,
    positions: usize,
    rows: usize,
) {
    assert!(positions > 0, "a mean of no positions");
    assert_eq!(
        x,
        channels * positions * rows,
        "values of {channels} channels"
    );
    assert_eq!(y, channels * rows, "means of {channels} channels");
    assert_eq!(
        mask.unwrap_or(positions * rows),
        positions * rows,
        "the mask"
    );
}

/// The mean over all positions, or over those where the mask is 1.
///
/// # Shapes
/// `x` `[C, S, N]`, `mask` `[S, N]` of 1 and 0 if any, with a 1 in every row; `y` `[C, N]`.
pub fn average_forward<L: Lanes>(
    x: &[L::Real],
    mask: Option<&[L::Real]>,
    y: &mut [L::Real],
    channels: usize,
    positions: usize,
    rows: usize,
) {
    check_average(
        x.len(),
        y.len(),
        mask.map(<[_]>::len),
        channels,
        positions,
        rows,
    );
    each::block(rows, |n, width| {
        let steps = steps_of::<L>(mask, positions, rows, n, width);
        for channel in 0..channels {
            let mut sum = L::zero();
            for position in 0..positions {
                let x =
                    each::load_up_to::<L>(&x[(channel * positions + position) * rows + n..], width);
                sum = sum + masked(x, mask, position * rows + n, width);
            }
            each::store_up_to(sum / steps, &mut y[channel * rows + n..], width);
        }
    });
}

/// d_x = d_y divided by the number of positions that were averaged; 0 where the mask is 0.
///
/// # Shapes
/// `d_y` `[C, N]`, `mask` `[S, N]` if any, `d_x` `[C, S, N]`.
pub fn average_backward<L: Lanes>(
    d_y: &[L::Real],
    mask: Option<&[L::Real]>,
    d_x: &mut [L::Real],
    channels: usize,
    positions: usize,
    rows: usize,
) {
    check_average(
        d_x.len(),
        d_y.len(),
        mask.map(<[_]>::len),
        channels,
        positions,
        rows,
    );
    each::block(rows, |n, width| {
        let steps = steps_of::<L>(mask, positions, rows, n, width);
        for channel in 0..channels {
            let share = each::load_up_to::<L>(&d_y[channel * rows + n..], width) / steps;
            for position in 0..positions {
                let d = masked(share, mask, position * rows + n, width);
                let at = (channel * positions + position) * rows + n;
                each::store_up_to(d, &mut d_x[at..], width);
            }
        }
    });
}

/// `value` where the mask is 1, else 0, whatever `value` is there.
#[inline(always)]
fn masked<L: Lanes>(value: L, mask: Option<&[L::Real]>, at: usize, width: usize) -> L {
    match mask {
        None => value,
        Some(mask) => {
            let mask = each::load_up_to::<L>(&mask[at..], width);
            mask.select_greater(L::zero(), value, L::zero())
        }
    }
}
