//! All tests of the core that browsers run, in one program: a browser starts once for it, not once for each file.
//! Natively, and one by one in a browser (`cargo test --target wasm32-unknown-unknown --test FILE`), each file is its own.
#![cfg(target_arch = "wasm32")]

#[path = "architecture.rs"]
mod architecture;
#[path = "backward.rs"]
mod backward;
#[path = "deep.rs"]
mod deep;
#[path = "devices.rs"]
mod devices;
#[path = "edges.rs"]
mod edges;
#[path = "every_layer.rs"]
mod every_layer;
#[path = "fingerprints.rs"]
mod fingerprints;
#[path = "folded.rs"]
mod folded;
#[path = "golden.rs"]
mod golden;
#[path = "gradients.rs"]
mod gradients;
#[path = "histogram.rs"]
mod histogram;
#[path = "jobs.rs"]
mod jobs;
#[path = "measures.rs"]
mod measures;
#[path = "network.rs"]
mod network;
#[path = "norm_edges.rs"]
mod norm_edges;
#[path = "parity.rs"]
mod parity;
#[path = "sequences.rs"]
mod sequences;
#[path = "trainer.rs"]
mod trainer;
