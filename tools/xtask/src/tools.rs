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
    /// What has to be there: of each row one program, or the variable that names it.
    needs: &'static [(Option<&'static str>, &'static [&'static str])],
    /// The packages of Debian that have them.
    packages: &'static [&'static str],
}

/// All of them.
pub const OTHER_BROWSERS: [OtherBrowser; 2] = [
    OtherBrowser {
        name: "Firefox",
        asked: "firefox",
        needs: &[(Some("FIREFOX"), &["firefox", "firefox-esr"])],
        packages: &["firefox-esr"],
    },
    OtherBrowser {
        name: "WebKitGTK",
        asked: "webkit",
        needs: &[
            (Some("WEBKITWEBDRIVER"), &["WebKitWebDriver"]),
            (None, &["Xvfb"]),
        ],
        packages: &["webkit2gtk-driver", "xvfb"],
    },
];

impl OtherBrowser {
    /// Whether all of it is there.
    pub fn is_installed(&self) -> bool {
        self.needs.iter().all(|(variable, programs)| {
            variable.is_some_and(|variable| std::env::var_os(variable).is_some())
                || programs.iter().any(|program| find(program).is_some())
        })
    }

    /// Why it is not used where it is not installed.
    pub fn why_not(&self) -> String {
        let packages = self.packages.join(" and ");
        format!("it is not installed; packages of Debian: {packages}")
    }
}

/// What installs those browsers that are not there, one after the other; nothing where apt-get cannot be asked.
pub fn installing_other_browsers() -> Vec<Command> {
    let missing = OTHER_BROWSERS.iter().filter(|other| !other.is_installed());
    let mut commands: Vec<Command> = missing.map(|other| installing(other.packages)).collect();
    if commands.is_empty() || !is_root() || find("apt-get").is_none() {
        return Vec::new();
    }
    let mut update = apt();
    update.args(["update", "-qq"]);
    commands.insert(0, update);
    commands
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
    run(&mut installing(packages))
}

fn installing(packages: &[&str]) -> Command {
    let mut command = apt();
    command
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages);
    command
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
