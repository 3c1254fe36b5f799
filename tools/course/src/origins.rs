//! Blocks that open: where numbers come from, and figures beside that of the lesson. Of a number: the formula of each, and the line of the kernel that computes it. The line is found in the source
//! when this crate is compiled, so that it is never that of another state.

use anyhow::{Context, Result, ensure};

use crate::inline::{escape, mathml};

/// One kind of number.
struct Origin {
    name: &'static str,
    latex: &'static str,
    /// The kernel's file and its text.
    file: (&'static str, &'static str),
    /// The whole line that computes it.
    code: &'static str,
}

const MOMENTS: (&str, &str) = (
    "src/kernels/norm/moments.rs",
    include_str!("../../../src/kernels/norm/moments.rs"),
);
const BATCH: (&str, &str) = (
    "src/kernels/norm/batch.rs",
    include_str!("../../../src/kernels/norm/batch.rs"),
);

const ORIGINS: [Origin; 6] = [
    Origin {
        name: "mean",
        latex: r"\mu_B=\frac1N\sum_{i=1}^N x_i",
        file: MOMENTS,
        code: "let (mean, low) = sum_and_low(first, each::sum::<L>(values, first, |x| x - shift) / n);",
    },
    Origin {
        name: "variance",
        latex: r"\sigma_B^2=\frac1N\sum_{i=1}^N(x_i-\mu_B)^2",
        file: MOMENTS,
        code: "let variance = squares / n - low * low;",
    },
    Origin {
        name: "x-hat",
        latex: r"\hat x_i=\frac{x_i-\mu_B}{\sqrt{\sigma_B^2+\varepsilon}}",
        file: BATCH,
        code: "let x_hat = (x - mean) * scale;",
    },
    Origin {
        name: "y",
        latex: r"y_i=\gamma\,\hat x_i+\beta",
        file: BATCH,
        code: "(x_hat, gamma.mul_add(x_hat, beta))",
    },
    Origin {
        name: "running-mean",
        latex: r"R_\mu\leftarrow(1-m)\,R_\mu+m\,\mu_B",
        file: BATCH,
        code: "each::update::<L>(running_mean, mean, average(share));",
    },
    Origin {
        name: "running-variance",
        latex: r"R_{\sigma^2}\leftarrow(1-m)\,R_{\sigma^2}+m\,\frac{N}{N-1}\,\sigma_B^2",
        file: BATCH,
        code: "average(running, variance * unbias)",
    },
];

/// A closed block that says where a number comes from; a script puts in those of the run on the screen.
///
/// # Errors
/// There is no such number, or the source has not just one such line.
pub(crate) fn block(name: &str, words: &str) -> Result<String> {
    let origin = ORIGINS.iter().find(|origin| origin.name == name);
    let origin = origin.with_context(|| format!("`from:{name}` is no number of a unit"))?;
    let line = line_of(origin)?;
    let (path, code) = (origin.file.0, escape(origin.code));
    let formula = mathml(origin.latex, true)?;
    Ok(format!(
        "<details class=\"from\" data-from=\"{name}\"><summary>{words}</summary>\n<p>{formula}</p>\n<p class=\"live from-numbers\" role=\"status\"></p>\n<p class=\"from-source\"><code>{path}:{line}</code> <code>{code}</code></p>\n</details>\n"
    ))
}

/// A closed block in which a script puts a figure of the run on the screen, with this panel alone.
pub(crate) fn figure(name: &str, words: &str) -> String {
    let name = escape(name);
    format!(
        "<details class=\"from live\" data-figure=\"{name}\"><summary>{words}</summary>\n</details>\n"
    )
}

/// From 1.
fn line_of(origin: &Origin) -> Result<usize> {
    let lines = origin.file.1.lines().enumerate();
    let found: Vec<usize> = lines
        .filter(|(_, line)| line.trim() == origin.code)
        .map(|(place, _)| place + 1)
        .collect();
    ensure!(
        found.len() == 1,
        "{}: `{}` stands in {} lines",
        origin.file.0,
        origin.code,
        found.len()
    );
    Ok(found[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_names_the_line_that_computes_it() {
        for origin in &ORIGINS {
            let made = block(origin.name, "words").unwrap();
            let at = line_of(origin).unwrap();
            assert!(
                made.contains(&format!("{}:{at}</code>", origin.file.0)),
                "{made}"
            );
            let path = format!("{}/../../{}", env!("CARGO_MANIFEST_DIR"), origin.file.0);
            let source = std::fs::read_to_string(path).unwrap();
            let line = source.lines().nth(at - 1).unwrap();
            assert_eq!(line.trim(), origin.code);
        }
        assert!(block("median", "words").is_err());
        let moved = Origin {
            code: "let nothing = 0;",
            ..ORIGINS[0]
        };
        let said = line_of(&moved).unwrap_err().to_string();
        assert!(said.contains("stands in 0 lines"), "{said}");
    }
}
