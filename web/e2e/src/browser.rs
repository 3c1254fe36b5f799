//! A headless browser under WebDriver, in verbs that return when they are done: thirtyfour without its async. Knows no
//! page. What only Chromium can do is asked of it by `devtools`.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command as WebDriverCommand, ExtensionCommand};
use thirtyfour::error::WebDriverResult;
use thirtyfour::{BrowserLogEntry, WebDriver, WebElement};
use tokio::runtime::{Builder, Runtime};

use crate::capabilities::{Driven, Kind, Profile, Protocol};
use crate::client::Client;
use crate::driver::Driver;
use crate::marionette::Marionette;

/// The longest that one script may wait inside the page; a longer wait is several.
const LONGEST_SCRIPT: Duration = Duration::from_secs(20);

/// A page of nothing.
const BLANK: &str = "about:blank";

/// How often a browser is started before it is given up: WebKitWebDriver waits for ever for a MiniBrowser that has ended
/// before it said a word.
const STARTS: usize = 3;

/// A driver process with one browser; both end when it is dropped.
pub struct Browser {
    kind: Kind,
    session: WebDriver,
    runtime: Runtime,
    /// The size of the frame that pages are opened in, where no window is as small.
    frame: Cell<Option<(u32, u32)>>,
    // In the order in which they end.
    _driver: Driver,
    _profile: Option<Profile>,
}

impl Browser {
    /// Starts headless Chromium with these switches.
    ///
    /// # Errors
    /// It or its driver does not start.
    pub fn start(switches: &[&str]) -> Result<Self> {
        Self::start_kind(Kind::Chromium, switches)
    }

    /// Starts a browser; the switches are Chromium's.
    ///
    /// # Errors
    /// It or its driver does not start.
    pub fn start_kind(kind: Kind, switches: &[&str]) -> Result<Self> {
        let mut last = None;
        for _ in 0..STARTS {
            match Self::try_start(kind, switches) {
                Ok(browser) => return Ok(browser),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow!("{} is not started", kind.name())))
    }

    fn try_start(kind: Kind, switches: &[&str]) -> Result<Self> {
        let driven = Driven::of(kind, switches)?;
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let driver = Driver::start(&driven)?;
        let url = format!("http://127.0.0.1:{}", driver.port);
        let session = WebDriver::builder(url, driven.capabilities);
        let session = match driven.speaks {
            Protocol::WebDriver => session.client(Client::new(driven.patience)),
            Protocol::Marionette => {
                session.client(Marionette::connect(driver.port, driven.patience)?)
            }
        };
        let session = runtime
            .block_on(session.connect())
            .map_err(|error| anyhow!("{} starts no browser: {error}", driven.program))?;
        Ok(Self {
            kind,
            session,
            runtime,
            frame: Cell::new(None),
            _driver: driver,
            _profile: driven.profile,
        })
    }

    /// Which browser it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Opens an address and waits for its load event.
    ///
    /// # Errors
    /// It does not load.
    pub fn open(&self, url: &str) -> Result<()> {
        let Some((width, height)) = self.frame.get() else {
            self.done(self.session.goto(url))?;
            return self.wait_for_load(url);
        };
        let frame = format!(
            "data:text/html,<style>*{{margin:0;border:0;display:block}}</style>\
             <iframe width={width} height={height} src=\"{}\"></iframe>",
            url.replace('%', "%25")
                .replace('#', "%23")
                .replace('&', "%26amp;")
        );
        self.done(self.session.goto(&frame))?;
        self.done(self.session.enter_frame(0))?;
        self.wait_for_load(url)
    }

    /// WebKit's driver takes the load event of the page before for that of a page it has just gone to.
    fn wait_for_load(&self, url: &str) -> Result<()> {
        if self.kind != Kind::WebKit || url == BLANK {
            return Ok(());
        }
        let is_there =
            "return location.href !== 'about:blank' && document.readyState === 'complete'";
        self.wait("the load event", 20.0, is_there).map(|_| ())
    }

    /// Opens nothing, for whoever has the browser next: of Chromium in a new window, for what DevTools have changed ends
    /// with the old one; the others', which no DevTools change, stays.
    ///
    /// # Errors
    /// The browser does not answer.
    pub fn renew(&self) -> Result<()> {
        self.frame.take();
        if self.kind != Kind::Chromium {
            return self.open(BLANK);
        }
        let old = self.done(self.session.windows())?;
        let new = self.done(self.session.new_tab())?;
        for window in old {
            self.done(self.session.switch_to_window(window))?;
            self.done(self.session.close_window())?;
        }
        self.done(self.session.switch_to_window(new))?;
        // What the old one has said is nobody's any more.
        self.console().map(|_| ())
    }

