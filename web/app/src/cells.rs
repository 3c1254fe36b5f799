//! Values of a layer and which of its cells share a mean and a deviation under each normalisation, with these
//! numbers as the core's kernels give them. Draws nothing.

use std::ops::Range;

use batchnorm_lab::kernels::norm::batch::moments_of;
use batchnorm_lab::lanes::{Best, Real};

/// Rows of the mini-batch that are shown: more would be too small to be pointed at.
pub const SHOWN_ROWS: usize = 4;
/// The most that are measured: statistics of a batch are of all of its rows.
pub const MOST_ROWS: usize = 256;

/// Inside the root, as everywhere where nothing else is chosen.
const EPSILON: f64 = 1e-5;

/// Values of a layer before normalisation, `[N, C, P]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerValues {
    /// N.
    pub rows: usize,
    /// C.
    pub channels: usize,
    /// P: H·W, or T.
    pub positions: usize,
    /// The positions of a channel next to each other.
    pub values: Vec<f32>,
}

/// As what the values are looked at: both are the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `(N, C, H, W)`: images with channels.
    Image,
    /// `(N, T, C)`: sequences of positions, each with C numbers.
    Sequence,
}

/// A normalisation, by what it takes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A channel, over all rows and positions.
    Batch,
    /// A row: of an image all of it, of a sequence one step.
    Layer,
    /// A channel of a row.
    Instance,
    /// Some channels of a row.
    Group,
    /// As `Layer`, and no mean is subtracted.
    Rms,
}

impl Kind {
    /// In the order in which they are told.
    pub const ALL: [Kind; 5] = [
        Kind::Batch,
        Kind::Layer,
        Kind::Group,
        Kind::Instance,
        Kind::Rms,
    ];

    /// Its word among the settings.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Batch => "batch",
            Kind::Layer => "layer",
            Kind::Instance => "instance",
            Kind::Group => "group",
            Kind::Rms => "rms",
        }
    }
}

/// What cells share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    /// How many cells there are in the set.
    pub count: usize,
    /// μ; 0 where none is subtracted.
    pub mean: f32,
    /// √(σ² + ε), or the root of the mean square.
    pub deviation: f32,
}

/// A cell of the values that is looked at, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// The values.
    pub layer: LayerValues,
    /// Updates made before it was taken.
    pub step: u64,
    /// As what it is looked at.
    pub form: Form,
    /// Whose set is lit.
    pub kind: Kind,
    /// Groups of Group Normalization: they divide the channels.
    pub groups: usize,
    /// The place of the cell among the values.
    pub at: usize,
}

impl LayerValues {
    /// Row, channel and position of a place.
    pub fn parts(&self, place: usize) -> [usize; 3] {
        let of_row = place / self.positions.max(1);
        let channels = self.channels.max(1);
        [
            of_row / channels,
            of_row % channels,
            place % self.positions.max(1),
        ]
    }

    /// The place of a row, channel and position.
    pub fn place(&self, [row, channel, position]: [usize; 3]) -> usize {
        (row * self.channels + channel) * self.positions + position
    }

    /// Rows that are shown.
    pub fn shown(&self) -> usize {
        self.rows.min(SHOWN_ROWS)
    }

    /// Numbers of groups that divide the channels.
    pub fn divisors(&self) -> Vec<usize> {
        let all = 1..=self.channels;
        all.filter(|groups| self.channels.is_multiple_of(*groups))
            .collect()
    }
}

impl Cells {
    /// Where the cells lie that share statistics with the one that is looked at: runs of places.
    fn set(&self, kind: Kind) -> Vec<Range<usize>> {
        let LayerValues {
            rows,
            channels,
            positions,
            ..
        } = self.layer;
        let [row, channel, position] = self.layer.parts(self.at);
        let run = |row: usize, from: usize, to: usize| {
            self.layer.place([row, from, 0])..self.layer.place([row, to, 0])
        };
        match (kind, self.form) {
            (Kind::Batch, _) => (0..rows)
                .map(|row| run(row, channel, channel + 1))
                .collect(),
            (Kind::Layer | Kind::Rms, Form::Image) => vec![run(row, 0, channels)],
            (Kind::Layer | Kind::Rms, Form::Sequence) => {
                let step = |channel| self.layer.place([row, channel, position]);
                (0..channels)
                    .map(|channel| step(channel)..step(channel) + 1)
                    .collect()
            }
            (Kind::Instance, _) => vec![run(row, channel, channel + 1)],
            (Kind::Group, _) => {
                let size = (channels / self.groups.max(1)).max(1);
                let first = channel / size * size;
                vec![run(row, first, first + size)]
            }
        }
        .into_iter()
        .filter(|of| of.end <= rows * channels * positions)
        .collect()
    }

