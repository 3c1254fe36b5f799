//! Whether every Rust file of the tree is formatted: also those that no `mod` line reaches where `cargo fmt` looks.

use std::fs::{self, File};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

/// Folders that hold what was built.
fn is_built(name: &str) -> bool {
    name.starts_with("target") || name.starts_with('.') || name == "dist" || name == "node_modules"
}

/// Compares each file with what rustfmt makes of it.
///
/// # Errors
/// A file is not formatted or cannot be read; the message names all of them.
pub fn check_formatting(root: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    // Most of the time goes into starting rustfmt: once a file, on every core.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let parts = thread::scope(|scope| {
        let begun: Vec<_> = files
            .chunks(files.len().div_ceil(cores).max(1))
            .map(|part| scope.spawn(|| unformatted(root, part)))
            .collect();
        begun
            .into_iter()
            .map(|part| part.join().map_err(|_| anyhow!("a thread was lost"))?)
            .collect::<Result<Vec<_>>>()
    })?;
    let unformatted = parts.concat();
    if !unformatted.is_empty() {
        bail!(
            "not formatted (`rustfmt FILE` does it): {}",
            unformatted.join(", ")
        );
    }
    println!("{} files are formatted", files.len());
    Ok(())
}

/// Those of the files that are not formatted.
fn unformatted(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files {
        if !is_formatted(file)? {
            found.push(file.strip_prefix(root)?.display().to_string());
        }
    }
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {folder:?}"))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            if !path
                .file_name()
                .is_some_and(|name| is_built(&name.to_string_lossy()))
            {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// By way of the standard input: rustfmt would otherwise look for the files of each `mod`, where cargo would not.
fn is_formatted(file: &Path) -> Result<bool> {
    let output = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(File::open(file)?)
        .output()
        .context("cannot start rustfmt")?;
    if !output.status.success() {
        bail!(
            "rustfmt cannot read {}: {}",
            file.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout == fs::read(file)?)
}
