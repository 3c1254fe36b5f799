//! Scripts as light as oxc makes them: names of their own become short, comments and spaces go. Changes no behaviour, and
//! no name that another file may know.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The same module in fewer bytes.
///
/// # Errors
/// It is no module in JavaScript.
pub fn minify(script: &str) -> Result<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::mjs()).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        let errors: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        bail!("a script is not JavaScript: {}", errors.join("; "));
    }
    let mut program = parsed.program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&allocator, &mut program);
    Ok(Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(minified.scoping)
        .build(&program)
        .code)
}

/// A module with those that it imports written into it: an import is a request more, and on a slow line a wait more.
/// `resolve` gives the text of `./name`, or `None` for what stays a file of its own. Imports stand on one line.
///
/// # Errors
/// As of `resolve`.
pub fn bundle(script: &str, resolve: &dyn Fn(&str) -> Result<Option<String>>) -> Result<String> {
    let mut whole = String::with_capacity(script.len());
    for line in script.lines() {
        let import = line.strip_prefix("import ").and_then(|rest| {
            let (names, file) = rest.strip_suffix("';")?.split_once(" from './")?;
            Some((names, file))
        });
        let text = match import {
            Some((names, file)) => resolve(file)?.map(|text| (names, text)),
            None => None,
        };
        match text {
            Some((names, text)) => {
                let default = format!("const {names} = ");
                for line in text.lines() {
                    let line = line.strip_prefix("export default ").map_or_else(
                        || line.strip_prefix("export ").unwrap_or(line).to_owned(),
                        |value| default.clone() + value,
                    );
                    whole += &line;
                    whole.push('\n');
                }
            }
            None => {
                whole += line;
                whole.push('\n');
            }
        }
    }
    let mut names = BTreeSet::new();
    for name in whole.lines().filter_map(declared) {
        ensure!(
            names.insert(name),
            "two of the scripts that become one declare `{name}`"
        );
    }
    Ok(whole)
}

/// What a line declares for the whole module.
fn declared(line: &str) -> Option<&str> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = ["function ", "const ", "let ", "class "]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .next()
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_imported_is_written_in_but_for_files_of_their_own() {
        let script = "import { a } from './a.js';\nimport b from './b.js';\nimport { c } from './c.js';\nexport const d = a + b + c;\n";
        let resolve = |file: &str| {
            Ok(match file {
                "a.js" => Some("export const a = 1;\n".to_owned()),
                "b.js" => Some("export default { two: 2 };\n".to_owned()),
                _ => None,
            })
        };
        assert_eq!(
            bundle(script, &resolve).unwrap(),
            "const a = 1;\nconst b = { two: 2 };\nimport { c } from './c.js';\nexport const d = a + b + c;\n"
        );
        let twice = "import { a } from './a.js';\nfunction a() {}\n";
        assert!(bundle(twice, &resolve).is_err());
    }

    #[test]
    fn names_inside_become_short_and_those_outside_stay() {
        let script = "// what it is for\nimport { far } from './far.js';\n\
             export function near(first) { const second = far(first.wide); return second + second; }\n";
        let light = minify(script).unwrap();
        assert!(light.len() < script.len() / 2 + 40, "{light}");
        for kept in ["far", "near", ".wide", "./far.js"] {
            assert!(light.contains(kept), "{kept}: {light}");
        }
        assert!(
            !light.contains("second") && !light.contains("what it"),
            "{light}"
        );
        assert!(minify("export function (").is_err());
    }
}
