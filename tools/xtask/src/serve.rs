//! Serves the site on this machine, watches the sources and reloads open pages. Never meant for a network.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use xtask::file_server::{Answer, content_type, file_of, serve_files};

use crate::site::Site;
use crate::workspace::Workspace;

/// What the site is made of, below the root: a change of anything else is none of the site.
const SOURCES: [&str; 16] = [
    "Cargo.lock",
    "Cargo.toml",
    "assets",
    "examples",
    "gpu",
    "index.html",
    "src",
    "tools/course",
    "web/app",
    "web/bench",
    "web/course",
    "web/element",
    "web/page",
    "web/pool",
    "web/styles",
    "web/worker",
];
/// How long nothing must change before a build: an editor or a checkout writes several files.
const QUIET: Duration = Duration::from_millis(100);
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
    let workspace = Workspace::find()?;
    let folder = workspace.target.join("site");
    let site = Site {
        workspace,
        folder,
        base: None,
    };
    // A start in another process's second is still a change: versions of two servers must differ.
    let version = Arc::new(Version::default());
    *lock(&version.number) = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    // Before the build, so that a port in use is said at once.
    let (root, answers) = (site.folder.clone(), version.clone());
    serve_files(port, move |url| answer(url, &root, &answers))
        .context("`--port N` takes another port")?;
    // Watched before the build: what changes during it counts.
    let (_watcher, changes) = watch(&site.workspace.root)?;
    site.build_first()?;
    println!("\nserving on http://127.0.0.1:{port}/ (Ctrl-C stops)");
    // The page runs already; what only some runs fetch follows.
    match site.build_rest() {
        Ok(()) => {
            println!("serving on http://127.0.0.1:{port}/, now with every layer and the bench")
        }
        Err(error) => eprintln!("xtask: {error:#}; waiting for a change"),
    }

    while let Some(changed) = next_changes(&changes, &site.workspace.root) {
        match rebuild(&site, &changed) {
            Ok(()) => {
                *lock(&version.number) += 1;
                version.changed.notify_all();
                println!("serving on http://127.0.0.1:{port}/");
            }
            Err(error) => eprintln!("xtask: {error:#}; waiting for the next change"),
        }
    }
    Ok(())
}

/// Builds what the changed files are part of; cargo sees to the rest.
fn rebuild(site: &Site, changed: &BTreeSet<PathBuf>) -> Result<()> {
    let touches = |folder: &str| changed.iter().any(|path| path.starts_with(folder));
    let core = touches("src") || touches("Cargo.toml") || touches("Cargo.lock");
    // Texts may be compiled into the page.
    if core || touches("web/app") || touches("assets") {
        site.build_page()?;
    }
    if core || touches("web/worker") || touches("gpu") {
        site.build_workers()?;
        site.build_full_workers()?;
    }
    if core || touches("web/bench/src") || touches("gpu") {
        site.build_benches()?;
    }
    if core || touches("web/app") || touches("assets") {
        site.build_stills()?;
    }
    site.copy_files()
}

type Changes = Receiver<notify::Result<Event>>;

/// A watcher over the sources; it watches until it is dropped.
fn watch(root: &Path) -> Result<(RecommendedWatcher, Changes)> {
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).context("cannot watch files")?;
    let mut watch = |path: &Path, mode| {
        watcher
            .watch(path, mode)
            .with_context(|| format!("cannot watch {}", path.display()))
    };
    // An editor replaces a file by another one: not the file is watched but the folder that it lies in.
    watch(root, RecursiveMode::NonRecursive)?;
    for folder in SOURCES.map(|source| root.join(source)) {
        if folder.is_dir() {
            watch(&folder, RecursiveMode::Recursive)?;
        }
    }
    Ok((watcher, changes))
}

/// Waits for changed sources, then until it is quiet: their paths below the root. `None` when nobody watches any more.
fn next_changes(changes: &Changes, root: &Path) -> Option<BTreeSet<PathBuf>> {
    loop {
        let mut events = vec![changes.recv().ok()?];
        while let Ok(event) = changes.recv_timeout(QUIET) {
            events.push(event);
        }
        let changed: BTreeSet<PathBuf> = events
            .into_iter()
            .flatten()
            .filter(|event| !matches!(event.kind, EventKind::Access(_)))
            .flat_map(|event| event.paths)
            .filter_map(|path| Some(path.strip_prefix(root).ok()?.to_owned()))
            .filter(|path| SOURCES.iter().any(|source| path.starts_with(source)))
            .collect();
        if !changed.is_empty() {
            return Some(changed);
        }
    }
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
            Answer::of(content_type(&file), html)
        }
        Some(file) => Answer::file(&file),
        None => Answer::refusal(404),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_is_told_and_other_files_are_not() {
        let root = std::env::temp_dir().join(format!("xtask-watch-{}", std::process::id()));
        fs::create_dir_all(root.join("src/deep")).unwrap();
        // What the system calls the folder is what events call it.
        let root = root.canonicalize().unwrap();
        let (_watcher, changes) = watch(&root).unwrap();
        fs::write(root.join("notes.txt"), "none of the site").unwrap();
        fs::write(root.join("src/deep/new.rs"), "of the site").unwrap();
        let changed = next_changes(&changes, &root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(changed, BTreeSet::from(["src/deep/new.rs".into()]));
    }
}
