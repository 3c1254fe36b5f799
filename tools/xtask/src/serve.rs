//! Serves the site on this machine, watches the sources and reloads open pages. Never meant for a network.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use xtask::http::{Answer, Server, file_of, type_of};

use crate::site::Site;
use crate::workspace::Workspace;

/// How often the sources are looked at. A look costs a few milliseconds.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// How long a page's question for a newer version is kept open.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Waits for a newer version, then reloads; a server that went away is asked again until it is back.
const RELOAD: &str = "<script type=\"module\">let seen = null; for (;;) { try { \
     const now = await (await fetch(`/__version?seen=${seen ?? ''}`)).text(); \
     if (seen !== null && now !== seen) location.reload(); seen = now; \
     } catch { await new Promise((next) => setTimeout(next, 1000)); } }</script>";

/// The number of the newest build, and those who wait for it.
#[derive(Default)]
struct Version {
    number: Mutex<u64>,
    changed: Condvar,
}

/// Builds the site and serves it until the program is stopped.
///
/// # Errors
/// The port is in use, a tool is missing, or the first build fails.
pub fn serve(port: u16) -> Result<()> {
    // Bound before the build, so that a port in use is said at once.
    let listener = TcpListener::bind(("127.0.0.1", port)).with_context(|| {
        format!("cannot serve on 127.0.0.1:{port} (`--port N` takes another port)")
    })?;
    let workspace = Workspace::find()?;
    let folder = workspace.target.join("site");
    let site = Site { workspace, folder };
    let mut seen = sources(&site.workspace.root)?;
    site.build_first()?;
    // A start in another process's second is still a change: versions of two servers must differ.
    let version = Arc::new(Version::default());
    *lock(&version.number) = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());

    let (root, answers) = (site.folder.clone(), version.clone());
    let _server = Server::start(listener, move |url| answer(url, &root, &answers))
        .context("cannot start the server")?;
    println!("\nserving on http://127.0.0.1:{port}/ (Ctrl-C stops)");
    // The page runs already; what only some runs fetch follows.
    match site.build_rest() {
        Ok(()) => {
            println!("serving on http://127.0.0.1:{port}/, now with every layer and the bench")
        }
        Err(error) => eprintln!("xtask: {error:#}; waiting for a change"),
    }

    loop {
        thread::sleep(LOOK_EVERY);
        let now = match sources(&site.workspace.root) {
            Ok(now) => now,
            // An editor may be swapping a file just now.
            Err(_) => continue,
        };
        let changed: Vec<&PathBuf> = now
            .iter()
            .filter(|(path, time)| seen.get(*path) != Some(time))
            .map(|(path, _)| path)
            .chain(seen.keys().filter(|path| !now.contains_key(*path)))
            .collect();
        if changed.is_empty() {
            continue;
        }
        match rebuild(&site, &changed) {
            Ok(()) => {
                *lock(&version.number) += 1;
                version.changed.notify_all();
                println!("serving on http://127.0.0.1:{port}/");
            }
            Err(error) => eprintln!("xtask: {error:#}; waiting for the next change"),
        }
        seen = now;
    }
}

/// Builds what the changed files are part of; cargo sees to the rest.
fn rebuild(site: &Site, changed: &[&PathBuf]) -> Result<()> {
    let root = &site.workspace.root;
    let touches = |folder: &str| {
        changed
            .iter()
            .any(|path| path.starts_with(root.join(folder)))
    };
    let core = touches("src") || touches("Cargo.toml") || touches("Cargo.lock");
    // Texts may be compiled into the page.
    if core || touches("web/app") || touches("assets") {
        site.build_page()?;
    }
    if core || touches("web/worker") {
        site.build_workers()?;
        site.build_full_workers()?;
    }
    if core || touches("web/bench/src") {
        site.build_benches()?;
    }
    if core || touches("examples") {
        site.build_poster()?;
    }
    site.copy_files()
}

/// Every source file with the time it was last written.
fn sources(root: &Path) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = [
        "Cargo.lock",
        "Cargo.toml",
        "assets",
        "examples",
        "index.html",
        "src",
        "web/app",
        "web/bench",
        "web/element",
        "web/styles",
        "web/worker",
    ]
    .iter()
    .map(|name| root.join(name))
    .filter(|path| path.exists())
    .collect();
    while let Some(path) = waiting.pop() {
        let about = fs::metadata(&path).with_context(|| format!("cannot look at {path:?}"))?;
        if about.is_dir() {
            for entry in fs::read_dir(&path).with_context(|| format!("cannot list {path:?}"))? {
                waiting.push(entry?.path());
            }
        } else {
            found.insert(path, about.modified()?);
        }
    }
    Ok(found)
}

fn answer(url: &str, root: &Path, version: &Version) -> Answer {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    if path == "/__version" {
        let seen = query.strip_prefix("seen=").unwrap_or("");
        return Answer::of("text/plain", wait_for_newer(version, seen));
    }
    match file_of(root, path) {
        Some(file) if file.ends_with("index.html") => {
            let mut html = fs::read(&file).unwrap_or_default();
            html.extend(RELOAD.as_bytes());
            Answer::of(type_of(&file), html)
        }
        Some(file) => Answer::file(&file),
        None => Answer::not_found(),
    }
}

fn wait_for_newer(version: &Version, seen: &str) -> String {
    let number = lock(&version.number);
    let (number, _) = version
        .changed
        .wait_timeout_while(number, LONGEST_WAIT, |number| number.to_string() == seen)
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    number.to_string()
}

fn lock(number: &Mutex<u64>) -> std::sync::MutexGuard<'_, u64> {
    number
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
