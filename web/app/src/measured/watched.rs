//! What is measured over the steps of a run: how what activations are given moves, and how long the weights before a
//! normalisation are.

use batchnorm_lab::jobs::Weighed;
use batchnorm_lab::measure::{LayerDrift, Scaled};

use super::Measured;

/// Rows of the training set that distributions are of.
pub const DRIFT_ROWS: u32 = 128;
/// Steps back to the state that one is held against, as they can be chosen; the one in the middle at first.
pub const BACK: [u32; 3] = [1, 10, 100];
/// Its place.
pub const USUAL_BACK: i32 = 1;
/// The most states of a run that are looked at, about.
const STATES: u64 = 40;
/// The most times that weights are multiplied by ten, or divided.
pub const MOST_TENS: i32 = 3;

/// How what the activations of a side are given has moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Updates made, and each hidden layer there; the first has not moved.
    pub states: Vec<(u64, Vec<LayerDrift>)>,
    /// Steps back to the state that one is held against.
    pub back: u64,
    /// The step at which numbers stopped being finite.
    pub diverged_at: Option<u64>,
}

/// The weights before a normalisation, of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightPath {
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Its weight decay.
    pub decay: f64,
    /// Each state.
    pub states: Vec<Weighed>,
    /// Its last state beside a copy with other weights; only of the run on the screen.
    pub scaled: Option<Scaled>,
    /// By what these are multiplied.
    pub factor: f64,
    /// The step at which numbers stopped being finite.
    pub diverged_at: Option<u64>,
}

/// Which figure of the weights before a normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightFigure {
    /// ‖W‖.
    Norm,
    /// lr/‖W‖².
    Rate,
}

impl WeightFigure {
    /// That figure.
    pub fn of(self, weighed: &Weighed) -> f32 {
        match self {
            Self::Norm => weighed.norm,
            Self::Rate => weighed.rate,
        }
    }

    /// The same of the copy whose weights are times the factor: the learning rate is that of its last state.
    pub fn scaled(self, path: &WeightPath) -> Option<f32> {
        let (last, [_, after]) = (path.states.last()?, path.scaled?.norm);
        Some(match self {
            Self::Norm => after,
            Self::Rate => last.rate * (last.norm / after).powi(2),
        })
    }
}

/// The drift of a run, A before B.
pub type Drifts = Measured<Vec<Drift>>;
/// The weights of the run on the screen, then of one without decay.
pub type Weights = Measured<Vec<WeightPath>>;

/// Steps from one state to the next, at least so many, of a run of so many steps.
pub fn every(steps: u64, least: u64) -> u64 {
    least.max(steps.div_ceil(STATES)).max(1)
}

/// The chosen number of steps back.
pub fn back(choice: i32) -> u32 {
    BACK[choice.clamp(0, BACK.len() as i32 - 1) as usize]
}

/// So many times ten.
pub fn tens(choice: i32) -> f64 {
    10_f64.powi(choice)
}

impl Drift {
    /// How many hidden layers it has.
    pub fn depth(&self) -> usize {
        self.states.first().map_or(0, |(_, layers)| layers.len())
    }

    /// Mean drift of a layer over all states but the first; `None` before there are two.
    pub fn mean(&self, layer: usize) -> Option<f32> {
        mean(self.moved(), layer)
    }

    /// The same over the first quarter of them, and over the last.
    pub fn quarters(&self, layer: usize) -> Option<[f32; 2]> {
        let moved = self.moved();
        let quarter = moved.len().div_ceil(4);
        let (first, last) = (&moved[..quarter], &moved[moved.len() - quarter..]);
        Some([mean(first, layer)?, mean(last, layer)?])
    }

    fn moved(&self) -> &[(u64, Vec<LayerDrift>)] {
        self.states.get(1..).unwrap_or_default()
    }
}

fn mean(states: &[(u64, Vec<LayerDrift>)], layer: usize) -> Option<f32> {
    let values = states.iter().map(|(_, layers)| layers[layer].drift);
    (!states.is_empty()).then(|| values.sum::<f32>() / states.len() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(drifts: &[f32]) -> Drift {
        let states = drifts.iter().enumerate().map(|(step, drift)| {
            let layer = LayerDrift {
                mean: 0.0,
                deviation: 1.0,
                drift: *drift,
            };
            (10 * step as u64, vec![layer])
        });
        Drift {
            side: 0,
            states: states.collect(),
            back: 10,
            diverged_at: None,
        }
    }

    #[test]
    fn the_first_state_has_not_moved_and_quarters_are_of_the_rest() {
        let seen = of(&[0.0, 0.4, 0.2, 0.3, 0.1]);
        assert_eq!(seen.mean(0), Some(0.25));
        assert_eq!(seen.quarters(0), Some([0.4, 0.1]));
        assert_eq!(of(&[0.0]).mean(0), None);
        assert_eq!(of(&[0.0]).quarters(0), None);
        assert_eq!(of(&[0.0, 0.7]).quarters(0), Some([0.7, 0.7]));
        assert_eq!(of(&[]).depth(), 0);
    }

    #[test]
    fn a_long_run_has_no_more_states_than_a_chart_shows() {
        for (steps, least, wanted) in [(0, 1, 1), (400, 10, 10), (1600, 10, 40), (40, 1, 1)] {
            assert_eq!(every(steps, least), wanted, "{steps}");
        }
    }
}
