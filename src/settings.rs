//! Every choice of the reader as one value, which is also the text of a link. Knows no control and no run.

use crate::error::Error;
use choice::{
    Activation, BatchOrder, Convention, DatasetKind, Frozen, Initialization, Loss, Norm, Optimizer,
    Speed, Statistics, View,
};

mod block;
mod change;
pub mod choice;
mod row;
mod table;
mod value;
pub use block::{BLOCKS, Block, BlockKind, BlockRow};
pub use change::Change;
pub use row::{Control, Group, Place, Scope, Setting, Stops};
pub use table::{SETTINGS, setting};
pub use value::{Range, Value};

/// The largest number of blocks.
pub const MAX_LAYERS: usize = 50;
/// The largest number of units in a hidden layer.
pub const MAX_WIDTH: u32 = 128;

/// What a reader can choose. `Settings::default()` is the first look: a circle, six sigmoid layers, with and
/// without Batch Normalization.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Data set.
    pub data: DatasetKind,
    /// Noise of the data, percent.
    pub noise: u32,
    /// Points, training and test together.
    pub samples: u32,
    /// Share of the points that are trained on, percent.
    pub split: u32,
    /// Seed of everything random.
    pub seed: u32,
    /// The blocks before the output layer, first to last; at least one has statistics of its own.
    pub layers: Vec<Block>,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Normalisation of side A.
    pub norm_a: Norm,
    /// Normalisation of side B.
    pub norm_b: Norm,
    /// Which sides are trained and shown.
    pub view: View,
    /// ε, inside the root.
    pub epsilon: f64,
    /// Weight of the newest batch in the running averages (PyTorch's convention); `None` is the cumulative average.
    pub momentum: Option<f64>,
    /// Whether γ and β exist and learn.
    pub affine: bool,
    /// Groups of Group Normalization.
    pub groups: u32,
    /// Rows of a chunk of Ghost Batch Normalization.
    pub ghost: u32,
    /// Shards of a batch of synchronised Batch Normalization.
    pub shards: u32,
    /// Largest r of Batch Renormalization.
    pub r_max: f64,
    /// Largest |d| of Batch Renormalization.
    pub d_max: f64,
    /// Standard deviation of the shift and scale that follow noisy Batch Normalization.
    pub inject: f64,
    /// Whose meaning of momentum and of the running variance holds.
    pub convention: Convention,
    /// Whether there are running averages; without them inference uses the batch too.
    pub tracks: bool,
    /// What of the normalisations stands still.
    pub frozen: Frozen,
    /// Loss; see `loss_used`.
    pub loss: Loss,
    /// Distribution of the first weights.
    pub initialization: Initialization,
    /// Factor on the first weights.
    pub gain: f64,
    /// Optimiser.
    pub optimizer: Optimizer,
    /// Learning rate.
    pub learning_rate: f64,
    /// Momentum of the optimiser (SGD only).
    pub sgd_momentum: f64,
    /// Whether that momentum looks ahead (Nesterov; SGD only).
    pub nesterov: bool,
    /// Weight decay; coupled, but with AdamW.
    pub weight_decay: f64,
    /// Batch size; never more than the training points.
    pub batch: u32,
    /// Which points a mini-batch is made of.
    pub batches: BatchOrder,
    /// How far the points have moved from where they were drawn: `Dataset::in_domain`.
    pub shift: f64,
    /// Which statistics the shown network uses.
    pub statistics: Statistics,
    /// Speed of play.
    pub speed: Speed,
    /// The selected hidden layer, from 0.
    pub selected_layer: u32,
    /// The selected unit, from 0.
    pub selected_unit: u32,
    /// The pinned training point of the noise panel.
    pub pin: u32,
    /// The step to which a link replays before it waits.
    pub at: u64,
    /// Live changes made during the run, oldest first, replayed at their steps.
    pub changes: Vec<Change>,
    /// A setting as CONTRIBUTING adds one, for the test of its row.
    #[cfg(test)]
    pub throwaway: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: DatasetKind::Circle,
            noise: 0,
            samples: 1000,
            split: 50,
            seed: 7,
            layers: vec![Block::affine(16); 6],
            activation: Activation::Sigmoid,
            norm_a: Norm::None,
            norm_b: Norm::Batch,
            view: View::Twin,
            epsilon: 1e-5,
            momentum: Some(0.1),
            affine: true,
            groups: 4,
            ghost: 16,
            shards: 4,
            r_max: 3.0,
            d_max: 5.0,
            inject: 0.25,
            convention: Convention::Torch,
            tracks: true,
            frozen: Frozen::None,
            loss: Loss::BinaryCrossEntropy,
            initialization: Initialization::XavierNormal,
            gain: 1.0,
            optimizer: Optimizer::Sgd,
            learning_rate: 0.1,
            sgd_momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0,
            batch: 64,
            batches: BatchOrder::Shuffled,
            shift: 0.0,
            statistics: Statistics::Batch,
            speed: Speed::Sixty,
            selected_layer: 0,
            selected_unit: 0,
            pin: 0,
            at: 0,
            changes: Vec::new(),
            #[cfg(test)]
            throwaway: 3,
        }
    }
}

