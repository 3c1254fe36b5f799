//! What the page remembers of a run: bounded tables fed one frame at a time. Computes no statistic, draws nothing.

use batchnorm_lab::observe::recorded::{POINTS, RIDGE_ROWS, unit_points};
use batchnorm_lab::protocol::{BINS, Distribution, Frame, LayerStats, Side};

mod columns;
mod table;
pub use columns::{Curve, RIDGE_HEAD, RidgeColumn, Stage, UnitColumn};
pub use table::Table;

/// What is remembered of one hidden layer of one run.
#[derive(Clone, Debug, Default)]
pub struct LayerHistory {
    ridges: [Table; Stage::ALL.len()],
    /// Quantities of every unit; columns by `UnitColumn::column`.
    pub units: Table,
    /// Number of units.
    pub width: usize,
}

impl LayerHistory {
    /// The rows of one stage: `RidgeColumn`s, then `BINS` counts.
    pub fn ridge(&self, stage: Stage) -> &Table {
        &self.ridges[stage as usize]
    }
}

/// What is remembered of one run.
#[derive(Clone, Debug, Default)]
pub struct SideHistory {
    /// The hidden layers, first to last.
    pub layers: Vec<LayerHistory>,
    /// Gradient norms, one column a layer.
    pub gradients: Table,
}

/// What is remembered of both sides.
#[derive(Clone, Debug, Default)]
pub struct History {
    run: u32,
    /// Side A and side B; without layers where the side is not shown.
    pub sides: [SideHistory; 2],
    /// Losses and accuracies of both sides; columns by `Curve::column`, NaN where a side is not shown
    /// or has diverged.
    pub curves: Table,
    /// `Frame::axis_limits` of the newest frame.
    pub axis_limits: [f32; 3],
    /// The step at which one of them last changed; `None` until it changes.
    pub rescaled_at: Option<u64>,
    /// Units of all layers of both sides.
    units: usize,
}

impl History {
    /// Half-width of the axis of a stage.
    pub fn limit(&self, stage: Stage) -> f32 {
        stage.limit(self.axis_limits)
    }

    /// Takes in a frame, or what was recorded of a step, and says whether it belongs here.
    ///
    /// A frame of an older run changes nothing. A frame of a newer run clears everything first. A step that is
    /// already there is replaced, and so is all that came after it. Memory grows only up to the tables' bounds.
    pub fn feed(&mut self, frame: &Frame) -> bool {
        if frame.run < self.run {
            return false;
        }
        if frame.run > self.run {
            *self = Self::default();
            self.run = frame.run;
        }
        if !self.curves.is_empty() && frame.axis_limits != self.axis_limits {
            self.rescaled_at = Some(frame.step);
        }
        self.axis_limits = frame.axis_limits;

        let layers = frame.sides.iter().flat_map(|side| &side.layers);
        let units = layers.map(|layer| layer.batch_mean.len()).sum();
        // What is recorded of a run that has diverged says nothing of its units.
        self.units = self.units.max(units);
        let unit_points = unit_points(self.units);
        for (index, history) in self.sides.iter_mut().enumerate() {
            let side = frame.sides.iter().find(|s| usize::from(s.index) == index);
            match side {
                Some(side) => history.feed(frame.step, side, unit_points),
                None => *history = SideHistory::default(),
            }
        }
        self.curves
            .push(POINTS, 2 * Curve::COUNT, frame.step, |row| {
                for side in frame.sides.iter().filter(|s| s.diverged_at.is_none()) {
                    write_curves(row, side);
                }
            });
        true
    }

    /// Goes on as the history of another run: one that is taken up where this one stands.
    pub fn belong_to(&mut self, run: u32) {
        self.run = run;
    }

    /// The run that is remembered.
    pub fn run(&self) -> u32 {
        self.run
    }
}

impl SideHistory {
    fn feed(&mut self, step: u64, side: &Side, unit_points: u64) {
        if side.layers.is_empty() {
            return;
        }
        self.layers
            .resize_with(side.layers.len(), LayerHistory::default);
        // What a diverged run was like before stays.
        if side.diverged_at.is_some() && self.layers.iter().all(|layer| layer.width > 0) {
            return;
        }
        for (history, layer) in self.layers.iter_mut().zip(&side.layers) {
            history.feed(step, layer, unit_points);
        }
        self.gradients.push(POINTS, side.layers.len(), step, |row| {
            for (cell, layer) in row.iter_mut().zip(&side.layers) {
                *cell = layer.gradient_norm;
            }
        });
    }
}

