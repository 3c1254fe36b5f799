//! What is on the screen, as far as panels tell of it.

use batchnorm_lab::data::Split;
use batchnorm_lab::protocol::{BatchNoiseReport, Frame, Side};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Loss, Norm, Statistics, View};

use crate::cells::Cells;
use crate::compared::Compared;
use crate::devices::Comparison;
use crate::grid::Grid;
use crate::history::{History, UnitColumn};
use crate::i18n::Lang;
use crate::measured::{
    Backwards, ByClasses, Companies, Drifts, Folds, Landscapes, Profiles, Weights,
};
use crate::number_line::NumberLine;

/// What is on the screen: the words are those of one language.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The language that is read.
    pub lang: Lang,
    /// The settings in force.
    pub now: &'a Settings,
    /// The newest frame of the run; `None` before the first.
    pub frame: Option<&'a Frame>,
    /// Frames gone by.
    pub history: &'a History,
    /// How small batches scatter, once measured.
    pub noise: Option<&'a BatchNoiseReport>,
    /// Accuracy against a setting by kinds of networks, as far as they are trained.
    pub sweep: Option<&'a Grid>,
    /// Networks over two settings, as far as they are trained.
    pub race_grid: Option<&'a Grid>,
    /// The loss along the gradient, once measured.
    pub landscape: Option<&'a Landscapes>,
    /// The signal through the depth, once measured.
    pub profiles: Option<&'a Profiles>,
    /// Whole runs beside each other, as far as they are trained.
    pub compared: Option<&'a Compared>,
    /// The run that r and d are of, once it is trained.
    pub corrections: Option<&'a Compared>,
    /// How far the distributions inside move, once measured.
    pub drift: Option<&'a Drifts>,
    /// The weights that a normalisation follows, once weighed.
    pub weights: Option<&'a Weights>,
    /// A unit's values by class, once measured.
    pub by_class: Option<&'a ByClasses>,
    /// What the sequences of a batch share, once measured.
    pub company: Option<&'a Companies>,
    /// One batch on several devices, as far as they are trained.
    pub devices: Option<&'a Comparison>,
    /// One mini-batch through the four steps.
    pub number_line: Option<&'a NumberLine>,
    /// A cell of a layer's values and what it shares, once measured.
    pub cells: Option<&'a Cells>,
    /// What Batch Normalization passes back of the selected unit, once measured.
    pub backward: Option<&'a Backwards>,
    /// A network and the one it is folded into.
    pub folded: Option<&'a Folds>,
    /// The test points, where they are at hand: only sequences are told by their lengths.
    pub test: Option<&'a Split>,
}

impl<'a> Seen<'a> {
    /// Before the first frame, nothing measured.
    pub fn nothing(lang: Lang, now: &'a Settings, history: &'a History) -> Self {
        Self {
            lang,
            now,
            history,
            frame: None,
            noise: None,
            sweep: None,
            race_grid: None,
            landscape: None,
            profiles: None,
            compared: None,
            corrections: None,
            drift: None,
            weights: None,
            by_class: None,
            company: None,
            devices: None,
            number_line: None,
            cells: None,
            backward: None,
            folded: None,
            test: None,
        }
    }

    /// Whether a side is on the screen.
    pub fn shows(&self, side: u8) -> bool {
        match self.now.view {
            View::Twin => true,
            View::A => side == 0,
            View::B => side == 1,
        }
    }

    /// The sides on the screen that the frame tells of, A before B.
    pub fn sides(&self) -> Vec<&'a Side> {
        let sides = self.frame.map_or(&[][..], |frame| &frame.sides);
        sides.iter().filter(|side| self.shows(side.index)).collect()
    }

    /// That side, if it is on the screen.
    pub fn side(&self, index: u8) -> Option<&'a Side> {
        let mut sides = self.sides();
        sides.retain(|side| side.index == index);
        sides.pop()
    }

    /// The step on the screen.
    pub fn step(&self) -> u64 {
        self.frame.map_or(0, |frame| frame.step)
    }

    /// The normalisation of a side.
    pub fn norm(&self, side: u8) -> Norm {
        [self.now.norm_a, self.now.norm_b][usize::from(side.min(1))]
    }

    /// The side whose selected layer is looked at: the last that normalises, else the last shown.
    pub fn detail_side(&self) -> u8 {
        match self.now.view {
            View::A => 0,
            View::B => 1,
            View::Twin => u8::from(self.now.norm_b != Norm::None || self.now.norm_a == Norm::None),
        }
    }

    /// The selected hidden layer and unit, from 0, within what there is.
    pub fn selected(&self) -> (usize, usize) {
        let columns = self.now.columns().count();
        let layer = (self.now.selected_layer as usize).min(columns.saturating_sub(1));
        let width = self.now.width_of(layer);
        let unit = (self.now.selected_unit as usize).min(width.saturating_sub(1));
        (layer, unit)
    }

    /// The newest figures of one kind of every unit of the selected layer.
    pub fn units(&self, column: UnitColumn) -> Vec<f32> {
        let side = usize::from(self.detail_side());
        let layer = self.history.sides[side].layers.get(self.selected().0);
        let newest = layer.and_then(|layer| Some((layer.width, layer.units.newest()?)));
        let (width, cells) = newest.unwrap_or((0, &[]));
        let of = |unit| cells.get(column.column(unit)).copied();
        (0..width)
            .map(|unit| of(unit).unwrap_or(f32::NAN))
            .collect()
    }

    /// Share of points that guessing gets right.
    pub fn chance(&self) -> f32 {
        1.0 / self.now.data.classes() as f32
    }

    /// The loss of who gives every class the same chance.
    pub fn chance_loss(&self) -> f32 {
        match self.now.loss_used() {
            Loss::SquaredError => 0.5,
            Loss::CrossEntropy if self.now.data.classes() == 10 => std::f32::consts::LN_10,
            _ => std::f32::consts::LN_2,
        }
    }

    /// Whether an accuracy is about what guessing gives.
    pub fn is_chance(&self, accuracy: f32) -> bool {
        accuracy <= self.chance() + 0.1
    }

    /// Test accuracy under the statistics that are chosen, as the heading of the answers has it.
    pub fn accuracy(&self, side: &Side) -> f32 {
        match self.now.statistics {
            Statistics::Batch => side.accuracy.eval_batch,
            Statistics::Running => side.accuracy.eval_running,
        }
    }
}
