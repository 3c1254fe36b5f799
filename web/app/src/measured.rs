//! What was measured on networks as they are now: the loss along the gradient, the signal through the depth. What charts
//! show and what is told of it; measures nothing, draws nothing.

#[cfg(any(test, not(any(target_arch = "wasm32", feature = "split"))))]
pub mod native;
mod watched;

use batchnorm_lab::measure::{ByClass, Company, Folded, UnitBackward};
use batchnorm_lab::settings::choice::{Norm, View};
use std::any::Any;
use std::rc::Rc;
pub use watched::{
    BACK, DRIFT_ROWS, Drift, Drifts, MOST_TENS, USUAL_BACK, WeightFigure, WeightPath, Weights,
    back, every, tens,
};

use batchnorm_lab::settings::{SETTINGS, Scope, Settings};

use crate::format;
use crate::i18n::{Key, key};
use crate::small_sort::sort_few;

/// Step sizes of a landscape, in learning rates.
pub const FACTORS: [f64; 10] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];
/// The place of the step that training takes.
pub const OWN: usize = 2;
/// States that the band of a landscape is of, one a step.
pub const STATES: u64 = 20;

/// A measurement of the fresh networks, and of those of the moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured<T> {
    /// Before the first step.
    pub start: T,
    /// Updates made, and what is measured there; `None` where the run stands at its start.
    pub now: Option<(u64, T)>,
}

impl<T> Measured<T> {
    /// The newest that is there.
    pub fn newest(&self) -> (u64, &T) {
        match &self.now {
            Some((step, now)) => (*step, now),
            None => (0, &self.start),
        }
    }
}

/// The loss along the negative gradient of one side, over its last states.
#[derive(Clone, Debug, PartialEq)]
pub struct Landscape {
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// The learning rate at the last state, of which the step sizes are multiples.
    pub rate: f64,
    /// Where the network stands: that of the next step's mini-batch.
    pub loss: f32,
    /// Least by step size, over the states.
    pub low: Vec<f32>,
    /// Most.
    pub high: Vec<f32>,
    /// At the last state.
    pub last: Vec<f32>,
    /// The most that is added to the loss at the start, by step size, over the states.
    pub rise: Vec<f32>,
    /// Effective β, the largest of the states.
    pub smoothness: f32,
    /// The step at which numbers stopped being finite; then all else is of the states before.
    pub diverged_at: Option<u64>,
}

/// The profile of one kind of network.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The word of its normalisation.
    pub kind: String,
    /// Hidden layers, first to last.
    pub layers: Vec<LayerSignal>,
    /// The step at which numbers stopped being finite; then it has no layers.
    pub diverged_at: Option<u64>,
}

/// What goes through a hidden layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerSignal {
    /// Standard deviation of what its activation is given: γ·x̂ + β, or W·x + b where nothing is normalised.
    pub deviation: f32,
    /// Euclidean norm of the loss's gradient by its weights.
    pub gradient: f32,
}

/// Landscapes or profiles, once measured. What is in it is known to the modules of the page that show it; the first one,
/// which keeps it with the run, would weigh more if it knew, too.
pub type AnyMeasured = Option<Rc<dyn Any>>;

/// What was measured, if it is of that type.
pub fn known<T: 'static>(of: &AnyMeasured) -> Option<&Measured<Vec<T>>> {
    of.as_ref()?.downcast_ref()
}

/// A unit's values by class, of one side.
#[derive(Clone, Debug, PartialEq)]
pub struct SideByClass {
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// The values.
    pub of: ByClass,
    /// The step at which numbers stopped being finite; then there are no values.
    pub diverged_at: Option<u64>,
}

/// What the sequences of a batch share, of one side.
#[derive(Clone, Debug, PartialEq)]
pub struct SideCompany {
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// What it is.
    pub of: Company,
    /// The step at which numbers stopped being finite; then there is nothing.
    pub diverged_at: Option<u64>,
}

/// What a panel keeps with the run, if it is of that type.
pub fn kept<T: 'static>(of: &AnyMeasured) -> Option<&T> {
    of.as_ref()?.downcast_ref()
}

/// Both landscapes of a run, A before B.
pub type Landscapes = Measured<Vec<Landscape>>;
/// The profiles of several kinds.
pub type Profiles = Measured<Vec<Profile>>;
/// A unit's values by class, A before B.
pub type ByClasses = Measured<Vec<SideByClass>>;
/// What sequences share, A before B.
pub type Companies = Measured<Vec<SideCompany>>;

/// What Batch Normalization passes back of the selected unit: a list of one. Nothing of it is of the fresh network.
pub type Backwards = Measured<Vec<UnitBackward>>;

/// A network and the one it is folded into: a list of one. Nothing of it is of the fresh network.
pub type Folds = Measured<Vec<Folded>>;

