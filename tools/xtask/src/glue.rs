//! Writes a module and the JavaScript around it, as light as they can be. Changes no behaviour.
//!
//! wasm-bindgen's output is made to be read: long names with hashes, comments, indentation. The minifier of scripts does
//! not know which names the module shares with its glue, so those are shortened here, in both.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::script::minify;
use crate::slim::{order, slim};

/// Writes `NAME.js` and `NAME_bg.wasm` to `folder` for the module that the compiler made.
///
/// # Errors
/// The module is not one of wasm-bindgen's version, its glue is not of the form known here, or writing fails.
pub fn write_glue(module: &Path, name: &str, folder: &Path) -> Result<()> {
    let mut output = Bindgen::new()
        .input_path(module)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name(name)
                .typescript(false)
                .remove_name_section(true)
                .remove_producers_section(true)
                // The page's other modules share the table of functions, which is among these exports.
                .keep_lld_exports(true)
                // Whoever loads the glue need not know where its module lies.
                .omit_default_module_path(false)
                .generate_output()
        })
        .map_err(|error| anyhow!("{error:#}"))
        .with_context(|| format!("wasm-bindgen cannot read {}", module.display()))?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency brings JavaScript files of its own, which this tool does not write"
    );
    let glue = output.js().to_owned();
    let module = output.wasm_mut();
    slim(module)?;
    let glue = drop_unused_functions(&glue, module)?;
    let glue = rename(&glue, &shorten_names(module, &glue)?);
    let glue = minify(&glue).with_context(|| format!("the glue of {name}"))?;
    fs::create_dir_all(folder)?;
    for (file, bytes) in [
        (format!("{name}.js"), glue.into_bytes()),
        (format!("{name}_bg.wasm"), order(&module.emit_wasm())?),
    ] {
        let path = folder.join(file);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The glue without functions that the module no longer imports.
fn drop_unused_functions(glue: &str, module: &Module) -> Result<String> {
    let imports: HashSet<&str> = module.imports.iter().map(|i| i.name.as_str()).collect();
    let mut kept = String::with_capacity(glue.len());
    // A function is kept or dropped as a whole; it ends where its own indentation comes back.
    const END: &str = "        }";
    let mut is_dropped = false;
    for line in glue.lines() {
        if is_dropped {
            is_dropped = !line.starts_with(END);
            continue;
        }
        let imported = line
            .strip_prefix("        ")
            .and_then(|rest| rest.split_once(": function("))
            .map(|(name, _)| name);
        if imported.is_some_and(|name| !name.contains(' ') && !imports.contains(name)) {
            is_dropped = true;
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    ensure!(
        !is_dropped,
        "the glue's last lines are not of the form known here"
    );
    Ok(kept)
}

/// Gives the module's long names short ones; the answer says which became which.
fn shorten_names(module: &mut Module, glue: &str) -> Result<HashMap<String, String>> {
    ensure!(
        !words(glue).any(|word| word.len() > 1 && word.starts_with('$')),
        "the glue has names with a dollar sign, which this tool gives itself"
    );
    let mut short = HashMap::new();
    let mut shorten = |name: &mut String| {
        // A name that another file may know, such as `handle_play`, has no hash and no such prefix.
        if name.starts_with("__wbg_")
            || name.starts_with("__wbindgen_generic_")
            || name.starts_with("wasm_bindgen__")
        {
            let next = format!("${}", letters(short.len()));
            *name = short.entry(std::mem::take(name)).or_insert(next).clone();
        }
    };
    for import in module.imports.iter_mut() {
        shorten(&mut import.name);
    }
    for export in module.exports.iter_mut() {
        shorten(&mut export.name);
    }
    Ok(short)
}

fn letters(number: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let digit = |n: usize| char::from(DIGITS[n % DIGITS.len()]);
    match number / DIGITS.len() {
        0 => digit(number).into(),
        rest => [letters(rest - 1), digit(number).into()].concat(),
    }
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_of_word(c)).filter(|w| !w.is_empty())
}

fn rename(glue: &str, names: &HashMap<String, String>) -> String {
    let mut renamed = String::with_capacity(glue.len());
    let mut rest = glue;
    while !rest.is_empty() {
        let word = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(word);
        renamed.push_str(names.get(head).map_or(head, String::as_str));
        let gap = tail.find(is_of_word).unwrap_or(tail.len());
        renamed.push_str(&tail[..gap]);
        rest = &tail[gap..];
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_renamed_and_others_are_not() {
        let names = HashMap::from([("__wbg_now_1".to_owned(), "$0".to_owned())]);
        assert_eq!(
            rename("a.__wbg_now_1(b)+__wbg_now_12", &names),
            "a.$0(b)+__wbg_now_12"
        );
    }

    #[test]
    fn short_names_differ() {
        let names: HashSet<String> = (0..3000).map(letters).collect();
        assert_eq!(names.len(), 3000);
    }
}
