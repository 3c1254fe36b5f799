//! The machine's own peaks, as a kernel of the lab could reach them at best: arithmetic that never leaves the registers,
//! and plain walks through memory. Has no clock.

use batchnorm_lab::lanes::{Best, Lanes, WIDTH, each};
use wasm_bindgen::prelude::*;

use crate::Cost;

/// Products and sums of one chain in a call of `arithmetic`.
const LINKS: usize = 4096;
/// Links made without a look at the counter.
const UNROLLED: usize = 8;
/// Ways to keep the machine busy, and how many chains of four lanes they have.
const FORMS: [(bool, usize); 7] = [
    (true, 2),
    (true, 3),
    (true, 8),
    (true, 12),
    (false, 1),
    (false, 2),
    (false, 6),
];

/// Products and sums in one of `arithmetic_forms` ways, so many times.
///
/// A processor starts several operations before the first is done, so one chain of them is far below its peak; more
/// chains than it has registers are too. Where a product and a sum are one instruction, a chain is
/// `value ← value·factor + summand`; where they are two, the sum would wait for the product, and a pair of chains,
/// `value ← value·factor` and `sum ← sum + value`, waits less. Which way is best depends on the lanes (four lanes of a
/// scalar chain are four registers) and on the machine: measure all and take the best.
///
/// # Errors
/// There is no such way.
#[wasm_bindgen]
pub fn arithmetic(form: usize, times: u32) -> Result<f32, String> {
    let sum = match FORMS.get(form) {
        Some((true, 2)) => linked::<Best, 2>(times),
        Some((true, 3)) => linked::<Best, 3>(times),
        Some((true, 8)) => linked::<Best, 8>(times),
        Some((true, 12)) => linked::<Best, 12>(times),
        Some((false, 1)) => apart::<Best, 1>(times),
        Some((false, 2)) => apart::<Best, 2>(times),
        Some((false, 6)) => apart::<Best, 6>(times),
        _ => return Err(format!("form {form} of {}", FORMS.len())),
    };
    Ok(sum)
}

/// In how many ways `arithmetic` can be asked for.
#[wasm_bindgen]
pub fn arithmetic_forms() -> usize {
    FORMS.len()
}

/// What one call of `arithmetic` computes; it moves nothing.
#[wasm_bindgen]
pub fn arithmetic_cost(form: usize) -> Cost {
    let chains = FORMS.get(form).map_or(0, |(_, chains)| *chains);
    Cost::of(2 * LINKS * chains * WIDTH, 0)
}

/// Values of `CHAINS` chains, and numbers that the compiler does not know. With them every value stays within ±1, so
/// that neither 0 nor infinity makes it faster or slower.
fn start<L: Lanes<Real = f32>, const CHAINS: usize>(
    factor: f32,
    summand: f32,
) -> ([L; CHAINS], L, L) {
    let known = |value| L::splat(std::hint::black_box(value));
    let chains = std::array::from_fn(|at| known(0.5 + at as f32 / 32.0));
    (chains, known(factor), known(summand))
}

fn linked<L: Lanes<Real = f32>, const CHAINS: usize>(times: u32) -> f32 {
    let (mut chains, factor, summand) = start::<L, CHAINS>(0.5, 0.375);
    for _ in 0..times as usize * (LINKS / UNROLLED) {
        for _ in 0..UNROLLED {
            for chain in &mut chains {
                *chain = chain.mul_add(factor, summand);
            }
        }
    }
    chains.iter().map(|chain| chain.sum()).sum()
}

fn apart<L: Lanes<Real = f32>, const CHAINS: usize>(times: u32) -> f32 {
    let (mut chains, factor, summand) = start::<L, CHAINS>(-1.0, 0.0);
    let mut sums = [summand; CHAINS];
    for _ in 0..times as usize * (LINKS / UNROLLED) {
        for _ in 0..UNROLLED {
            for (sum, chain) in sums.iter_mut().zip(&mut chains) {
                *sum = *sum + *chain;
                *chain = *chain * factor;
            }
        }
    }
    sums.iter().map(|sum| sum.sum()).sum()
}

/// `into[i] = b[i] − a[i]`: two arrays read, one written.
///
/// # Panics
/// If the lengths differ.
pub(crate) fn combine<L: Lanes>(a: &[L::Real], b: &[L::Real], into: &mut [L::Real]) {
    assert_eq!(
        (a.len(), b.len()),
        (into.len(), into.len()),
        "values in and out"
    );
    let (a, a_rest) = a.as_chunks::<WIDTH>();
    let (b, b_rest) = b.as_chunks::<WIDTH>();
    let (fours, rest) = into.as_chunks_mut::<WIDTH>();
    for ((into, a), b) in fours.iter_mut().zip(a).zip(b) {
        *into = (L::from_array(*b) - L::from_array(*a)).to_array();
    }
    for ((into, a), b) in rest.iter_mut().zip(a_rest).zip(b_rest) {
        *into = *b - *a;
    }
}

/// Values that are walked through.
#[wasm_bindgen]
pub struct StreamCase {
    values: Vec<f32>,
}

#[wasm_bindgen]
impl StreamCase {
    /// So many bytes of values.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: usize) -> Self {
        let len = bytes / size_of::<f32>();
        Self {
            values: (0..len).map(|at| (at % 7) as f32).collect(),
        }
    }

    /// Adds all of them, so many times.
    pub fn sum(&self, times: u32) -> f32 {
        // The compiler must not see that every walk gives the same.
        (0..times)
            .map(|_| each::sum::<Best>(std::hint::black_box(&self.values), 0.0, |x| x))
            .sum()
    }

    /// Copies the first half to the second, so many times.
    pub fn copy(&mut self, times: u32) {
        let half = self.values.len() / 2;
        let (from, into) = self.values[..2 * half].split_at_mut(half);
        for _ in 0..times {
            each::map::<Best>(from, into, |x| x);
            std::hint::black_box(&mut *into);
        }
    }

    /// Of one walk: in `sum` every value is read, in `copy` half of them are read and half are written.
    pub fn cost(&self) -> Cost {
        Cost::of(0, self.values.len())
    }
}
