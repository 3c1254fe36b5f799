//! Installs what builds and tests need, or says in one line what is missing. Changes nothing that is already there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::stage::{run, stage, succeeds};

/// The target of page and workers.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target to the toolchain in use.
///
/// # Errors
/// There is no rustup, or it cannot download.
pub fn ensure_wasm_target() -> Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("cannot start rustc; install Rust from https://rustup.rs")?;
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(());
    }
    stage(&format!("adding the Rust target {WASM}"), || {
        run(Command::new("rustup").args(["target", "add", WASM])).with_context(|| {
            format!("the Rust target {WASM} is missing and `rustup target add {WASM}` did not help")
        })
    })
}

/// Adds rustfmt and clippy to the toolchain in use.
///
/// # Errors
/// There is no rustup, or it cannot download.
pub fn ensure_lint_components() -> Result<()> {
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if succeeds(Command::new("cargo").args([probe, "--version"])) {
            continue;
        }
        stage(&format!("adding the Rust component {component}"), || {
            run(Command::new("rustup").args(["component", "add", component])).with_context(|| {
                format!(
                    "{component} is missing and `rustup component add {component}` did not help"
                )
            })
        })?;
    }
    Ok(())
}

/// Installs Chromium and its driver where apt-get can, and gives the driver's path.
///
/// # Errors
/// They are missing and cannot be installed here; the message names the packages.
pub fn ensure_browser() -> Result<PathBuf> {
    if let Some(driver) = browser_driver() {
        return Ok(driver);
    }
    if !is_root() || find("apt-get").is_none() {
        bail!(
            "tests need Chromium and chromedriver; install them (Debian: `apt-get install chromium chromium-driver`; \
             Ubuntu: `snap install chromium`; Fedora: `dnf install chromium chromedriver`; macOS: `brew install \
             --cask chromium chromedriver`) or set CHROMEDRIVER to the driver's path"
        );
    }
    stage("installing chromium and chromium-driver", || {
        // A machine that has never asked has no list of packages; one that has may have an old one.
        run(apt().args(["update", "-qq"]))
            .and_then(|()| {
                // Ubuntu has other names for the same two.
                install(&["chromium", "chromium-driver", "fonts-noto-cjk"])
                    .or_else(|_| install(&["chromium-browser", "chromium-chromedriver"]))
            })
            .context("apt-get could not install chromium and chromium-driver")
    })?;
    browser_driver().context(
        "apt-get installed chromium and chromium-driver, but `chromedriver` is not in the PATH",
    )
}

/// A browser besides Chromium that the tests of the site run in.
pub struct OtherBrowser {
    /// Its name for people.
    pub name: &'static str,
    /// What `BATCHNORM_LAB_BROWSER` calls it.
    pub asked: &'static str,
    /// The variable that says where its driver is, and where that is.
    pub driver: (&'static str, PathBuf),
}

/// geckodriver is on crates.io and in few distributions; built with little optimisation, in two minutes on two cores.
const GECKODRIVER: &str = "0.37.1";

/// Installs Firefox and WebKitGTK with their drivers, each where apt-get can; why not, for those it cannot.
pub fn ensure_other_browsers(
    target: &Path,
) -> [std::result::Result<OtherBrowser, (&'static str, String)>; 2] {
    let firefox = ensure_firefox(target).map(|driver| OtherBrowser {
        name: "Firefox",
        asked: "firefox",
        driver: ("GECKODRIVER", driver),
    });
    let webkit = ensure_webkit().map(|driver| OtherBrowser {
        name: "WebKitGTK",
        asked: "webkit",
        driver: ("WEBKITWEBDRIVER", driver),
    });
    let why = |name| move |error: anyhow::Error| (name, format!("{error:#}"));
    [
        firefox.map_err(why("Firefox")),
        webkit.map_err(why("WebKitGTK")),
    ]
}

fn ensure_firefox(target: &Path) -> Result<PathBuf> {
    if ["firefox", "firefox-esr"]
        .iter()
        .all(|name| find(name).is_none())
    {
        install_by_apt(&["firefox-esr"])?;
    }
    if let Some(driver) = std::env::var_os("GECKODRIVER") {
        return Ok(driver.into());
    }
    let folder = target.join("tools");
    let built = folder.join("bin/geckodriver");
    if let Some(driver) = find("geckodriver").or(built.is_file().then_some(built.clone())) {
        return Ok(driver);
    }
    stage("building geckodriver", || {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        run(Command::new(cargo)
            .args([
                "install",
                "geckodriver",
                "--locked",
                "--quiet",
                "--version",
                GECKODRIVER,
            ])
            .args(["--config", "profile.release.lto=false"])
            .args(["--config", "profile.release.opt-level=1"])
            .args(["--config", "profile.release.codegen-units=16"])
            .arg("--root")
            .arg(&folder)
            .arg("--target-dir")
            .arg(folder.join("build")))
    })?;
    Ok(built)
}

fn ensure_webkit() -> Result<PathBuf> {
    if find("WebKitWebDriver").is_none() || find("Xvfb").is_none() {
        install_by_apt(&["webkit2gtk-driver", "xvfb"])?;
    }
    let named = std::env::var_os("WEBKITWEBDRIVER").map(PathBuf::from);
    named
        .or_else(|| find("WebKitWebDriver"))
        .context("there is no WebKitWebDriver in the PATH")
}

/// Where apt-get is there to ask.
fn install_by_apt(packages: &[&str]) -> Result<()> {
    let names = packages.join(" and ");
    if !is_root() || find("apt-get").is_none() {
        bail!("it is not installed; packages of Debian: {names}");
    }
    stage(&format!("installing {names}"), || {
        run(apt().args(["update", "-qq"])).and_then(|()| install(packages))
    })
}

/// A graphics adapter in software, where apt-get can install one; without any the tests that need one pass by.
pub fn ensure_graphics_adapter() {
    let folder = std::path::Path::new("/usr/share/vulkan/icd.d");
    let has_some = folder
        .read_dir()
        .is_ok_and(|mut files| files.next().is_some());
    if has_some || find("apt-get").is_none() {
        return;
    }
    let installed = stage("installing mesa-vulkan-drivers", || {
        run(apt().args(["update", "-qq"]))?;
        install(&["mesa-vulkan-drivers", "libvulkan1"])
    });
    if let Err(error) = installed {
        println!("no graphics adapter could be installed: {error:#}");
    }
}

fn install(packages: &[&str]) -> Result<()> {
    run(apt()
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn browser_driver() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMEDRIVER") {
        return Some(path.into());
    }
    let has_browser = ["chromium", "chromium-browser", "google-chrome", "chrome"]
        .iter()
        .any(|name| find(name).is_some());
    find("chromedriver").filter(|_| has_browser || cfg!(not(target_os = "linux")))
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
