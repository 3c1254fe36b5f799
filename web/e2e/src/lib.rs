//! Drives the built site in a headless browser: a WebDriver client and a plain static host. Knows no test.

pub mod growth_chart;
pub mod host;
pub mod options;
pub mod webdriver;
