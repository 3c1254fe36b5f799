//! One update of a flat parameter buffer, as PyTorch's optimisers make it. Keeps no state of its own.

use crate::lanes::{self, Lanes, Real, WIDTH};

/// Which rule turns gradients into a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// `torch.optim.SGD`: v ← momentum·v + g; w ← w − rate·v, or with Nesterov w − rate·(g + momentum·v).
    Sgd {
        /// Share of the old velocity that is kept; dampening is 0.
        momentum: f64,
        /// Whether to look ahead (Nesterov 1983, in the form of Sutskever 2013).
        nesterov: bool,
    },
    /// `torch.optim.Adam` (Kingma and Ba 2015) or, decoupled, `torch.optim.AdamW` (Loshchilov and Hutter 2019).
    Adam {
        /// Decay of the averaged gradient.
        beta_1: f64,
        /// Decay of the averaged square.
        beta_2: f64,
        /// Added to the root, outside it.
        epsilon: f64,
        /// Whether weight decay shrinks the weights directly instead of joining the gradient.
        decouples_decay: bool,
    },
}

/// Everything an update needs that may change while training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hyper {
    /// Learning rate.
    pub learning_rate: f64,
    /// λ: adds λ·w to the gradient, or with decoupling takes rate·λ·w from w.
    pub weight_decay: f64,
    /// The rule.
    pub rule: Rule,
}

impl Hyper {
    /// Plain gradient descent.
    pub fn sgd(learning_rate: f64, momentum: f64) -> Self {
        Self {
            learning_rate,
            weight_decay: 0.0,
            rule: Rule::Sgd {
                momentum,
                nesterov: false,
            },
        }
    }

    /// Adam with the usual decays 0.9 and 0.999 and ε 10⁻⁸.
    pub fn adam(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            weight_decay: 0.0,
            rule: Rule::Adam {
                beta_1: 0.9,
                beta_2: 0.999,
                epsilon: 1e-8,
                decouples_decay: false,
            },
        }
    }
}

/// Moves the parameters by one update, the `updates`-th, from 1.
///
/// SGD keeps its velocity in `first`; Adam its averaged gradient there and its averaged square in `second`.
/// Both start as zeros. Numbers such as 1 − β₂ are formed in f64.
///
/// # Shapes
/// The same for all.
pub fn update<L: Lanes>(
    parameters: &mut [L::Real],
    gradients: &[L::Real],
    first: &mut [L::Real],
    second: &mut [L::Real],
    hyper: &Hyper,
    updates: u64,
) {
    let n = parameters.len();
    assert_eq!(gradients.len(), n, "gradients");
    assert_eq!(first.len(), n, "first memory");
    assert_eq!(second.len(), n, "second memory");
    assert!(updates > 0, "updates count from 1");
    let rate = constant::<L>(hyper.learning_rate);
    match hyper.rule {
        Rule::Sgd { momentum, nesterov } => {
            let decay = constant::<L>(hyper.weight_decay);
            if momentum == 0.0 {
                // No velocity is read or kept: less than half of the memory traffic.
                lanes::each::update::<L>(parameters, gradients, |w, g| {
                    w - rate * decay.mul_add(w, g)
                });
                return;
            }
            let momentum = constant::<L>(momentum);
            each::<L>(parameters, gradients, first, second, |w, g, v, unused| {
                let g = decay.mul_add(w, g);
                let v = momentum.mul_add(v, g);
                let step = if nesterov { momentum.mul_add(v, g) } else { v };
                (w - rate * step, v, unused)
            });
        }
        Rule::Adam {
            beta_1,
            beta_2,
            epsilon,
            decouples_decay,
        } => {
            let (joined, shrink) = if decouples_decay {
                (0.0, 1.0 - hyper.learning_rate * hyper.weight_decay)
            } else {
                (hyper.weight_decay, 1.0)
            };
            // β to the number of updates; `pow` would bring tables of its own.
            let correction = |beta: f64| 1.0 - libm::exp(updates as f64 * libm::log(beta));
            let (joined, shrink) = (constant::<L>(joined), constant::<L>(shrink));
            let (keep_1, new_1) = (constant::<L>(beta_1), constant::<L>(1.0 - beta_1));
            let (keep_2, new_2) = (constant::<L>(beta_2), constant::<L>(1.0 - beta_2));
            let step = constant::<L>(hyper.learning_rate / correction(beta_1));
            let root = constant::<L>(1.0 / correction(beta_2).sqrt());
            let epsilon = constant::<L>(epsilon);
            each::<L>(parameters, gradients, first, second, |w, g, m, v| {
                let g = joined.mul_add(w, g);
                let m = keep_1.mul_add(m, new_1 * g);
                let v = keep_2.mul_add(v, new_2 * (g * g));
                let w = w * shrink - step * (m / (v.sqrt() * root + epsilon));
                (w, m, v)
            });
        }
    }
}

#[inline(always)]
fn constant<L: Lanes>(value: f64) -> L {
    L::splat(L::Real::from_f64(value))
}

#[inline(always)]
fn each<L: Lanes>(
    parameters: &mut [L::Real],
    gradients: &[L::Real],
    first: &mut [L::Real],
    second: &mut [L::Real],
    f: impl Fn(L, L, L, L) -> (L, L, L),
) {
    let (w_fours, w_rest) = parameters.as_chunks_mut::<WIDTH>();
    let (g_fours, g_rest) = gradients.as_chunks::<WIDTH>();
    let (m_fours, m_rest) = first.as_chunks_mut::<WIDTH>();
    let (v_fours, v_rest) = second.as_chunks_mut::<WIDTH>();
    for (((w, g), m), v) in w_fours.iter_mut().zip(g_fours).zip(m_fours).zip(v_fours) {
        let (new_w, new_m, new_v) = f(
            L::from_array(*w),
            L::from_array(*g),
            L::from_array(*m),
            L::from_array(*v),
        );
        *w = new_w.to_array();
        *m = new_m.to_array();
        *v = new_v.to_array();
    }
    let part = |values: &[L::Real]| L::load_part(values, L::Real::default());
    let (w, m, v) = f(part(w_rest), part(g_rest), part(m_rest), part(v_rest));
    w.store_part(w_rest);
    m.store_part(m_rest);
    v.store_part(v_rest);
}
