//! A block of self-attention (Vaswani et al. 2017) with one head, Layer Normalization before it and a residual around it.
//!
//! z = LN(x), q = W_q·z, k = W_k·z, v = W_v·z, p[t][s] = softmax_s(q_t·k_s/√D), o_t = Σ_s p[t][s]·v_s, y = x + W_o·o.
//! Blocks are `[D, T, N]`: four rows of the batch fill four lanes in every product of two steps. A masked step is no
//! key: its p is 0.

use super::affine;
use super::norm::within;
use crate::lanes::{Lanes, Real, WIDTH, each};

/// The sizes of the block and its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionSize {
    /// D.
    pub features: usize,
    /// T.
    pub steps: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// ε of the normalisation.
    pub epsilon: f64,
}

/// W_q, W_k, W_v, W_o, each `[D, D]`, then γ and β `[D]`.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, R> {
    /// W_q.
    pub query: &'a [R],
    /// W_k.
    pub key: &'a [R],
    /// W_v.
    pub value: &'a [R],
    /// W_o.
    pub output: &'a [R],
    /// γ.
    pub gamma: &'a [R],
    /// β.
    pub beta: &'a [R],
}

/// Their gradients.
#[derive(Debug)]
pub struct Gradients<'a, R> {
    /// Of W_q.
    pub query: &'a mut [R],
    /// Of W_k.
    pub key: &'a mut [R],
    /// Of W_v.
    pub value: &'a mut [R],
    /// Of W_o.
    pub output: &'a mut [R],
    /// Of γ.
    pub gamma: &'a mut [R],
    /// Of β.
    pub beta: &'a mut [R],
}

/// What forward keeps for backward, cut out of one buffer; all `[D, T, N]` where nothing else is said.
struct Room<'a, R> {
    z: &'a mut [R],
    x_hat: &'a mut [R],
    q: &'a mut [R],
    k: &'a mut [R],
    v: &'a mut [R],
    o: &'a mut [R],
    d_o: &'a mut [R],
    d_q: &'a mut [R],
    d_k: &'a mut [R],
    d_v: &'a mut [R],
    spare: &'a mut [R],
    /// `[T, T, N]`: p, query by key.
    p: &'a mut [R],
    /// `[T, N]`: gradients of one query's scores.
    d_scores: &'a mut [R],
    /// `[T, N]`.
    inverse: &'a mut [R],
}

impl AttentionSize {
    /// Values of the room that `forward` fills and `backward` reads.
    pub fn room(self) -> usize {
        let steps = self.steps * self.rows;
        (11 * self.features + self.steps + 2) * steps
    }

    fn split<R>(self, room: &mut [R]) -> Room<'_, R> {
        let (needed, got) = (self.room(), room.len());
        assert!(got >= needed, "room of {got} values, {needed} needed");
        let steps = self.steps * self.rows;
        let mut rest = room;
        let mut take = |runs: usize| rest.split_off_mut(..runs * steps).unwrap_or_default();
        let features = self.features;
        Room {
            z: take(features),
            x_hat: take(features),
            q: take(features),
            k: take(features),
            v: take(features),
            o: take(features),
            d_o: take(features),
            d_q: take(features),
            d_k: take(features),
            d_v: take(features),
            spare: take(features),
            p: take(self.steps),
            d_scores: take(1),
            inverse: take(1),
        }
    }

    fn norm(self) -> (within::RowNormSize, within::Rule) {
        let size = within::RowNormSize {
            groups: 1,
            runs: self.features,
            rows: self.steps * self.rows,
            share: 1,
        };
        let rule = within::Rule {
            epsilon: self.epsilon,
            centres: true,
        };
        (size, rule)
    }

    fn product(self) -> affine::AffineSize {
        affine::AffineSize {
            inputs: self.features,
            outputs: self.features,
            rows: self.steps * self.rows,
        }
    }

    /// 1/√D.
    fn scale<L: Lanes>(self) -> L {
        L::splat(L::Real::ONE / L::Real::from_count(self.features).sqrt())
    }

    #[track_caller]
    fn check(self, x: usize, mask: Option<usize>, y: usize) {
        let steps = self.steps * self.rows;
        assert!(steps > 0, "no steps in {self:?}");
        assert_eq!(x, self.features * steps, "values in for {self:?}");
        assert_eq!(y, x, "values out for {self:?}");
        assert_eq!(mask.unwrap_or(steps), steps, "the mask of {self:?}");
    }
}

