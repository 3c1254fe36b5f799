//! Saves a picture of the built site in headless Chromium, for eyes. Judges nothing; prints the console's complaints.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use batchnorm_lab_e2e::host::Host;
use batchnorm_lab_e2e::options::Options;
use batchnorm_lab_e2e::webdriver::Browser;

const HELP: &str = "\
cargo xtask shot [options]      (build first: `cargo xtask dist`)

  --out FILE        where the picture goes                      shot.png
  --hash TEXT       settings of the link, without `#`
  --query TEXT      query of the page, e.g. `embed`
  --size WxH        viewport in CSS pixels                      1280x800
  --ratio N         device pixels per CSS pixel                 1
  --theme NAME      light | dark: what the system prefers       light
  --lang NAME       en | zh-Hans
  --reduced-motion  as a reader who wants no motion
  --wait SECONDS    before the picture                          1.5
  --play SECONDS    play for so long, then pause                0 (do not play)
  --script JS       body of an async function, run after playing; `lab` is the element, `root` its shadow root
  --keep-playing    do not pause after --play
  --full            the whole page, not the viewport alone
  --dist FOLDER     the built site                              dist
";

fn main() -> Result<()> {
    let options = Options::from_arguments(
        HELP,
        &[
            ("out", Some("shot.png")),
            ("hash", Some("")),
            ("query", Some("")),
            ("size", Some("1280x800")),
            ("ratio", Some("1")),
            ("theme", Some("light")),
            ("lang", Some("")),
            ("reduced-motion", None),
            ("wait", Some("1.5")),
            ("play", Some("0")),
            ("script", Some("")),
            ("keep-playing", None),
            ("full", None),
            ("dist", Some("dist")),
        ],
    )?;
    let (width, height) = options
        .text("size")
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .context("`--size` is WIDTHxHEIGHT, e.g. 1280x800")?;

    let host = Host::start(Path::new(options.text("dist")), "/", &[])?;
    let browser = Browser::start(&[])?;
    browser.set_viewport(width, height, options.number("ratio")?)?;
    let motion = if options.has("reduced-motion") {
        "reduce"
    } else {
        "no-preference"
    };
    browser.set_media(&[
        ("prefers-color-scheme", options.text("theme")),
        ("prefers-reduced-motion", motion),
    ])?;
    let mut query: Vec<String> = Vec::new();
    if !options.text("query").is_empty() {
        query.push(options.text("query").into());
    }
    if !options.text("lang").is_empty() {
        query.push(format!("lang={}", options.text("lang")));
    }
    let url = format!(
        "{}?{}#{}",
        host.url(),
        query.join("&"),
        options.text("hash")
    );
    browser.open(&url)?;
    pause(options.number("wait")?);
    let play_seconds = options.number("play")?;
    if play_seconds > 0.0 {
        browser.run("document.querySelector('batchnorm-lab').play();", &[])?;
        pause(play_seconds);
        if !options.has("keep-playing") {
            browser.run("document.querySelector('batchnorm-lab').pause();", &[])?;
            pause(0.4);
        }
    }
    if !options.text("script").is_empty() {
        let value = browser.run(
            &format!(
                "const lab = document.querySelector('batchnorm-lab'), root = lab.shadowRoot; {}",
                options.text("script")
            ),
            &[],
        )?;
        println!("script: {value}");
        pause(0.3);
    }
    let picture = browser.screenshot(options.has("full"))?;
    std::fs::write(options.text("out"), picture)
        .with_context(|| format!("cannot write {}", options.text("out")))?;
    for line in browser.console()? {
        println!("console {}: {}", line.level, line.message);
    }
    for asked in host.asked().iter().filter(|asked| asked.status != 200) {
        println!("{} was answered with {}", asked.url, asked.status);
    }
    println!("wrote {} ({url})", options.text("out"));
    Ok(())
}

fn pause(seconds: f64) {
    thread::sleep(Duration::from_secs_f64(seconds));
}
