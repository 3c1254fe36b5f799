//! Every claim, one row each, in the order of the lessons. A clause of a lesson's sentence is a claim of its own.

use super::{Claim, Rate, Trained};
use crate::protocol::Accuracies;

/// So many steps of side A.
const fn a(more: &'static str, steps: u64) -> Trained {
    Trained {
        more,
        side: 0,
        steps,
    }
}

/// So many steps of side B.
const fn b(more: &'static str, steps: u64) -> Trained {
    Trained {
        more,
        side: 1,
        steps,
    }
}

/// Learning rates of the span, each of both sides.
const RATES: [f64; 9] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Accuracy from which a learning rate is of use.
const USABLE: f32 = 0.93;

/// All claims.
pub const CLAIMS: &[Claim] = &[
    Claim {
        name: "first-look-with",
        lesson: "first-look",
        rate: Rate::Always,
        networks: &[b("", 400)],
        margin: |of| of[0].eval_running - 0.95,
    },
    Claim {
        name: "first-look-without",
        lesson: "first-look",
        rate: Rate::Always,
        networks: &[
            a("lr=0.03", 400),
            a("lr=0.1", 400),
            a("lr=0.3", 400),
            a("lr=1", 400),
        ],
        margin: |of| 0.6 - most(of),
    },
    Claim {
        name: "learning-rate-span",
        lesson: "learning-rate",
        rate: Rate::Always,
        networks: &[
            a("lr=0.003", 1500),
            b("lr=0.003", 1500),
            a("lr=0.01", 1500),
            b("lr=0.01", 1500),
            a("lr=0.03", 1500),
            b("lr=0.03", 1500),
            a("lr=0.1", 1500),
            b("lr=0.1", 1500),
            a("lr=0.3", 1500),
            b("lr=0.3", 1500),
            a("lr=1", 1500),
            b("lr=1", 1500),
            a("lr=3", 1500),
            b("lr=3", 1500),
            a("lr=10", 1500),
            b("lr=10", 1500),
            a("lr=30", 1500),
            b("lr=30", 1500),
        ],
        margin: |of| span(of, 1) / (10.0 * span(of, 0)) - 1.0,
    },
    Claim {
        name: "small-batch-batch",
        lesson: "small-batch",
        rate: Rate::Always,
        networks: &[b("batch=2", 800), b("batch=64", 800)],
        margin: |of| error(&of[0]) / (5.0 * error(&of[1]).max(0.01)) - 1.0,
    },
    Claim {
        name: "small-batch-group",
        lesson: "small-batch",
        rate: Rate::Always,
        networks: &[b("b=group&batch=2", 800), b("b=group&batch=64", 800)],
        margin: |of| (2.0 * error(&of[1])).max(0.04) - error(&of[0]),
    },
    Claim {
        name: "train-vs-inference-lag",
        lesson: "train-vs-inference",
        rate: Rate::Always,
        networks: &[b("", 500)],
        margin: |of| of[0].eval_full - of[0].eval_running - 0.2,
    },
    Claim {
        name: "train-vs-inference-closed",
        lesson: "train-vs-inference",
        rate: Rate::Always,
        networks: &[b("", 500), b("momentum=0.1", 500)],
        margin: |of| 0.04 - (of[0].eval_full - of[1].eval_running).abs(),
    },
    Claim {
        name: "images-read",
        lesson: "images",
        rate: Rate::Always,
        networks: &[b("", 500)],
        margin: |of| of[0].eval_running - 0.95,
    },
    Claim {
        name: "images-convolution",
        lesson: "images",
        rate: Rate::Always,
        networks: &[b("batch=2&lr=0.003", 1500), b("batch=32&lr=0.003", 1500)],
        margin: |of| 0.05 - (of[1].eval_running - of[0].eval_running),
    },
    Claim {
        name: "images-dense",
        lesson: "images",
        rate: Rate::Always,
        networks: &[
            b("layers=32-32-32&batch=2&lr=0.003", 1500),
            b("layers=32-32-32&batch=32&lr=0.003", 1500),
        ],
        margin: |of| of[1].eval_running - of[0].eval_running - 0.5,
    },
];

fn error(of: &Accuracies) -> f32 {
    1.0 - of.eval_running
}

fn most(of: &[Accuracies]) -> f32 {
    of.iter().map(|of| of.eval_running).fold(0.0, f32::max)
}

/// The largest usable learning rate over the smallest, 1 where there is none; both sides stand in turn.
fn span(of: &[Accuracies], side: usize) -> f32 {
    let own = of.iter().skip(side).step_by(2);
    let mut usable = (RATES.iter().zip(own))
        .filter(|(_, of)| of.eval_running >= USABLE)
        .map(|(rate, _)| *rate);
    let Some(first) = usable.next() else {
        return 1.0;
    };
    let ratio = usable.next_back().unwrap_or(first) / first;
    // Rates are short decimals: their ratio is told without what binary numbers add to it.
    ((ratio * 1000.0).round() / 1000.0) as f32
}
