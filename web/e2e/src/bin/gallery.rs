//! The course in pictures for eyes: every lesson at three moments, in both languages, widths and themes; and in the same
//! pages what eyes would look for, measured: letters, contrast, what is cut off, too wide, empty or failed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use batchnorm_lab::lessons::LESSONS;
use batchnorm_lab_e2e::browser::Browser;
use batchnorm_lab_e2e::host::Host;
use clap::Parser;
use serde_json::{Value, json};

/// Windows, css pixels.
const SIZES: [(u32, u32); 3] = [(1280, 800), (720, 900), (390, 844)];
const THEMES: [&str; 2] = ["light", "dark"];
const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];
/// Pages without moments, by their folders below the language.
const PAGES: [(&str, &str); 3] = [
    ("home", ""),
    ("myths", "myths/"),
    ("inventory", "inventory/"),
];

/// A reader without progress.
const FRESH: &str = "try { localStorage.clear(); } catch { /* refused */ }";

/// Waits, and verbs of who takes a lesson.
const VERBS: &str = "
    const frames = async (n) => { for (; n > 0; n -= 1) await new Promise(requestAnimationFrame); };
    const until = async (what, is) => {
        for (const end = performance.now() + 18000; !await is(); await frames(1))
            if (performance.now() > end) throw new Error(`after 18 s still not: ${what}`);
    };
    const lab = document.querySelector('batchnorm-lab');
    const step = (id) => document.getElementById(id);
    const seen = (of) => of && of.checkVisibility({ visibilityProperty: true });
    const blank = (canvas) => {
        const { width, height } = canvas;
        // Of a map: empty until a cell is pointed at.
        if (canvas.dataset.part === 'grid-curve') return false;
        if (!width || !height) return true;
        const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        return new Set(new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer)).size < 3;
    };
    const press = (from, what) => {
        const button = [...step(from).querySelectorAll(what)].find((of) => seen(of) && !of.disabled);
        if (!button) throw new Error(`${from} has no ${what}`);
        button.click();
    };
    const onward = async (from, to) => {
        press(from, '.onward button');
        await until(to, () => seen(step(to)));
    };
    const answer = async (id) => {
        const form = step(id).querySelector('form');
        const curve = form.querySelector('svg.curve');
        const input = form.querySelector('input');
        if (curve) {
            curve.focus();
            for (const key of ['ArrowUp', 'ArrowRight', 'ArrowUp', 'ArrowRight', 'ArrowDown'])
                curve.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        } else if (input.type === 'number') input.value = '3';
        else input.click();
        await frames(1);
        press(id, '.acts button');
    };";

/// One moment of a lesson.
struct Moment {
    name: &'static str,
    /// How a reader comes there from the moment before, as script.
    way: &'static str,
    /// What is looked at, at the top of the window; empty for the whole page.
    target: &'static str,
}

const MOMENTS: [Moment; 3] = [
    Moment {
        name: "problem",
        way: "await onward('problem', 'guess');",
        target: "#problem",
    },
    Moment {
        name: "run",
        // The run is waited for from outside: it may take longer than a script may.
        way: "await onward('run', 'see');
              await answer('see');
              await until('a judgement', () => step('see').querySelector('.verdict').innerText);",
        target: "#run",
    },
    Moment {
        name: "end",
        way: "const all = ['see', 'why', 'not-so', 'try', 'recall', 'take-home'];
              for (let at = 0; at + 1 < all.length; at += 1) await onward(all[at], all[at + 1]);",
        target: "",
    },
];

const START_RUN: &str = "await answer('guess');
    await until('the run', () => seen(step('run')));
    press('run', 'button');";

/// The end of the run, good or bad.
const RUN_ENDED: &str =
    "return !!document.querySelector('.failed, #run .onward button:not([hidden])')";

/// Brings every chart to the screen, where it is drawn in the size that it now has.
const DRAW: &str = "
    await document.fonts.ready;
    const marked = (panel) => [...panel.querySelectorAll('canvas')].every((of) => !seen(of) || !blank(of));
    for (const panel of lab?.shadowRoot.querySelectorAll('.figure-panel') ?? []) {
        panel.scrollIntoView({ block: 'center', behavior: 'instant' });
        await frames(2);
        // What is measured comes some frames later; what has not come by then is told.
        for (let waits = 0; waits < 120 && !marked(panel); waits += 1) await frames(1);
    }
    if (lab) await until('the charts', () => !lab.shadowRoot.querySelector('.lazy[aria-busy]'));
    const [target] = arguments;
    scrollTo({ top: target ? step(target.slice(1)).getBoundingClientRect().top + scrollY - 12 : 0, behavior: 'instant' });
    await frames(3);";

