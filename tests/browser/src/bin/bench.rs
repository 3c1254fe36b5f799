//! Runs the table of the built `bench.html` in headless Chromium and prints it. Judges nothing.

use std::path::Path;

use anyhow::{Context, Result};
use batchnorm_lab_browser_tests::host::Host;
use batchnorm_lab_browser_tests::options::Options;
use batchnorm_lab_browser_tests::webdriver::Browser;
use serde_json::json;

const HELP: &str = "\
cargo xtask bench [options]      (build first: `cargo xtask dist`)

  --runs N         timed runs of each; the median counts   11
  --dist FOLDER    the built site                          dist
";

const CONTENDERS: [&str; 4] = ["js", "scalar", "simd128", "relaxed"];

fn main() -> Result<()> {
    let options = Options::from_arguments(HELP, &[("runs", Some("11")), ("dist", Some("dist"))])?;
    let host = Host::start(Path::new(options.text("dist")), "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.open(&format!("{}bench.html", host.url()))?;
    // A script may take four minutes at most: the page works by itself and is asked now and then.
    browser.run(
        "await peerReady;
         window.told = null;
         runTable(arguments[0]).then((rows) => { window.told = rows; });",
        &[json!(options.number("runs")?)],
    )?;
    let rows = browser.wait("the table", 900.0, "return window.told")?;
    println!(
        "microseconds a call, medians of {} runs; in brackets plain JavaScript divided by it\n",
        options.text("runs")
    );
    print!("{:<24} {:>10}", "work", "plain JS");
    for name in &CONTENDERS[1..] {
        print!(" {name:>20}");
    }
    println!();
    for row in rows.as_array().context("a table has rows")? {
        let id = row["id"].as_str().context("a row has a name")?;
        let micros = |name: &str| row["micros"][name].as_f64();
        print!("{id:<24} {:>10}", micros("js").map_or("-".into(), figure));
        for name in &CONTENDERS[1..] {
            let told = micros(name)
                .zip(micros("js"))
                .map(|(own, js)| format!("{} ({:.1}x)", figure(own), js / own));
            print!(" {:>20}", told.unwrap_or_else(|| "-".into()));
        }
        println!();
    }
    let status = browser.run(
        "return document.querySelector('[data-part=\"status\"]').innerText",
        &[],
    )?;
    println!("\n{}", status.as_str().unwrap_or_default());
    for line in browser.console()? {
        if line.level == "SEVERE" {
            println!("console {}: {}", line.level, line.message);
        }
    }
    anyhow::ensure!(
        rows.as_array()
            .is_some_and(|rows| rows.iter().all(|row| row["runs"] != 0)),
        "not every row was measured"
    );
    Ok(())
}

/// Three digits, as many as are measured.
fn figure(micros: f64) -> String {
    match micros {
        m if m >= 100.0 => format!("{m:.0}"),
        m if m >= 10.0 => format!("{m:.1}"),
        m => format!("{m:.2}"),
    }
}