    /// Sets the size of the viewport in CSS pixels and, in Chromium, the device pixels per CSS pixel. Of a browser whose
    /// windows are never as small, pages opened from now on are shown in a frame, whose size it is from then on.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn set_viewport(&self, width: u32, height: u32, pixel_ratio: f64) -> Result<()> {
        if self.kind == Kind::Chromium {
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": pixel_ratio, "mobile": false });
            let set = self.devtools("Emulation.setDeviceMetricsOverride", size);
            return set.map(|_| ());
        }
        if self.frame.get().is_some() {
            return self.set_frame(width, height);
        }
        // A window has a border, and is as large as asked for some time after it is asked.
        let mut border = [0, 0];
        for _ in 0..3 {
            let resize = (width + border[0], height + border[1]);
            self.done(self.session.set_window_rect(0, 0, resize.0, resize.1))?;
            let wait = "const [width, height, wide, high] = arguments;
                const fits = () => innerWidth === width && innerHeight === height;
                const isResized = () => outerWidth === wide && outerHeight === high;
                for (let frame = 0; frame < 20 && !fits() && !isResized(); frame += 1)
                    await new Promise(requestAnimationFrame);
                return fits() || [wide - innerWidth, high - innerHeight];";
            let sizes = [width, height, resize.0, resize.1].map(|size| json!(size));
            let seen = self.run(wait, &sizes)?;
            if seen == true {
                return Ok(());
            }
            border = [0, 1].map(|at| seen[at].as_u64().unwrap_or(0) as u32);
        }
        self.set_frame(width, height)
    }

    /// The size of the frame that pages are opened in, also of one that is open.
    fn set_frame(&self, width: u32, height: u32) -> Result<()> {
        if self.frame.replace(Some((width, height))).is_some() {
            self.done(self.session.enter_default_frame())?;
            let resize = "const frame = document.querySelector('iframe');
                if (frame) [frame.width, frame.height] = arguments;
                return !!frame;";
            if self.run(resize, &[json!(width), json!(height)])? == true {
                self.done(self.session.enter_frame(0))?;
            }
        }
        let (wide, high) = (width + 600, height + 200);
        self.done(self.session.set_window_rect(0, 0, wide, high))
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
            match self.run(&script, &[json!(millis)]) {
                Ok(Value::Null) => {}
                Ok(seen) => return Ok(seen),
                // The page before was still there.
                Err(error) if format!("{error:#}").contains("Document was unloaded") => {}
                Err(error) => return Err(error),
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
        if self.kind == Kind::WebKit {
            let middle = self.middle_of(element)?;
            // Of a frame's its pointer knows nothing; no text field is clicked in one.
            if self.frame.get().is_none() {
                let [x, y] = middle;
                let pointer = self.session.action_chain().move_to(x, y);
                return self.done(pointer.click().perform());
            }
        }
        self.done(element.click())
    }

    /// The place where an element is clicked, once it is there and stays where it is. WebKit's driver scrolls the document alone, not what
    /// else holds an element, and takes a text field in a shadow tree for covered by that tree's host.
    fn middle_of(&self, element: &WebElement) -> Result<[i64; 2]> {
        let element = element.to_json().map_err(brief)?;
        let middle = "
            const [element] = arguments;
            element.scrollIntoView({ block: 'center', behavior: 'instant' });
            const place = () => JSON.stringify(element.getClientRects()[0]);
            for (let before; before !== (before = place());) await new Promise(requestAnimationFrame);
            const box = element.getClientRects()[0];
            if (!box) throw new Error('what is clicked is not shown');
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            const hit = element.getRootNode().elementFromPoint(x, y);
            if (!element.contains(hit)) throw new Error(`${hit?.outerHTML} is in the way`);
            return [x, y].map(Math.round);";
        let middle = self.run(middle, &[element])?;
        serde_json::from_value(middle).context("no place on the screen")
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

    /// A picture as PNG: of the viewport, or, in Chromium, of the whole page.
    ///
    /// # Errors
    /// The browser refuses.
    pub fn screenshot(&self, whole_page: bool) -> Result<Vec<u8>> {
        if self.kind != Kind::Chromium && !whole_page {
            return self.done(self.session.screenshot_as_png());
        }
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
    }
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
