//! The table of layers: a kind is one file beside this one and one row here. Computes nothing.

use super::layer::Layer;
use crate::lanes::Lanes;

macro_rules! layers {
    ($($module:ident: $kind:ident,)+) => {
        $(
            mod $module;
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
    recurrent: Recurrent,
    rms_norm: RmsNorm,
    sync_batch_norm: SyncBatchNorm,
}
