//! `cargo xtask test`: every check of the repository, in the order in which a mistake is found soonest. Judges nothing
//! by itself: each stage is another program.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::browser::PACKAGE;
use crate::build::{VARIANTS, Variant};
use crate::site::write_dist;
use crate::stage::{run, run_reading, stage};
use crate::tools::{
    WASM, ensure_browser, ensure_graphics_adapter, ensure_lint_components, ensure_wasm_target,
};
use crate::workspace::Workspace;

/// What was counted so far.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    failed_stages: Vec<String>,
}

/// Runs everything, also after a failure, so that one run tells all.
///
/// # Errors
/// A tool is missing, or anything failed.
pub fn run_all() -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::find()?;
    ensure_wasm_target()?;
    ensure_lint_components()?;
    let driver = ensure_browser()?;

    let mut tally = Tally::default();
    tally.check("formatting", || {
        run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
    });
    tally.check("clippy, native", || {
        run(workspace
            .cargo(&["clippy", "--workspace", "--all-targets"])
            .args(["--", "-D", "warnings"]))
    });
    tally.check("clippy, wasm", || {
        run(workspace
            // All targets but benches, which criterion times natively.
            .cargo(&["clippy", "--target", WASM, "--lib", "--tests", "--examples"])
            .args(["--package", "batchnorm-lab-app"])
            .args(["--package", "batchnorm-lab-worker"])
            .args(["--package", "batchnorm-lab-bench"])
            .args(["--features", "batchnorm-lab-app/split"])
            .args(["--", "-D", "warnings"]))
    });
    for feature in ["full", "gpu"] {
        tally.check(
            &format!("clippy, the worker with feature {feature}"),
            || {
                run(workspace
                    .cargo(&["clippy", "--target", WASM])
                    .args(["--package", "batchnorm-lab-worker", "--features", feature])
                    .args(["--", "-D", "warnings"]))
            },
        );
    }
    // Always the whole workspace: cargo would otherwise build shared crates again with other features.
    tally.tests(
        "tests, native",
        workspace
            .cargo(&["test", "--workspace", "--no-fail-fast"])
            .args(["--exclude", "batchnorm-lab-gpu"]),
    );
    ensure_graphics_adapter();
    // Where no adapter can be had, tests say so.
    tally.tests(
        "tests of the graphics processor's engine, native",
        workspace
            .cargo(&["test", "--package", "batchnorm-lab-gpu", "--no-fail-fast"])
            .args(["--", "--nocapture"]),
    );
    tally.tests(
        "tests of the worker on an engine elsewhere, native",
        workspace
            .cargo(&["test", "--package", "batchnorm-lab-worker"])
            .args(["--features", "gpu"]),
    );
    let built = tally.check("building the runner of browser tests", || {
        run(workspace
            .cargo(&["build", "--workspace"])
            .args(["--bin", "wasm_test_runner"]))
    });
    if built {
        for variant in &VARIANTS {
            tally.tests(
                &format!("tests of core and worker in Chromium, {}", variant.name),
                wasm_tests(&workspace, variant, &driver)
                    .args(["--package", "batchnorm-lab"])
                    .args(["--package", "batchnorm-lab-worker"]),
            );
        }
        tally.tests(
            "tests of the page in Chromium",
            wasm_tests(&workspace, &VARIANTS[0], &driver).args(["--package", "batchnorm-lab-app"]),
        );
    }
    let folder = workspace.root.join("dist");
    if tally.check("building the site", || write_dist(Some(&folder))) {
        tally.tests(
            "tests of the built site in Chromium",
            workspace
                .cargo(&["test", "--workspace", "--test", "site"])
                .env("BATCHNORM_LAB_SITE", &folder)
                .env("CHROMEDRIVER", &driver)
                // The machine's cores belong to the page under test.
                .args(["--", "--test-threads=1"]),
        );
        tally.check("weighing the site", || {
            run(workspace
                .cargo(&[
                    "run",
                    "--quiet",
                    "--package",
                    PACKAGE,
                    "--bin",
                    "sizes",
                    "--",
                    "--dist",
                ])
                .arg(&folder))
        });
    }
    println!("\nall checks took {:.0} s", start.elapsed().as_secs_f64());
    tally.verdict()
}

/// `cargo test` for wasm, run in a headless Chromium by wasm-bindgen's runner.
fn wasm_tests(workspace: &Workspace, variant: &Variant, driver: &Path) -> Command {
    let mut command = workspace.cargo(&["test", "--no-fail-fast", "--target", WASM, "--tests"]);
    if !variant.rustflags.is_empty() {
        let target = workspace.target.join(format!("worker-{}", variant.name));
        command.arg("--target-dir").arg(target);
    }
    command
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", variant.rustflags)
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            workspace.target.join("debug/wasm_test_runner"),
        )
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            workspace.root.join("web/e2e/webdriver.json"),
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "900")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    command
}

impl Tally {
    /// A stage without tests of its own.
    fn check(&mut self, what: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let result = stage(what, work);
        if let Err(error) = &result {
            eprintln!("xtask: {error:#}");
            self.failed_stages.push(what.into());
        }
        result.is_ok()
    }

    /// A stage whose output says how many tests passed and failed.
    fn tests(&mut self, what: &str, command: &mut Command) {
        let (mut passed, mut failed) = (0, 0);
        self.check(what, || {
            run_reading(command, |line| {
                if let Some((p, f)) = counts(line) {
                    passed += p;
                    failed += f;
                }
            })?;
            if passed == 0 {
                bail!("no test ran");
            }
            Ok(())
        });
        self.passed += passed;
        self.failed += failed;
    }

    fn verdict(self) -> Result<()> {
        for name in &self.failed_stages {
            println!("failed: {name}");
        }
        // A stage that fails without a failed test (it does not compile, say) is one failure.
        let failed = self.failed.max(self.failed_stages.len() as u64);
        println!("{} passed, {failed} failed", self.passed);
        if failed > 0 {
            bail!("{failed} failed");
        }
        Ok(())
    }
}

/// The two numbers of a line such as `test result: ok. 5 passed; 0 failed; …`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let (_, rest) = line.split_once("test result: ")?;
    let before = |word: &str| -> Option<u64> {
        let (head, _) = rest.split_once(word)?;
        head.trim_end().rsplit(' ').next()?.parse().ok()
    };
    Some((before("passed")?, before("failed")?))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn results_are_counted_and_other_lines_are_not() {
        assert_eq!(
            counts("test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured"),
            Some((12, 3))
        );
        assert_eq!(
            counts("test result: ok. 5 passed; 0 failed; 0 ignored"),
            Some((5, 0))
        );
        assert_eq!(counts("test a_result ... ok"), None);
    }
}
