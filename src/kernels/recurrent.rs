//! A layer of Elman recurrence (Elman 1990) over sequences `[C, T, N]`, with or without Layer Normalization in each step.
//!
//! a_t = W_x·x_t + W_h·h_{t−1} + b with h_0 = 0; then h_t = tanh(a_t), or tanh(LN(a_t)), or LN(tanh(a_t)).
//! Where a mask says that a row has no step t any more, h_t = h_{t−1}. What goes on is the last h.
//! W_x·x of all steps is one product, and so are the gradients of both weights: only W_h·h waits for the step before.

use super::norm::within;
use super::{activation, affine};
use crate::lanes::{Lanes, Real, each};
use activation::Function;

/// Where a step is normalised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Normalizes {
    /// Nowhere.
    #[default]
    Nothing,
    /// h = tanh(LN(a)).
    Preactivation,
    /// h = LN(tanh(a)).
    Hidden,
}

/// The sizes and the rule of the layer, and its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecurrentSize {
    /// C, features of a step.
    pub inputs: usize,
    /// H, features of the state.
    pub hidden: usize,
    /// T.
    pub steps: usize,
    /// N, the rows of the batch.
    pub rows: usize,
    /// Where it normalises.
    pub normalizes: Normalizes,
    /// ε of the normalisation.
    pub epsilon: f64,
}

/// W_x `[H, C]`, W_h `[H, H]`, b `[H]`, and γ and β `[H]`, which are empty without normalisation.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, R> {
    /// W_x.
    pub input: &'a [R],
    /// W_h.
    pub hidden: &'a [R],
    /// b.
    pub bias: &'a [R],
    /// γ.
    pub gamma: &'a [R],
    /// β.
    pub beta: &'a [R],
}

/// Their gradients.
#[derive(Debug)]
pub struct Gradients<'a, R> {
    /// Of W_x.
    pub input: &'a mut [R],
    /// Of W_h.
    pub hidden: &'a mut [R],
    /// Of b.
    pub bias: &'a mut [R],
    /// Of γ.
    pub gamma: &'a mut [R],
    /// Of β.
    pub beta: &'a mut [R],
}

/// What forward keeps for backward, cut out of one buffer.
struct Room<'a, R> {
    /// `[H, T, N]`: W_x·x + b; backwards the gradient of a.
    all: &'a mut [R],
    /// `[H, T, N]`: h_{t−1} at step t.
    previous: &'a mut [R],
    /// `[T, H, N]`: what tanh gave.
    tanh: &'a mut [R],
    /// `[T, H, N]`.
    x_hat: &'a mut [R],
    /// `[T, N]`.
    inverse: &'a mut [R],
    /// `[H, N]`: the state; backwards its gradient.
    state: &'a mut [R],
    /// `[H, N]`.
    step: &'a mut [R],
    /// `[H, N]`.
    spare: &'a mut [R],
    /// `[2·H]`: the normalisation's gradients of one step.
    one_step: &'a mut [R],
}

impl RecurrentSize {
    /// Values of the room that `forward` fills and `backward` reads.
    pub fn room(self) -> usize {
        let state = self.hidden * self.rows;
        4 * state * self.steps + self.steps * self.rows + 3 * state + 2 * self.hidden
    }