/// Names of the three terms of a value and of their sum.
pub const BACKWARD_NAMES: [Key; 4] = [
    key::BACKWARD_DIRECT,
    key::BACKWARD_THROUGH_MEAN,
    key::BACKWARD_THROUGH_VARIANCE,
    key::BACKWARD_SUM,
];

/// The places of the values shown of a unit, in the order of x or of the batch.
pub fn in_order(of: &UnitBackward, is_sorted: bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..of.shown.len()).collect();
    if is_sorted {
        sort_few(&mut places, |a, b| {
            of.shown[*a].x.total_cmp(&of.shown[*b].x).is_gt()
        });
    }
    places
}

/// The kinds that are compared: the usual ones, and the run's own.
pub fn kinds(now: &Settings) -> Vec<&'static str> {
    let mut kinds = vec!["none", "batch", "layer", "rms"];
    let own: &[Norm] = match now.view {
        View::Twin => &[now.norm_a, now.norm_b],
        View::A => &[now.norm_a],
        View::B => &[now.norm_b],
    };
    for norm in own {
        if !kinds.contains(&norm.name()) {
            kinds.push(norm.name());
        }
    }
    kinds
}

/// The text of a link to a run as it was trained, changes on the way included, without how it is looked at but for the
/// sides that are shown; `also` is added.
pub fn base(link: &Settings, also: &str) -> String {
    let is_kept = |name: &str| {
        let row = SETTINGS.iter().find(|row| row.name == name);
        matches!(name, "show" | "changes") || row.is_none_or(|row| row.scope != Scope::View)
    };
    let run = Settings {
        at: 0,
        ..link.clone()
    };
    let text = run.to_text();
    let pairs = text.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !name.is_empty() && is_kept(name)
    });
    let mut base = String::new();
    for pair in pairs.chain([also]).filter(|pair| !pair.is_empty()) {
        if !base.is_empty() {
            base.push('&');
        }
        base.push_str(pair);
    }
    base
}

/// The first state of a landscape of a network that has made so many updates.
pub fn first_state(step: u64) -> u64 {
    (step + 1).saturating_sub(STATES)
}

/// How a step size reads, in learning rates.
pub fn factor(of: f64) -> String {
    match of {
        0.25 => "¼".into(),
        0.5 => "½".into(),
        of => format::setting(of),
    }
}

/// By what a figure is multiplied from each layer to the one before it, from the last to the second: the first sees the
/// data, and not as many inputs as the others. `None` where there are too few layers, or a figure is none.
pub fn growth(layers: &[LayerSignal], of: impl Fn(&LayerSignal) -> f32) -> Option<f32> {
    let [_, second, .., last] = layers else {
        return None;
    };
    let ratio = of(second) / of(last);
    let each = ratio.powf(1.0 / (layers.len() - 2) as f32);
    (each.is_finite() && each > 0.0).then_some(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_a_layer_and_leaves_the_first_out() {
        let layer = |deviation| LayerSignal {
            deviation,
            gradient: 1.0,
        };
        let of = |deviations: &[f32]| {
            let layers: Vec<LayerSignal> = deviations.iter().copied().map(layer).collect();
            growth(&layers, |layer| layer.deviation)
        };
        for (deviations, wanted) in [
            (&[9.0, 8.0, 4.0, 2.0][..], Some(2.0)),
            (&[9.0, 1.0, 1.0], Some(1.0)),
            (&[9.0, 1.0], None),
            (&[9.0, 0.0, 1.0], None),
            (&[9.0, 1.0, f32::NAN], None),
        ] {
            assert_eq!(of(deviations), wanted, "{deviations:?}");
        }
    }

    #[test]
    fn a_base_keeps_changes_and_sides_and_drops_what_is_only_looked_at() {
        let text = "data=spiral&layer=2&show=b&seed=9&changes=30:lr=1&at=40";
        let (link, errors) = Settings::from_text(text);
        assert_eq!(errors, []);
        let base = base(&link, "engine=relaxed");
        let mut pairs: Vec<&str> = base.split('&').collect();
        pairs.sort_unstable();
        assert_eq!(
            pairs,
            [
                "changes=30:lr=1",
                "data=spiral",
                "engine=relaxed",
                "seed=9",
                "show=b"
            ]
        );
    }

    #[test]
    fn the_kinds_are_the_usual_ones_and_the_runs_own() {
        for (link, more) in [
            ("", &[][..]),
            ("b=group", &["group"]),
            ("a=group&b=ghost&show=b", &["ghost"]),
        ] {
            let (now, _) = Settings::from_text(link);
            assert_eq!(kinds(&now)[4..], *more, "{link}");
        }
    }

    #[test]
    fn a_band_is_of_twenty_states_as_soon_as_there_are_so_many() {
        for (step, first) in [(0, 0), (5, 0), (19, 0), (20, 1), (200, 181)] {
            assert_eq!(first_state(step), first);
        }
    }
}
