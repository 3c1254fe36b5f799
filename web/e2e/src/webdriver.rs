//! The part of WebDriver that tests need, for chromedriver and headless Chromium. Waits are polls with a limit.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use serde_json::{Value, json};

/// What Chromium is told, the same as for tests in wasm: no window, no sandbox (tests run as root in containers),
/// nothing that talks to the network.
const CAPABILITIES: &str = include_str!("../webdriver.json");

/// The key by which WebDriver marks an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver process with one browser; both end when it is dropped.
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

/// An element found by a script.
#[derive(Clone, Debug)]
pub struct Element(Value);

/// A line that the page or the browser wrote to the console.
#[derive(Clone, Debug)]
pub struct ConsoleLine {
    /// `SEVERE`, `WARNING`, `INFO`, …
    pub level: String,
    /// The text, starting with its source.
    pub message: String,
}

impl Browser {
    /// Starts chromedriver (`CHROMEDRIVER`, else from the PATH) and a headless Chromium.
    ///
    /// # Errors
    /// Either does not start.
    pub fn start(extra_arguments: &[&str]) -> Result<Self> {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = Command::new(&program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start `{program}`; install chromedriver"))?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(300)))
            .build()
            .into();
        let mut browser = Self {
            driver,
            agent,
            session: format!("http://127.0.0.1:{port}"),
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > deadline {
                bail!("`{program}` does not answer");
            }
            thread::sleep(Duration::from_millis(30));
        }
        let mut capabilities: Value =
            serde_json::from_str(CAPABILITIES).context("webdriver.json is not JSON")?;
        capabilities["browserName"] = json!("chrome");
        capabilities["goog:loggingPrefs"] = json!({ "browser": "ALL" });
        capabilities["timeouts"] = json!({ "script": 240_000, "pageLoad": 60_000 });
        if let Some(arguments) = capabilities["goog:chromeOptions"]["args"].as_array_mut() {
            arguments.extend(extra_arguments.iter().map(|argument| json!(argument)));
        }
        let reply = browser.post(
            "/session",
            json!({ "capabilities": { "alwaysMatch": capabilities } }),
        )?;
        let id = reply["sessionId"].as_str().context("a session has an id")?;
        browser.session = format!("{}/session/{id}", browser.session);
        Ok(browser)
    }

    /// Opens an address and waits for its load event.
    ///
    /// # Errors
    /// It does not load.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("/url", json!({ "url": url })).map(|_| ())
    }

    /// Sets the size of the viewport in CSS pixels and the device pixels per CSS pixel.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn set_viewport(&self, width: u32, height: u32, pixel_ratio: f64) -> Result<()> {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": false }),
        )
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
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .map(|_| ())
    }

    /// Runs a script in every document from now on, before any script of its own.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn run_before_every_page(&self, source: &str) -> Result<()> {
        self.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": source }),
        )
        .map(|_| ())
    }

    /// A command of the DevTools protocol.
    ///
    /// # Errors
    /// The browser refuses it.
    pub fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.post(
            "/goog/cdp/execute",
            json!({ "cmd": command, "params": parameters }),
        )
    }

    /// Runs the body of an async function in the page and gives what it returns.
    ///
    /// # Errors
    /// It throws or takes too long.
    pub fn run(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        let script = format!("return (async function () {{ {body} }}).apply(null, arguments);");
        self.post(
            "/execute/sync",
            json!({ "script": script, "args": arguments }),
        )
        .with_context(|| format!("in the page: {}", body.trim()))
    }

    /// Waits until the body of a function gives something true, and gives that.
    ///
    /// # Errors
    /// It throws, or stays false for `seconds`.
    pub fn wait(&self, what: &str, seconds: f64, body: &str) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs_f64(seconds);
        loop {
            let value = self.run(body, &[])?;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Ok(value);
            }
            if Instant::now() > deadline {
                bail!("after {seconds} s still not: {what}");
            }
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// The element that the body of a function returns.
    ///
    /// # Errors
    /// It throws or returns none.
    pub fn element(&self, body: &str) -> Result<Element> {
        let value = self.run(body, &[])?;
        match value.get(ELEMENT) {
            Some(_) => Ok(Element(value)),
            None => Err(anyhow!("no element: {body}")),
        }
    }

    /// Clicks an element where a reader would, scrolling to it first; another element in the way is an error.
    ///
    /// # Errors
    /// It cannot be clicked.
    pub fn click(&self, element: &Element) -> Result<()> {
        let id = element.0[ELEMENT].as_str().unwrap_or_default();
        self.post(&format!("/element/{id}/click"), json!({}))
            .map(|_| ())
    }

    /// Presses and lets go keys, one after the other, wherever the focus is.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        let actions: Vec<Value> = keys
            .iter()
            .flat_map(|key| {
                [
                    json!({ "type": "keyDown", "value": key }),
                    json!({ "type": "keyUp", "value": key }),
                ]
            })
            .collect();
        self.post(
            "/actions",
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        )
        .map(|_| ())
    }

    /// Console lines since the last call.
    ///
    /// # Errors
    /// The driver refuses.
    pub fn console(&self) -> Result<Vec<ConsoleLine>> {
        let lines = self.post("/se/log", json!({ "type": "browser" }))?;
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        Ok(lines
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| ConsoleLine {
                level: text(line, "level"),
                message: text(line, "message"),
            })
            .collect())
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

    fn post(&self, path: &str, body: Value) -> Result<Value> {
        let mut response = self
            .agent
            .post(format!("{}{path}", self.session))
            .send_json(body)
            .with_context(|| format!("chromedriver does not answer {path}"))?;
        let reply: Value = response
            .body_mut()
            .with_config()
            .limit(256 << 20)
            .read_json()
            .with_context(|| format!("chromedriver's answer to {path} is not JSON"))?;
        let value = &reply["value"];
        if response.status() != 200 {
            let message = value["message"].as_str().unwrap_or("no message");
            bail!("{}", message.lines().next().unwrap_or(message));
        }
        Ok(value.clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session first: it closes the browser, which would outlive a killed driver.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
