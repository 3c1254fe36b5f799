//! The course in the site: its pages, written by `tools/course`, and the script and style sheet that make them live.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::script::{bundle, minify};
use crate::site::Site;
use crate::stage::{run, stage};
use crate::styles::without_comments;

/// Writes every page; the still pictures are drawn.
///
/// # Errors
/// A lesson is not as it must be, or a file cannot be written.
pub fn build(site: &Site) -> Result<()> {
    stage("writing the course", || {
        let mut command = site.workspace.cargo(&["run", "--quiet"]);
        command
            .args(["--package", "batchnorm-lab-course", "--", "write"])
            .arg(&site.workspace.root)
            .arg(&site.folder);
        if let Some(base) = &site.base {
            command.args(["--base", base]);
        }
        run(&mut command)
    })?;
    let folder = site.workspace.root.join("web/course");
    let script = script(&folder)?;
    write(&site.folder.join("course.js"), &minify(&script)?)?;
    let resolve = |name: &str| Ok(Some(without_imports(&read(&folder.join(name))?)));
    let presenter = bundle(&read(&folder.join("presenter.js"))?, &resolve)?;
    write(&site.folder.join("presenter.js"), &minify(&presenter)?)?;
    // In the order in which they build on each other.
    let sheets = [
        "../page/document.css",
        "course.css",
        "lesson.css",
        "faults.css",
        "home.css",
    ];
    let sheets = sheets.map(|name| read(&folder.join(name)));
    let sheets = sheets.into_iter().collect::<Result<String>>()?;
    write(&site.folder.join("course.css"), &without_comments(&sheets))?;
    let presenter = read(&folder.join("presenter.css"))?;
    write(
        &site.folder.join("presenter.css"),
        &without_comments(&presenter),
    )
}

/// One script of all.
fn script(folder: &Path) -> Result<String> {
    let resolve = |name: &str| {
        let text = match name {
            "observe.js" => observations(&folder.join("observe"))?,
            _ => read(&folder.join(name))?,
        };
        Ok(Some(without_imports(&text)))
    };
    bundle(&read(&folder.join("course.js"))?, &resolve)
}

/// Every lesson's table and axes in two, each file in a scope of its own.
fn observations(folder: &Path) -> Result<String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("cannot list {}", folder.display()))?;
    files.sort();
    let mut text = String::from("const OBSERVED = [\n");
    for file in files {
        let script = without_imports(&read(&file)?);
        let table = script.lines().find_map(|line| {
            let name = line.strip_prefix("export const ")?;
            name.strip_suffix(" = {")
        });
        let table = table.with_context(|| format!("{} has no table", file.display()))?;
        let has_axes = script
            .lines()
            .any(|line| line.starts_with("export const axes = "));
        let axes = if has_axes { "axes" } else { "axes: {}" };
        // Not at the beginning of a line: what is there is the whole script's.
        let inside = script
            .replace("export const ", "const ")
            .replace('\n', "\n  ");
        writeln!(
            text,
            "(() => {{\n{inside}\nreturn {{ table: {table}, {axes} }};\n}})(),"
        )?;
    }
    text += "];\nexport const OBSERVATIONS = Object.assign({}, ...OBSERVED.map(({ table }) => table));\n";
    text += "export const AXES = Object.assign({}, ...OBSERVED.map(({ axes }) => axes));\n";
    Ok(text)
}

/// What a file imports is written into the same script.
fn without_imports(script: &str) -> String {
    let kept = script.lines().filter(|line| !line.starts_with("import "));
    kept.flat_map(|line| [line, "\n"]).collect()
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
