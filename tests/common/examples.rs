//! Networks in which each kind of the table of layers stands at least once, on every shape that it takes.

use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::kernels::norm::batch;
use batchnorm_lab::kernels::norm::renorm::Bounds;
use batchnorm_lab::kernels::recurrent::Normalizes;
use batchnorm_lab::lanes::Lanes;
use batchnorm_lab::network::{
    Affine, Attention, AveragePool, BatchNorm, BatchRenorm, Conv, Dropout, Elementwise, Flatten,
    GhostBatchNorm, GroupNorm, Layer, LayerNorm, MaxPool, NoisyBatchNorm, Recurrent, RmsNorm,
    Scale, Shape, SyncBatchNorm,
};

const IMAGE: Shape = Shape::Image {
    channels: 2,
    height: 4,
    width: 5,
};
const SEQUENCE: Shape = Shape::Sequence {
    steps: 4,
    features: 3,
};

pub fn affine<L: Lanes>(inputs: usize, outputs: usize) -> Layer<L> {
    Layer::from(Affine {
        name: "fc".into(),
        inputs,
        outputs,
        bias: true,
    })
}

fn conv<L: Lanes>(stride: usize, pad: usize) -> Layer<L> {
    Layer::from(Conv {
        name: "conv".into(),
        inputs: 2,
        outputs: 3,
        stride,
        pad,
        bias: true,
    })
}

fn recurrent<L: Lanes>(normalizes: Normalizes) -> Layer<L> {
    Layer::from(Recurrent {
        name: "rnn".into(),
        inputs: 3,
        hidden: 5,
        normalizes,
        epsilon: 1e-3,
    })
}

