//! Calls the programs of `web/e2e`, which know how to drive a browser. Drives none itself.

use anyhow::{Context, Result};

use crate::stage::run;
use crate::tools::ensure_browser;
use crate::workspace::Workspace;

/// The package of the browser programs.
const PACKAGE: &str = "batchnorm-lab-e2e";

/// Runs one of them with `arguments`.
///
/// # Errors
/// It cannot be built or does not succeed.
pub fn tool(name: &str, arguments: &[String]) -> Result<()> {
    let workspace = Workspace::find()?;
    // Called from the reader's folder, so that `--out picture.png` means what it says.
    let mut command = workspace.cargo(&["run", "--quiet", "--manifest-path"]);
    command
        .arg(workspace.root.join("Cargo.toml"))
        .args(["--package", PACKAGE, "--bin", name, "--"])
        .current_dir(std::env::current_dir().context("there is no current folder")?);
    if name != "sizes" {
        command.env("CHROMEDRIVER", ensure_browser()?);
    }
    // The site at the root, whatever folder the reader is in, unless one is named.
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--dist"))
    {
        command.arg("--dist").arg(workspace.root.join("dist"));
    }
    run(command.args(arguments))
}
