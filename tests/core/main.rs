//! All tests of the core in one program: it is compiled and linked once, and a browser starts once for it. One file of them is
//! `cargo test --test core FILE::`.

#[path = "../common/mod.rs"]
mod common;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../common/elsewhere.rs"]
mod elsewhere;
#[path = "../common/fingerprint.rs"]
mod fingerprint;
mod golden_kinds;
mod job_runs;
#[path = "../common/reader.rs"]
mod reader;

mod architecture;
mod backward;
mod deep;
mod devices;
mod edges;
mod every_layer;
mod fingerprints;
mod folded;
mod golden;
mod gradients;
mod histogram;
mod jobs;
mod measures;
mod network;
mod norm_edges;
mod parity;
mod sequences;
mod trainer;
mod watched;

// Natively alone: runs whose bits are the same in browsers, which `fingerprints` holds.
#[cfg(not(target_arch = "wasm32"))]
mod claims;
#[cfg(not(target_arch = "wasm32"))]
mod company;
#[cfg(not(target_arch = "wasm32"))]
mod compared;
#[cfg(not(target_arch = "wasm32"))]
mod engines;
#[cfg(not(target_arch = "wasm32"))]
mod equivalences;
#[cfg(not(target_arch = "wasm32"))]
mod history;
#[cfg(not(target_arch = "wasm32"))]
mod lessons;
#[cfg(not(target_arch = "wasm32"))]
mod measured_claims;
#[cfg(not(target_arch = "wasm32"))]
mod nearest;
#[cfg(not(target_arch = "wasm32"))]
mod observed;