/// What is wrong with what is on the page, in words.
const EYES: &str = include_str!("../eyes.js");

/// Saves pictures of the course at its moments and a page with all of them, and lists what is wrong in them (build
/// first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask gallery")]
struct Options {
    /// Where pictures and `index.html` go
    #[arg(long, value_name = "FOLDER", default_value = "target/gallery")]
    out: PathBuf,
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
    /// One lesson alone, or one of home, myths, inventory
    #[arg(long, value_name = "ID")]
    lesson: Option<String>,
    /// One language alone
    #[arg(long, value_parser = LANGUAGES)]
    language: Option<String>,
    /// One width alone, css pixels
    #[arg(long)]
    width: Option<u32>,
}

/// What was seen so far.
struct Gallery {
    options: Options,
    host: Host,
    browser: Browser,
    sizes: Vec<(u32, u32)>,
    /// The body of the page with all pictures.
    sheet: String,
    pictures: usize,
    /// What is wrong, and the pictures that it is wrong in.
    wrong: BTreeMap<String, Vec<String>>,
}

impl Gallery {
    fn blame(&mut self, what: &str, picture: &str) {
        let pictures = self.wrong.entry(what.to_owned()).or_default();
        pictures.push(picture.to_owned());
    }

    fn run(&self, body: &str) -> Result<Value> {
        self.browser.run(&format!("{VERBS} {body}"), &[])
    }

    /// A page in one language and theme; what fails on the way is blamed, not thrown.
    fn take(&mut self, page: &str, language: &str, theme: &str) -> Result<()> {
        let begun = Instant::now();
        let name = format!("{page}.{language}.{theme}");
        let before = (self.pictures, self.wrong.len());
        write!(self.sheet, "<h3 id=\"{name}\">{name}</h3><div>")?;
        self.browser.set_media(&[("prefers-color-scheme", theme)])?;
        let (width, height) = self.sizes[0];
        self.browser.set_viewport(width, height, 1.0)?;
        let folder = PAGES.iter().find(|(known, _)| *known == page);
        let taken = match folder {
            Some((_, folder)) => self.take_page(&format!("{language}/{folder}"), &name),
            None => self.take_lesson(&format!("{language}/lessons/{page}/"), &name),
        };
        if let Err(error) = taken {
            // The script that failed is of no use to who reads the list.
            let why = error.root_cause().to_string();
            self.blame(&format!("stopped: {why}"), &name);
        }
        for line in self.browser.console()? {
            self.blame(&format!("console: {} {}", line.level, line.message), &name);
        }
        self.sheet.push_str("</div>\n");
        println!(
            "{name}: {} pictures in {:.1} s, {} new on the list",
            self.pictures - before.0,
            begun.elapsed().as_secs_f64(),
            self.wrong.len() - before.1
        );
        Ok(())
    }

    fn open(&self, path: &str) -> Result<()> {
        self.browser.open("about:blank")?;
        let is_there = self.options.dist.join(path).join("index.html").is_file();
        ensure!(is_there, "the site has no page {path}");
        self.browser.open(&format!("{}{path}", self.host.url()))?;
        let live = "return document.readyState === 'complete' && document.documentElement.classList.contains('is-live')";
        self.browser.wait("the live page", 20.0, live).map(|_| ())
    }

    fn take_page(&mut self, path: &str, name: &str) -> Result<()> {
        self.open(path)?;
        let drawn = "const lab = document.querySelector('batchnorm-lab');
            return !lab || !!lab.shadowRoot?.querySelector('.figure-box')";
        self.browser.wait("the figure", 20.0, drawn)?;
        // What plays at rest would be another picture every time.
        self.run("await lab?.pause?.(); await frames(2);")?;
        self.look(name, "page", "")
    }

    fn take_lesson(&mut self, path: &str, name: &str) -> Result<()> {
        self.open(path)?;
        let stands = "return !!document.querySelector('.failed, main.lesson[data-stands]')";
        self.browser.wait("the figure", 40.0, stands)?;
        for moment in MOMENTS {
            if moment.name == "run" {
                self.run(START_RUN)?;
                self.browser.wait("the end of the run", 120.0, RUN_ENDED)?;
                let failed = "return document.querySelector('.failed')?.textContent";
                if let Some(why) = self.browser.run(failed, &[])?.as_str() {
                    self.look(name, moment.name, moment.target)?;
                    bail!("{why}");
                }
            }
            self.run(moment.way)
                .with_context(|| format!("on the way to {}", moment.name))?;
            self.look(name, moment.name, moment.target)?;
        }
        Ok(())
    }

