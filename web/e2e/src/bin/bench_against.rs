//! Times two built sites against each other in one headless Chromium: the rows of the bench, both builds in turn in
//! one document, then the training steps of both pages, in turn. Judges nothing but prints what got slower.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use batchnorm_lab_e2e::page_speed::steps_per_second;
use clap::Parser;
use serde_json::{Value, json};

/// Times two built sites against each other, in turn (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Options {
    /// The site from before
    #[arg(long, value_name = "FOLDER")]
    against: PathBuf,
    /// The site of now
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
    /// How often each is loaded afresh; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Timed runs of each row in a round; the median counts
    #[arg(long, default_value_t = 11)]
    runs: usize,
    /// How long each page trains in a round
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Only rows whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Only the pages, no rows
    #[arg(long)]
    pages_only: bool,
}

const ENGINES: [&str; 3] = ["scalar", "simd128", "relaxed"];
/// A ratio above this is marked.
const SLOWER: f64 = 1.03;

/// Both builds of every row in turn, so that a machine that slows down slows both. The document belongs to neither
/// site: it loads the modules of both.
const ROWS: &str = "
    const [before, now, engines, runs, only] = arguments;
    const load = (base) => import(`${base}bench-case.js`);
    window.told = null;
    (async () => {
        const { ROWS } = await import(`${now}bench-rows.js`);
        const { measure } = await import(`${now}bench-measure.js`);
        const sites = [await load(before), await load(now)];
        const told = [];
        for (const row of ROWS.filter(({ id }) => id.includes(only))) for (const engine of engines) {
            const made = [];
            for (const { makeCase } of sites) made.push(await makeCase(row.name, row.shape, row.inputs(), { engine }));
            const why = made.map(({ unsupported }) => unsupported).find(Boolean);
            if (why) throw new Error(`${row.id} in ${engine}: ${why}`);
            const [first, second] = await measure(made, runs, () => true);
            made.forEach((one) => one.dispose());
            told.push({ id: row.id, engine, before: first, now: second });
        }
        return told;
    })().then((told) => { window.told = told; }, (error) => { window.told = { error: String(error) }; });";

/// What was measured of one row or page, in each round.
struct Row {
    name: String,
    before: Vec<f64>,
    now: Vec<f64>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let before = host(&options.against)?;
    let now = host(&options.dist)?;
    let browser = Browser::start(&[])?;
    let mut rows: Vec<Row> = Vec::new();
    for round in 0..if options.pages_only {
        0
    } else {
        options.rounds
    } {
        for told in measure_rows(&browser, &before, &now, &options)? {
            let name = format!("{} {}", text(&told["id"]), text(&told["engine"]));
            let figures = (number(&told, "before")?, number(&told, "now")?);
            if round == 0 {
                rows.push(Row {
                    name: name.clone(),
                    before: Vec::new(),
                    now: Vec::new(),
                });
            }
            let row = rows.iter_mut().find(|row| row.name == name);
            let row = row.context("every round has the same rows")?;
            row.before.push(figures.0);
            row.now.push(figures.1);
        }
        eprintln!("round {} of {} done", round + 1, options.rounds);
    }
    let slower = print("µs a call", &rows, |before, now| now / before);
    let pages = measure_pages(&browser, &before, &now, &options)?;
    // Steps a second: more is quicker, so the ratio is turned.
    let slower_pages = print("twin steps a second", &pages, |before, now| before / now);
    println!(
        "\n{} of {} got slower than 3 %",
        slower + slower_pages,
        rows.len() + pages.len()
    );
    Ok(())
}

fn host(folder: &Path) -> Result<Host> {
    ensure!(
        folder.join("bench.html").is_file(),
        "{} holds no built site",
        folder.display()
    );
    Host::start(
        folder,
        "/",
        &[(
            "blank.html",
            "<!doctype html><title>blank</title><link rel=icon href=data:,>",
        )],
    )
}

fn measure_rows(
    browser: &Browser,
    before: &Host,
    now: &Host,
    options: &Options,
) -> Result<Vec<Value>> {
    browser.open(&format!("{}blank.html", now.url()))?;
    let arguments = [
        json!(before.url()),
        json!(now.url()),
        json!(ENGINES),
        json!(options.runs),
        json!(options.only),
    ];
    browser.run(ROWS, &arguments)?;
    let told = browser.wait("the rows", 900.0, "return window.told")?;
    let rows = told.as_array().cloned();
    rows.with_context(|| told.to_string())
}

fn measure_pages(
    browser: &Browser,
    before: &Host,
    now: &Host,
    options: &Options,
) -> Result<Vec<Row>> {
    browser.set_viewport(1280, 800, 1.0)?;
    let mut rows = Vec::new();
    for engine in ENGINES {
        let mut row = Row {
            name: format!("page {engine}"),
            before: Vec::new(),
            now: Vec::new(),
        };
        for _ in 0..options.rounds {
            let link = format!("?engine={engine}#speed=full");
            let steps = |host: &Host| {
                steps_per_second(browser, &format!("{}{link}", host.url()), options.seconds)
            };
            row.before.push(steps(before)?);
            row.now.push(steps(now)?);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Prints medians and how much slower the site of now is; how many are slower than allowed.
fn print(unit: &str, rows: &[Row], ratio: fn(f64, f64) -> f64) -> usize {
    let mut slower = 0;
    println!("\n{unit}: medians, and the time of now divided by that of before\n");
    println!(
        "{:<36} {:>12} {:>12} {:>8}",
        "row", "before", "now", "ratio"
    );
    for row in rows {
        let (before, now) = (median(&row.before), median(&row.now));
        let ratio = ratio(before, now);
        let mark = if ratio > SLOWER { "slower" } else { "" };
        slower += usize::from(ratio > SLOWER);
        println!(
            "{:<36} {before:>12.2} {now:>12.2} {ratio:>8.3} {mark}",
            row.name
        );
    }
    slower
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(row: &Value, name: &str) -> Result<f64> {
    row[name]
        .as_f64()
        .with_context(|| format!("no `{name}` in {row}"))
}
