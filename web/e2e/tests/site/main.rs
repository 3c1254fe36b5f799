//! The built site, as a reader meets it: in a headless browser, from a sub-folder of a plain static host.
//! `cargo xtask test` builds the site first and says in `BATCHNORM_LAB_SITE` where it is.

mod at_rest;
mod attributes;
mod bench;
mod bench_page;
mod bench_reference;
mod claims;
mod common;
mod contract;
mod devices;
mod element;
mod engine_choice;
mod engine_links;
mod engines;
mod faults;
mod figures;
mod fingerprints;
mod frames;
mod grid;
mod host_keys;
mod hosts;
mod language;
mod lease;
mod legible;
mod links;
mod native;
mod numbers;
mod orders;
mod page;
mod parents;
mod probe;
mod run;
mod scheme;
mod slow_line;
mod start;
mod worker;
