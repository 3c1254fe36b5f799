//! A headless browser under WebDriver, in verbs that return when they are done: thirtyfour without its async. Knows no
//! page. What only Chromium can do is asked of it by `devtools`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command as WebDriverCommand, ExtensionCommand};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{BrowserLogEntry, WebDriver, WebElement};
use tokio::runtime::{Builder, Runtime};

use crate::capabilities::{self, Driven};
use crate::client::Client;

/// The longest that one script may wait inside the page; a longer wait is several.
const LONGEST_SCRIPT: Duration = Duration::from_secs(20);

/// A driver process with one browser; both end when it is dropped.
pub struct Browser {
    driver: Child,
    session: WebDriver,
    runtime: Runtime,
}

impl Browser {
    /// Starts headless Chromium with these switches.
    ///
    /// # Errors
    /// It or its driver does not start.
    pub fn start(switches: &[&str]) -> Result<Self> {
        let driven = capabilities::chromium(switches)?;
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let (mut driver, port) = start_driver(&driven)?;
        let session = WebDriver::builder(format!("http://127.0.0.1:{port}"), driven.capabilities)
            .client(Client::new());
        match runtime.block_on(session.connect()) {
            Ok(session) => Ok(Self {
                driver,
                session,
                runtime,
            }),
            Err(error) => {
                driver.kill().and_then(|()| driver.wait().map(|_| ())).ok();
                Err(anyhow!("{} starts no browser: {error}", driven.program))
            }
        }
    }

    /// Opens an address and waits for its load event.
    ///
    /// # Errors
    /// It does not load.
    pub fn open(&self, url: &str) -> Result<()> {
        self.done(self.session.goto(url))
    }