/// Four rows of a block at one step.
struct At {
    steps: usize,
    rows: usize,
    n: usize,
    width: usize,
}

impl At {
    fn place(&self, feature: usize, step: usize) -> usize {
        (feature * self.steps + step) * self.rows + self.n
    }

    #[inline(always)]
    fn load<L: Lanes>(&self, from: &[L::Real], feature: usize, step: usize) -> L {
        each::load_up_to(&from[self.place(feature, step)..], self.width)
    }

    #[inline(always)]
    fn store<L: Lanes>(&self, lanes: L, into: &mut [L::Real], feature: usize, step: usize) {
        each::store_up_to(lanes, &mut into[self.place(feature, step)..], self.width);
    }

    /// Σ_d a[d][t]·b[d][s].
    #[inline(always)]
    fn dot<L: Lanes>(
        &self,
        a: &[L::Real],
        t: usize,
        b: &[L::Real],
        s: usize,
        features: usize,
    ) -> L {
        (0..features).fold(L::zero(), |sum, d| {
            self.load::<L>(a, d, t).mul_add(self.load(b, d, s), sum)
        })
    }
}

/// y.
///
/// # Shapes
/// `x`, `y` `[D, T, N]`; `mask` `[T, N]` of 1 and 0 if any, with a 1 in every row; `room` as `AttentionSize::room`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    weights: Weights<'_, L::Real>,
    mask: Option<&[L::Real]>,
    y: &mut [L::Real],
    room: &mut [L::Real],
    size: AttentionSize,
) {
    size.check(x.len(), mask.map(<[_]>::len), y.len());
    let room = size.split(room);
    let (norm, rule) = size.norm();
    let (gamma, beta) = (Some(weights.gamma), Some(weights.beta));
    within::forward::<L>(x, norm, rule, gamma, beta, room.inverse, room.x_hat, room.z);
    let product = size.product();
    affine::forward::<L>(room.z, weights.query, None, room.q, product);
    affine::forward::<L>(room.z, weights.key, None, room.k, product);
    affine::forward::<L>(room.z, weights.value, None, room.v, product);
    let (steps, rows, features) = (size.steps, size.rows, size.features);
    let mut n = 0;
    while n < rows {
        let width = WIDTH.min(rows - n);
        let at = At {
            steps,
            rows,
            n,
            width,
        };
        for t in 0..steps {
            let mut max = L::splat(L::Real::from_f64(f64::NEG_INFINITY));
            for s in 0..steps {
                let score = size.scale::<L>() * at.dot::<L>(room.q, t, room.k, s, features);
                let score = hide(score, mask, &at, s);
                max = max.max(score);
                at.store(score, room.p, t, s);
            }
            let mut sum = L::zero();
            for s in 0..steps {
                let e = (at.load::<L>(room.p, t, s) - max).exp();
                sum = sum + e;
                at.store(e, room.p, t, s);
            }
            for s in 0..steps {
                at.store(at.load::<L>(room.p, t, s) / sum, room.p, t, s);
            }
            for d in 0..features {
                let o = (0..steps).fold(L::zero(), |sum, s| {
                    at.load::<L>(room.p, t, s)
                        .mul_add(at.load(room.v, d, s), sum)
                });
                at.store(o, room.o, d, t);
            }
        }
        n += width;
    }
    affine::forward::<L>(room.o, weights.output, None, y, product);
    each::update::<L>(y, x, |y, x| x + y);
}

