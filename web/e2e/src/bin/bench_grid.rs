//! Times a grid of many networks on the built `grid.html` in headless Chromium, how a pool grows with its workers, and how far
//! SyncBN over four workers is from the whole batch. Judges nothing.

use std::path::PathBuf;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use clap::Parser;
use serde_json::{Value, json};

/// Times a grid of 112 networks on the built grid.html (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench --grid")]
struct Options {
    /// Runs on one and on two workers, in turn; the fastest of each counts, for whatever else the machine does only slows
    #[arg(long, default_value_t = 7)]
    runs: usize,
    /// The engine
    #[arg(long, default_value = "simd128")]
    engine: String,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

/// Eight learning rates, one to seven layers, without and with Batch Normalization: 112 networks of 500 steps each.
const GRID: &str = "
    const axes = [
        { setting: 'lr', values: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] },
        { setting: 'layers', values: [1, 2, 3, 4, 5, 6, 7].map((depth) => Array(depth).fill(16).join('-')) },
    ];
    const settings = 'data=spiral&act=relu&init=he-normal&sgdm=0&batch=32';
    const timed = async (options) => {
        const grid = makeGrid(axes, settings, 500, options);
        const start = performance.now();
        const cells = await grid.run();
        const seconds = (performance.now() - start) / 1000;
        return { seconds, steps: cells.reduce((sum, cell) => sum + cell.step, 0), cells: cells.length, workers: grid.workers,
            diverged: cells.filter((cell) => cell.diverged_at !== null).length };
    };";

/// The first grid of a page, workers and module included, while every frame is watched.
const FIRST: &str = "
    const deltas = [];
    let isOver = false;
    const watch = (async () => {
        let last = await new Promise(requestAnimationFrame);
        while (!isOver) {
            const now = await new Promise(requestAnimationFrame);
            deltas.push(now - last);
            last = now;
        }
    })();
    await new Promise(requestAnimationFrame);
    const told = await timed({ engine: arguments[0] });
    isOver = true;
    await watch;
    deltas.sort((a, b) => a - b);
    return { ...told, p95: deltas[Math.floor(0.95 * deltas.length)], worst: deltas.at(-1) };";

/// Four workers with SyncBN against the whole batch on one: the largest difference of a statistic after one step and of a
/// parameter after a hundred, and whether what was sent is as long as the formulas say.
const DEVICES: &str = "
    const largest = (a, b) => a.reduce((most, value, place) => Math.max(most, Math.abs(value - b[place])), 0);
    const link = 'data=spiral&layers=16-16-16&act=relu&init=he-normal&lr=0.1&batch=32';
    const [engine] = arguments;
    const four = makeDevices(link, { engine, devices: 4, sharing: 'sync' });
    const one = makeDevices(link, { engine, devices: 1, sharing: 'local' });
    const reports = async () => [(await four.report())[0], (await one.report())[0]];
    await Promise.all([four.step(), one.step()]);
    const [first, whole] = await reports();
    const statistics = Math.max(...first.statistics.flatMap((layer, place) => ['mean', 'variance']
        .map((kind) => largest(layer[kind], whole.statistics[place][kind]))));
    const start = performance.now();
    await four.step(99);
    const millis = (performance.now() - start) / 99;
    await one.step(99);
    const [last, of] = await reports();
    const parameters = largest(last.parameters, of.parameters);
    const expected = Object.entries(four.formula).every(([kind, bytes]) => four.bytes[kind] === 4 * 100 * bytes);
    const { bytes } = four;
    for (const devices of [four, one]) devices.end();
    return { statistics, parameters, millis, bytes, expected };";

/// Every claim of the lessons over five fresh seeds, one after the other: seconds from the press to the last seed. The first
/// starts the workers.
const CLAIMS: &str = "
    const [engine] = arguments;
    const { claimNames } = await import('./claims.js');
    const told = [];
    for (const name of await claimNames()) {
        const start = performance.now();
        const seeds = await tryClaim(name, { engine }).run();
        told.push([name, (performance.now() - start) / 1000, seeds.filter((seed) => seed.held).length]);
    }
    return { told };";

/// So many grids on workers that are there already, on one and on two in turn.
const SCALING: &str = "
    const [engine, runs] = arguments;
    const rates = { 1: [], 2: [] };
    for (let run = -1; run < runs; run += 1) {
        for (const workers of [1, 2]) {
            const { steps, seconds } = await timed({ engine, workers });
            if (run >= 0) rates[workers].push(steps / seconds);
        }
    }
    return { one: Math.max(...rates[1]), two: Math.max(...rates[2]) };";

fn main() -> Result<()> {
    let options = Options::parse();
    let host = Host::start(&options.dist, "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.open(&format!("{}grid.html", host.url()))?;
    let engine = json!(options.engine);
    let script = |body: &str, arguments: Vec<Value>| {
        // A script may take twenty seconds at most: the page works by itself and is asked now and then.
        browser.run(
            &format!(
                "window.told = null;
                 const work = async (...arguments) => {{ {GRID} {body} }};
                 work(...arguments).then((told) => {{ window.told = told; }}, (error) => {{ window.told = {{ error: `${{error}}` }}; }});"
            ),
            &arguments,
        )?;
        let told = browser.wait("the grid", 300.0, "return window.told")?;
        anyhow::ensure!(told["error"].is_null(), "{}", told["error"]);
        Ok(told)
    };
    let first = script(FIRST, vec![engine.clone()])?;
    let scaling = script(SCALING, vec![engine, json!(options.runs)])?;
    browser.open(&format!("{}devices.html", host.url()))?;
    let devices = script(DEVICES, vec![json!(options.engine)])?;
    browser.open(&format!("{}claims.html", host.url()))?;
    let claims = script(CLAIMS, vec![json!(options.engine)])?;
    let number = |told: &Value, name: &str| {
        let value = told[name].as_f64();
        value.with_context(|| format!("no {name}: {told}"))
    };
    let (one, two) = (number(&scaling, "one")?, number(&scaling, "two")?);
    println!("grid_112x500 {:.3} s", number(&first, "seconds")?);
    println!("pool_scaling {:.2} ratio", two / one);
    println!("net_step {:.2} µs", 1e6 / one);
    println!("grid_frames_p95 {:.1} ms", number(&first, "p95")?);
    println!("grid_frames_worst {:.1} ms", number(&first, "worst")?);
    println!(
        "{} networks, {} steps, {} diverged, {} workers",
        first["cells"], first["steps"], first["diverged"], first["workers"]
    );
    println!(
        "sync_bn_deviation {:.1e} abs",
        number(&devices, "parameters")?
    );
    println!(
        "sync_bn_statistics {:.1e} abs",
        number(&devices, "statistics")?
    );
    println!("sync_bn_step {:.2} ms", number(&devices, "millis")?);
    println!(
        "bytes of 4 devices in 100 steps {}, as the formulas say: {}",
        devices["bytes"], devices["expected"]
    );
    for claim in claims["told"].as_array().context("claims")? {
        let seconds = claim[1].as_f64().context("seconds")?;
        let name = claim[0].as_str().unwrap_or_default();
        println!("claim {name} {seconds:.2} s, held for {} of 5", claim[2]);
    }
    for line in browser.console()? {
        if line.level == "SEVERE" {
            println!("console {}: {}", line.level, line.message);
        }
    }
    Ok(())
}
