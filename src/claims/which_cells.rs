//! Which cells of a block share a mean and a deviation: Group Normalization between Layer and Instance Normalization.

use super::gather::{apart, below};
use super::{Claim, Ground};
use crate::error::Error;
use crate::kernels::norm::batch::Rule;
use crate::network::{
    BatchNorm, Flatten, GroupNorm, Layer, LayerNorm, Mode, Network, Objective, Shape,
};
use crate::numeric::rng::Rng;

const LESSON: &str = "which-cells";

const CHANNELS: usize = 6;
const IMAGE: Shape = Shape::Image {
    channels: CHANNELS,
    height: 3,
    width: 4,
};
const ROWS: usize = 5;
const EPSILON: f64 = 1e-5;

/// See the module.
pub const CLAIMS: &[Claim] = &[
    // Layer Normalization of a row of C·H·W features.
    Claim::checked(LESSON, "which-cells-one-group", |ground| {
        let layer = LayerNorm {
            name: "norm".into(),
            features: IMAGE.units(),
            epsilon: EPSILON,
            affine: false,
        };
        let x = images(ground);
        let one = normalised(&[Flatten.into(), layer.into()], &x, ROWS)?;
        Ok(below(apart(&one, &grouped(1, &x)?), 1e-5))
    }),
    // Instance Normalization: Batch Normalization of each image by itself.
    Claim::checked(LESSON, "which-cells-all-groups", |ground| {
        let x = images(ground);
        let layer = BatchNorm {
            name: "norm".into(),
            features: CHANNELS,
            rule: Rule {
                epsilon: EPSILON,
                ..Rule::default()
            },
            ..BatchNorm::default()
        };
        let layers = [layer.into()];
        let mut each = Vec::new();
        for image in x.chunks_exact(IMAGE.units()) {
            each.extend(normalised(&layers, image, 1)?);
        }
        Ok(below(apart(&each, &grouped(CHANNELS, &x)?), 1e-5))
    }),
    // Groups between are neither: the two claims above could not hold of any number of groups.
    Claim::checked(LESSON, "which-cells-between", |ground| {
        let x = images(ground);
        let [one, two, all] = [1, 2, CHANNELS].map(|groups| grouped(groups, &x));
        let (one, two, all) = (one?, two?, all?);
        Ok(apart(&two, &one).min(apart(&two, &all)) as f32 - 0.01)
    }),
];

/// Channels of their own means and deviations, `[N, C, H, W]`.
fn images(ground: &Ground<'_>) -> Vec<f32> {
    let mut rng = Rng::new(u64::from(ground.seed), "images");
    let mut x = Vec::with_capacity(ROWS * IMAGE.units());
    for _ in 0..ROWS * CHANNELS {
        let (centre, spread) = (2.0 * rng.normal(), rng.uniform_in(0.3, 3.0));
        x.extend((0..12).map(|_| (centre + spread * rng.normal()) as f32));
    }
    x
}

fn grouped(groups: usize, x: &[f32]) -> Result<Vec<f32>, Error> {
    let layer = GroupNorm {
        name: "norm".into(),
        features: CHANNELS,
        groups,
        epsilon: EPSILON,
        affine: false,
    };
    normalised(&[layer.into()], x, ROWS)
}

/// What the layers give, row by row `[N, C, H, W]`.
fn normalised(layers: &[Layer], x: &[f32], rows: usize) -> Result<Vec<f32>, Error> {
    let mut all: Vec<Layer> = layers.to_vec();
    all.push(Flatten.into());
    let mut network = Network::with_input(IMAGE, &all, Objective::HalfSquaredError, rows)?;
    network.forward(x, rows, Mode::Train)?;
    Ok(network.output().to_row_major())
}