/// −∞ where the key is masked.
#[inline(always)]
fn hide<L: Lanes>(score: L, mask: Option<&[L::Real]>, at: &At, s: usize) -> L {
    match mask {
        None => score,
        Some(mask) => {
            let nothing = L::splat(L::Real::from_f64(f64::NEG_INFINITY));
            at.load::<L>(mask, 0, s)
                .select_greater(L::zero(), score, nothing)
        }
    }
}

/// All gradients; d_x in place of d_y:
///
/// 1. d_o = W_oᵀ·d_y, d_W_o = d_y·oᵀ;
/// 2. d_p[t][s] = d_o_t·v_s, d_v_s = Σ_t p[t][s]·d_o_t;
/// 3. through the softmax: d_score[t][s] = p[t][s]·(d_p[t][s] − Σ_r p[t][r]·d_p[t][r]);
/// 4. d_q_t = Σ_s d_score[t][s]·k_s/√D, d_k_s = Σ_t d_score[t][s]·q_t/√D;
/// 5. d_z = W_qᵀ·d_q + W_kᵀ·d_k + W_vᵀ·d_v, and through the normalisation to x;
/// 6. d_y itself: the way around the block.
///
/// # Shapes
/// `d` `[D, T, N]` (d_y in, d_x out); `room` as `forward` left it.
pub fn backward<L: Lanes>(
    d: &mut [L::Real],
    weights: Weights<'_, L::Real>,
    gradients: Gradients<'_, L::Real>,
    room: &mut [L::Real],
    size: AttentionSize,
) {
    size.check(d.len(), None, d.len());
    let room = size.split(room);
    let product = size.product();
    affine::backward_parameters::<L>(room.o, d, gradients.output, None, product);
    affine::backward_input::<L>(d, weights.output, room.d_o, product);
    let (steps, rows, features) = (size.steps, size.rows, size.features);
    for block in [&mut *room.d_q, room.d_k, room.d_v] {
        block.fill(L::Real::ZERO);
    }
    let mut n = 0;
    while n < rows {
        let width = WIDTH.min(rows - n);
        let at = At {
            steps,
            rows,
            n,
            width,
        };
        for t in 0..steps {
            let mut through_sum = L::zero();
            for s in 0..steps {
                let d_p = at.dot::<L>(room.d_o, t, room.v, s, features);
                through_sum = at.load::<L>(room.p, t, s).mul_add(d_p, through_sum);
                at.store(d_p, room.d_scores, 0, s);
            }
            for s in 0..steps {
                let p = at.load::<L>(room.p, t, s);
                let d_p = at.load::<L>(room.d_scores, 0, s);
                let d_score = size.scale::<L>() * (p * (d_p - through_sum));
                for feature in 0..features {
                    let add = |into: &mut [L::Real], step: usize, factor: L, of: L| {
                        let sum = factor.mul_add(of, at.load::<L>(into, feature, step));
                        at.store(sum, into, feature, step);
                    };
                    add(room.d_q, t, d_score, at.load(room.k, feature, s));
                    add(room.d_k, s, d_score, at.load(room.q, feature, t));
                    add(room.d_v, s, p, at.load(room.d_o, feature, t));
                }
            }
        }
        n += width;
    }
    affine::backward_parameters::<L>(room.z, room.d_q, gradients.query, None, product);
    affine::backward_parameters::<L>(room.z, room.d_k, gradients.key, None, product);
    affine::backward_parameters::<L>(room.z, room.d_v, gradients.value, None, product);
    // d_o has served: its place becomes d_z.
    let d_z = room.d_o;
    affine::backward_input::<L>(room.d_q, weights.query, d_z, product);
    for (weight, d_part) in [(weights.key, room.d_k), (weights.value, room.d_v)] {
        affine::backward_input::<L>(d_part, weight, room.spare, product);
        each::update::<L>(d_z, room.spare, |d_z, part| d_z + part);
    }
    let (norm, rule) = size.norm();
    within::backward::<L>(
        d_z,
        room.x_hat,
        room.inverse,
        norm,
        rule,
        Some(weights.gamma),
        Some(gradients.gamma),
        Some(gradients.beta),
    );
    each::update::<L>(d, d_z, |around, through| around + through);
}
