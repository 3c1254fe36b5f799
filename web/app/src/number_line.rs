//! One mini-batch of one unit through the four steps of Batch Normalization, each as the core's kernels give it: x, x − μ, x̂
//! and γ·x̂ + β. Draws nothing.

pub mod formula;

use batchnorm_lab::kernels::norm::batch::{Moments, moments_of, normalize};
use batchnorm_lab::lanes::{Best, Double, Lanes, Real};

use crate::small_sort::Bound;

/// The fewest numbers that have a spread: of one the frameworks refuse to train.
pub const FEWEST: usize = 2;
/// The most that can be told apart on a line.
pub const MOST: usize = 64;
/// Beyond this a number is taken for this: its square is still one of f32.
pub const LARGEST: f32 = 1e6;

/// How many lines there are.
pub const STAGES: usize = 4;

/// Of a number that is of no class.
pub const NO_CLASS: u8 = u8::MAX;

/// The numbers themselves: what can be moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// One a row, from `FEWEST` to `MOST`.
    pub x: Vec<f32>,
    /// Class of each row, or `NO_CLASS`.
    pub labels: Vec<u8>,
}

impl Points {
    /// Numbers that belong to no class.
    pub fn of(x: &[f32]) -> Self {
        Self {
            x: x.to_vec(),
            labels: vec![NO_CLASS; x.len()],
        }
    }

    /// What is read from a text: numbers apart from each other by anything that is no part of one. `None` where there are
    /// fewer than `FEWEST` or more than `MOST`, or something is no number.
    pub fn read(text: &str) -> Option<Self> {
        let plain = text.replace(['−', '－'], "-");
        let is_gap = |c: char| c.is_whitespace() || ",;，；、|[](){}".contains(c);
        let parts = plain.split(is_gap).filter(|part| !part.is_empty());
        let read = parts.map(|part| {
            let number = batchnorm_lab::numeric::decimal::parse(part)?;
            let number = number as f32;
            number.is_finite().then_some(within(number))
        });
        let x: Vec<f32> = read.collect::<Option<_>>()?;
        (FEWEST..=MOST).contains(&x.len()).then(|| Self::of(&x))
    }
}

/// The number, or the nearest that is taken.
pub fn within(x: f32) -> f32 {
    x.bound(-LARGEST, LARGEST)
}

/// What is learned or chosen of a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// γ.
    pub gamma: f32,
    /// β.
    pub beta: f32,
    /// ε.
    pub epsilon: f64,
}

/// A mini-batch and what the four steps make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberLine {
    /// Class of each row, or `NO_CLASS`.
    pub labels: Vec<u8>,
    /// x, x − μ, x̂, γ·x̂ + β, row by row.
    pub stages: [Vec<f32>; STAGES],
    /// μ.
    pub mean: f32,
    /// σ², biased.
    pub variance: f32,
    /// γ, β and ε.
    pub affine: Affine,
    /// How far x̂ or γ·x̂ + β is from what the same kernels give in f64, the most of all rows.
    pub deviation: f64,
    /// The row that is looked at.
    pub selected: usize,
    /// Hidden layer, unit and step of which the batch is; `None` for numbers of the reader's own.
    pub of: Option<(usize, usize, u64)>,
}

impl NumberLine {
    /// Takes the batch through the four steps.
    ///
    /// # Panics
    /// If there are no numbers.
    pub fn new(points: &Points, affine: Affine, selected: usize) -> Self {
        let here = Steps::<Best>::of(&points.x, affine);
        let x: Vec<f64> = points.x.iter().copied().map(f64::from).collect();
        let precise = Steps::<Double>::of(&x, affine);
        let apart = |one: &[f32], other: &[f64]| {
            let pairs = one.iter().zip(other);
            pairs.fold(0.0_f64, |most, (one, other)| {
                most.max((f64::from(*one) - other).abs())
            })
        };
        let deviation = apart(&here.x_hat, &precise.x_hat).max(apart(&here.y, &precise.y));
        Self {
            labels: points.labels.clone(),
            mean: here.mean,
            variance: here.variance,
            affine,
            deviation,
            selected: selected.min(points.x.len() - 1),
            of: None,
            stages: [points.x.clone(), here.centred, here.x_hat, here.y],
        }
    }

    /// How many rows there are: m.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// √(σ² + ε), by which is divided.
    pub fn divisor(&self) -> f64 {
        (f64::from(self.variance) + self.affine.epsilon).sqrt()
    }

    /// √(m − 1), beyond which no x̂ can lie.
    pub fn bound(&self) -> f64 {
        (self.rows() as f64 - 1.0).sqrt()
    }

    /// The sum of all x̂, in f64.
    pub fn sum(&self) -> f64 {
        self.stages[2].iter().copied().map(f64::from).sum()
    }

    /// The mean of x̂², in f64.
    pub fn mean_square(&self) -> f64 {
        let squares = self.stages[2].iter().map(|v| f64::from(*v).powi(2));
        squares.sum::<f64>() / self.rows() as f64
    }

