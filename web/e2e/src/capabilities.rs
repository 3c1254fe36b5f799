//! What differs between browsers under WebDriver: the program that drives one, and what it is told. One function a
//! browser; everything else here is the same for all of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::Capabilities;

/// What Chromium is told, the same as for tests in wasm: no window, no sandbox (tests run as root in containers),
/// nothing that talks to the network.
const CHROMIUM: &str = include_str!("../webdriver.json");
/// Names the browser that the tests of the site are run in: `chromium`, `firefox` or `webkit`.
const ASKED: &str = "BATCHNORM_LAB_BROWSER";
/// Where Debian, Fedora and Arch put the browser that WebKitGTK is tested with.
const MINI_BROWSERS: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
];

/// More than a script may take, and than a browser takes to start.
const PATIENCE: Duration = Duration::from_secs(50);

/// A browser that can be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium, under chromedriver.
    Chromium,
    /// Firefox, under geckodriver.
    Firefox,
    /// WebKitGTK, which is MiniBrowser under WebKitWebDriver.
    WebKit,
}

impl Kind {
    /// The one that `BATCHNORM_LAB_BROWSER` names, else Chromium.
    ///
    /// # Errors
    /// It names another.
    pub fn asked() -> Result<Self> {
        let Some(asked) = std::env::var_os(ASKED) else {
            return Ok(Self::Chromium);
        };
        match asked.to_str() {
            Some("chromium") => Ok(Self::Chromium),
            Some("firefox") => Ok(Self::Firefox),
            Some("webkit") => Ok(Self::WebKit),
            _ => bail!(
                "{ASKED} is chromium, firefox or webkit, not {}",
                asked.display()
            ),
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKitGTK",
        }
    }
}

/// A browser and its driver.
pub struct Driven {
    /// The driver, a program that speaks WebDriver on a port.
    pub program: String,
    /// What it is called with.
    pub arguments: Vec<String>,
    /// How its port is known.
    pub port: Port,
    /// The longest that one request may take; a script is waited for.
    pub patience: Duration,
    /// Whether it needs a screen, for it knows no other way.
    pub needs_screen: bool,
    /// What a session of it is asked for.
    pub capabilities: Capabilities,
}

/// How the port of a driver is known.
#[derive(Clone, Copy)]
pub enum Port {
    /// It takes a free one and says so on its output, after these words.
    Announced(&'static str),
    /// It says nothing and is called with `--port` and this one.
    Given(u16),
}

impl Driven {
    /// What drives a browser of this kind; `switches` are further ones of Chromium's own.
    ///
    /// # Errors
    /// No port is free, or a part of it is not installed.
    pub fn of(kind: Kind, switches: &[&str]) -> Result<Self> {
        match kind {
            Kind::Chromium => chromium(switches),
            Kind::Firefox => Ok(firefox()),
            Kind::WebKit => webkit(),
        }
    }
}

/// Headless Chromium under chromedriver (`CHROMEDRIVER`, else from the PATH).
fn chromium(switches: &[&str]) -> Result<Driven> {
    let mut told: Value = serde_json::from_str(CHROMIUM).context("webdriver.json is not JSON")?;
    told["browserName"] = json!("chrome");
    told["goog:loggingPrefs"] = json!({ "browser": "ALL" });
    told["timeouts"] = json!({ "script": 240_000, "pageLoad": 60_000 });
    if let Some(all) = told["goog:chromeOptions"]["args"].as_array_mut() {
        all.extend(switches.iter().map(|switch| json!(switch)));
    }
    Ok(Driven {
        program: named("CHROMEDRIVER", "chromedriver"),
        arguments: vec!["--port=0".into()],
        port: Port::Announced("started successfully on port "),
        patience: Duration::from_secs(300),
        needs_screen: false,
        capabilities: object(told),
    })
}

/// Headless Firefox under geckodriver (`GECKODRIVER`, else from the PATH).
fn firefox() -> Driven {
    let told = json!({
        "browserName": "firefox",
        "timeouts": timeouts(),
        "proxy": stay_here(),
        "moz:firefoxOptions": {
            "args": ["-headless"],
            "prefs": { "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false },
        },
    });
    Driven {
        program: named("GECKODRIVER", "geckodriver"),
        // The second port would be 9222 for all of them.
        arguments: ["--port", "0", "--websocket-port", "0"]
            .map(String::from)
            .into(),
        port: Port::Announced("Listening on 127.0.0.1:"),
        patience: PATIENCE,
        needs_screen: false,
        capabilities: object(told),
    }
}

/// WebKitGTK's MiniBrowser under WebKitWebDriver (`WEBKITWEBDRIVER`, else from the PATH), on a screen.
fn webkit() -> Result<Driven> {
    let port = xtask::file_server::free_port()?;
    let found = MINI_BROWSERS
        .iter()
        .map(Path::new)
        .find(|file| file.is_file());
    let browser = std::env::var_os("WEBKIT_MINIBROWSER").map(PathBuf::from);
    let browser = browser.as_deref().or(found);
    let browser = browser.context("there is no MiniBrowser of WebKitGTK")?;
    let told = json!({
        "timeouts": timeouts(),
        "proxy": stay_here(),
        "webkitgtk:browserOptions": { "binary": browser, "args": ["--automation"] },
    });
    Ok(Driven {
        program: named("WEBKITWEBDRIVER", "WebKitWebDriver"),
        arguments: vec![format!("--port={port}")],
        port: Port::Given(port),
        patience: PATIENCE,
        needs_screen: true,
        capabilities: object(told),
    })
}

fn named(variable: &str, program: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| program.into())
}

/// Less than in Chromium, where benches run.
fn timeouts() -> Value {
    json!({ "script": 40_000, "pageLoad": 40_000 })
}

/// A proxy that is not there for whatever is not on this machine.
fn stay_here() -> Value {
    json!({
        "proxyType": "manual",
        "httpProxy": "127.0.0.1:9",
        "sslProxy": "127.0.0.1:9",
        "noProxy": ["127.0.0.1", "localhost"],
    })
}

fn object(told: Value) -> Capabilities {
    told.as_object().cloned().unwrap_or_default().into()
}
