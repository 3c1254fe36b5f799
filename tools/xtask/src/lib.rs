//! What `cargo xtask` shares with the browser tests: the smallest server of files.

pub mod http;
