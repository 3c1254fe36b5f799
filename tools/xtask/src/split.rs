//! Cuts the page's module into what every picture needs and what is fetched when it is wanted. Chooses no part: the page's
//! source marks them (`web/app/src/panels/table.rs`).

mod merge;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use walrus::ModuleConfig;
use wasm_split_cli_support::{Options, transform};

use self::merge::merge;
use crate::script::minify;
use crate::slim::{order, slim_part};

/// What the linker is told, so that the module can be cut.
pub const RUSTFLAGS: &str = "-C link-args=--emit-relocs";
/// The script that fetches the other modules.
const LINK: &str = "app-lazy.js";
/// Those that a lab fetches, in one file.
pub const TOGETHER: &str = "app-lazy.wasm";
/// Their names.
const OF_A_LAB: [&str; 4] = ["answers", "noise", "unit", "words"];

/// The files of each module: the chunks that it shares with others, and its own.
type Files = HashMap<String, Vec<String>>;

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
    write_together(&parts.prefetch_map, folder)?;
    let link = folder.join(LINK);
    let script = fs::read_to_string(&link).context("the script of the other modules is missing")?;
    fs::write(&link, minify(&script_of(&script, &parts.prefetch_map)?)?)
        .context("cannot write the script of the other modules")
}

/// Without names and other sections that no engine needs.
fn write_lightened(part: &Path) -> Result<()> {
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
    fs::write(part, order(&module.emit_wasm())?)
        .with_context(|| format!("cannot write {}", part.display()))
}

/// One module of all those of a lab, for who fetches them all: they weigh a fourth less so.
fn write_together(modules: &Files, folder: &Path) -> Result<()> {
    let files: BTreeSet<&String> = OF_A_LAB
        .iter()
        .filter_map(|name| modules.get(*name))
        .flatten()
        .collect();
    let read = |file| {
        let path = folder.join(format!("{file}.wasm"));
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let all = files.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let path = folder.join(TOGETHER);
    fs::write(&path, merge(&all)?).with_context(|| format!("cannot write {}", path.display()))
}

/// The script, from what the splitter's own says that the modules share.
fn script_of(splitters: &str, modules: &Files) -> Result<String> {
    const SHARED: &str = " } = initSync(undefined, undefined);";
    let shared = splitters
        .split_once(SHARED)
        .and_then(|(before, _)| before.rsplit_once("const { "))
        .map(|(_, names)| names.trim().trim_end_matches(','))
        .context("the script of the other modules is not of the form known here")?;
    let needs: BTreeMap<&String, Vec<&str>> = modules
        .iter()
        .map(|(name, files)| {
            let chunks = files.iter().filter_map(|file| file.strip_prefix("chunk_"));
            (name, chunks.collect())
        })
        .collect();
    let mut script = RUNTIME
        .replace("SHARED", shared)
        .replace("TOGETHER", TOGETHER);
    let list: Vec<String> = needs
        .iter()
        .map(|(name, chunks)| format!("{name}: '{}'", chunks.join(" ")))
        .collect();
    script += &format!("const NEEDS = {{ {} }};\n", list.join(", "));
    script += &format!("const OF_A_LAB = {OF_A_LAB:?};\n");
    for name in needs.keys() {
        script += &format!("export const __wasm_split_load_{name} = load('{name}');\n");
    }
    Ok(script)
}

/// What fetches modules, each once, and one that failed again. Where some were fetched singly before, those of a lab are
/// too: none may begin twice. Compiling from a stream needs a host that knows the type of wasm files; compiling from bytes
/// works on any.
const RUNTIME: &str = r"
import { initSync } from './app.js';
let shared;
const sharedImports = () => {
  if (!shared) {
    const { SHARED } = initSync();
    shared = { __wasm_split: { SHARED } };
  }
  return shared;
};
const once = (act) => {
  let kept;
  return () => {
    if (!kept) {
      const now = act();
      now.catch(() => { if (kept === now) kept = undefined; });
      kept = now;
    }
    return kept;
  };
};
const fetchBytes = async (file) => (await fetch(new URL(file, import.meta.url))).arrayBuffer();
const modules = {};
let whole = new Set();
export const together = () => {
  if (!Object.keys(modules).length) whole = new Set(OF_A_LAB.flatMap((name) => [...NEEDS[name].split(' '), name]));
};
const fileOf = (part) => `./${part > 0 ? 'chunk' : 'split'}_${part}.wasm`;
const load = (name) => async (callback, data) => {
  let isHere = false;
  try {
    const parts = [...NEEDS[name].split(' '), name].filter(Boolean);
    const files = parts.map((part) => (whole.has(part) ? './TOGETHER' : fileOf(part)));
    await Promise.all(files.map((file) => (modules[file] ??= once(
      async () => WebAssembly.instantiate(await fetchBytes(file), sharedImports()),
    ))()));
    isHere = true;
  } catch (error) {
    console.error(error);
  }
  sharedImports().__wasm_split.__indirect_function_table.get(callback)(data, isHere);
};
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_knows_what_each_module_needs() {
        let files = |own: &[&str]| own.iter().map(|file| (*file).to_owned()).collect();
        let modules = Files::from([
            ("two".into(), files(&["chunk_14", "split_two"])),
            ("one".into(), files(&["chunk_3", "chunk_14", "split_one"])),
        ]);
        let script = "const { memory, table,  } = initSync(undefined, undefined);";
        let script = script_of(script, &modules).unwrap();
        for line in [
            "    const { memory, table } = initSync();",
            "const NEEDS = { one: '3 14', two: '14' };",
            "export const __wasm_split_load_two = load('two');",
        ] {
            assert!(script.lines().any(|of| of == line), "{line}: {script}");
        }
        assert!(script_of("", &modules).is_err());
    }
}
