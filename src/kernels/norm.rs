//! The normalisations, one file each; layer, group, instance and root-mean-square share `within`.

pub mod batch;
pub mod fold;
pub mod ghost;
pub mod pieces;
pub mod renorm;
pub mod sync;
pub mod within;