/// Networks in which each kind of the table stands at least once, on every shape that it takes.
pub fn examples<L: Lanes>() -> Vec<(&'static str, Shape, Vec<Layer<L>>)> {
    let name = || "norm".to_owned();
    let rule = || batch::Rule {
        epsilon: 1e-3,
        ..batch::Rule::default()
    };
    let features = Shape::Features(6);
    let batch_norm = |features, scale| {
        Layer::from(BatchNorm {
            name: name(),
            features,
            rule: rule(),
            scale,
        })
    };
    let group_norm = |features, groups| {
        Layer::from(GroupNorm {
            name: name(),
            features,
            groups,
            epsilon: 1e-3,
            affine: true,
        })
    };
    let layer_norm = |features, affine| {
        Layer::from(LayerNorm {
            name: name(),
            features,
            epsilon: 1e-3,
            affine,
        })
    };
    let rms_norm = |features, affine| {
        Layer::from(RmsNorm {
            name: name(),
            features,
            epsilon: 1e-3,
            affine,
        })
    };
    let ghost = |features| {
        Layer::from(GhostBatchNorm {
            name: name(),
            features,
            chunk: 3,
            rule: rule(),
        })
    };
    // Of 6 rows 8 shards have one each, and two none.
    let sync = |features, shards| {
        Layer::from(SyncBatchNorm {
            name: name(),
            features,
            shards,
            rule: rule(),
            scale: Scale::Learned,
        })
    };
    // So narrow that r and d are at their bounds and do not move with x: they are constants to the gradient.
    let renorm = Layer::from(BatchRenorm {
        name: name(),
        features: 6,
        rule: rule(),
        bounds: Bounds {
            r_max: 1.02,
            d_max: 0.02,
        },
        schedule: (0, 0),
    });
    let noisy = |features| {
        Layer::from(NoisyBatchNorm {
            name: name(),
            features,
            rule: rule(),
            scale: Scale::Learned,
            amplitude: 0.4,
            seed: 3,
        })
    };
    let dropout = Layer::from(Dropout {
        name: "drop".into(),
        probability: 0.4,
        seed: 3,
    });
    let attention = || {
        Layer::from(Attention {
            name: "attention".into(),
            features: 3,
            // Three features that happen to be near each other make a steep, strongly bent function.
            epsilon: 0.3,
        })
    };
    let gelu = || Layer::from(Elementwise(Function::GeluTanh));
    let flat = |of: usize| vec![Layer::from(Flatten), affine(of, 3)];
    let with = |mut first: Vec<Layer<L>>, rest: Vec<Layer<L>>| {
        first.extend(rest);
        first
    };
    vec![
        ("Affine", features, vec![affine(6, 4), gelu(), affine(4, 3)]),
        (
            "Affine",
            SEQUENCE,
            with(vec![affine(3, 2), gelu()], flat(8)),
        ),
        ("Elementwise", features, vec![gelu(), affine(6, 3)]),
        (
            "BatchNorm",
            features,
            vec![batch_norm(6, Scale::Learned), affine(6, 3)],
        ),
        (
            "BatchNorm",
            features,
            vec![batch_norm(6, Scale::Frozen), affine(6, 3)],
        ),
        (
            "BatchNorm",
            IMAGE,
            with(vec![batch_norm(2, Scale::Learned), gelu()], flat(40)),
        ),
        (
            "BatchNorm",
            SEQUENCE,
            with(vec![batch_norm(3, Scale::None), gelu()], flat(12)),
        ),
        ("BatchRenorm", features, vec![renorm, affine(6, 3)]),
        ("NoisyBatchNorm", features, vec![noisy(6), affine(6, 3)]),
        (
            "NoisyBatchNorm",
            IMAGE,
            with(vec![noisy(2), gelu()], flat(40)),
        ),
        ("GhostBatchNorm", features, vec![ghost(6), affine(6, 3)]),
        (
            "GhostBatchNorm",
            IMAGE,
            with(vec![ghost(2), gelu()], flat(40)),
        ),
        ("SyncBatchNorm", features, vec![sync(6, 3), affine(6, 3)]),
        (
            "SyncBatchNorm",
            IMAGE,
            with(vec![sync(2, 8), gelu()], flat(40)),
        ),
        ("GroupNorm", features, vec![group_norm(6, 2), affine(6, 3)]),
        (
            "GroupNorm",
            IMAGE,
            with(vec![group_norm(2, 1), gelu()], flat(40)),
        ),
        (
            "GroupNorm",
            IMAGE,
            with(vec![group_norm(2, 2), gelu()], flat(40)),
        ),
        (
            "LayerNorm",
            features,
            vec![layer_norm(6, true), affine(6, 3)],
        ),
        (
            "LayerNorm",
            IMAGE,
            with(vec![layer_norm(2, true), gelu()], flat(40)),
        ),
        (
            "LayerNorm",
            SEQUENCE,
            with(vec![layer_norm(3, false), gelu()], flat(12)),
        ),
        ("RmsNorm", features, vec![rms_norm(6, true), affine(6, 3)]),
        (
            "RmsNorm",
            SEQUENCE,
            with(vec![rms_norm(3, false), gelu()], flat(12)),
        ),
        ("Conv", IMAGE, with(vec![conv(1, 1), gelu()], flat(60))),
        ("Conv", IMAGE, with(vec![conv(2, 0), gelu()], flat(6))),
        ("Flatten", IMAGE, flat(40)),
        (
            "MaxPool",
            IMAGE,
            with(vec![conv(1, 1), Layer::from(MaxPool)], flat(12)),
        ),
        (
            "AveragePool",
            IMAGE,
            vec![conv(1, 1), gelu(), Layer::from(AveragePool), affine(3, 3)],
        ),
        (
            "AveragePool",
            SEQUENCE,
            vec![gelu(), Layer::from(AveragePool), affine(3, 3)],
        ),
        ("Dropout", features, vec![dropout, affine(6, 3)]),
        (
            "Recurrent",
            SEQUENCE,
            vec![recurrent(Normalizes::Nothing), affine(5, 3)],
        ),
        (
            "Recurrent",
            SEQUENCE,
            vec![recurrent(Normalizes::Preactivation), affine(5, 3)],
        ),
        (
            "Recurrent",
            SEQUENCE,
            vec![recurrent(Normalizes::Hidden), affine(5, 3)],
        ),
        (
            "Attention",
            SEQUENCE,
            vec![
                attention(),
                attention(),
                Layer::from(AveragePool),
                affine(3, 3),
            ],
        ),
    ]
}
