//! Drives the built site in a headless browser: verbs over WebDriver and a plain static host. Knows no test.

pub mod browser;
pub mod capabilities;
mod client;
mod driver;
pub mod growth_chart;
pub mod host;
mod marionette;
pub mod packed;
pub mod page_speed;
pub mod wasm_tests;
