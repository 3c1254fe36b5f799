//! Forward and backward of every operation, on slices, written once above `Lanes`. Nothing here allocates.
//!
//! The alphabet of dimensions: N rows of a batch, F features (channels), I inputs, K outputs.
//! Every block of activations is **feature-major**, `[F, N]`: all rows of feature 0, then all rows of feature 1.
//! So the statistics of a feature are sums over one run of memory, four rows of any feature fill four lanes
//! whatever the widths are. An image batch is `[C, H·W, N]` and a batch of sequences `[C, T, N]`, rows innermost too:
//! to the normalisations both are `[F, N]` with more values a feature, the border of an image falls on whole lanes,
//! and flattening is `[C·H·W, N]` without a copy.
//! Weights are `[K, I]` as in PyTorch. Gradients take the name of their value with `d_` before it, and are
//! overwritten, not added to. Lengths are asserted at the top of each kernel, with both numbers.

pub mod activation;
pub mod affine;
pub mod attention;
pub mod conv;
pub mod dropout;
pub mod histogram;
pub mod layout;
pub mod loss;
pub mod norm;
pub mod optimizer;
pub mod pool;
pub mod recurrent;
