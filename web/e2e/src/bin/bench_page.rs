//! Measures the built site in headless Chromium while it trains at full speed: time to the first picture that moves,
//! frame times, long tasks, memory. Judges nothing; prints a table.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use batchnorm_lab_e2e::host::Host;
use batchnorm_lab_e2e::options::Options;
use batchnorm_lab_e2e::webdriver::Browser;
use serde_json::{Value, json};

const HELP: &str = "\
cargo xtask bench-page [options]      (build first: `cargo xtask dist`)

  --seconds N       how long frames and long tasks are recorded       20
  --memory SECONDS  how long memory is watched; 600 is the long run   60
  --hash TEXT       settings of the link, `speed=full` is added       (the first look)
  --size WxH        viewport in CSS pixels                            1280x800
  --dist FOLDER     the built site                                    dist
";

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

/// When the page was loaded by playing at once, the time at which charts had changed between two frames.
const FIRST_MOVE: &str = "
    const lab = document.querySelector('batchnorm-lab');
    const sum = () => {
        let sum = 0, painted = 0;
        for (const canvas of lab.shadowRoot?.querySelectorAll('canvas') ?? []) {
            if (canvas.width < 60 || !canvas.checkVisibility()) continue;
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            for (let i = 0; i < data.length; i += 97) { sum = (sum * 31 + data[i]) | 0; painted += data[i] > 0; }
        }
        return painted > 50 ? sum : null;
    };
    await customElements.whenDefined('batchnorm-lab');
    lab.play();
    let painted = null, first = null;
    for (;;) {
        await new Promise(requestAnimationFrame);
        const now = sum();
        if (now === null) continue;
        painted ??= performance.now();
        if (first !== null && now !== first) return { painted, moved: performance.now() };
        first = now;
    }";

const FRAMES: &str = "
    const start = performance.now(), end = start + arguments[0] * 1000;
    const lab = document.querySelector('batchnorm-lab');
    const from = (await lab.snapshot()).step;
    let shown = 0;
    const count = () => { shown += 1; };
    lab.addEventListener('bnlab-frame', count);
    const deltas = [];
    let last = await new Promise(requestAnimationFrame);
    while (last < end) {
        const now = await new Promise(requestAnimationFrame);
        deltas.push(now - last);
        last = now;
    }
    lab.removeEventListener('bnlab-frame', count);
    deltas.sort((a, b) => a - b);
    const at = (share) => deltas[Math.min(deltas.length - 1, Math.floor(share * deltas.length))];
    const long = watched.long.filter(([time]) => time >= start).map(([, duration]) => duration);
    const seconds = (last - start) / 1000;
    return { median: at(0.5), p95: at(0.95), p99: at(0.99), worst: at(1), frames: deltas.length, long: long.length,
        longest: Math.max(0, ...long), steps: ((await lab.snapshot()).step - from) / seconds, shown: shown / seconds };";

fn main() -> Result<()> {
    let options = Options::from_arguments(
        HELP,
        &[
            ("seconds", Some("20")),
            ("memory", Some("60")),
            ("hash", Some("")),
            ("size", Some("1280x800")),
            ("dist", Some("dist")),
        ],
    )?;
    let (width, height) = options
        .text("size")
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .context("`--size` is WIDTHxHEIGHT, e.g. 1280x800")?;
    let host = Host::start(Path::new(options.text("dist")), "/", &[])?;
    // Exact memory figures; without the switch Chromium rounds them.
    let browser = Browser::start(&["--enable-precise-memory-info", "--js-flags=--expose-gc"])?;
    browser.set_viewport(width, height, 1.0)?;
    browser.run_before_every_page(WATCH)?;
    let url = format!("{}#{}&speed=full", host.url(), options.text("hash")).replace("#&", "#");
    browser.open(&url)?;
    let first = browser.run(FIRST_MOVE, &[])?;
    row(
        "first charts painted",
        &first["painted"],
        "ms after navigation",
    );
    row("first charts moved", &first["moved"], "ms after navigation");

    // Afresh: a canvas that was read back is drawn without acceleration from then on.
    browser.open("about:blank")?;
    browser.open(&url)?;
    browser.run(
        "await customElements.whenDefined('batchnorm-lab'); await document.querySelector('batchnorm-lab').play();",
        &[],
    )?;
    thread::sleep(Duration::from_secs(3));
    let frames = browser.run(FRAMES, &[json!(options.number("seconds")?)])?;
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
    let watched = options.number("memory")?;
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
        thread::sleep(Duration::from_secs_f64((watched / 10.0).clamp(1.0, 60.0)));
    }
    let lines = browser.console()?;
    for line in lines.iter().filter(|line| line.level == "SEVERE") {
        println!("console {}: {}", line.level, line.message);
    }
    Ok(())
}

fn row(what: &str, value: &Value, unit: &str) {
    println!(
        "{what:<26} {:>10.1} {unit}",
        value.as_f64().unwrap_or(f64::NAN)
    );
}