impl LayerHistory {
    /// What was not observed leaves no row.
    fn feed(&mut self, step: u64, layer: &LayerStats, unit_points: u64) {
        for stage in Stage::ALL {
            let distribution = stage.of(layer);
            if let Some(distribution) = distribution.filter(|of| !of.histogram.is_empty()) {
                let table = &mut self.ridges[stage as usize];
                table.push(RIDGE_ROWS, RIDGE_HEAD + BINS, step, |row| {
                    write_distribution(row, distribution);
                });
            }
        }
        if layer.batch_mean.is_empty() {
            return;
        }
        self.width = layer.batch_mean.len();
        let width = self.width;
        self.units
            .push(unit_points, width * UnitColumn::COUNT, step, |row| {
                for (unit, cells) in row.chunks_exact_mut(UnitColumn::COUNT).enumerate() {
                    let sources = [
                        &layer.gamma,
                        &layer.beta,
                        &layer.batch_mean,
                        &layer.batch_var,
                        &layer.running_mean,
                        &layer.running_var,
                        &layer.full_mean,
                        &layer.full_var,
                    ];
                    for (cell, source) in cells.iter_mut().zip(sources) {
                        *cell = source.get(unit).copied().unwrap_or(f32::NAN);
                    }
                }
            });
    }
}

fn write_curves(row: &mut [f32], side: &Side) {
    let mut put = |curve: Curve, value: f32| {
        if let Some(cell) = row.get_mut(curve.column(usize::from(side.index))) {
            *cell = value;
        }
    };
    put(Curve::LossBatch, side.loss.batch);
    put(Curve::LossTrain, side.loss.train);
    put(Curve::LossTest, side.loss.eval);
    put(Curve::AccuracyTrain, side.accuracy.train);
    put(Curve::AccuracyRunning, side.accuracy.eval_running);
}

fn write_distribution(row: &mut [f32], distribution: &Distribution) {
    row[RidgeColumn::Mean as usize] = distribution.mean;
    row[RidgeColumn::Std as usize] = distribution.std;
    row[RidgeColumn::Low as usize] = distribution.low;
    row[RidgeColumn::High as usize] = distribution.high;
    let bins = row[RIDGE_HEAD..].iter_mut();
    for (cell, count) in bins.zip(&distribution.histogram) {
        *cell = *count as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(run: u32, step: u64) -> Frame {
        let layer = LayerStats {
            before: Distribution {
                mean: step as f32,
                histogram: vec![1; BINS],
                ..Distribution::default()
            },
            batch_mean: vec![step as f32, -1.0],
            gamma: vec![],
            ..LayerStats::default()
        };
        let side = Side {
            index: 1,
            layers: vec![layer],
            ..Side::default()
        };
        Frame {
            run,
            step,
            axis_limits: [4.0; 3],
            sides: vec![side],
            ..Frame::default()
        }
    }

    #[test]
    fn an_older_run_changes_nothing_and_a_newer_one_clears() {
        let mut history = History::default();
        assert!(history.feed(&frame(2, 0)));
        assert!(history.feed(&frame(2, 1)));
        assert!(!history.feed(&frame(1, 7)));
        assert_eq!(history.curves.steps(), [0, 1]);
        assert!(history.feed(&frame(3, 5)));
        assert_eq!(history.curves.steps(), [5]);
        assert_eq!(history.run(), 3);
    }

    #[test]
    fn every_quantity_lands_in_its_column() {
        let mut history = History::default();
        history.feed(&frame(1, 3));
        let layer = &history.sides[1].layers[0];
        let row = layer.units.row(0);
        assert_eq!(row[UnitColumn::BatchMean.column(0)], 3.0);
        assert_eq!(row[UnitColumn::BatchMean.column(1)], -1.0);
        assert!(row[UnitColumn::Gamma.column(0)].is_nan());
        assert_eq!(layer.ridge(Stage::Before).row(0)[0], 3.0);
        assert!(layer.ridge(Stage::Normalized).is_empty());
        assert!(history.sides[0].layers.is_empty());
        assert!(history.curves.row(0)[Curve::LossBatch.column(0)].is_nan());
    }

    #[test]
    fn a_diverged_run_stays_as_it_was() {
        let mut history = History::default();
        history.feed(&frame(1, 0));
        let mut ended = frame(1, 1);
        ended.sides[0].diverged_at = Some(1);
        history.feed(&ended);
        assert_eq!(history.sides[1].layers[0].units.steps(), [0]);
        assert!(history.curves.row(1).iter().all(|value| value.is_nan()));
        // Taken up again after it has diverged, it shows what there is.
        let mut history = History::default();
        history.feed(&ended);
        assert_eq!(history.sides[1].layers[0].units.steps(), [1]);
    }

    #[test]
    fn a_rescaled_axis_is_noticed() {
        let mut history = History::default();
        history.feed(&frame(1, 0));
        history.feed(&frame(1, 1));
        assert_eq!(history.rescaled_at, None);
        let mut wider = frame(1, 2);
        wider.axis_limits[0] = 8.0;
        history.feed(&wider);
        assert_eq!(history.rescaled_at, Some(2));
    }

    #[test]
    fn a_long_run_stays_within_its_bounds() {
        let mut history = History::default();
        for step in 0..10_000 {
            history.feed(&frame(1, step * 3));
        }
        let layer = &history.sides[1].layers[0];
        assert!(layer.ridge(Stage::Before).len() as u64 <= RIDGE_ROWS + 1);
        assert!(history.curves.len() as u64 <= POINTS + 1);
        assert_eq!(history.curves.steps().first(), Some(&0));
        assert_eq!(history.curves.steps().last(), Some(&29_997));
    }
}
