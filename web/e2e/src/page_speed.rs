//! How fast the built page trains and paints while a browser shows it. Prints nothing.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::Browser;

/// Opens an address of the page and plays it.
const PLAY: &str = "
    await customElements.whenDefined('batchnorm-lab');
    await document.querySelector('batchnorm-lab').play();";

/// Records for some seconds what every animation frame took, long tasks (where `watched.long` collects them) and steps.
const RECORD: &str = "
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
    const watched = globalThis.watched?.long ?? [];
    const long = watched.filter(([time]) => time >= start).map(([, duration]) => duration);
    const seconds = (last - start) / 1000;
    return { median: at(0.5), p95: at(0.95), p99: at(0.99), worst: at(1), frames: deltas.length, long: long.length,
        longest: Math.max(0, ...long), steps: ((await lab.snapshot()).step - from) / seconds, shown: shown / seconds };";

/// Opens the page and plays it; a first second is not recorded.
///
/// # Errors
/// There is no lab, or it does not play.
pub fn play(browser: &Browser, url: &str) -> Result<()> {
    // A change of hash alone would not load the document again.
    browser.open("about:blank")?;
    browser.open(url)?;
    browser.run(PLAY, &[])?;
    record(browser, 1.0).map(|_| ())
}

/// What is seen of a playing page in so many seconds: `{ median, p95, p99, worst }` of its frames in milliseconds, how
/// many `frames`, `long` tasks and the `longest`, training `steps` and figures `shown` a second.
///
/// # Errors
/// There is no lab.
pub fn record(browser: &Browser, seconds: f64) -> Result<Value> {
    browser.run(RECORD, &[json!(seconds)])
}

/// Training steps a second of both runs together, while the page plays.
///
/// # Errors
/// There is no lab.
pub fn steps_per_second(browser: &Browser, url: &str, seconds: f64) -> Result<f64> {
    play(browser, url)?;
    record(browser, seconds)?["steps"]
        .as_f64()
        .context("a lab counts its steps")
}
