//! The core of batchnorm-lab: tiny networks with Batch Normalization, exact to PyTorch, without browser, clock or text.
#![forbid(unsafe_code)]

pub mod angle;
pub mod architecture;
pub mod batches;
pub mod choice;
pub mod dataset;
pub mod decimal;
#[cfg(feature = "gpu")]
pub mod engine;
pub mod error;
pub mod kernels;
mod ladder;
pub mod lanes;
pub mod lessons;
pub mod network;
mod noise;
pub mod protocol;
pub mod rng;
mod run;
pub mod settings;
mod show;
pub mod sight;
pub mod statistics;
pub mod trainer;
