//! What differs between browsers under WebDriver: the program that drives one, and what it is told. One function a
//! browser; everything else here is the same for all of them.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use thirtyfour::Capabilities;

/// What Chromium is told, the same as for tests in wasm: no window, no sandbox (tests run as root in containers),
/// nothing that talks to the network.
const CHROMIUM: &str = include_str!("../webdriver.json");

/// A browser and its driver.
pub struct Driven {
    /// The driver, a program that speaks WebDriver on a port.
    pub program: String,
    /// What makes it choose a free port.
    pub arguments: &'static [&'static str],
    /// What stands before that port in a line of its output.
    pub announces: &'static str,
    /// What a session of it is asked for.
    pub capabilities: Capabilities,
}

/// Headless Chromium under chromedriver (`CHROMEDRIVER`, else from the PATH); `switches` are further ones of its own.
///
/// # Errors
/// `webdriver.json` is not an object.
pub fn chromium(switches: &[&str]) -> Result<Driven> {
    let mut told: Value = serde_json::from_str(CHROMIUM).context("webdriver.json is not JSON")?;
    told["browserName"] = json!("chrome");
    told["goog:loggingPrefs"] = json!({ "browser": "ALL" });
    told["timeouts"] = json!({ "script": 240_000, "pageLoad": 60_000 });
    if let Some(all) = told["goog:chromeOptions"]["args"].as_array_mut() {
        all.extend(switches.iter().map(|switch| json!(switch)));
    }
    let told = told
        .as_object()
        .cloned()
        .context("webdriver.json is no object")?;
    Ok(Driven {
        program: std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into()),
        arguments: &["--port=0"],
        announces: "started successfully on port ",
        capabilities: told.into(),
    })
}
