//! The core of batchnorm-lab: tiny networks with Batch Normalization, exact to PyTorch, without browser, clock or text.
#![forbid(unsafe_code)]

pub mod batches;
pub mod choice;
pub mod dataset;
pub mod error;
pub mod kernels;
pub mod lanes;
pub mod network;
pub mod protocol;
pub mod rng;
pub mod settings;
pub mod statistics;
