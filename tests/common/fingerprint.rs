//! Twelve links and the bits of what they are after a hundred steps; of native builds and of those in browsers.

use batchnorm_lab::engine::take_fingerprint;
use batchnorm_lab::numeric::fingerprint::Fingerprint;
use batchnorm_lab::protocol::{Checkpoint, Distribution, Frame, LayerStats, Side};

/// Optimiser updates.
pub const STEPS: u32 = 100;

/// Link, and the fingerprint of its state and its figures after `STEPS` steps.
pub const LINKS: &[(&str, u64)] = &[
    ("", 0x0fbc_47aa_1eb3_8d87),
    (
        "data=xor&layers=8-8&act=tanh&a=layer&opt=adam&lr=0.01&batch=33&seed=3",
        0x02e1_0280_088d_00dd,
    ),
    (
        "data=spiral&noise=10&layers=16-12-8&act=relu&a=rms&b=group&groups=2&init=he-normal&opt=adamw&wd=0.01&lr=0.005",
        0xb15b_b58c_d33a_6392,
    ),
    (
        "data=gauss&act=gelu&layers=9-7&a=ghost&ghost=8&b=sync&shards=3&loss=mse&sgdm=0.5&nesterov=on&batch=24",
        0x3ab7_e60f_f087_67c9,
    ),
    (
        "act=silu&layers=10-10&a=renorm&b=batch&convention=keras&momentum=0.9&loss=ce&init=he-uniform&gain=2",
        0x5d26_c0b5_887e_4908,
    ),
    (
        "act=leaky-relu&layers=12-12&a=batch&affine=off&track=off&eps=0.001&init=xavier-uniform&batch=17",
        0xc025_c27a_d659_6ef5,
    ),
    (
        "act=identity&layers=6-6-6&show=b&momentum=cumulative&stats=running&changes=10:frozen=statistics,60:frozen=none",
        0x8624_8edb_5630_3c7d,
    ),
    (
        "layers=16-16&act=tanh&changes=20:lr=0.3,40:batch=10,70:wd=0.01",
        0x50db_e556_5527_c39d,
    ),
    (
        "data=digits&samples=600&layers=c4-p-c8s2-g&a=instance&act=relu&init=he-normal&batch=32&lr=0.05",
        0xe9cb_f302_148b_c2d8,
    ),
    (
        "data=digits&samples=400&layers=c3-d20-12&a=layer&b=ghost&ghost=4&act=relu&batch=16&opt=adam&lr=0.003",
        0xe8a8_daef_38e5_e5a3,
    ),
    (
        "data=sequences&samples=300&layers=r12-8&a=layer&act=tanh&batch=16&lr=0.05",
        0xb2e2_88ce_dd06_25af,
    ),
    (
        "data=sequences&samples=300&layers=8-t-g&a=rms&b=layer&act=gelu&batch=16&opt=adam&lr=0.003",
        0x2c3b_d475_3946_2a3e,
    ),
];

/// The bits of what is seen, one after the other.
#[derive(Default)]
struct Seen(Fingerprint);

impl Seen {
    fn words(&mut self, words: impl IntoIterator<Item = u32>) {
        self.0.words(words);
    }

    fn numbers(&mut self, numbers: &[f32]) {
        self.0.numbers(numbers);
    }

    fn distribution(&mut self, of: &Distribution) {
        self.numbers(&[of.mean, of.std, of.min, of.max, of.low, of.high]);
        self.words(of.histogram.iter().copied());
    }

    fn layer(&mut self, layer: &LayerStats) {
        let of = [Some(&layer.before), layer.normalized.as_ref()];
        let more = [layer.after.as_ref(), Some(&layer.output)];
        of.into_iter()
            .chain(more)
            .flatten()
            .for_each(|of| self.distribution(of));
        for numbers in [&layer.gamma, &layer.beta, &layer.d_gamma, &layer.d_beta] {
            self.numbers(numbers);
        }
        for numbers in [
            &layer.batch_mean,
            &layer.batch_var,
            &layer.running_mean,
            &layer.full_mean,
        ] {
            self.numbers(numbers);
        }
        self.numbers(&[layer.saturated, layer.gradient_norm]);
    }

    fn side(&mut self, side: &Side) {
        self.numbers(&[side.loss.batch, side.loss.train, side.loss.eval]);
        let accuracy = &side.accuracy;
        self.numbers(&[
            accuracy.train,
            accuracy.eval_batch,
            accuracy.eval_running,
            accuracy.eval_full,
        ]);
        side.layers.iter().for_each(|layer| self.layer(layer));
        self.numbers(&side.boundary);
        self.words(side.confusion.iter().copied());
        self.words(side.guesses.iter().map(|guess| u32::from(*guess)));
    }
}

/// Of all parameters, the optimiser's memory, running averages, losses and the frame's figures.
pub fn fingerprint(checkpoint: &Checkpoint, frame: &Frame) -> u64 {
    let mut of = Seen::default();
    for state in &checkpoint.sides {
        take_fingerprint(&mut of.0, &state.network);
    }
    of.numbers(&frame.axis_limits);
    frame.sides.iter().for_each(|side| of.side(side));
    of.0.value()
}
