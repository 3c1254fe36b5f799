//! Where the repository is, by cargo's own word, and how its cargo is called. Builds nothing.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

/// The repository.
pub struct Workspace {
    /// Its root folder.
    pub root: PathBuf,
    /// Where cargo puts what it builds; a reader may have moved it.
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace of this program.
    ///
    /// # Errors
    /// Cargo cannot read it.
    pub fn find() -> Result<Self> {
        let here = std::env::var("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into());
        let metadata = MetadataCommand::new()
            .no_deps()
            .current_dir(here)
            .exec()
            .context("cargo cannot read the workspace")?;
        Ok(Self {
            root: metadata.workspace_root.into(),
            target: metadata.target_directory.into(),
        })
    }

    /// A cargo command at the root, free of what the outer `cargo run` told this program.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Build scripts look at these to decide whether to run again; ours are not theirs.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command.args(arguments).current_dir(&self.root);
        command
    }
}