    /// Places of the cells that share statistics with the one that is looked at.
    pub fn lit(&self) -> Vec<Range<usize>> {
        self.set(self.kind)
    }

    /// What the cell's set has in common under a normalisation.
    pub fn shared(&self, kind: Kind) -> Shared {
        let set = self.set(kind).into_iter();
        let values: Vec<f32> = set
            .flat_map(|of| self.layer.values[of].iter().copied())
            .collect();
        if values.is_empty() {
            return Shared {
                count: 0,
                mean: f32::NAN,
                deviation: f32::NAN,
            };
        }
        let (mean, _, variance) = moments_of::<Best>(&values);
        let square = match kind {
            Kind::Rms => f64::from(variance) + f64::from(mean).powi(2),
            _ => f64::from(variance),
        };
        Shared {
            count: values.len(),
            mean: if kind == Kind::Rms { 0.0 } else { mean },
            deviation: f32::from_f64((square + EPSILON).sqrt()),
        }
    }

    /// The cell's value.
    pub fn value(&self) -> f32 {
        self.layer.values.get(self.at).copied().unwrap_or(f32::NAN)
    }

    /// x̂ of the cell under a normalisation.
    pub fn x_hat(&self, kind: Kind) -> f32 {
        let of = self.shared(kind);
        (self.value() - of.mean) / of.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(form: Form, groups: usize) -> Cells {
        let layer = LayerValues {
            rows: 3,
            channels: 4,
            positions: 6,
            values: (0..72).map(|place| ((place * 37) % 101) as f32).collect(),
        };
        Cells {
            at: layer.place([1, 2, 4]),
            layer,
            step: 0,
            form,
            kind: Kind::Batch,
            groups,
        }
    }

    #[test]
    fn sets_have_the_sizes_of_the_papers_figure() {
        for (form, groups, wanted) in [
            (Form::Image, 2, [18, 24, 12, 6, 24]),
            (Form::Image, 1, [18, 24, 24, 6, 24]),
            (Form::Image, 4, [18, 24, 6, 6, 24]),
            (Form::Sequence, 2, [18, 4, 12, 6, 4]),
        ] {
            let cells = cells(form, groups);
            let counts = Kind::ALL.map(|kind| cells.shared(kind).count);
            assert_eq!(counts, wanted, "{form:?} {groups}");
        }
    }

    #[test]
    fn one_group_is_layer_and_a_group_a_channel_is_instance_normalization() {
        let of = |groups, kind| cells(Form::Image, groups).shared(kind);
        assert_eq!(of(1, Kind::Group), of(1, Kind::Layer));
        assert_eq!(of(4, Kind::Group), of(4, Kind::Instance));
        assert_ne!(of(2, Kind::Group), of(2, Kind::Layer));
        assert_ne!(of(2, Kind::Group), of(2, Kind::Instance));
    }

    #[test]
    fn a_deviation_is_that_of_the_set_and_of_rms_the_root_of_the_mean_square() {
        let cells = cells(Form::Image, 2);
        let row = &cells.layer.values[24..48];
        let n = row.len() as f64;
        let mean = row.iter().copied().map(f64::from).sum::<f64>() / n;
        let square = row.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / n;
        let (layer, rms) = (cells.shared(Kind::Layer), cells.shared(Kind::Rms));
        let near = |got: f32, wanted: f64| assert!((f64::from(got) / wanted - 1.0).abs() < 1e-6);
        near(layer.mean, mean);
        near(layer.deviation, (square - mean * mean).sqrt());
        near(rms.deviation, square.sqrt());
        assert_eq!(rms.mean, 0.0);
        let place = cells.layer.parts(cells.at);
        assert_eq!((place, cells.layer.place(place)), ([1, 2, 4], cells.at));
    }
}
