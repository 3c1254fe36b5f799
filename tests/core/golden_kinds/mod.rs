//! From a golden case to a call of the kernel that it is about.

mod batch_norm;
mod batch_norm_variants;
mod elementwise;
mod images;
mod optimizer;
mod train_run;
mod within;

use batchnorm_lab::lanes::Lanes;

use super::common::case::{Case, Outputs};

/// What came of a case.
pub enum Answer {
    /// Numbers.
    Outputs(Outputs),
    /// An error, as some cases want.
    Refused,
    /// Nothing here knows the kind.
    Unknown,
}

/// Computes a case in these lanes.
pub fn check<L: Lanes>(case: &Case) -> Answer {
    match case.kind.as_str() {
        "activation" => elementwise::activation::<L>(case),
        "loss" => elementwise::loss::<L>(case),
        "linear" => elementwise::linear::<L>(case),
        "batch_norm" => batch_norm::check::<L>(case),
        "sync_batch_norm" => batch_norm_variants::synchronised::<L>(case),
        "batch_renorm" => batch_norm_variants::renormalised::<L>(case),
        "ghost_batch_norm" => batch_norm_variants::ghost::<L>(case),
        "bn_fold" => batch_norm_variants::folded::<L>(case),
        "layer_norm" | "rms_norm" | "group_norm" | "instance_norm" => within::check::<L>(case),
        "conv2d" => images::convolution::<L>(case),
        "max_pool2d" => images::max_pool::<L>(case),
        "global_avg_pool" => images::average_pool::<L>(case),
        "dropout" => images::dropout::<L>(case),
        "optimizer" => optimizer::check::<L>(case),
        "train_run" => train_run::check::<L>(case),
        _ => Answer::Unknown,
    }
}
