//! The page of batchnorm-lab: controls, charts and texts around a run that a worker computes. Trains nothing itself.

pub mod actions;
pub mod bridge;
pub mod canvas;
pub mod charts;
pub mod controls;
pub mod dom;
pub mod embed;
pub mod format;
pub mod handle;
pub mod history;
pub mod i18n;
pub mod lab;
pub mod later;
mod order;
pub mod panels;
mod processor;
mod promise;
pub mod receive;
pub mod schedule;
pub mod signal;
pub mod state;
pub mod url;

pub use handle::{Handle, mount};
