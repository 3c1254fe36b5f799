//! `cargo xtask`: builds, serves and checks the site. Holds no part of the site itself and installs nothing in silence.

mod browser;
mod build;
mod glue;
mod paths;
mod serve;
mod site;
mod slim;
mod split;
mod stage;
mod suite;
mod tools;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <command>

  serve [--port N]   build the site, serve it on 127.0.0.1 (port 8080) and reload the page on every change
  dist [FOLDER]      write the site to dist/: relative paths, for any folder of any static host
  test               install what tests need, then run every check; ends with `N passed, N failed`
  sizes              build dist/ and print what each file weighs, raw and in brotli; over the limit set there is a failure
  shot [options]     save a picture of dist/ in headless Chromium (see `cargo xtask shot --help`)
  bench [options]    run dist/bench.html in headless Chromium and print its table (see `cargo xtask bench --help`),
                     then the same rows natively; `bench --growth` draws step time against batch and width into docs/
  bench-page [...]   measure frames, long tasks and memory of dist/ (see `cargo xtask bench-page --help`)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, causes included: what failed comes first, why follows.
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    match (command, rest) {
        ("serve", rest) => serve::serve(port(rest)?),
        ("dist", []) => site::write_dist(None).map(|_| ()),
        ("dist", [folder]) => site::write_dist(Some(Path::new(folder))).map(|_| ()),
        ("test", []) => suite::run_all(),
        ("sizes", []) => {
            let dist = site::write_dist(None)?;
            browser::tool("sizes", &[dist.display().to_string()])
        }
        ("shot", rest) => browser::tool("shot", rest),
        ("bench", rest) => bench(rest),
        ("bench-page", rest) => browser::tool("bench_page", rest),
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!(
            "unknown command `{}`; `cargo xtask help` lists them",
            arguments.join(" ")
        ),
    }
}

/// In the browser, then natively; `--growth` is a table of its own.
fn bench(arguments: &[String]) -> Result<()> {
    if let [flag, rest @ ..] = arguments
        && flag == "--growth"
    {
        return browser::tool("growth", rest);
    }
    browser::tool("bench", arguments)?;
    if arguments.iter().any(|argument| argument == "--help") {
        return Ok(());
    }
    println!("\nthe same rows natively, by criterion");
    let workspace = workspace::Workspace::find()?;
    stage::run(&mut workspace.cargo(&["bench", "--quiet", "--package", "batchnorm-lab-bench"]))
}

fn port(arguments: &[String]) -> Result<u16> {
    match arguments {
        [] => Ok(8080),
        [flag, value] if flag == "--port" => match value.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => bail!("`--port {value}`: a port is a number from 1 to 65535"),
        },
        _ => bail!(
            "`serve {}`: the only option is `--port N`",
            arguments.join(" ")
        ),
    }
}
