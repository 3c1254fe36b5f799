//! The verbs of these tests: open the lab, press, choose, look. Checks nothing but that the page can be used.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use batchnorm_lab::protocol::Event;
use batchnorm_lab_e2e::capabilities::Kind;
use batchnorm_lab_e2e::host::Host;
use serde_json::{Value, json};

use crate::lease::Lease;

/// Where the site stands on its host; nothing in it may assume the root.
pub const BASE: &str = "/some/where/";
/// A name that leads nowhere: whatever leaves this machine fails and is seen in the console.
const STAY_HERE: &str = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
/// What a careful reader would call errors, kept by the page itself where no driver tells.
const COMPLAINTS: &str = "
    const kept = globalThis.complaints = [];
    for (const level of ['error', 'warn']) {
        const say = console[level];
        console[level] = (...words) => { kept.push(`${level}: ${words.join(' ')}`); say.apply(console, words); };
    }
    addEventListener('error', (event) => kept.push(`error: ${event.message ?? event.target.outerHTML}`), true);
    addEventListener('unhandledrejection', (event) => kept.push(`rejected: ${event.reason}`));
    addEventListener('securitypolicyviolation', (event) =>
        kept.push(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));";
/// Verbs of scripts: wait for so many pictures of the page, for something to be true, for a promise no longer than it may
/// take. Each fails, with what was waited for, where it does not come.
const WAITS: &str = "
    const frames = async (n) => { for (; n > 0; n -= 1) await new Promise(requestAnimationFrame); };
    const until = async (what, seen) => {
        for (const end = performance.now() + 60000; !await seen(); await frames(1))
            if (performance.now() > end) throw new Error(`after 60 s still not: ${what}`);
    };
    const within = (what, promise) => {
        let isSettled = false;
        const settled = promise.finally(() => { isSettled = true; });
        return Promise.race([settled, until(what, () => isSettled).then(() => settled)]);
    };";
/// The first lab of the document and what it shows.
const NAMES: &str = "const lab = document.querySelector('batchnorm-lab'), root = lab.shadowRoot;
    const part = (name) => root.querySelector(`[data-part=\"${name}\"]`);";

/// A browser with the site.
pub struct Lab {
    pub browser: Lease,
    pub host: Host,
}

/// Says, by the test's name, that it is left out because this browser cannot do it; `false` in one that can.
pub fn is_skipped(can: impl Fn(Kind) -> bool, why: &str) -> Result<bool> {
    let kind = Kind::asked()?;
    if can(kind) {
        return Ok(false);
    }
    let thread = std::thread::current();
    println!(
        "{}: skipped: {why} in {}",
        thread.name().unwrap_or("a test"),
        kind.name()
    );
    Ok(true)
}

/// As `is_skipped`, for what needs Chromium's own DevTools.
pub fn is_skipped_without_devtools(what: &str) -> Result<bool> {
    is_skipped(
        |kind| kind == Kind::Chromium,
        &format!("{what} needs DevTools, which are not"),
    )
}

/// The engines of lanes that this browser has, best first.
pub fn lanes() -> Result<&'static [&'static str]> {
    Ok(match Kind::asked()? {
        Kind::Chromium | Kind::Firefox => &["relaxed", "simd128", "scalar"],
        Kind::WebKit => &["simd128", "scalar"],
    })
}

impl Lab {
    /// A browser at 1280×800 and a host, nothing opened. `pages` are further documents beside the site's.
    pub fn start(pages: &[(&str, &str)]) -> Result<Self> {
        Self::start_with(&[], pages)
    }

    /// A browser with WebGPU, played by the CPU where there is no GPU. `None`, said by the test's name,
    /// where not even that is to be had.
    pub fn start_with_gpu(test: &str) -> Result<Option<Self>> {
        if is_skipped(|kind| kind == Kind::Chromium, "WebGPU without a GPU is not")? {
            return Ok(None);
        }
        let lab = Self::start_with(
            &["--enable-unsafe-webgpu"],
            &[(
                "empty.html",
                "<!doctype html><title>empty</title><link rel=icon href=data:,>",
            )],
        )?;
        lab.browser.open(&format!("{}empty.html", lab.host.url()))?;
        let found = lab
            .browser
            .run("return !!(await navigator.gpu?.requestAdapter())", &[])?;
        if found == true {
            return Ok(Some(lab));
        }
        println!("{test}: skipped: no adapter");
        Ok(None)
    }

