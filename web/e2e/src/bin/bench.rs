//! Runs the table of the built `bench.html` in headless Chromium and prints it. Judges nothing.

use std::path::PathBuf;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use clap::Parser;
use serde_json::{Value, json};

/// Runs the table of the built bench.html (build first: `cargo xtask dist`). With `--against FOLDER` two built sites
/// are timed in turn, with `--growth` step time against batch and width is drawn into docs/, with `--grid` many networks
/// are trained at once: each has a `--help`
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Options {
    /// Timed runs of each row; the median counts
    #[arg(long, default_value_t = 11)]
    runs: usize,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

const CONTENDERS: [&str; 4] = ["js", "scalar", "simd128", "relaxed"];

fn main() -> Result<()> {
    let options = Options::parse();
    let host = Host::start(&options.dist, "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.open(&format!("{}bench.html", host.url()))?;
    // A script may take four minutes at most: the page works by itself and is asked now and then.
    browser.run(
        "await peerReady;
         window.told = null;
         runTable(arguments[0]).then((all) => { window.told = all; });",
        &[json!(options.runs)],
    )?;
    let told = browser.wait("the table", 900.0, "return window.told")?;
    let rows = told["rows"].as_array().context("a table has rows")?;
    print_times(rows, options.runs);
    print_rates(rows);
    print_roofs(&told["roofs"]);
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
        rows.iter().all(|row| row["runs"] != 0),
        "not every row was measured"
    );
    Ok(())
}

fn print_times(rows: &[Value], runs: usize) {
    println!(
        "microseconds a call, medians of {runs} runs; in brackets plain JavaScript divided by it\n"
    );
    print!("{:<24} {:>10}", "work", "plain JS");
    for name in &CONTENDERS[1..] {
        print!(" {name:>20}");
    }
    println!();
    for row in rows {
        let micros = |name: &str| row["micros"][name].as_f64();
        let js = micros("js");
        print!("{:<24} {:>10}", id(row), js.map_or("-".into(), figure));
        for name in &CONTENDERS[1..] {
            let told = micros(name)
                .zip(js)
                .map(|(own, js)| format!("{} ({:.1}x)", figure(own), js / own));
            print!(" {:>20}", told.unwrap_or_else(|| "-".into()));
        }
        println!();
    }
}

fn print_rates(rows: &[Value]) {
    println!(
        "\nrate, and share of the lower of the two roofs of that build; for Batch Normalization its time divided by \
         that of the walks it needs\n"
    );
    print!("{:<24}", "work");
    for name in &CONTENDERS[1..] {
        print!(" {name:>26}");
    }
    println!();
    for row in rows {
        print!("{:<24}", id(row));
        for name in &CONTENDERS[1..] {
            print!(" {:>26}", rate(row, name).unwrap_or_else(|| "-".into()));
        }
        println!();
    }
}

fn rate(row: &Value, name: &str) -> Option<String> {
    let under = &row["under"][name];
    let (bound, unit) = match under["bound"].as_str()? {
        "compute" => ("flops", "GFLOP/s"),
        _ => ("bytes", "GB/s"),
    };
    let rate = under[bound].as_f64()? / 1e9;
    let share = 100.0 * under["share"].as_f64()?;
    let walks = row["passes"][name]
        .as_f64()
        .zip(row["micros"][name].as_f64())
        .map_or(String::new(), |(walks, own)| {
            format!(" {:.2}x", own / walks)
        });
    Some(format!("{rate:.1} {unit} {share:.0} %{walks}"))
}

fn print_roofs(roofs: &Value) {
    println!("\npeaks: arithmetic in registers; arrays read / copied\n");
    for name in &CONTENDERS[1..] {
        let roof = &roofs[*name];
        let billions = |value: &Value| value.as_f64().unwrap_or(f64::NAN) / 1e9;
        print!("{name:<10} {:>6.1} GFLOP/s", billions(&roof["flops"]));
        for walk in roof["memory"].as_array().into_iter().flatten() {
            print!(
                "   {:>6} KB {:>5.1} / {:>5.1} GB/s",
                walk["size"].as_u64().unwrap_or(0) / 1024,
                billions(&walk["read"]),
                billions(&walk["copy"])
            );
        }
        println!();
    }
}

fn id(row: &Value) -> &str {
    row["id"].as_str().unwrap_or("a row without a name")
}

/// Three digits, as many as are measured.
fn figure(micros: f64) -> String {
    match micros {
        m if m >= 100.0 => format!("{m:.0}"),
        m if m >= 10.0 => format!("{m:.1}"),
        m => format!("{m:.2}"),
    }
}
