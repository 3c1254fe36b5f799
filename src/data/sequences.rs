//! Short sequences of unequal length of which only two steps count: the adding problem (Hochreiter and Schmidhuber
//! 1997) as a question of two classes. Drawn from the seed; knows no network.

use super::{Dataset, Split};
use crate::numeric::rng::Rng;
use crate::settings::Settings;

/// T, the steps of the longest sequences; shorter ones are filled up with zeros behind.
pub const STEPS: usize = 12;
/// Of a step: its value, and 1 where it is marked, else 0.
pub const STEP_FEATURES: usize = 2;
/// Steps of the shortest sequences; all lengths are equally likely.
pub const SHORTEST: usize = 4;
/// No sum of marked values is nearer to 0.
const GAP: f64 = 0.2;

/// Training and test sequences. Values are uniform in [-1, 1] and two steps are marked; class 1 are those whose marked
/// values have a positive sum. Noise moves each value by up to so much, up or down, not its class.
///
/// # Shapes
/// `x` `[points, T, 2]`; `lengths` `[points]`.
pub fn dataset(settings: &Settings) -> Dataset {
    let noise = f64::from(settings.noise) / 100.0;
    let mut rng = Rng::new(u64::from(settings.seed), "sequences");
    let mut draw = |count: usize| {
        let mut split = Split::default();
        for _ in 0..count {
            push(&mut split, &mut rng, noise);
        }
        split
    };
    let train = draw(settings.train_points());
    let test = draw(settings.points() - settings.train_points());
    Dataset { train, test }
}

fn push(split: &mut Split, rng: &mut Rng, noise: f64) {
    let length = SHORTEST + rng.below(STEPS - SHORTEST + 1);
    let first = rng.below(length);
    // Any step but the first marked one.
    let second = (first + 1 + rng.below(length - 1)) % length;
    let (values, sum) = loop {
        let values: [f64; STEPS] = std::array::from_fn(|_| rng.uniform_in(-1.0, 1.0));
        let sum = values[first] + values[second];
        if sum.abs() >= GAP {
            break (values, sum);
        }
    };
    for (step, value) in values.into_iter().enumerate() {
        let moved = value + noise * rng.uniform_in(-1.0, 1.0);
        let mark = step == first || step == second;
        let own = if step < length {
            [moved as f32, f32::from(u8::from(mark))]
        } else {
            [0.0; STEP_FEATURES]
        };
        split.x.extend(own);
    }
    split.labels.push(u8::from(sum > 0.0));
    split.lengths.push(length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Dataset {
        let (settings, errors) = Settings::from_text(text);
        assert_eq!(errors, []);
        dataset(&settings)
    }

    #[test]
    fn two_marked_values_make_the_class_and_nothing_stands_behind_the_end() {
        let data = of("data=sequences&samples=4000&split=50");
        assert_eq!((data.train.len(), data.test.len()), (2000, 2000));
        for split in [&data.train, &data.test] {
            let (steps, _) = split.x.as_chunks::<STEP_FEATURES>();
            for (row, steps) in steps.chunks_exact(STEPS).enumerate() {
                let (there, missing) = steps.split_at(split.lengths[row]);
                assert_eq!(there.iter().map(|step| step[1]).sum::<f32>(), 2.0);
                let sum: f32 = there.iter().map(|step| step[0] * step[1]).sum();
                assert!(sum.abs() > 0.199, "{sum}");
                assert_eq!(split.labels[row] == 1, sum > 0.0);
                assert!(missing.iter().all(|step| *step == [0.0; 2]));
            }
            for length in SHORTEST..=STEPS {
                let count = split.lengths.iter().filter(|l| **l == length).count();
                assert!((150..300).contains(&count), "{count} of length {length}");
            }
            let ones = split.labels.iter().filter(|label| **label == 1).count();
            assert!((900..1100).contains(&ones), "{ones} of class 1");
        }
    }

    #[test]
    fn the_seed_draws_and_noise_moves_values_alone() {
        let clean = of("data=sequences&seed=3");
        assert_eq!(clean, of("data=sequences&seed=3"));
        assert_ne!(clean.test, of("data=sequences&seed=4").test);
        let noisy = of("data=sequences&seed=3&noise=20");
        assert_eq!(
            (&clean.train.labels, &clean.train.lengths),
            (&noisy.train.labels, &noisy.train.lengths)
        );
        let moved = clean
            .train
            .x
            .iter()
            .zip(&noisy.train.x)
            .map(|(a, b)| (a - b).abs());
        let most = moved.fold(0.0, f32::max);
        assert!((0.1..=0.2001).contains(&most), "{most}");
    }
}
