//! Runs of made-up numbers of every kind: usual, not finite, huge, zero.

use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::protocol::{
    BINS, BOUNDARY_SIDE, BatchNoiseReport, BatchNoiseRow, Distribution, Frame, LayerStats, Losses,
    SelectedUnit, Side, UnitMoments,
};

use crate::history::{History, LayerHistory};

/// What the numbers of a test are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::charts) enum Like {
    Normal,
    NotFinite,
    Huge,
    Zero,
}

pub(in crate::charts) fn numbers(like: Like, count: usize, rng: &mut Rng) -> Vec<f32> {
    (0..count)
        .map(|i| match like {
            Like::Normal => rng.normal() as f32,
            Like::NotFinite => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5][i % 4],
            Like::Huge => [f32::MAX, f32::MIN, 1e30, f32::MIN_POSITIVE][i % 4],
            Like::Zero => 0.0,
        })
        .collect()
}

fn distribution(like: Like, rng: &mut Rng) -> Distribution {
    let v = numbers(like, 4, rng);
    Distribution {
        mean: v[0],
        std: v[1].abs(),
        min: v[2],
        max: v[3],
        low: if like == Like::NotFinite { v[0] } else { -4.0 },
        high: 4.0,
        histogram: (0..BINS)
            .map(|_| match like {
                Like::Zero => 0,
                Like::Huge => u32::MAX,
                _ => rng.below(40) as u32,
            })
            .collect(),
    }
}

fn side(index: u8, like: Like, rng: &mut Rng) -> Side {
    let units = 5;
    let mut list = |positive: bool| -> Vec<f32> {
        let values = numbers(like, units, rng);
        let sign = |v: f32| if positive { v.abs() } else { v };
        values.into_iter().map(sign).collect()
    };
    let mut layer = LayerStats {
        gamma: list(false),
        beta: list(false),
        batch_mean: list(false),
        batch_var: list(true),
        running_mean: list(false),
        running_var: list(true),
        full_mean: list(false),
        full_var: list(true),
        gradient_norm: list(true)[0],
        ..LayerStats::default()
    };
    layer.before = distribution(like, rng);
    layer.normalized = Some(distribution(like, rng));
    layer.after = Some(distribution(like, rng));
    layer.output = distribution(like, rng);
    let losses = numbers(like, 3, rng);
    Side {
        index,
        loss: Losses {
            batch: losses[0].abs(),
            train: losses[1].abs(),
            eval: losses[2].abs(),
        },
        layers: vec![layer.clone(), layer],
        boundary: numbers(like, BOUNDARY_SIDE * BOUNDARY_SIDE, rng),
        selected_unit: SelectedUnit {
            labels: (0..32).map(|i| i % 2).collect(),
            before: numbers(like, 32, rng),
            normalized: numbers(like, 32, rng),
            after: numbers(like, 32, rng),
            // The worker's are round.
            limit: match like {
                Like::Normal => 2.0,
                _ => numbers(like, 1, rng)[0].abs(),
            },
            mean: numbers(like, 1, rng)[0],
            std: numbers(like, 1, rng)[0].abs(),
            gamma: numbers(like, 1, rng)[0],
            moments: [0; 3].map(|_| unit_moments(like, rng)).to_vec(),
            ..SelectedUnit::default()
        },
        ..Side::default()
    }
}

fn unit_moments(like: Like, rng: &mut Rng) -> UnitMoments {
    UnitMoments {
        mean: numbers(like, 1, rng)[0],
        std: numbers(like, 1, rng)[0].abs(),
    }
}

fn frame(step: u64, like: Like, rng: &mut Rng) -> Frame {
    Frame {
        run: 1,
        step,
        axis_limits: match like {
            Like::NotFinite => [f32::NAN; 3],
            _ => [4.0; 3],
        },
        sides: vec![side(0, like, rng), side(1, like, rng)],
        ..Frame::default()
    }
}

fn noise(like: Like, rng: &mut Rng) -> BatchNoiseReport {
    let rows = [2, 8, 32, 128].map(|batch| BatchNoiseRow {
        batch,
        means: numbers(like, 50, rng),
        variances: numbers(like, 50, rng),
        x_hats: numbers(like, 50, rng),
        mean_sd: numbers(like, 1, rng)[0].abs(),
        variance_sd: numbers(like, 2, rng)[1].abs(),
        x_hat_sd: numbers(like, 1, rng)[0].abs(),
        x_hat_sd_theory: 1.0 / (batch as f32).sqrt(),
        ..BatchNoiseRow::default()
    });
    BatchNoiseReport {
        side: 1,
        z: numbers(like, 1, rng)[0],
        rows: rows.into(),
        ..BatchNoiseReport::default()
    }
}

/// Everything a test draws from.
pub(in crate::charts) struct Case {
    pub(in crate::charts) name: String,
    pub(in crate::charts) history: History,
    pub(in crate::charts) frame: Frame,
    pub(in crate::charts) noise: BatchNoiseReport,
    pub(in crate::charts) points: Vec<f32>,
}

impl Case {
    /// Nothing yet.
    pub(super) fn empty() -> Self {
        Self {
            name: "empty".into(),
            history: History::default(),
            frame: Frame::default(),
            noise: BatchNoiseReport::default(),
            points: vec![],
        }
    }

    /// A run of `frames` frames of such numbers.
    pub(in crate::charts) fn like(like: Like, frames: u64) -> Self {
        let mut rng = Rng::new(5, "charts");
        let mut history = History::default();
        for step in 0..frames {
            history.feed(&frame(step, like, &mut rng));
        }
        Self {
            name: format!("{like:?} {frames}"),
            history,
            frame: frame(frames, like, &mut rng),
            noise: noise(like, &mut rng),
            points: numbers(like, 400, &mut rng),
        }
    }

    /// A usual run.
    pub(in crate::charts) fn regular() -> Self {
        Self::like(Like::Normal, 300)
    }

    /// The first hidden layer of a run; nothing where there is none.
    pub(in crate::charts) fn layer(&self, side: usize) -> LayerHistory {
        let layers = &self.history.sides[side].layers;
        layers.first().cloned().unwrap_or_default()
    }

    /// Gradient norms of a run's layers.
    pub(in crate::charts) fn gradients(&self, side: usize) -> Vec<f32> {
        let layers = self.frame.sides.get(side).map_or(&[][..], |s| &s.layers);
        layers.iter().map(|layer| layer.gradient_norm).collect()
    }
}
