//! The normalisations, one file each; layer, group, instance and root-mean-square share `within`.

pub mod averaged;
pub mod batch;
pub mod fold;
pub mod ghost;
pub mod moments;
pub mod renorm;
pub mod spans;
pub mod sync;
pub mod within;
