//! What `cargo xtask` shares with the programs that drive a browser or weigh the site.

pub mod file_server;
pub mod weights;