    fn split<R>(self, room: &mut [R]) -> Room<'_, R> {
        let (needed, got) = (self.room(), room.len());
        assert!(got >= needed, "room of {got} values, {needed} needed");
        let state = self.hidden * self.rows;
        let mut rest = room;
        let mut take = |len: usize| rest.split_off_mut(..len).unwrap_or_default();
        Room {
            all: take(state * self.steps),
            previous: take(state * self.steps),
            tanh: take(state * self.steps),
            x_hat: take(state * self.steps),
            inverse: take(self.steps * self.rows),
            state: take(state),
            step: take(state),
            spare: take(state),
            one_step: take(2 * self.hidden),
        }
    }

    fn norm(self) -> (within::RowNormSize, within::Rule) {
        let size = within::RowNormSize {
            groups: 1,
            runs: self.hidden,
            rows: self.rows,
            share: 1,
        };
        let rule = within::Rule {
            epsilon: self.epsilon,
            centres: true,
        };
        (size, rule)
    }

    /// W_x over all steps at once.
    fn input_product(self) -> affine::AffineSize {
        affine::AffineSize {
            inputs: self.inputs,
            outputs: self.hidden,
            rows: self.steps * self.rows,
        }
    }

    /// W_h over the rows of one step, or of all.
    fn hidden_product(self, steps: usize) -> affine::AffineSize {
        affine::AffineSize {
            inputs: self.hidden,
            outputs: self.hidden,
            rows: steps * self.rows,
        }
    }

    /// The run of one feature at one step in a `[H, T, N]` block.
    fn run(self, feature: usize, step: usize) -> std::ops::Range<usize> {
        let start = (feature * self.steps + step) * self.rows;
        start..start + self.rows
    }

    /// One step of a `[T, H, N]` block.
    fn block(self, step: usize) -> std::ops::Range<usize> {
        let state = self.hidden * self.rows;
        step * state..(step + 1) * state
    }

    #[track_caller]
    fn check(self, x: usize, mask: Option<usize>, y: usize) {
        let steps = self.steps * self.rows;
        assert!(steps > 0, "no steps in {self:?}");
        assert_eq!(x, self.inputs * steps, "inputs for {self:?}");
        assert_eq!(mask.unwrap_or(steps), steps, "the mask of {self:?}");
        assert_eq!(y, self.hidden * self.rows, "states for {self:?}");
    }
}

/// The last state.
///
/// # Shapes
/// `x` `[C, T, N]`; `mask` `[T, N]` of 1 and 0 if any; `y` `[H, N]`; `room` as `RecurrentSize::room`.
pub fn forward<L: Lanes>(
    x: &[L::Real],
    weights: Weights<'_, L::Real>,
    mask: Option<&[L::Real]>,
    y: &mut [L::Real],
    room: &mut [L::Real],
    size: RecurrentSize,
) {
    size.check(x.len(), mask.map(<[_]>::len), y.len());
    let room = size.split(room);
    let (rows, hidden) = (size.rows, size.hidden);
    let (norm, rule) = size.norm();
    let bias = Some(weights.bias);
    affine::forward::<L>(x, weights.input, bias, room.all, size.input_product());
    room.state.fill(L::Real::ZERO);
    for t in 0..size.steps {
        for (feature, state) in room.state.chunks_exact(rows).enumerate() {
            room.previous[size.run(feature, t)].copy_from_slice(state);
        }
        let product = size.hidden_product(1);
        affine::forward::<L>(room.state, weights.hidden, None, room.step, product);
        for (feature, a) in room.step.chunks_exact_mut(rows).enumerate() {
            each::update::<L>(a, &room.all[size.run(feature, t)], |a, from_input| {
                a + from_input
            });
        }
        let (tanh, x_hat) = (
            &mut room.tanh[size.block(t)],
            &mut room.x_hat[size.block(t)],
        );
        let inverse = &mut room.inverse[t * rows..(t + 1) * rows];
        let (gamma, beta) = (Some(weights.gamma), Some(weights.beta));
        let new = match size.normalizes {
            Normalizes::Nothing => {
                activation::forward::<L>(Function::Tanh, room.step, tanh);
                &*tanh
            }
            Normalizes::Preactivation => {
                within::forward::<L>(
                    room.step, norm, rule, gamma, beta, inverse, x_hat, room.spare,
                );
                activation::forward::<L>(Function::Tanh, room.spare, tanh);
                &*tanh
            }
            Normalizes::Hidden => {
                activation::forward::<L>(Function::Tanh, room.step, tanh);
                within::forward::<L>(tanh, norm, rule, gamma, beta, inverse, x_hat, room.spare);
                &*room.spare
            }
        };
        match mask {
            None => room.state.copy_from_slice(new),
            Some(mask) => {
                let mask = &mask[t * rows..(t + 1) * rows];
                for feature in 0..hidden {
                    let run = feature * rows..(feature + 1) * rows;
                    select::<L>(&mut room.state[run.clone()], &new[run], mask);
                }
            }
        }
    }
    y.copy_from_slice(room.state);
}

/// `old[n] = new[n]` where the mask is 1.
fn select<L: Lanes>(old: &mut [L::Real], new: &[L::Real], mask: &[L::Real]) {
    each::block(mask.len(), |n, width| {
        let load = |from: &[L::Real]| each::load_up_to::<L>(&from[n..], width);
        let kept = load(mask).select_greater(L::zero(), load(new), load(old));
        each::store_up_to(kept, &mut old[n..], width);
    });
}