impl Settings {
    /// Reads a link's text, `name=value` joined by `&`, over the defaults.
    ///
    /// Everything that cannot be used is left at its default and reported: nothing is lost in silence.
    pub fn from_text(text: &str) -> (Self, Vec<Error>) {
        Self::default().with_text(text)
    }

    /// The same, over these settings instead of the defaults.
    pub fn with_text(mut self, text: &str) -> (Self, Vec<Error>) {
        let mut errors = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let Err(error) = self.set(name, value) {
                errors.push(error);
            }
        }
        (self, errors)
    }

    /// As `from_text`, for a worker, where nobody is told what cannot be used: the page has said it.
    pub fn from_page(text: &str) -> Self {
        let mut settings = Self::default();
        for (name, text) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            let row = SETTINGS.iter().find(|row| row.name == name);
            if let Some((row, value)) = row.and_then(|row| Some((row, row.range.read(text)?))) {
                row.put(&mut settings, &value);
            }
        }
        settings
    }

    /// The shortest text that gives these settings back: only what differs from the defaults.
    pub fn to_text(&self) -> String {
        self.text_over(&Self::default()).join("&")
    }

    /// `name=value` of every setting that differs from `base`, in the order of the table.
    pub fn text_over(&self, base: &Self) -> Vec<String> {
        self.differing(base)
            .map(|row| format!("{}={}", row.name, row.text(self)))
            .collect()
    }

    /// The settings that differ, in the order of the table.
    pub fn differing(&self, other: &Self) -> impl Iterator<Item = &'static Setting> {
        SETTINGS
            .iter()
            .filter(move |row| (row.get)(self) != (row.get)(other))
    }

    /// The value of one setting as in a link.
    ///
    /// # Errors
    /// The name is unknown.
    pub fn get(&self, name: &str) -> Result<String, Error> {
        setting(name).map(|row| row.text(self))
    }

    /// Sets one setting from its text.
    ///
    /// # Errors
    /// The name is unknown or the value is not allowed; then nothing changes.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let row = setting(name)?;
        let value = row.read(text)?;
        row.put(self, &value);
        Ok(())
    }

    /// The same values for a new run: nothing to replay.
    pub fn afresh(mut self) -> Self {
        self.changes.clear();
        self.at = 0;
        self
    }

    /// Points, training and test together: never more than there are.
    pub fn points(&self) -> usize {
        let limit = self.data.limit().unwrap_or(self.samples);
        self.samples.min(limit) as usize
    }

    /// Training points.
    pub fn train_points(&self) -> usize {
        self.points() * self.split as usize / 100
    }

    /// The batch size that is really used: never more than the training points.
    pub fn batch_size(&self) -> usize {
        (self.batch as usize).min(self.train_points())
    }

    /// Outputs of the last layer.
    pub fn outputs(&self) -> usize {
        match self.loss_used() {
            Loss::BinaryCrossEntropy | Loss::SquaredError => 1,
            Loss::CrossEntropy => self.data.classes(),
        }
    }

    /// The loss that is really used: more than two classes need an output each.
    pub fn loss_used(&self) -> Loss {
        if self.data.classes() > 2 {
            return Loss::CrossEntropy;
        }
        self.loss
    }

    /// The blocks with statistics of their own, first to last: the columns of the figure.
    pub fn columns(&self) -> impl Iterator<Item = &Block> {
        self.layers.iter().filter(|block| block.row().is_column)
    }

    /// Units or channels of a column, from 0; attention keeps those of the block before it.
    pub fn width_of(&self, column: usize) -> usize {
        let sizes = self.columns().take(column + 1).map(|block| block.size);
        sizes.fold(1, |before, size| if size == 0 { before } else { size }) as usize
    }

    /// Whether one of the sides has that normalisation.
    pub fn has_norm(&self, norm: Norm) -> bool {
        self.norm_a == norm || self.norm_b == norm
    }

    /// Whether one of the sides normalises.
    pub fn normalises(&self) -> bool {
        self.norm_a != Norm::None || self.norm_b != Norm::None
    }

    /// Whether the rows of a batch share statistics on one of the sides.
    pub fn mixes_rows(&self) -> bool {
        self.norm_a.mixes_rows() || self.norm_b.mixes_rows()
    }

    /// Whether only the build of the worker with every kind of layer, normalisation and data can run this.
    pub fn needs_full_build(&self) -> bool {
        !self.data.in_light_build()
            || !self.norm_a.in_light_build()
            || !self.norm_b.in_light_build()
            || self.layers.iter().any(|block| !block.row().in_light_build)
    }
}
