//! Batch Renormalization: Batch Normalization at one end of its bounds, inference at the other.

use super::Claim;
use super::evidence::{a, b};
use super::gather::{accuracy, apart, below};
use crate::error::Error;
use crate::jobs::Measure;
use crate::kernels::norm::batch::Rule;
use crate::kernels::norm::renorm::Bounds;
use crate::network::{Affine, BatchRenorm, Layer, Mode, Network, Objective, Scratch};
use crate::numeric::rng::Rng;
use crate::settings::choice::Initialization;

const LESSON: &str = "batch-renorm";

/// See the module.
pub const CLAIMS: &[Claim] = &[
    Claim::checked(LESSON, "batch-renorm-closed", |ground| {
        let closed = "rmax=1&dmax=0&batch=32";
        let [batch, renorm] =
            [0, 1].map(|side| ground.train(LESSON, closed, side, 200, Measure::default()));
        let (batch, renorm) = (batch?, renorm?);
        let off = apart(batch.network().parameters(), renorm.network().parameters());
        Ok(below(off, 1e-5))
    }),
    // What training gives, where nothing is clipped, is what inference gives by the running averages before that batch.
    Claim::checked(LESSON, "batch-renorm-open", |ground| {
        let mut rng = Rng::new(u64::from(ground.seed), "renorm");
        let mut network = unclipped()?;
        network.initialize(Initialization::HeNormal, 1.0, &mut rng);
        let mut x = || {
            (0..8 * 3)
                .map(|_| rng.normal() as f32)
                .collect::<Vec<f32>>()
        };
        // The bounds are open from the first update on; the running averages are of other batches.
        network.set_updates(1);
        for _ in 0..3 {
            network.forward(&x(), 8, Mode::Train)?;
        }
        let x = x();
        let mut scratch = Scratch::default();
        let inferred = network.infer(&x, 8, Mode::Running, &mut scratch)?;
        let inferred = inferred.values().to_vec();
        network.forward(&x, 8, Mode::Train)?;
        Ok(below(apart(&inferred, network.output().values()), 1e-4))
    }),
    Claim::trained(
        LESSON,
        "batch-renorm-four",
        &[a("", 1500), b("", 1500)],
        accuracy,
        |of| of[1][0] - of[0][0] - 0.1,
    ),
];

fn unclipped() -> Result<Network, Error> {
    let affine = Affine {
        name: "fc1".into(),
        inputs: 3,
        outputs: 5,
        bias: true,
    };
    let norm = BatchRenorm {
        name: "norm1".into(),
        features: 5,
        rule: Rule::default(),
        bounds: Bounds {
            r_max: 1e6,
            d_max: 1e6,
        },
        schedule: (0, 0),
    };
    let layers: [Layer; 2] = [affine.into(), norm.into()];
    Network::new(&layers, Objective::HalfSquaredError, 8)
}
