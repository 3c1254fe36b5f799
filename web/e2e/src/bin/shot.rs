//! Saves a picture of the built site in headless Chromium, for eyes. Judges nothing; prints the console's complaints.

use std::path::PathBuf;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use clap::{Parser, ValueEnum};
use serde_json::json;

/// Saves a picture of the built site (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask shot")]
struct Options {
    /// Where the picture goes
    #[arg(long, value_name = "FILE", default_value = "shot.png")]
    out: PathBuf,
    /// Settings of the link, without `#`
    #[arg(long, default_value = "")]
    hash: String,
    /// Query of the page, e.g. `embed`
    #[arg(long, default_value = "")]
    query: String,
    /// Viewport in CSS pixels, WIDTHxHEIGHT
    #[arg(long, default_value = "1280x800")]
    size: String,
    /// Device pixels per CSS pixel
    #[arg(long, default_value_t = 1.0)]
    ratio: f64,
    /// What the system prefers
    #[arg(long, value_enum, default_value_t = Theme::Light)]
    theme: Theme,
    /// Language of the page: en or zh-Hans
    #[arg(long)]
    lang: Option<String>,
    /// As a reader who wants no motion
    #[arg(long)]
    reduced_motion: bool,
    /// Seconds before the picture
    #[arg(long, value_name = "SECONDS", default_value_t = 1.5)]
    wait: f64,
    /// Play for so long, then pause
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    play: f64,
    /// Body of an async function, run after playing; `lab` is the element, `root` its shadow root
    #[arg(long, value_name = "JS")]
    script: Option<String>,
    /// Do not pause after `--play`
    #[arg(long)]
    keep_playing: bool,
    /// The whole page, not the viewport alone
    #[arg(long)]
    full: bool,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let (width, height) = options
        .size
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .context("`--size` is WIDTHxHEIGHT, e.g. 1280x800")?;
    let host = Host::start(&options.dist, "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.set_viewport(width, height, options.ratio)?;
    let motion = if options.reduced_motion {
        "reduce"
    } else {
        "no-preference"
    };
    let theme = match options.theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    browser.set_media(&[
        ("prefers-color-scheme", theme),
        ("prefers-reduced-motion", motion),
    ])?;
    let language = options.lang.as_ref().map(|tag| format!("lang={tag}"));
    let query: Vec<String> = [options.query.clone()]
        .into_iter()
        .chain(language)
        .filter(|part| !part.is_empty())
        .collect();
    let url = format!("{}?{}#{}", host.url(), query.join("&"), options.hash);
    browser.open(&url)?;
    let pass = |seconds: f64| {
        browser.run(
            "await new Promise((done) => setTimeout(done, 1000 * arguments[0]));",
            &[json!(seconds)],
        )
    };
    pass(options.wait)?;
    if options.play > 0.0 {
        browser.run("document.querySelector('batchnorm-lab').play();", &[])?;
        pass(options.play)?;
        if !options.keep_playing {
            browser.run("document.querySelector('batchnorm-lab').pause();", &[])?;
            pass(0.4)?;
        }
    }
    if let Some(script) = &options.script {
        let names = "const lab = document.querySelector('batchnorm-lab'), root = lab.shadowRoot;";
        println!(
            "script: {}",
            browser.run(&format!("{names} {script}"), &[])?
        );
        pass(0.3)?;
    }
    let picture = browser.screenshot(options.full)?;
    std::fs::write(&options.out, picture)
        .with_context(|| format!("cannot write {}", options.out.display()))?;
    for line in browser.console()? {
        println!("console {}: {}", line.level, line.message);
    }
    for asked in host.asked().iter().filter(|asked| asked.status != 200) {
        println!("{} was answered with {}", asked.url, asked.status);
    }
    println!("wrote {} ({url})", options.out.display());
    Ok(())
}
