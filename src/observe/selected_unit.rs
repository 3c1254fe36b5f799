//! The values of one unit on the mini-batch, and the numbers by which normalisation carries them along. Runs no network.

use super::statistics::wider;
use crate::protocol::{LayerStats, SelectedUnit, UnitMoments};
use crate::settings::Settings;
use crate::settings::choice::Statistics;

/// Fills in what follows from the unit's values and from the statistics of its layer: which of them normalise is the
/// reader's choice.
///
/// Those of x̂ and of γ·x̂ + β are the batch's own mean and deviation carried through the same two maps.
pub fn complete(selected: SelectedUnit, layer: &LayerStats, now: &Settings) -> SelectedUnit {
    let unit = selected.unit as usize;
    let value = |list: &[f32]| list.get(unit).copied();
    let mean = value(&layer.batch_mean).unwrap_or_default();
    let variance = value(&layer.batch_var).unwrap_or_default();
    let before = UnitMoments {
        mean,
        std: variance.sqrt(),
    };
    let (used_mean, used_variance) = match now.statistics {
        Statistics::Batch => (mean, variance),
        Statistics::Running => (
            value(&layer.running_mean).unwrap_or(mean),
            value(&layer.running_var).unwrap_or(variance),
        ),
    };
    let std = (used_variance + now.epsilon as f32).sqrt();
    let gamma = value(&layer.gamma).unwrap_or(1.0);
    let beta = value(&layer.beta).unwrap_or(0.0);
    let normalized = UnitMoments {
        mean: (mean - used_mean) / std,
        std: before.std / std,
    };
    let after = UnitMoments {
        mean: gamma * normalized.mean + beta,
        std: gamma.abs() * normalized.std,
    };
    let mut moments = vec![before, normalized, after];
    if selected.normalized.is_empty() {
        moments.truncate(1);
    }
    SelectedUnit {
        limit: limit(&selected, used_mean, gamma),
        mean: used_mean,
        std,
        gamma,
        moments,
        ..selected
    }
}

/// The half-width that holds every point on all of its way: 1, 1.5, 2, 3, 4, 6, 8, … The ridgelines' axis would not
/// do: it never shrinks during a run, and points that have come together would be a heap in its middle.
fn limit(selected: &SelectedUnit, mean: f32, gamma: f32) -> f32 {
    let SelectedUnit {
        before,
        normalized,
        after,
        ..
    } = selected;
    let centred = before.iter().map(|value| value - mean);
    let scaled = normalized.iter().map(|value| gamma * value);
    let reach = [before, normalized, after]
        .into_iter()
        .flatten()
        .copied()
        .chain(centred.filter(|_| !normalized.is_empty()))
        .chain(scaled)
        .filter(|value| value.is_finite())
        .fold(0.0, |reach: f32, value| reach.max(value.abs()));
    let mut limit = 1.0;
    while limit < reach {
        limit = wider(limit);
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(before: &[f32], normalized: &[f32], after: &[f32]) -> SelectedUnit {
        SelectedUnit {
            before: before.to_vec(),
            normalized: normalized.to_vec(),
            after: after.to_vec(),
            ..SelectedUnit::default()
        }
    }

    #[test]
    fn the_axis_is_as_wide_as_the_points_of_the_step() {
        assert_eq!(limit(&points(&[-0.2, 0.3], &[], &[]), 0.0, 1.0), 1.0);
        assert_eq!(limit(&points(&[-0.2, 1.7], &[], &[]), 9.0, 1.0), 2.0);
        assert_eq!(limit(&points(&[1.0], &[-2.2], &[2.9]), 0.0, 1.0), 3.0);
        // What a point passes on its way counts: without its mean, and stretched before it is moved.
        assert_eq!(limit(&points(&[3.0], &[1.0], &[1.0]), -8.0, 1.0), 12.0);
        assert_eq!(limit(&points(&[0.1], &[2.0], &[0.5]), 0.0, 12.0), 24.0);
        let far = points(&[f32::NAN, f32::INFINITY, 1e30], &[], &[]);
        let far = limit(&far, 0.0, 1.0);
        assert!((1e30..2e30).contains(&far), "{far}");
    }

    #[test]
    fn moments_are_the_batch_carried_through_both_maps() {
        let layer = LayerStats {
            batch_mean: vec![0.0, 3.0],
            batch_var: vec![1.0, 4.0],
            running_mean: vec![0.0, 1.0],
            running_var: vec![1.0, 16.0],
            gamma: vec![1.0, -2.0],
            beta: vec![0.0, 0.5],
            ..LayerStats::default()
        };
        let selected = SelectedUnit {
            unit: 1,
            ..points(&[1.0, 5.0], &[-1.0, 1.0], &[0.0, 1.0])
        };
        let with = |statistics| Settings {
            statistics,
            epsilon: 0.0,
            ..Settings::default()
        };
        let of = |mean, std| UnitMoments { mean, std };
        let of_batch = complete(selected.clone(), &layer, &with(Statistics::Batch));
        let moments = [of(3.0, 2.0), of(0.0, 1.0), of(0.5, 2.0)];
        assert_eq!(of_batch.moments, moments);
        let running = complete(selected, &layer, &with(Statistics::Running));
        let moments = [of(3.0, 2.0), of(0.5, 0.5), of(-0.5, 1.0)];
        assert_eq!(running.moments, moments);
        assert_eq!((running.mean, running.std, running.gamma), (1.0, 4.0, -2.0));
    }

    #[test]
    fn without_normalisation_there_is_one_pair_of_moments() {
        let selected = complete(
            points(&[1.0], &[], &[]),
            &LayerStats::default(),
            &Settings::default(),
        );
        assert_eq!(selected.moments.len(), 1);
    }
}
