//! What differs between browsers under WebDriver: the program that drives one, and what it is told. One function a
//! browser; everything else here is the same for all of them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
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
    /// Firefox, which needs no driver.
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
    /// The driver, or a browser that needs none: a program that is told on a port what to do.
    pub program: String,
    /// What it is called with.
    pub arguments: Vec<String>,
    /// How its port is known.
    pub port: Port,
    /// What it speaks there.
    pub speaks: Protocol,
    /// The longest that one request may take; a script is waited for.
    pub patience: Duration,
    /// Whether it needs a screen, for it knows no other way.
    pub needs_screen: bool,
    /// The folder that it works in, where it has one of its own.
    pub profile: Option<Profile>,
    /// What a session of it is asked for.
    pub capabilities: Capabilities,
}

/// How a driver is spoken to.
#[derive(Clone, Copy)]
pub enum Protocol {
    /// WebDriver, over HTTP.
    WebDriver,
    /// Firefox's own.
    Marionette,
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
            Kind::Firefox => firefox(),
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
        speaks: Protocol::WebDriver,
        patience: Duration::from_secs(300),
        needs_screen: false,
        profile: None,
        capabilities: object(told),
    })
}

/// What Firefox is told: to say where it listens, to open nothing by itself, and to ask nobody outside this machine.
const FIREFOX: &str = r#"user_pref("marionette.port", 0);
user_pref("remote.log.level", "Info");
user_pref("browser.startup.page", 0);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("startup.homepage_welcome_url", "about:blank");
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.sessionstore.resume_from_crash", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.ipc.reportProcessHangs", false);
user_pref("focusmanager.testmode", true);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"#;

/// Headless Firefox (`FIREFOX`, else from the PATH), in a profile of its own.
fn firefox() -> Result<Driven> {
    let told = json!({ "timeouts": timeouts(), "proxy": stay_here() });
    let profile = Profile::new(FIREFOX)?;
    let folder = profile.0.to_string_lossy().into_owned();
    let arguments = ["--marionette", "-headless", "-no-remote", "-profile"].map(String::from);
    Ok(Driven {
        program: named("FIREFOX", found(&["firefox", "firefox-esr"])),
        arguments: arguments.into_iter().chain([folder]).collect(),
        port: Port::Announced("Listening on port "),
        speaks: Protocol::Marionette,
        patience: PATIENCE,
        needs_screen: false,
        profile: Some(profile),
        capabilities: object(told),
    })
}

/// A folder in which Firefox keeps what it knows; it goes with this.
pub struct Profile(PathBuf);

impl Profile {
    fn new(preferences: &str) -> Result<Self> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("batchnorm-lab-firefox-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join("user.js"), preferences))
            .with_context(|| format!("no profile in {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
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
        speaks: Protocol::WebDriver,
        patience: PATIENCE,
        needs_screen: true,
        profile: None,
        capabilities: object(told),
    })
}

/// The first of these that is in the PATH, else the first.
fn found<'a>(programs: &[&'a str]) -> &'a str {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there =
        |program: &&&str| std::env::split_paths(&path).any(|at| at.join(program).is_file());
    programs.iter().find(is_there).unwrap_or(&programs[0])
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