    /// Sets the size of the viewport in CSS pixels and the device pixels per CSS pixel.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn set_viewport(&self, width: u32, height: u32, pixel_ratio: f64) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .map(|_| ())
    }

    /// Makes media queries answer as given, e.g. `("prefers-color-scheme", "dark")`.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn set_media(&self, features: &[(&str, &str)]) -> Result<()> {
        let features: Vec<Value> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let media = json!({ "features": features });
        self.devtools("Emulation.setEmulatedMedia", media)
            .map(|_| ())
    }

    /// Runs a script in every document from now on, before any script of its own.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn run_before_every_page(&self, source: &str) -> Result<()> {
        let script = json!({ "source": source });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script)
            .map(|_| ())
    }

    /// A command of the DevTools protocol.
    ///
    /// # Errors
    /// The browser refuses it.
    pub fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        let command = DevTools(json!({ "cmd": command, "params": parameters }));
        let command = WebDriverCommand::ExtensionCommand(Box::new(command));
        let answer = self.done(self.session.cmd(command))?;
        answer.value_json().map_err(brief)
    }

    /// Runs the body of an async function in the page and gives what it returns.
    ///
    /// # Errors
    /// It throws or takes too long.
    pub fn run(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        let script = format!("return (async function () {{ {body} }}).apply(null, arguments);");
        let returned = self.done(self.session.execute(script, arguments.to_vec()));
        returned
            .map(|returned| returned.json().clone())
            .with_context(|| format!("in the page: {}", body.trim()))
    }

    /// Waits until the body of an async function gives something true, and gives that. It is looked at in every frame
    /// of the page.
    ///
    /// # Errors
    /// It throws, or stays false for `seconds`.
    pub fn wait(&self, what: &str, seconds: f64, body: &str) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs_f64(seconds);
        let script = format!(
            "const end = performance.now() + arguments[0];
             const look = async () => {{ {body} }};
             for (;;) {{
                 const seen = await look();
                 if (seen !== undefined && seen !== null && seen !== false) return seen;
                 if (performance.now() > end) return null;
                 await new Promise(requestAnimationFrame);
             }}"
        );
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let millis = left.min(LONGEST_SCRIPT).as_secs_f64() * 1e3;
            let seen = self.run(&script, &[json!(millis)])?;
            if !seen.is_null() {
                return Ok(seen);
            }
            if Instant::now() >= deadline {
                bail!("after {seconds} s still not: {what}");
            }
        }
    }

    /// The element that the body of a function returns.
    ///
    /// # Errors
    /// It throws or returns none.
    pub fn element(&self, body: &str) -> Result<WebElement> {
        let found = self.run(body, &[])?;
        WebElement::from_json(found, self.session.handle().clone())
            .map_err(|_| anyhow!("no element: {body}"))
    }

    /// Clicks an element where a reader would, scrolling to it first; another element in the way is an error.
    ///
    /// # Errors
    /// It cannot be clicked.
    pub fn click(&self, element: &WebElement) -> Result<()> {
        self.done(element.click())
    }

    /// Presses and lets go keys, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.done(self.session.action_chain().send_keys(keys).perform())
    }

    /// Console lines since the last call.
    ///
    /// # Errors
    /// The driver refuses.
    pub fn console(&self) -> Result<Vec<BrowserLogEntry>> {
        self.done(self.session.browser_log())
    }

    /// A picture as PNG: of the viewport, or of the whole page.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn screenshot(&self, whole_page: bool) -> Result<Vec<u8>> {
        let parameters = if whole_page {
            let size = self.devtools("Page.getLayoutMetrics", json!({}))?;
            let size = &size["cssContentSize"];
            json!({ "format": "png", "captureBeyondViewport": true, "clip": {
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1,
            } })
        } else {
            json!({ "format": "png" })
        };
        let reply = self.devtools("Page.captureScreenshot", parameters)?;
        let data = reply["data"].as_str().context("a screenshot has data")?;
        base64::engine::general_purpose::STANDARD
            .decode(data)
            .context("a screenshot is base64")
    }

    fn done<T>(&self, asked: impl Future<Output = WebDriverResult<T>>) -> Result<T> {
        self.runtime.block_on(asked).map_err(brief)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session first: it closes the browser, which would outlive a killed driver.
        let _ = self.runtime.block_on(self.session.clone().quit());
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// How often a driver is started before it is given up.
const STARTS: usize = 3;

/// The driver's process and the port that it says it listens on. A driver looks for a port that is free on IPv4 and
/// wants the same one on IPv6; where another program has that, it ends without a word and is started again.
fn start_driver(driven: &Driven) -> Result<(Child, u16)> {
    for _ in 0..STARTS {
        if let Some(started) = try_driver(driven)? {
            return Ok(started);
        }
    }
    bail!(
        "`{}` ended {STARTS} times without a word about its port",
        driven.program
    )
}

/// `None` if it ended without a word about its port.
fn try_driver(driven: &Driven) -> Result<Option<(Child, u16)>> {
    let program = &driven.program;
    let mut driver = Command::new(program)
        .args(driven.arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start `{program}`; install it"))?;
    let output = driver.stdout.as_mut().context("the output was piped")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, rest)) = line.split_once(driven.announces) {
            let port = rest.trim_end_matches('.').parse();
            let port = port.with_context(|| format!("no port: {line}"))?;
            return Ok(Some((driver, port)));
        }
    }
    driver.wait()?;
    Ok(None)
}

/// What went wrong, in the driver's words and without its stack.
fn brief(error: thirtyfour::error::WebDriverError) -> anyhow::Error {
    let text = error.to_string();
    let told = text.split_once("Additional info:").map(|(_, told)| told);
    let mut lines = told.unwrap_or(&text).lines().map(str::trim);
    anyhow!("{}", lines.find(|line| !line.is_empty()).unwrap_or(&text))
}

#[derive(Debug)]
struct DevTools(Value);

impl ExtensionCommand for DevTools {
    fn parameters_json(&self) -> Option<Value> {
        Some(self.0.clone())
    }

    fn method(&self) -> http::Method {
        http::Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/goog/cdp/execute".into()
    }
}
