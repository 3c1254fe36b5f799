//! From a golden case to passes of a network on the GPU.

mod batch;
mod layers;
mod train_run;

use batchnorm_lab_gpu::Gpu;

use crate::common::case::{Case, Outputs};

/// What came of a case.
pub enum Answer {
    /// Numbers.
    Outputs(Outputs),
    /// An error, as some cases want.
    Refused,
    /// A dropout whose mask the file states: networks draw theirs (see `gpu_engine.rs` for those).
    MaskFromOutside,
}

/// Computes a case.
pub fn check(gpu: &Gpu, case: &Case) -> Answer {
    match case.kind.as_str() {
        "batch_norm" => batch::norm(gpu, case),
        "sync_batch_norm" => batch::synchronised(gpu, case),
        "batch_renorm" => batch::renormalised(gpu, case),
        "ghost_batch_norm" => batch::ghost(gpu, case),
        "bn_fold" => batch::folded(gpu, case),
        "train_run" => train_run::check(gpu, case),
        "optimizer" => train_run::optimizer(gpu, case),
        "loss" => layers::loss(gpu, case),
        _ => layers::check(gpu, case),
    }
}
