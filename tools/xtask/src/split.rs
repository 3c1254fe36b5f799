//! Cuts the page's module into what every picture needs and what is fetched when it is wanted. Chooses no part: the page's
//! source marks them (`web/app/src/panels/table.rs`).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use walrus::ModuleConfig;
use wasm_split_cli_support::{Options, transform};

use crate::script::minify;
use crate::slim::slim_part;

/// What the linker is told, so that the module can be cut.
pub const RUSTFLAGS: &str = "-C link-args=--emit-relocs";
/// The script that fetches the other modules.
const LINK: &str = "app-lazy.js";

/// Writes the other modules and the script that fetches them to `folder`; the first, still without glue, to `main`.
///
/// # Errors
/// The module was linked without `RUSTFLAGS`, or a file cannot be written.
pub fn split(module: &Path, main: &Path, folder: &Path) -> Result<()> {
    let input = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let link_name = format!("./{LINK}");
    let mut options = Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = main;
    options.link_name = &link_name;
    options.main_module = "./app.js";
    let parts = transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .context("the page's module cannot be cut")?;
    for part in &parts.split_modules {
        write_lightened(part)?;
    }
    let link = folder.join(LINK);
    let script = fs::read_to_string(&link).context("the script of the other modules is missing")?;
    fs::write(&link, minify(&any_host(&script)?)?)
        .context("cannot write the script of the other modules")
}

/// Without names and other sections that no engine needs.
fn write_lightened(part: &PathBuf) -> Result<()> {
    let module = ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(&fs::read(part)?)
        .with_context(|| format!("cannot read {}", part.display()))?;
    let mut module = module;
    slim_part(&mut module);
    let custom: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for id in custom {
        module.customs.delete(id);
    }
    fs::write(part, module.emit_wasm()).with_context(|| format!("cannot write {}", part.display()))
}

/// Compiling from a stream needs a host that knows the type of wasm files; compiling from bytes works on any.
fn any_host(script: &str) -> Result<String> {
    const STREAMED: &str = "WebAssembly.instantiateStreaming(src, imports)";
    ensure!(
        script.contains(STREAMED),
        "the script of the other modules is not of the form known here"
    );
    Ok(script.replace(
        STREAMED,
        "WebAssembly.instantiate(await (await src).arrayBuffer(), imports)",
    ))
}
