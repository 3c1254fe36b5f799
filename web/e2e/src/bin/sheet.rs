//! Every figure on one sheet, at rest and running, for eyes: widths, themes and languages side by side. Judges nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use batchnorm_lab::lessons::LESSONS;
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use clap::Parser;

/// Column and window, css pixels.
const WIDTHS: [u32; 3] = [1280, 720, 390];
const THEMES: [&str; 2] = ["light", "dark"];
const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];

/// An article with one figure, as wide as the window.
const PAGE: &str =
    "<!doctype html><meta charset=utf-8><title>figure</title><link rel=icon href=data:,>
    <style>:root { color-scheme: light dark; } body { margin: 0; }</style>
    <script type=module src=element.js></script><div id=place></div>";

/// Puts a figure there; given a step, trains to it and waits for all that is drawn.
const SHOW: &str = "
    const [lesson, lang, step] = arguments;
    const frames = async (n) => { for (; n > 0; n -= 1) await new Promise(requestAnimationFrame); };
    await customElements.whenDefined('batchnorm-lab');
    let lab = place.firstChild;
    if (!step) {
        place.innerHTML = `<batchnorm-lab loading=eager lesson=${lesson} lang=${lang}></batchnorm-lab>`;
        lab = place.firstChild;
        while (!lab.shadowRoot.querySelector('.bn-still svg')) await frames(1);
    } else {
        await lab.step(step);
        while (lab.shadowRoot.querySelector('.lazy[aria-busy]')) await frames(1);
        // A measurement, if there is one to make, is shown some frames later.
        await frames(20);
    }
    await frames(3);";

/// Saves a picture of every figure of the built site and a page with all of them (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask sheet")]
struct Options {
    /// Where pictures and `index.html` go
    #[arg(long, value_name = "FOLDER", default_value = "sheet")]
    out: PathBuf,
    /// The step of the running figure
    #[arg(long, default_value_t = 100)]
    step: u32,
    /// One lesson alone
    #[arg(long)]
    lesson: Option<String>,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let host = Host::start(&options.dist, "/", &[("figure.html", PAGE)])?;
    let browser = Browser::start(&[])?;
    fs::create_dir_all(&options.out)
        .with_context(|| format!("cannot make {}", options.out.display()))?;
    let mut sheet = String::from(
        "<!doctype html><meta charset=utf-8><title>All figures</title>
         <style>body { font: 14px system-ui; } div { display: flex; gap: 8px; } img { border: 1px solid #888; }</style>",
    );
    for theme in THEMES {
        browser.set_media(&[("prefers-color-scheme", theme)])?;
        for width in WIDTHS {
            browser.set_viewport(width, if width < 560 { 680 } else { 460 }, 1.0)?;
            browser.open(&format!("{}figure.html", host.url()))?;
            for lang in LANGUAGES {
                for lesson in LESSONS {
                    if options.lesson.as_ref().is_some_and(|one| one != lesson.id) {
                        continue;
                    }
                    let name = format!("{}.{lang}.{width}.{theme}", lesson.id);
                    write!(sheet, "<h2>{name}</h2><div>")?;
                    for (state, step) in [("rest", 0), ("running", options.step)] {
                        browser.run(SHOW, &[lesson.id.into(), lang.into(), step.into()])?;
                        let file = format!("{name}.{state}.png");
                        let path = options.out.join(&file);
                        fs::write(&path, browser.screenshot(false)?)
                            .with_context(|| format!("cannot write {}", path.display()))?;
                        write!(sheet, "<img src=\"{file}\" alt=\"{state}\">")?;
                    }
                    sheet.push_str("</div>\n");
                }
            }
        }
    }
    let index = options.out.join("index.html");
    fs::write(&index, sheet).with_context(|| format!("cannot write {}", index.display()))?;
    println!("wrote {}", index.display());
    Ok(())
}
