//! Writes a module and the JavaScript around it, as light as they can be without another tool. Changes no behaviour.
//!
//! wasm-bindgen's output is made to be read: long names with hashes, comments, indentation. And what a dependency
//! exports stays, with all it reaches, even if this site never calls it. Both cost every reader time.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use walrus::Module;
use wasm_bindgen_cli_support::Bindgen;

use crate::slim::slim;

/// Classes that a dependency exports (wasm-streams, by way of Leptos' server functions) and nothing here uses.
const UNUSED_CLASSES: [&str; 3] = [
    "IntoUnderlyingByteSource",
    "IntoUnderlyingSink",
    "IntoUnderlyingSource",
];

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
                // The page's second module shares the table of functions, which is among these exports.
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
    drop_unused_classes(module);
    slim(module)?;
    let glue = drop_unused_code(&glue, module)?;
    let glue = rename(&strip(&glue), &shorten_names(module, &glue)?);
    fs::create_dir_all(folder)?;
    for (file, bytes) in [
        (format!("{name}.js"), glue.into_bytes()),
        (format!("{name}_bg.wasm"), module.emit_wasm()),
    ] {
        let path = folder.join(file);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Takes the exports of the classes away, then everything that only they reached.
fn drop_unused_classes(module: &mut Module) {
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| is_of_unused_class(&export.name))
        .map(|export| export.id())
        .collect();
    for id in unused {
        module.exports.delete(id);
    }
    walrus::passes::gc::run(module);
}

/// Exports are named `class_method` and `__wbg_class_free`.
fn is_of_unused_class(export: &str) -> bool {
    let name = export.strip_prefix("__wbg_").unwrap_or(export);
    UNUSED_CLASSES
        .iter()
        .any(|class| name.starts_with(&format!("{}_", class.to_lowercase())))
}

/// The glue without those classes and without functions that the module no longer imports.
fn drop_unused_code(glue: &str, module: &Module) -> Result<String> {
    let imports: HashSet<&str> = module.imports.iter().map(|i| i.name.as_str()).collect();
    let mut kept = String::with_capacity(glue.len());
    // What the line belongs to is kept or dropped as a whole; blocks end where their own indentation comes back.
    let mut dropped_until: Option<&str> = None;
    for line in glue.lines() {
        if let Some(end) = dropped_until {
            if line.starts_with(end) {
                dropped_until = None;
            }
            continue;
        }
        let class = UNUSED_CLASSES.iter().any(|class| {
            line.strip_prefix("export class ")
                .is_some_and(|rest| rest.starts_with(&format!("{class} ")))
        });
        if class {
            dropped_until = Some("if (Symbol.dispose)");
            continue;
        }
        let finalizer = line
            .strip_prefix("const ")
            .and_then(|rest| rest.split_once("Finalization "))
            .is_some_and(|(class, _)| UNUSED_CLASSES.contains(&class));
        if finalizer {
            dropped_until = Some(": new FinalizationRegistry");
            continue;
        }
        let imported = line
            .strip_prefix("        ")
            .and_then(|rest| rest.split_once(": function("))
            .map(|(name, _)| name);
        if imported.is_some_and(|name| !name.contains(' ') && !imports.contains(name)) {
            dropped_until = Some("        }");
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    if let Some(end) = dropped_until {
        bail!("the glue's last lines are not of the form known here: no `{end}`");
    }
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

/// The script without indentation, empty lines and comments that have lines of their own.
///
/// A script with a text over several lines is left as it is: there, a line's beginning may mean something.
pub fn strip(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut is_in_comment = false;
    for line in script.lines().map(str::trim) {
        if is_in_comment || line.starts_with("/*") {
            is_in_comment = !line.ends_with("*/");
            continue;
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        if line.matches('`').count() % 2 == 1 {
            return script.to_owned();
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
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

    #[test]
    fn comments_and_indentation_go_and_texts_stay() {
        let script = "/** says\n * much */\nf(\n    // why\n    'a // b', /* c */\n);\n";
        assert_eq!(strip(script), "f(\n'a // b', /* c */\n);\n");
        let spread = "x = `a\n  // b`;\n";
        assert_eq!(strip(spread), spread);
    }

    #[test]
    fn a_method_of_an_unused_class_is_known() {
        assert!(is_of_unused_class("__wbg_intounderlyingsink_free"));
        assert!(is_of_unused_class("intounderlyingsource_pull"));
        assert!(!is_of_unused_class("handle_play"));
    }
}
