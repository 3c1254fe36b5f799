//! Scripts as light as oxc makes them: names of their own become short, comments and spaces go. Changes no behaviour, and
//! no name that another file may know.

use anyhow::{Result, bail};
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

#[cfg(test)]
mod tests {
    use super::*;

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
