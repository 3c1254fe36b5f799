//! Hosts as documentation authors and teachers use them, made for the tests of the site: a slide deck by reveal.js, a
//! manual by Sphinx, a handbook by MkDocs. Each is made from its sources in `web/e2e/hosts`, by programs of npm or pip.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::aside::Aside;
use crate::workspace::Workspace;

/// Where they stand: a folder each, named as in `web/e2e/hosts`.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("hosts")
}

/// Makes all of them beside other stages. What cannot be made is missing, and its test says that it is skipped.
pub fn making(workspace: &Workspace) -> Vec<Aside> {
    let sources = workspace.root.join("web/e2e/hosts");
    let to = folder(workspace);
    vec![
        Aside::start("making a slide deck", slides(&sources, &to)),
        Aside::start("making a manual", manual(&sources, &to)),
        Aside::start("making a handbook", handbook(&sources, &to)),
    ]
}

fn slides(sources: &Path, to: &Path) -> Vec<Command> {
    let to = to.join("slides");
    let mut npm = Command::new("npm");
    npm.arg("install").arg("--prefix").arg(&to).args([
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "reveal.js@5.2.1",
    ]);
    let mut copy = Command::new("cp");
    copy.arg(sources.join("slides/index.html")).arg(&to);
    vec![npm, copy]
}

fn manual(sources: &Path, to: &Path) -> Vec<Command> {
    let programs = to.join("sphinx");
    let mut build = python(&programs);
    build
        .args(["-m", "sphinx", "-q", "-b", "html"])
        .arg(sources.join("manual"))
        .arg(to.join("manual"));
    vec![pip(&programs, "sphinx==8.1.3"), build]
}

fn handbook(sources: &Path, to: &Path) -> Vec<Command> {
    let programs = to.join("mkdocs");
    let mut build = python(&programs);
    build
        .args(["-m", "mkdocs", "build", "--quiet", "--config-file"])
        .arg(sources.join("handbook/mkdocs.yml"))
        .arg("--site-dir")
        .arg(to.join("handbook"));
    vec![pip(&programs, "mkdocs-material==9.5.50"), build]
}

/// Into a folder of its own, so that nothing else on this machine changes.
fn pip(programs: &Path, package: &str) -> Command {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--upgrade"])
        .arg("--target")
        .arg(programs)
        .arg(package);
    pip
}

fn python(programs: &Path) -> Command {
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", programs);
    python
}
