//! Turns assets/i18n/*.json into tables and typed keys. Refuses a locale that lacks a key or a placeholder of the other.

mod origins;
mod texts;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use texts::{
    FILES, GROUPS, Texts, fingerprint, fnv, group, in_order, of_page, of_program, placeholders,
};

/// The order is that of `i18n::Lang`; the first locale is the one the others are compared with.
const LOCALES: [&str; 2] = ["en", "zh-Hans"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = root.join("../../assets/i18n");
    println!("cargo::rerun-if-changed={}", folder.display());
    let locales: Vec<Texts> = LOCALES.iter().map(|name| read(&folder, name)).collect();
    for (name, texts) in LOCALES.iter().zip(&locales).skip(1) {
        if let Err(what) = same_shape(&locales[0], texts) {
            println!("cargo::error=assets/i18n/{name}.json: {what}");
            return;
        }
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let lines = kernel_lines(&root.join("../.."));
    fs::write(out.join("origins.rs"), lines).expect("the build folder is writable");
    fs::write(out.join("texts.rs"), generate(&locales)).expect("the build folder is writable");
}

/// Where the source computes each number of a unit.
fn kernel_lines(root: &Path) -> String {
    let mut code = format!(
        "/// Name, file and line.\nstatic LINES: [(&str, &str, u32); {}] = [\n",
        origins::ORIGINS.len()
    );
    for origin in &origins::ORIGINS {
        let path = root.join(origin.file);
        println!("cargo::rerun-if-changed={}", path.display());
        let source =
            fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let line = origins::line_of(origin.code, &source);
        let line = line.unwrap_or_else(|| panic!("{}: not once `{}`", origin.file, origin.code));
        let _ = writeln!(code, "    ({:?}, {:?}, {line}),", origin.name, origin.file);
    }
    code + "];\n"
}

fn read(folder: &Path, name: &str) -> Texts {
    let path = folder.join(format!("{name}.json"));
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let texts = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    // A site's page is what is split.
    match env::var_os("CARGO_FEATURE_SPLIT") {
        Some(_) => of_page(texts),
        None => of_program(texts),
    }
}

fn same_shape(first: &Texts, other: &Texts) -> Result<(), String> {
    for key in first.keys() {
        if !other.contains_key(key) {
            return Err(format!("`{key}` is missing"));
        }
    }
    for (key, text) in other {
        let Some(original) = first.get(key) else {
            return Err(format!("`{key}` is in no other locale"));
        };
        if placeholders(text) != placeholders(original) {
            return Err(format!("`{key}` has other placeholders"));
        }
    }
    Ok(())
}

fn generate(locales: &[Texts]) -> String {
    let mut code = String::from(
        "/// One constant per text.\n#[allow(missing_docs)]\npub mod key {\n    use super::Key;\n",
    );
    let names = in_order(&locales[0]);
    for (index, name) in names.iter().enumerate() {
        let constant = name.to_uppercase().replace(['.', '-', '+'], "_");
        let _ = writeln!(code, "    pub const {constant}: Key = Key({index});");
    }
    code.push_str("}\n");
    let count = names.len();
    let until = |last| names.iter().filter(|name| group(name) <= last).count();
    let ends: Vec<usize> = (0..GROUPS).map(until).collect();
    let _ = writeln!(
        code,
        "/// Where each group of texts ends.\n#[cfg(any(feature = \"split\", test))]\nconst ENDS: [usize; {GROUPS}] = {ends:?};"
    );
    let found = &names[..ends[FILES - 1]];
    let numbers: Vec<[u8; 3]> = found.iter().map(|name| fnv::short(name)).collect();
    let distinct: BTreeSet<&[u8; 3]> = numbers.iter().collect();
    assert_eq!(
        distinct.len(),
        numbers.len(),
        "two names have the same number"
    );
    let _ = writeln!(
        code,
        "/// Of the names of texts that are found by them.\nstatic NUMBERS: [[u8; 3]; {}] = {numbers:?};",
        numbers.len()
    );
    let _ = writeln!(
        code,
        "#[cfg(test)]\nstatic NAMES: [&str; {count}] = {names:?};"
    );
    let _ = writeln!(
        code,
        "#[cfg(feature = \"split\")]\nconst FINGERPRINT: u32 = {};",
        fingerprint(&locales[0])
    );
    code.push_str("#[cfg(not(feature = \"split\"))]\n");
    let _ = writeln!(
        code,
        "static TEXTS: [[&str; {count}]; {}] = [",
        locales.len()
    );
    for texts in locales {
        code.push_str("    [\n");
        for name in &names {
            let _ = writeln!(code, "        {:?},", texts[*name]);
        }
        code.push_str("    ],\n");
    }
    code.push_str("];\n");
    code
}