    /// Pictures of the page as it is now, in every width, and what is wrong in them.
    fn look(&mut self, name: &str, moment: &str, target: &str) -> Result<()> {
        for (width, height) in self.sizes.clone() {
            self.browser.set_viewport(width, height, 1.0)?;
            self.browser
                .run(&format!("{VERBS} {DRAW}"), &[target.into()])?;
            let label = format!("{name}.{width}.{moment}");
            let file = format!("{label}.png");
            let path = self.options.out.join(&file);
            fs::write(&path, self.browser.screenshot(target.is_empty())?)
                .with_context(|| format!("cannot write {}", path.display()))?;
            write!(
                self.sheet,
                "<a href=\"{file}\"><img src=\"{file}\" alt=\"{label}\" loading=lazy>{moment}, {width}</a>"
            )?;
            self.pictures += 1;
            let seen = self.run(EYES)?;
            for what in seen.as_array().into_iter().flatten() {
                self.blame(what.as_str().unwrap_or_default(), &label);
            }
        }
        Ok(())
    }

    /// Writes the page with all pictures, the list of what is wrong first.
    fn write(&self) -> Result<()> {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let mut list = String::new();
        for (what, pictures) in &self.wrong {
            let links = pictures.iter().fold(String::new(), |all, name| {
                format!("{all} <a href=\"{name}.png\">{name}</a>")
            });
            write!(list, "<li>{}<br><small>{links}</small></li>", escape(what))?;
        }
        let page = format!(
            "<!doctype html><meta charset=utf-8><title>The course in pictures</title>
             <style>body {{ font: 14px system-ui; }} div {{ display: flex; flex-wrap: wrap; gap: 8px; }}
             a {{ display: block; }} small a {{ display: inline; }}
             img {{ display: block; height: 300px; max-width: 480px; object-fit: cover; object-position: top; border: 1px solid #888; }}</style>
             <h1>The course in pictures</h1><h2>{} on the list</h2><ul>{list}</ul>
             {}",
            self.wrong.len(),
            self.sheet
        );
        let index = self.options.out.join("index.html");
        fs::write(&index, page).with_context(|| format!("cannot write {}", index.display()))?;
        println!("wrote {} with {} pictures", index.display(), self.pictures);
        Ok(())
    }
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    // The sandbox is last and has no page.
    let lessons = LESSONS[..LESSONS.len() - 1].iter().map(|lesson| lesson.id);
    let pages: Vec<&str> = PAGES.iter().map(|(name, _)| *name).chain(lessons).collect();
    let is_asked =
        |asked: &Option<String>, name: &str| asked.as_ref().is_none_or(|one| one == name);
    if let Some(one) = &options.lesson {
        ensure!(
            pages.contains(&one.as_str()),
            "no lesson {one}; there are {}",
            pages.join(", ")
        );
    }
    let sizes = match options.width {
        None => SIZES.to_vec(),
        Some(width) => {
            let usual = SIZES.iter().find(|(known, _)| *known == width);
            vec![(width, usual.map_or(800, |(_, height)| *height))]
        }
    };
    fs::create_dir_all(&options.out)
        .with_context(|| format!("cannot make {}", options.out.display()))?;
    let host = Host::start(&options.dist, "/", &[])?;
    host.before_every_page(FRESH);
    let browser = Browser::start(&[])?;
    // A phone's take no room.
    browser.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
    let mut gallery = Gallery {
        options,
        host,
        browser,
        sizes,
        sheet: String::new(),
        pictures: 0,
        wrong: BTreeMap::new(),
    };
    for page in pages {
        if !is_asked(&gallery.options.lesson, page) {
            continue;
        }
        write!(gallery.sheet, "<h2>{page}</h2>")?;
        for language in LANGUAGES {
            if !is_asked(&gallery.options.language, language) {
                continue;
            }
            for theme in THEMES {
                gallery.take(page, language, theme)?;
            }
        }
    }
    gallery.write()?;
    for (what, pictures) in &gallery.wrong {
        let more = pictures.len() - 1;
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        println!("{what}: {}{more}", pictures[0]);
    }
    Ok(if gallery.wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("{} on the list", gallery.wrong.len());
        ExitCode::FAILURE
    })
}