    /// Where the mean of a line stands, and one standard deviation of it.
    pub fn moments(&self, stage: usize) -> (f64, f64) {
        let deviation = f64::from(self.variance).sqrt();
        let one = deviation / self.divisor();
        let (gamma, beta) = (f64::from(self.affine.gamma), f64::from(self.affine.beta));
        match stage {
            0 => (f64::from(self.mean), deviation),
            1 => (0.0, deviation),
            2 => (0.0, one),
            _ => (beta, gamma.abs() * one),
        }
    }

    /// How many x̂ lie below 0 and how many above.
    pub fn sides(&self) -> [usize; 2] {
        let count = |is: fn(&&f32) -> bool| self.stages[2].iter().filter(is).count();
        [count(|v| **v < 0.0), count(|v| **v > 0.0)]
    }
}

/// What the kernels give for one feature.
struct Steps<L: Lanes> {
    mean: L::Real,
    variance: L::Real,
    centred: Vec<L::Real>,
    x_hat: Vec<L::Real>,
    y: Vec<L::Real>,
}

impl<L: Lanes> Steps<L> {
    fn of(x: &[L::Real], affine: Affine) -> Self {
        let (mean, low, variance) = moments_of::<L>(x);
        let room = || vec![L::Real::ZERO; x.len()];
        let (mut centred, mut x_hat, mut y, mut unused) = (room(), room(), room(), room());
        let run = |variance, epsilon, affine, x_hat: &mut [_], y: &mut [_]| {
            let moments = Moments {
                mean: &[mean],
                mean_low: &[low],
                variance: &[variance],
            };
            normalize::<L>(x, x.len(), moments, epsilon, affine, x_hat, y);
        };
        // Divided by 1, the same kernel stops after the first of its steps.
        run(L::Real::ONE, 0.0, None, &mut centred, &mut unused);
        let (gamma, beta) = (
            [L::Real::from_f64(f64::from(affine.gamma))],
            [L::Real::from_f64(f64::from(affine.beta))],
        );
        let learned = Some((&gamma[..], &beta[..]));
        run(variance, affine.epsilon, learned, &mut x_hat, &mut y);
        Self {
            mean,
            variance,
            centred,
            x_hat,
            y,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Affine = Affine {
        gamma: 1.0,
        beta: 0.0,
        epsilon: 1e-5,
    };

    #[test]
    fn four_numbers_go_the_way_that_a_pencil_goes() {
        let affine = Affine {
            gamma: 2.0,
            beta: -1.0,
            epsilon: 0.0,
        };
        // μ = 4, σ² = (9 + 1 + 1 + 9)/4 = 5.
        let of = NumberLine::new(&Points::of(&[1.0, 3.0, 5.0, 7.0]), affine, 9);
        assert_eq!((of.mean, of.variance, of.selected), (4.0, 5.0, 3));
        assert_eq!(of.stages[1], [-3.0, -1.0, 1.0, 3.0]);
        for (place, wanted) in [(0, -1.341_640_8), (3, 1.341_640_8)] {
            assert!((of.stages[2][place] - wanted).abs() < 1e-6);
            assert!((of.stages[3][place] - (2.0 * wanted - 1.0)).abs() < 2e-6);
        }
        assert_eq!(of.sides(), [2, 2]);
        assert!(
            of.deviation > 0.0 && of.deviation < 1e-6,
            "{}",
            of.deviation
        );
    }

    #[test]
    fn an_outlier_ends_at_the_bound_and_epsilon_takes_from_the_square() {
        let of = NumberLine::new(&Points::of(&[100.0, 0.1, -0.3, 0.2, 0.0]), PLAIN, 0);
        assert!((f64::from(of.stages[2][0]) - of.bound()).abs() < 1e-3);
        assert_eq!(of.sides(), [4, 1]);
        let wide = Affine {
            epsilon: 1.0,
            ..PLAIN
        };
        let of = NumberLine::new(&Points::of(&[0.5, -0.5]), wide, 0);
        assert!((of.mean_square() - 0.25 / 1.25).abs() < 1e-6);
    }

    #[test]
    fn a_text_is_read_as_people_paste_it() {
        let read = |text| Points::read(text).map(|points| points.x);
        for (text, wanted) in [
            ("1, 2.5; −3", &[1.0, 2.5, -3.0][..]),
            ("[0.1, 1e2]\n", &[0.1, 100.0]),
            ("1\t2\n3", &[1.0, 2.0, 3.0]),
            ("1，2、3", &[1.0, 2.0, 3.0]),
            ("1e9 -1e9", &[1e6, -1e6]),
        ] {
            assert_eq!(read(text).as_deref(), Some(wanted), "{text}");
        }
        let many = "1 ".repeat(MOST + 1);
        for text in ["", "7", "1, two", "nan 1", many.as_str()] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
