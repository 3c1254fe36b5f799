//! Walks over whole slices four values at a time; the rest of one to three goes through the same code.

use super::{Lanes, WIDTH};

/// `y[i] = f(x[i])`.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub fn map<L: Lanes>(x: &[L::Real], y: &mut [L::Real], f: impl Fn(L) -> L) {
    assert_eq!(x.len(), y.len(), "values in and out");
    let (x_fours, x_rest) = x.as_chunks::<WIDTH>();
    let (y_fours, y_rest) = y.as_chunks_mut::<WIDTH>();
    for (y, x) in y_fours.iter_mut().zip(x_fours) {
        *y = f(L::from_array(*x)).to_array();
    }
    if !x_rest.is_empty() {
        f(L::load_part(x_rest, L::Real::default())).store_part(y_rest);
    }
}

/// `(y[i], z[i]) = f(x[i])`.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub fn map_to_two<L: Lanes>(
    x: &[L::Real],
    y: &mut [L::Real],
    z: &mut [L::Real],
    f: impl Fn(L) -> (L, L),
) {
    assert_eq!(x.len(), y.len(), "values in and out");
    assert_eq!(x.len(), z.len(), "values in and out");
    let (x_fours, x_rest) = x.as_chunks::<WIDTH>();
    let (y_fours, y_rest) = y.as_chunks_mut::<WIDTH>();
    let (z_fours, z_rest) = z.as_chunks_mut::<WIDTH>();
    for ((x, y), z) in x_fours.iter().zip(y_fours).zip(z_fours) {
        let (new_y, new_z) = f(L::from_array(*x));
        *y = new_y.to_array();
        *z = new_z.to_array();
    }
    if !x_rest.is_empty() {
        let (new_y, new_z) = f(L::load_part(x_rest, L::Real::default()));
        new_y.store_part(y_rest);
        new_z.store_part(z_rest);
    }
}

/// `d[i] = f(d[i], x[i])`.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub fn update<L: Lanes>(d: &mut [L::Real], x: &[L::Real], f: impl Fn(L, L) -> L) {
    assert_eq!(x.len(), d.len(), "values and their updates");
    let (x_fours, x_rest) = x.as_chunks::<WIDTH>();
    let (d_fours, d_rest) = d.as_chunks_mut::<WIDTH>();
    for (d, x) in d_fours.iter_mut().zip(x_fours) {
        *d = f(L::from_array(*d), L::from_array(*x)).to_array();
    }
    if !x_rest.is_empty() {
        let zero = L::Real::default();
        f(L::load_part(d_rest, zero), L::load_part(x_rest, zero)).store_part(d_rest);
    }
}

/// Sums that grow side by side: an addition takes longer than starting the next one.
const SIDE_BY_SIDE: usize = 4;

/// Adds them in one fixed order.
#[inline(always)]
fn fold<L: Lanes>([a, b, c, d]: [L; SIDE_BY_SIDE]) -> L::Real {
    ((a + b) + (c + d)).sum()
}

/// Sum of `f(x[i])`: lane by lane in four sums, then these and the four lanes in their fixed order.
///
/// `fill` stands for what is missing in the last four; `f(fill)` must be 0.
#[inline(always)]
pub fn sum<L: Lanes>(x: &[L::Real], fill: L::Real, f: impl Fn(L) -> L) -> L::Real {
    let (fours, rest) = x.as_chunks::<WIDTH>();
    let (groups, last) = fours.as_chunks::<SIDE_BY_SIDE>();
    let mut totals = [L::zero(); SIDE_BY_SIDE];
    for group in groups {
        for (total, x) in totals.iter_mut().zip(group) {
            *total = *total + f(L::from_array(*x));
        }
    }
    for (total, x) in totals.iter_mut().zip(last) {
        *total = *total + f(L::from_array(*x));
    }
    if !rest.is_empty() {
        totals[0] = totals[0] + f(L::load_part(rest, fill));
    }
    fold(totals)
}

/// Sums of `a[i]` and of `a[i]·b[i]`.
///
/// # Panics
/// If the lengths differ.
#[inline(always)]
pub fn sum_and_product<L: Lanes>(a: &[L::Real], b: &[L::Real]) -> (L::Real, L::Real) {
    assert_eq!(a.len(), b.len(), "factors");
    let (a_fours, a_rest) = a.as_chunks::<WIDTH>();
    let (b_fours, b_rest) = b.as_chunks::<WIDTH>();
    let (a_groups, a_last) = a_fours.as_chunks::<SIDE_BY_SIDE>();
    let (b_groups, b_last) = b_fours.as_chunks::<SIDE_BY_SIDE>();
    let mut sums = [L::zero(); SIDE_BY_SIDE];
    let mut products = [L::zero(); SIDE_BY_SIDE];
    let mut add = |place: usize, a: L, b: L| {
        sums[place] = sums[place] + a;
        products[place] = a.mul_add(b, products[place]);
    };
    for (a, b) in a_groups.iter().zip(b_groups) {
        for (place, (a, b)) in a.iter().zip(b).enumerate() {
            add(place, L::from_array(*a), L::from_array(*b));
        }
    }
    for (place, (a, b)) in a_last.iter().zip(b_last).enumerate() {
        add(place, L::from_array(*a), L::from_array(*b));
    }
    if !a_rest.is_empty() {
        let zero = L::Real::default();
        add(0, L::load_part(a_rest, zero), L::load_part(b_rest, zero));
    }
    (fold(sums), fold(products))
}

/// `d[i] = f(d[i])`.
#[inline(always)]
pub fn update_alone<L: Lanes>(d: &mut [L::Real], f: impl Fn(L) -> L) {
    let (fours, rest) = d.as_chunks_mut::<WIDTH>();
    for d in fours {
        *d = f(L::from_array(*d)).to_array();
    }
    if !rest.is_empty() {
        f(L::load_part(rest, L::Real::default())).store_part(rest);
    }
}

/// The first `width` numbers of a slice, at most four, then zeros.
///
/// # Panics
/// If there are fewer.
#[inline(always)]
pub fn load_up_to<L: Lanes>(from: &[L::Real], width: usize) -> L {
    if width == WIDTH {
        L::load(from)
    } else {
        L::load_part(&from[..width], L::Real::default())
    }
}

/// Into the first `width` places of a slice, at most four.
///
/// # Panics
/// If there are fewer.
#[inline(always)]
pub fn store_up_to<L: Lanes>(lanes: L, into: &mut [L::Real], width: usize) {
    if width == WIDTH {
        lanes.store(into);
    } else {
        lanes.store_part(&mut into[..width]);
    }
}

/// Calls `f(first, width)` for every four of `rows` rows, and for the rest of one to three.
#[inline(always)]
pub fn block(rows: usize, mut f: impl FnMut(usize, usize)) {
    let mut n = 0;
    while n < rows {
        let width = WIDTH.min(rows - n);
        f(n, width);
        n += width;
    }
}
