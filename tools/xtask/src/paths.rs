//! Keeps the folders of the building machine out of the modules: panics name sources by short paths. Renames nothing.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

/// What the compiler is told, for `CARGO_ENCODED_RUSTFLAGS`: `flags`, and which folders to leave out.
///
/// # Errors
/// The compiler does not say where it lives.
pub fn rustflags(root: &Path, flags: &str) -> Result<String> {
    let mut all: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
    // The last that fits wins: folders inside others come later.
    all.push(shortened(root, ""));
    all.push(shortened(&sysroot()?.join("lib/rustlib/src/rust"), "rust"));
    for registry in registries() {
        all.push(shortened(&registry, ""));
    }
    Ok(all.join("\u{1f}"))
}

fn shortened(folder: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", folder.display())
}

fn sysroot() -> Result<PathBuf> {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler)
        .args(["--print", "sysroot"])
        .output()
        .context("cannot start rustc")?;
    let path = String::from_utf8(output.stdout).context("rustc's sysroot is not text")?;
    Ok(path.trim().into())
}

/// Where cargo unpacks crates: one folder for each registry.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        Some(PathBuf::from(env::var_os("HOME").or(env::var_os("USERPROFILE"))?).join(".cargo"))
    });
    // None before the first download: then there is no crate to name either.
    let Some(Ok(entries)) = home.map(|home| fs::read_dir(home.join("registry/src"))) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_first_and_every_folder_is_left_out() {
        let flags = rustflags(Path::new("/here it is"), "-C target-feature=+simd128").unwrap();
        let parts: Vec<&str> = flags.split('\u{1f}').collect();
        assert_eq!(&parts[..2], ["-C", "target-feature=+simd128"]);
        assert_eq!(parts[2], "--remap-path-prefix=/here it is=");
        assert!(parts[2..].iter().all(|part| part.starts_with("--remap")));
    }
}
