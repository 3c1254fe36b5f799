//! Measures the built site in headless Chromium while it trains at full speed: time to the first picture that moves,
//! frame times, long tasks, memory. Judges nothing; prints a table.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use batchnorm_lab_e2e::page_speed::{play, record};
use clap::Parser;
use serde_json::{Value, json};

/// Measures the built page while it trains at full speed (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench-page")]
struct Options {
    /// How long frames and long tasks are recorded
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// How long memory is watched; 600 is the long run
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    memory: f64,
    /// Settings of the link, `speed=full` is added
    #[arg(long, default_value = "")]
    hash: String,
    /// Viewport in CSS pixels, WIDTHxHEIGHT
    #[arg(long, default_value = "1280x800")]
    size: String,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

/// Runs before the page: collects long tasks, and the module memories that only the page itself could name.
const WATCH: &str = "
    globalThis.watched = { long: [], memories: [] };
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) watched.long.push([entry.startTime, entry.duration]);
    }).observe({ type: 'longtask', buffered: true });
    for (const name of ['instantiate', 'instantiateStreaming']) {
        const real = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
            const made = await real.apply(WebAssembly, given);
            const { memory } = (made.instance ?? made).exports;
            if (memory) watched.memories.push(memory);
            return made;
        };
    }";

/// Somebody's page with a figure.
const FIGURE: &str =
    "<!doctype html><meta charset=utf-8><title>a figure</title><link rel=icon href=data:,>
    <script type=module src=element.js></script><batchnorm-lab></batchnorm-lab>";
/// A slow line: 400 kbit/s, and as many milliseconds until an answer begins.
const BYTES: u32 = 50_000;
const LATENCY: u32 = 400;

/// When the page was loaded by playing at once, the time at which charts had changed between two frames.
const FIRST_MOVE: &str = "
    const lab = document.querySelector('batchnorm-lab');
    const sum = () => {
        let sum = 0, painted = 0;
        for (const canvas of lab.shadowRoot?.querySelectorAll('canvas') ?? []) {
            if (canvas.width < 60 || !canvas.height || !canvas.checkVisibility()) continue;
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            for (let i = 0; i < data.length; i += 97) { sum = (sum * 31 + data[i]) | 0; painted += data[i] > 0; }
        }
        return painted > 50 ? sum : null;
    };
    await customElements.whenDefined('batchnorm-lab');
    const seen = () => document.querySelector('picture img')?.complete || lab.shadowRoot.querySelector('.bn-still svg');
    while (!seen()) await new Promise(requestAnimationFrame);
    const still = Math.min(performance.now(), ...performance.getEntriesByName('first-contentful-paint').map((of) => of.startTime));
    const pressed = performance.now();
    lab.play();
    let painted = null, first = null;
    for (;;) {
        await new Promise(requestAnimationFrame);
        const now = sum();
        if (now === null) continue;
        painted ??= performance.now();
        if (first !== null && now !== first) return { still, pressed, painted, moved: performance.now() };
        first = now;
    }";

fn main() -> Result<()> {
    let options = Options::parse();
    let (width, height) = options
        .size
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .context("`--size` is WIDTHxHEIGHT, e.g. 1280x800")?;
    let host = Host::start(&options.dist, "/", &[("figure.html", FIGURE)])?;
    // Exact memory figures; without the switch Chromium rounds them.
    let browser = Browser::start(&["--enable-precise-memory-info", "--js-flags=--expose-gc"])?;
    browser.set_viewport(width, height, 1.0)?;
    browser.run_before_every_page(WATCH)?;
    let url = format!("{}#{}&speed=full", host.url(), options.hash).replace("#&", "#");
    browser.open(&url)?;
    let first = browser.run(FIRST_MOVE, &[])?;
    row(
        "first charts painted",
        &first["painted"],
        "ms after navigation",
    );
    row("first charts moved", &first["moved"], "ms after navigation");
    on_a_slow_line(&host, &browser, &url)?;

    // Afresh: a canvas that was read back is drawn without acceleration from then on.
    play(&browser, &url)?;
    let frames = record(&browser, options.seconds)?;
    row("frame, median", &frames["median"], "ms");
    row("frame, 95 %", &frames["p95"], "ms");
    row("frame, 99 %", &frames["p99"], "ms");
    row("frame, longest", &frames["worst"], "ms");
    row("long tasks (over 50 ms)", &frames["long"], "");
    row("longest task", &frames["longest"], "ms");
    row("figures shown", &frames["shown"], "per second");
    row("training steps", &frames["steps"], "per second");

    println!(
        "\n{:>8} {:>14} {:>14} {:>12}",
        "second", "js heap MB", "page wasm MB", "step"
    );
    let watched = options.memory;
    let start = Instant::now();
    loop {
        let seconds = start.elapsed().as_secs_f64();
        let memory = browser.run(
            "gc();
             const wasm = watched.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
             const { step } = await document.querySelector('batchnorm-lab').snapshot();
             return [performance.memory.usedJSHeapSize / 1e6, wasm / 1e6, step];",
            &[],
        )?;
        let figure = |place: usize| memory[place].as_f64().unwrap_or(f64::NAN);
        println!(
            "{seconds:>8.0} {:>14.2} {:>14.2} {:>12}",
            figure(0),
            figure(1),
            figure(2)
        );
        if seconds >= watched {
            break;
        }
        record(&browser, (watched / 10.0).clamp(1.0, 60.0))?;
    }
    let lines = browser.console()?;
    for line in lines.iter().filter(|line| line.level == "SEVERE") {
        println!("console {}: {}", line.level, line.message);
    }
    Ok(())
}

/// The same, and a figure in somebody's page from its press on, over a line as slow as they come.
fn on_a_slow_line(host: &Host, browser: &Browser, url: &str) -> Result<()> {
    host.compress();
    // Packed now, so that nobody waits for it later.
    for address in [url, &format!("{}figure.html", host.url())] {
        browser.open("about:blank")?;
        browser.open(address)?;
        browser.run(FIRST_MOVE, &[])?;
    }
    browser.devtools("Network.enable", json!({}))?;
    let line = |line: Value| browser.devtools("Network.emulateNetworkConditions", line);
    line(
        json!({ "offline": false, "latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES }),
    )?;
    browser.open("about:blank")?;
    browser.open(url)?;
    let page = browser.run(FIRST_MOVE, &[])?;
    row(
        "slow line: still picture",
        &page["still"],
        "ms after navigation",
    );
    row(
        "slow line: charts moved",
        &page["moved"],
        "ms after navigation",
    );
    browser.open(&format!("{}figure.html", host.url()))?;
    let figure = browser.run(FIRST_MOVE, &[])?;
    row(
        "slow line: still of a figure",
        &figure["still"],
        "ms after navigation",
    );
    let waited = json!(
        figure["moved"]
            .as_f64()
            .zip(figure["pressed"].as_f64())
            .map(|(moved, pressed)| moved - pressed)
    );
    row("slow line: figure moved", &waited, "ms after the press");
    line(
        json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 }),
    )
    .map(|_| ())
}

fn row(what: &str, value: &Value, unit: &str) {
    println!(
        "{what:<26} {:>10.1} {unit}",
        value.as_f64().unwrap_or(f64::NAN)
    );
}
