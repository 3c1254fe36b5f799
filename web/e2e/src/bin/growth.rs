//! Measures in headless Chromium how a training step of the built `bench.html` grows with batch and width, and writes a
//! table and a chart. Judges nothing.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::growth_chart::{Curve, Point, draw};
use batchnorm_lab_e2e::host::Host;
use clap::Parser;
use serde_json::{Value, json};

/// Draws step time against batch and width (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench --growth")]
struct Options {
    /// Timed runs of each point; the median counts
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// Where growth.csv and growth.svg go
    #[arg(long, value_name = "FOLDER", default_value = "docs")]
    out: PathBuf,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

const ENGINES: [&str; 3] = ["scalar", "simd128", "relaxed"];

fn main() -> Result<()> {
    let options = Options::parse();
    let host = Host::start(&options.dist, "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.open(&format!("{}bench.html", host.url()))?;
    let mut curves = Vec::new();
    for engine in ENGINES {
        browser.run(
            "window.told = null;
             const { measureGrowth } = await import('./bench-growth.js');
             measureGrowth(arguments[0], arguments[1]).then(
                 (all) => { window.told = all; }, (error) => { window.told = { error: String(error) }; });",
            &[json!(engine), json!(options.runs)],
        )?;
        let told = browser.wait(engine, 900.0, "return window.told")?;
        let curve = curve(engine, &told).with_context(|| format!("{engine}: {told}"))?;
        println!("{engine}, peak {:.1} GFLOP/s", curve.peak / 1e9);
        for point in &curve.points {
            println!(
                "{:>24} {:>12.1} µs {:>8.1} GFLOP/s",
                place(point),
                point.micros,
                rate(point)
            );
        }
        curves.push(curve);
    }
    let folder = options.out;
    std::fs::write(folder.join("growth.csv"), table(&curves)?)
        .and_then(|()| std::fs::write(folder.join("growth.svg"), draw(&curves)))
        .with_context(|| format!("cannot write to {}", folder.display()))
}

fn curve(engine: &'static str, told: &Value) -> Option<Curve> {
    let point = |point: &Value| {
        Some(Point {
            is_batch: point["axis"] == "batch",
            batch: point["batch"].as_u64()?,
            width: point["width"].as_u64()?,
            micros: point["micros"].as_f64()?,
            flops: point["flops"].as_f64()?,
        })
    };
    let points: Option<Vec<Point>> = told["points"].as_array()?.iter().map(point).collect();
    Some(Curve {
        engine,
        peak: told["peak"].as_f64()?,
        points: points?,
    })
}

fn place(point: &Point) -> String {
    format!("batch {:>4}, width {:>3}", point.batch, point.width)
}

/// Billions of operations a second.
fn rate(point: &Point) -> f64 {
    point.flops / point.micros / 1e3
}

fn table(curves: &[Curve]) -> Result<String> {
    let mut text = String::from(
        "engine,grows,batch,width,microseconds,flop_per_step,gflop_per_second,share_of_peak\n",
    );
    for curve in curves {
        for point in &curve.points {
            let grows = if point.is_batch { "batch" } else { "width" };
            let rate = rate(point);
            writeln!(
                text,
                "{},{grows},{},{},{:.2},{},{rate:.2},{:.3}",
                curve.engine,
                point.batch,
                point.width,
                point.micros,
                point.flops,
                rate * 1e9 / curve.peak
            )?;
        }
    }
    Ok(text)
}
