//! The core of batchnorm-lab: tiny networks with Batch Normalization, exact to PyTorch, without browser, clock or text.
//!
//! Rooms, each importing only those before it: `numeric` and `error`, `settings`, `protocol`; `lanes`, `kernels`,
//! `network`; `data`, `architecture`, `observe`, `engine`; `training`, `measure`, `trainer`; `lessons`, which are data;
//! `jobs`, `devices`, `equivalences` and `claims`.
#![forbid(unsafe_code)]

pub mod architecture;
pub mod claims;
pub mod data;
pub mod devices;
pub mod engine;
pub mod equivalences;
pub mod error;
pub mod jobs;
pub mod kernels;
pub mod lanes;
pub mod lessons;
pub mod measure;
pub mod network;
pub mod numeric;
pub mod observe;
pub mod protocol;
pub mod settings;
pub mod trainer;
pub mod training;