    fn start_with(arguments: &[&str], pages: &[(&str, &str)]) -> Result<Self> {
        let host = serve(&site()?, BASE, pages)?;
        let browser = Lease::take(&[&[STAY_HERE], arguments].concat())?;
        browser.set_viewport(1280, 800, 1.0)?;
        Ok(Self { browser, host })
    }

    /// Somebody else's host: another origin with only these pages.
    pub fn guest(pages: &[(&str, &str)]) -> Result<Host> {
        serve(Path::new("/nonexistent"), "/", pages)
    }

    /// Opens `index.html` with what follows it (`?query#hash`) and waits for its first figures.
    pub fn open(link: &str) -> Result<Self> {
        let lab = Self::start(&[])?;
        lab.go(link)?;
        Ok(lab)
    }

    /// Goes to another link and waits for its first figures.
    pub fn go(&self, link: &str) -> Result<()> {
        // The bare front of the site is the course.
        let link = if link.is_empty() { "?lab" } else { link };
        // A change of hash alone would not load the document again.
        self.browser.open("about:blank")?;
        self.browser.open(&format!("{}{link}", self.host.url()))?;
        self.wait("the step count", "return part('step-count')")?;
        self.wait(
            "all parts of the page",
            "return !root.querySelector('.lazy[aria-busy]')",
        )?;
        self.snapshot().map(|_| ())
    }

    /// Runs a script that knows `lab`, `root`, `part(name)` and the waits of `script`.
    pub fn run(&self, body: &str) -> Result<Value> {
        self.script(&format!("{NAMES} {body}"))
    }

    /// Opens a page beside the lab, in English, and waits for the function that it gives to scripts.
    pub fn open_page(&self, page: &str, function: &str) -> Result<()> {
        let address = format!("{}{page}?lang=en", self.host.url());
        self.browser.open(&address)?;
        let is_there = format!("return !!window.{function}");
        self.browser.wait(function, 20.0, &is_there).map(|_| ())
    }

    /// Runs a script that knows no lab, but `frames(n)`, `until(what, seen)` and `within(what, promise)`.
    pub fn script(&self, body: &str) -> Result<Value> {
        self.browser.run(&format!("{WAITS} {body}"), &[])
    }

    /// Waits for such a script to give something true.
    pub fn wait(&self, what: &str, body: &str) -> Result<Value> {
        let patient = format!(
            "const lab = document.querySelector('batchnorm-lab'), root = lab?.shadowRoot;
             if (!root) return false;
             const part = (name) => root.querySelector(`[data-part=\"${{name}}\"]`); {body}"
        );
        self.browser.wait(what, 20.0, &patient)
    }

    /// Clicks what a script returns.
    pub fn click(&self, body: &str) -> Result<()> {
        let element = self.browser.element(&format!("{NAMES} {body}"))?;
        self.browser.click(&element)
    }

    /// Clicks a part.
    pub fn press(&self, part: &str) -> Result<()> {
        self.click(&format!("return part('{part}')"))
            .with_context(|| format!("pressing {part}"))
    }

    /// Chooses one of the words of a setting.
    pub fn choose(&self, setting: &str, value: &str) -> Result<()> {
        self.click(&format!(
            "return root.querySelector('input[name=\"choice-{setting}\"][value=\"{value}\"]').closest('label')"
        ))
        .with_context(|| format!("choosing {setting}={value}"))
    }

    /// Types a value into a setting's field.
    pub fn type_value(&self, setting: &str, value: &str) -> Result<()> {
        self.click(&format!(
            "return root.querySelector('#input-{setting}-text, #input-{setting}')"
        ))?;
        self.run("root.activeElement.select();")?;
        // Enter takes it.
        self.browser.press(&format!("{value}\u{E007}"))
    }

    /// The public snapshot.
    pub fn snapshot(&self) -> Result<Value> {
        self.run("return await lab.snapshot();")
    }

    /// Trains exactly so many steps through the public interface.
    pub fn step(&self, steps: u32) -> Result<Value> {
        self.run(&format!("return await lab.step({steps});"))
    }

