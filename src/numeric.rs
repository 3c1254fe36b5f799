//! Numbers that are the same on every machine: drawn from a seed, written as short decimals, angles, fingerprints.

pub mod angle;
pub mod decimal;
pub mod fingerprint;
pub mod rng;
