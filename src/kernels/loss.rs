//! Losses, each the mean over its entries, with the gradient towards the network's output. Stable for any logit.

use crate::lanes::{Lanes, Real, WIDTH, each};

/// Binary cross-entropy with logits, mean over all values: softplus(z) − t·z for a target t of 0 or 1.
///
/// Written as (1 − t)·z − (min(z, 0) − ln(1 + e^−|z|)), where nothing overflows and an infinite z gives what it gives
/// in PyTorch.
/// `d_logits` becomes `upstream`·(sigmoid(z) − t)/n.
///
/// # Shapes
/// `logits`, `targets`, `d_logits`: any, the same for all.
///
/// # Panics
/// If a target is neither 0 nor 1, or there are none.
pub fn binary_cross_entropy<L: Lanes>(
    logits: &[L::Real],
    targets: &[u8],
    upstream: L::Real,
    d_logits: &mut [L::Real],
) -> L::Real {
    assert_eq!(targets.len(), logits.len(), "targets and logits");
    assert_eq!(d_logits.len(), logits.len(), "gradients and logits");
    assert!(!logits.is_empty(), "a loss of no values");
    let zero = L::Real::ZERO;
    let n = L::Real::from_count(logits.len());
    let scale = L::splat(upstream / n);
    let mut total = L::zero();
    let blocks = logits.chunks(WIDTH).zip(targets.chunks(WIDTH));
    for ((z, targets), d) in blocks.zip(d_logits.chunks_mut(WIDTH)) {
        let mut t = [zero; WIDTH];
        for (t, target) in t.iter_mut().zip(targets) {
            assert!(*target < 2, "a binary target of {target}");
            *t = if *target == 1 { L::Real::ONE } else { zero };
        }
        let t = L::from_array(t);
        let count = z.len();
        let z = L::load_part(z, zero);
        let (loss, slope) = binary_term(z, t);
        (scale * (slope - t)).store_part(d);
        let mut loss = loss.to_array();
        loss[count..].fill(zero);
        total = total + L::from_array(loss);
    }
    total.sum() / n
}

/// Loss and sigmoid of four logits.
#[inline(always)]
fn binary_term<L: Lanes>(z: L, t: L) -> (L, L) {
    let one = L::splat(L::Real::ONE);
    let e = (-z.abs()).exp();
    let loss = (one - t) * z - (z.min(L::zero()) - e.ln_1p_of_fraction());
    // 1/(1 + e) for z > 0, e/(1 + e) else: the small side keeps its digits.
    let sigmoid = z.select_greater(L::zero(), one, e) / (one + e);
    (loss, sigmoid)
}

/// Softmax cross-entropy, mean over rows: ln Σ_c e^(z_c − max) − (z_target − max).
///
/// `d_logits` becomes `upstream`·(softmax(z) − onehot(target))/N.
///
/// # Shapes
/// `logits` and `d_logits` `[K, N]`, feature-major; `targets` `[N]`, each below K.
///
/// # Panics
/// If a target is not below K, or there are no rows.
pub fn cross_entropy<L: Lanes>(
    logits: &[L::Real],
    targets: &[u8],
    upstream: L::Real,
    d_logits: &mut [L::Real],
) -> L::Real {
    let rows = targets.len();
    assert!(rows > 0, "a loss of no rows");
    assert_eq!(logits.len() % rows, 0, "logits of {rows} rows");
    assert_eq!(d_logits.len(), logits.len(), "gradients and logits");
    let classes = logits.len() / rows;
    let zero = L::Real::ZERO;
    let n = L::Real::from_count(rows);
    let scale = upstream / n;
    let mut total = zero;
    let mut row = 0;
    while row < rows {
        let width = WIDTH.min(rows - row);
        let at = |class: usize| each::load_up_to::<L>(&logits[class * rows + row..], width);
        let mut max = at(0);
        for class in 1..classes {
            max = max.max(at(class));
        }
        let mut sum = L::zero();
        for class in 0..classes {
            let e = (at(class) - max).exp();
            each::store_up_to(e, &mut d_logits[class * rows + row..], width);
            sum = sum + e;
        }
        let share = L::splat(scale) / sum;
        for class in 0..classes {
            let d = &mut d_logits[class * rows + row..];
            each::store_up_to(each::load_up_to::<L>(d, width) * share, d, width);
        }
        let (sum, max) = (sum.to_array(), max.to_array());
        for (lane, target) in targets[row..row + width].iter().enumerate() {
            let class = usize::from(*target);
            assert!(class < classes, "class {class} of {classes}");
            let place = class * rows + row + lane;
            let log = L::Real::from_f64(libm::log(sum[lane].to_f64()));
            total += log - (logits[place] - max[lane]);
            d_logits[place] = d_logits[place] - scale;
        }
        row += width;
    }
    total / n
}

/// Mean squared error over all values; `d_x` becomes `upstream`·2·(x − target)/n.
///
/// # Shapes
/// Any, the same for all.
pub fn mean_squared_error<L: Lanes>(
    x: &[L::Real],
    targets: &[L::Real],
    upstream: L::Real,
    d_x: &mut [L::Real],
) -> L::Real {
    assert_eq!(targets.len(), x.len(), "targets and values");
    assert_eq!(d_x.len(), x.len(), "gradients and values");
    assert!(!x.is_empty(), "a loss of no values");
    let n = L::Real::from_count(x.len());
    d_x.copy_from_slice(x);
    each::update::<L>(d_x, targets, |x, target| x - target);
    let squares = each::sum::<L>(d_x, L::Real::ZERO, |distance| distance * distance);
    let scale = L::splat((upstream + upstream) / n);
    each::update_alone::<L>(d_x, |distance| distance * scale);
    squares / n
}
