//! The table of layers: a kind is one file beside this one, its `mod` line and one row here. Computes nothing.

use super::layer::Layer;
use crate::lanes::Lanes;

mod affine;
mod attention;
mod average_pool;
mod batch_norm;
mod batch_renorm;
mod conv;
mod dropout;
mod elementwise;
mod flatten;
mod ghost_batch_norm;
mod group_norm;
mod layer_norm;
mod max_pool;
mod noisy_batch_norm;
mod recurrent;
mod rms_norm;
mod sync_batch_norm;

macro_rules! layers {
    ($($module:ident: $kind:ident,)+) => {
        $(
            pub use $module::$kind;

            impl<L: Lanes> From<$kind> for Layer<L> {
                fn from(kind: $kind) -> Self {
                    Layer::new(kind)
                }
            }
        )+

        /// The name of every kind; `tests/common/examples.rs` has an example of each.
        pub const KINDS: &[&str] = &[$(stringify!($kind)),+];
    };
}

layers! {
    affine: Affine,
    attention: Attention,
    average_pool: AveragePool,
    batch_norm: BatchNorm,
    batch_renorm: BatchRenorm,
    conv: Conv,
    dropout: Dropout,
    elementwise: Elementwise,
    flatten: Flatten,
    ghost_batch_norm: GhostBatchNorm,
    group_norm: GroupNorm,
    layer_norm: LayerNorm,
    max_pool: MaxPool,
    noisy_batch_norm: NoisyBatchNorm,
    recurrent: Recurrent,
    rms_norm: RmsNorm,
    sync_batch_norm: SyncBatchNorm,
}
