//! `cargo xtask`: builds, serves and checks the site. Holds no part of the site itself and installs nothing in silence.

mod aside;
mod browser;
mod build;
mod contract;
mod course;
mod formatting;
mod glue;
mod hosts;
mod pages;
mod paths;
mod script;
mod serve;
mod site;
mod site_tests;
mod site_texts;
mod slim;
mod split;
mod stage;
mod stills;
mod styles;
mod suite;
mod tally;
mod tools;
mod transcript;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, value_parser};

/// Builds, serves and checks the site.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Command {
    /// Build the site, serve it on 127.0.0.1 and reload the page on every change
    Serve {
        /// The port to serve on
        #[arg(long, default_value_t = 8080, value_parser = value_parser!(u16).range(1..))]
        port: u16,
    },
    /// Write the site: relative paths, for any folder of any static host
    Dist {
        /// Where it is written; dist/ at the root if none is named
        folder: Option<PathBuf>,
        /// Only page, element, styles and texts, into the dist/ that is there
        #[arg(long, conflicts_with = "folder")]
        page: bool,
        /// Only the pages of the course and their script, into the dist/ that is there
        #[arg(long, conflicts_with_all = ["folder", "page"])]
        course: bool,
        /// The address at which the site will stand: pages then say theirs, and there is a sitemap
        #[arg(long)]
        base: Option<String>,
    },
    /// Install what tests need, then run every check; ends with `N passed, N failed, N skipped`
    Test {
        /// The built site in Firefox and WebKitGTK too, which are installed for it
        #[arg(long)]
        all_browsers: bool,
    },
    /// Build dist/ and print what each file weighs, raw and in brotli; over a limit there is a failure
    Sizes,
    /// Save a picture of dist/ in headless Chromium (`cargo xtask shot --help`)
    #[command(disable_help_flag = true)]
    Shot(Passed),
    /// Save pictures of every figure of dist/, at rest and running, and a page with all of them
    /// (`cargo xtask sheet --help`)
    #[command(disable_help_flag = true)]
    Sheet(Passed),
    /// Save pictures of every lesson at three moments and list what is wrong in them (`cargo xtask gallery --help`)
    #[command(disable_help_flag = true)]
    Gallery(Passed),
    /// Run dist/bench.html in headless Chromium and print its table, then the same rows natively; with `--against`
    /// two built sites in turn; with `--growth` draw step time against batch and width into docs/; with `--grid` time many
    /// networks at once (`cargo xtask bench --help`)
    #[command(disable_help_flag = true)]
    Bench(Passed),
    /// Try every claim of the lessons over 32 seeds, or over `SEEDS=first..last`, print `claim held tried always` or `claim
    /// held tried sometimes low high`, and write assets/claims.json where all were tried over the usual seeds
    Claims(Passed),
    /// Measure frames, long tasks and memory of dist/ (`cargo xtask bench-page --help`)
    #[command(disable_help_flag = true)]
    BenchPage(Passed),
}

/// Options of another program, handed on as they are.
#[derive(Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    options: Vec<String>,
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes included: what failed comes first, why follows.
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve { port } => serve::serve(port),
        Command::Dist { page, base, .. } if page => site::write_page(base),
        Command::Dist { course, base, .. } if course => course::build(&site::existing(base)?),
        Command::Dist { folder, base, .. } => site::write_dist(folder.as_deref(), base),
        Command::Test { all_browsers } => suite::run_all(all_browsers),
        Command::Sizes => {
            site::write_dist(None, None)?;
            browser::tool("sizes", &[])
        }
        Command::Shot(passed) => browser::tool("shot", &passed.options),
        Command::Sheet(passed) => browser::tool("sheet", &passed.options),
        Command::Gallery(passed) => browser::tool("gallery", &passed.options),
        Command::Bench(passed) => bench(&passed.options),
        Command::Claims(passed) => claims(&passed.options),
        Command::BenchPage(passed) => browser::tool("bench_page", &passed.options),
    }
}

/// All claims over the usual seeds become the record that the site shows.
fn claims(options: &[String]) -> Result<()> {
    let workspace = workspace::Workspace::find()?;
    let mut arguments = vec!["run", "--quiet", "--release", "--example", "claims", "--"];
    arguments.extend(options.iter().map(String::as_str));
    let record = workspace.root.join("assets/claims.json");
    let record = record.to_string_lossy();
    if options.is_empty() && std::env::var_os("SEEDS").is_none() {
        arguments.extend(["--write", &record]);
    }
    stage::run(&mut workspace.cargo(&arguments))
}

/// In the browser, then natively; `--growth`, `--grid` and `--against` are tables of their own.
fn bench(options: &[String]) -> Result<()> {
    let has = |flag: &str| options.iter().any(|option| option == flag);
    for (flag, name) in [("--growth", "growth"), ("--grid", "bench_grid")] {
        if has(flag) {
            let others = options.iter().filter(|option| *option != flag);
            return browser::tool(name, &others.cloned().collect::<Vec<_>>());
        }
    }
    if has("--against") {
        return browser::tool("bench_against", options);
    }
    browser::tool("bench", options)?;
    if has("--help") {
        return Ok(());
    }
    println!("\nthe same rows natively, by criterion");
    let workspace = workspace::Workspace::find()?;
    stage::run(&mut workspace.cargo(&["bench", "--quiet", "--package", "batchnorm-lab-bench"]))
}
