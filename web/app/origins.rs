//! Which line of which kernel computes each number of a unit. Shared by the page's build script and the course, which both look
//! the lines up in the source, so that none is of another state.

/// One number.
pub struct Origin {
    /// As marks of lessons name it.
    pub name: &'static str,
    /// Of the kernel, from the root.
    pub file: &'static str,
    /// The whole line that computes it.
    pub code: &'static str,
}

const MOMENTS: &str = "src/kernels/norm/moments.rs";
const BATCH: &str = "src/kernels/norm/batch.rs";

/// All of them.
pub const ORIGINS: [Origin; 6] = [
    Origin {
        name: "mean",
        file: MOMENTS,
        code: "let (mean, low) = sum_and_low(first, each::sum::<L>(values, first, |x| x - shift) / n);",
    },
    Origin {
        name: "variance",
        file: MOMENTS,
        code: "let variance = squares / n - low * low;",
    },
    Origin {
        name: "x-hat",
        file: BATCH,
        code: "let x_hat = (x - mean) * scale;",
    },
    Origin {
        name: "y",
        file: BATCH,
        code: "(x_hat, gamma.mul_add(x_hat, beta))",
    },
    Origin {
        name: "running-mean",
        file: BATCH,
        code: "each::update::<L>(running_mean, mean, average(share));",
    },
    Origin {
        name: "running-variance",
        file: BATCH,
        code: "average(running, variance * unbias)",
    },
];

/// Where the line stands in the source, from 1; `None` unless it stands there just once.
pub fn line_of(code: &str, source: &str) -> Option<usize> {
    let mut lines = source.lines().enumerate();
    let (place, _) = lines.find(|(_, line)| line.trim() == code)?;
    let is_once = lines.all(|(_, line)| line.trim() != code);
    is_once.then_some(place + 1)
}
