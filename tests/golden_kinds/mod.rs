//! From a golden case to a call of the kernel that it is about.

mod batch_norm;
mod elementwise;
mod optimizer;
mod train_run;

use batchnorm_lab::lanes::Lanes;

use crate::common::case::{Case, Outputs};

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
        "optimizer" => optimizer::check::<L>(case),
        "train_run" => train_run::check::<L>(case),
        _ => Answer::Unknown,
    }
}