    /// The text of a message of that kind, once it is there.
    pub fn message(&self, kind: &str) -> Result<String> {
        let text = self.wait(
            &format!("a message `{kind}`"),
            &format!("return root.querySelector('[data-part=\"message\"][data-kind=\"{kind}\"]')?.innerText"),
        )?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Lines that a careful reader would call errors: of Chromium's console, else what the page has kept of them.
    pub fn complaints(&self) -> Result<Vec<String>> {
        if self.browser.kind() != Kind::Chromium {
            let kept = self.browser.run("return globalThis.complaints", &[])?;
            return serde_json::from_value(kept).context("the page keeps no complaints");
        }
        let lines = self.browser.console()?;
        Ok(lines
            .into_iter()
            .filter(|line| line.level != "INFO" && line.level != "DEBUG")
            .map(|line| format!("{}: {}", line.level, line.message))
            .collect())
    }

    /// That nothing was complained of since somebody last asked.
    pub fn ensure_silent(&self) -> Result<()> {
        let complaints = self.complaints()?;
        ensure!(complaints.is_empty(), "{complaints:#?}");
        Ok(())
    }

    /// Counts in `window.checkpoints` the states that workers of pages opened from now on hand over to go on from.
    pub fn count_checkpoints(&self) -> Result<()> {
        // Behind the four bytes that every message begins with.
        let kind = Event::Checkpoint(Box::default()).to_bytes()[4];
        self.before_every_worker(&format!(
            "{{
                 const post = self.postMessage;
                 self.postMessage = (...message) => {{
                     const isCheckpoint = message[0] instanceof ArrayBuffer && new Uint8Array(message[0])[4] === {kind};
                     post.apply(self, message);
                     if (isCheckpoint) new BroadcastChannel('checkpoint').postMessage(0);
                 }};
             }}"
        ))?;
        self.host.before_every_page(
            "globalThis.checkpoints = 0;
             new BroadcastChannel('checkpoint').onmessage = () => { checkpoints += 1; };",
        );
        Ok(())
    }

    /// Waits for another such state, and until the page has it.
    pub fn next_checkpoint(&self) -> Result<()> {
        self.run(
            "const before = checkpoints; await until('a checkpoint', () => checkpoints > before); await frames(2);",
        )
        .map(|_| ())
    }

    /// Kills what `kill_switch` prepared.
    pub fn kill_workers(&self) -> Result<()> {
        self.run("new BroadcastChannel('kill').postMessage(0);")
            .map(|_| ())
    }

    /// Makes every worker of pages opened from now on mortal, and counts births and ends in `window.workers`.
    ///
    /// The worker itself is the real one: a script around it throws an uncaught error on demand, as a fault inside
    /// would.
    pub fn kill_switch(&self) -> Result<()> {
        self.before_every_worker(
            "new BroadcastChannel('kill').onmessage = () => { self.close(); throw new Error('killed'); };",
        )
    }

    /// Runs a script in every worker of pages opened from now on, before its own; births and ends of workers are
    /// counted in `window.workers`.
    pub fn before_every_worker(&self, script: &str) -> Result<()> {
        self.host.before_every_page(&format!(
            "if (!globalThis.workers) {{
                globalThis.workers = {{ born: 0, ended: 0 }};
                globalThis.workerScripts = [];
                globalThis.Worker = class extends Worker {{
                    constructor(url, options) {{
                        const target = JSON.stringify(new URL(url, location.href).href);
                        const script = [...workerScripts, `await import(${{target}});`].join(';');
                        super(URL.createObjectURL(new Blob([script], {{ type: 'text/javascript' }})), options);
                        workers.born += 1;
                    }}
                    terminate() {{ workers.ended += 1; super.terminate(); }}
                }};
            }}
            workerScripts.push({});",
            quoted(script)
        ));
        Ok(())
    }
}

/// Where the built site is.
/// The folder of the built site.
pub fn site() -> Result<PathBuf> {
    let folder = std::env::var_os("BATCHNORM_LAB_SITE").map(PathBuf::from);
    folder.context("BATCHNORM_LAB_SITE says where the built site is; `cargo xtask test` sets it")
}

fn serve(folder: &Path, base: &str, pages: &[(&str, &str)]) -> Result<Host> {
    let host = Host::start(folder, base, pages)?;
    if Kind::asked()? != Kind::Chromium {
        host.before_every_page(COMPLAINTS);
    }
    Ok(host)
}

/// A number in a snapshot, e.g. `/sides/1/loss/train`.
pub fn number(of: &Value, pointer: &str) -> Result<f64> {
    of.pointer(pointer)
        .and_then(Value::as_f64)
        .with_context(|| format!("{pointer} is no number in {}", shorten(of)))
}

fn shorten(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}

/// A JSON text for a script.
pub fn quoted(text: &str) -> String {
    json!(text).to_string()
}
