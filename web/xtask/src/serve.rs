//! Serves the site on this machine, watches the sources and reloads open pages. Never meant for a network.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Request, Response, Server};

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
    let server = Server::http(("127.0.0.1", port)).map_err(|error| {
        anyhow!("cannot serve on 127.0.0.1:{port}: {error}; `--port N` takes another port")
    })?;
    let workspace = Workspace::find()?;
    let folder = workspace.target.join("site");
    let site = Site { workspace, folder };
    let mut seen = sources(&site.workspace.root)?;
    site.build_all()?;
    // A start in another process's second is still a change: versions of two servers must differ.
    let version = Arc::new(Version::default());
    *lock(&version.number) = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());

    let (root, answers) = (site.folder.clone(), version.clone());
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let (root, version) = (root.clone(), answers.clone());
            // A waiting page must not keep others from being answered.
            thread::spawn(move || answer(request, &root, &version));
        }
    });
    println!("\nserving on http://127.0.0.1:{port}/ (Ctrl-C stops)");

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

fn answer(request: Request, root: &Path, version: &Version) {
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    // A page that left before its answer came is nobody's error.
    let _ = if path == "/__version" {
        let number = wait_for_newer(version, query.strip_prefix("seen=").unwrap_or(""));
        request.respond(Response::from_string(number))
    } else {
        match file_of(root, path) {
            Some(file) if file.ends_with("index.html") => {
                let mut html = fs::read_to_string(&file).unwrap_or_default();
                html.push_str(RELOAD);
                request.respond(Response::from_string(html).with_header(type_of(&file)))
            }
            Some(file) => match File::open(&file) {
                Ok(open) => request.respond(
                    Response::from_file(open)
                        .with_header(type_of(&file))
                        .with_header(header("Cache-Control: no-store")),
                ),
                Err(_) => request.respond(Response::empty(404)),
            },
            None => request.respond(Response::empty(404)),
        }
    };
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

/// The file of a request path; nothing outside `root` is a file.
fn file_of(root: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let file = root.join(relative);
    let file = if file.is_dir() {
        file.join("index.html")
    } else {
        file
    };
    file.is_file().then_some(file)
}

fn type_of(file: &Path) -> Header {
    let kind = match file.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
    header(&format!("Content-Type: {kind}"))
}

fn header(line: &str) -> Header {
    line.parse().expect("headers written here are well formed")
}
