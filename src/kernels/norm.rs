//! The normalisations, one file each.

pub mod batch;