/// All gradients, back through every step; from the last to the first, with d_h from above or from the step after:
///
/// 1. where the mask is 0, d_h goes to h_{t−1} as it is and no further;
/// 2. elsewhere through tanh and the normalisation, in the other order than forward, to d_a;
/// 3. d_{h_{t−1}} = W_hᵀ·d_a; then d_W_h = Σ_t d_a·h_{t−1}ᵀ, d_W_x = Σ_t d_a·x_tᵀ, d_b = Σ_t d_a, d_{x_t} = W_xᵀ·d_a.
///
/// # Shapes
/// `x`, `d_x` `[C, T, N]`; `d_y` `[H, N]`; `room` as `forward` left it; `d_x` may be left out.
pub fn backward<L: Lanes>(
    x: &[L::Real],
    weights: Weights<'_, L::Real>,
    mask: Option<&[L::Real]>,
    d_y: &[L::Real],
    d_x: Option<&mut [L::Real]>,
    gradients: Gradients<'_, L::Real>,
    room: &mut [L::Real],
    size: RecurrentSize,
) {
    size.check(x.len(), mask.map(<[_]>::len), d_y.len());
    let Room {
        all,
        previous,
        tanh,
        x_hat,
        inverse,
        state: d_h,
        step: d_a,
        spare,
        one_step,
    } = size.split(room);
    let rows = size.rows;
    let (norm, rule) = size.norm();
    gradients.gamma.fill(L::Real::ZERO);
    gradients.beta.fill(L::Real::ZERO);
    let mut through_norm = |d: &mut [L::Real], t: usize| {
        let (x_hat, inverse) = (&x_hat[size.block(t)], &inverse[t * rows..(t + 1) * rows]);
        let (d_gamma, d_beta) = one_step.split_at_mut(size.hidden);
        let gamma = Some(weights.gamma);
        within::backward::<L>(
            d,
            x_hat,
            inverse,
            norm,
            rule,
            gamma,
            Some(&mut *d_gamma),
            Some(&mut *d_beta),
        );
        each::update::<L>(gradients.gamma, d_gamma, |sum, step| sum + step);
        each::update::<L>(gradients.beta, d_beta, |sum, step| sum + step);
    };
    d_h.copy_from_slice(d_y);
    for t in (0..size.steps).rev() {
        d_a.copy_from_slice(d_h);
        match mask {
            None => d_h.fill(L::Real::ZERO),
            Some(mask) => {
                let mask = &mask[t * rows..(t + 1) * rows];
                let features = d_a.chunks_exact_mut(rows).zip(d_h.chunks_exact_mut(rows));
                features.for_each(|(d_a, d_h)| part::<L>(d_a, d_h, mask));
            }
        }
        let tanh = &tanh[size.block(t)];
        if size.normalizes == Normalizes::Hidden {
            through_norm(d_a, t);
        }
        activation::backward::<L>(Function::Tanh, tanh, tanh, d_a);
        if size.normalizes == Normalizes::Preactivation {
            through_norm(d_a, t);
        }
        for (feature, d_a) in d_a.chunks_exact(rows).enumerate() {
            all[size.run(feature, t)].copy_from_slice(d_a);
        }
        affine::backward_input::<L>(d_a, weights.hidden, spare, size.hidden_product(1));
        each::update::<L>(d_h, spare, |passing, through| passing + through);
    }
    let product = size.hidden_product(size.steps);
    affine::backward_parameters::<L>(previous, all, gradients.hidden, None, product);
    let product = size.input_product();
    affine::backward_parameters::<L>(x, all, gradients.input, Some(gradients.bias), product);
    if let Some(d_x) = d_x {
        affine::backward_input::<L>(all, weights.input, d_x, product);
    }
}

/// Splits a gradient: where the mask is 1 it stays in the first and leaves the second, else the other way round.
fn part<L: Lanes>(inner: &mut [L::Real], passing: &mut [L::Real], mask: &[L::Real]) {
    each::block(mask.len(), |n, width| {
        let mask = each::load_up_to::<L>(&mask[n..], width);
        let d = each::load_up_to::<L>(&inner[n..], width);
        let (zero, stays) = (L::zero(), L::zero());
        each::store_up_to(mask.select_greater(zero, d, stays), &mut inner[n..], width);
        each::store_up_to(
            mask.select_greater(zero, stays, d),
            &mut passing[n..],
            width,
        );
    });
}
