//! `cargo xtask test`: every check of the repository, in the order in which a mistake is found soonest. Judges nothing
//! by itself: each stage is another program.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::aside::Aside;
use crate::build::{VARIANTS, Variant};
use crate::formatting::check_formatting;
use crate::hosts;
use crate::site_tests::{test_site, test_site_in_another};
use crate::stage::{run, stage};
use crate::tally::Tally;
use crate::tools::{
    OTHER_BROWSERS, WASM, ensure_browser, ensure_graphics_adapter, ensure_lint_components,
    ensure_wasm_target, installing_other_browsers,
};
use crate::workspace::Workspace;

/// Runs everything, also after a failure, so that one run tells all.
///
/// # Errors
/// A tool is missing, or anything failed.
pub fn run_all(all_browsers: bool) -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::find()?;
    ensure_wasm_target()?;
    ensure_lint_components()?;
    let driver = ensure_browser()?;
    ensure_graphics_adapter();
    let others = if all_browsers {
        &OTHER_BROWSERS[..]
    } else {
        &[]
    };
    let browsers = (!others.is_empty())
        .then(|| Aside::start("installing other browsers", installing_other_browsers()));

    let hosts = hosts::making(&workspace);
    let mut tally = Tally::default();
    tally.check("formatting", || check_formatting(&workspace.root));
    lint(&workspace, &mut tally);
    tally.check("building the native tests", || {
        run(native_tests(&workspace).arg("--no-run"))
    });
    // A test keeps one core busy, as a rule: meanwhile the other builds what is tested next.
    let browser_tests = Aside::start(
        "building the tests for browsers",
        // Those with a folder of their own first: the others would keep the native tests waiting for cargo's lock.
        building(browser_stages(&workspace, &driver)),
    );
    // What a test prints is shown, for a test that finds no graphics adapter says so and is counted as skipped.
    tally.tests(
        "tests, native",
        native_tests(&workspace).args(["--", "--show-output"]),
    );
    tally.join(browser_tests);
    let site = Aside::start("building the site", [workspace.cargo(&["xtask", "dist"])]);
    test_in_browser(&workspace, &driver, &mut tally);
    for made in hosts {
        // What could not be made is skipped by name.
        stage(&made.name.clone(), || made.report()).ok();
    }
    if tally.join(site) {
        test_site(&workspace, &driver, &mut tally);
        if let Some(installed) = browsers {
            // What could not be installed is skipped by name.
            stage(&installed.name.clone(), || installed.report()).ok();
        }
        others
            .iter()
            .for_each(|other| test_site_in_another(&workspace, other, &mut tally));
    }
    println!("\nall checks took {:.0} s", start.elapsed().as_secs_f64());
    tally.verdict()
}

/// Clippy, natively and for the browser, each build that the site has.
fn lint(workspace: &Workspace, tally: &mut Tally) {
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
            .args(["--package", "batchnorm-lab-pool"])
            .args([
                "--features",
                "batchnorm-lab-app/split,batchnorm-lab-pool/claims",
            ])
            .args(["--", "-D", "warnings"]))
    });
    tally.check("clippy, wasm, grids on the GPU", || {
        run(workspace
            .cargo(&["clippy", "--target", WASM])
            .args(["--package", "batchnorm-lab-gpu", "--test", "gpu"])
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
}

/// Always the whole workspace: cargo would otherwise build shared crates again with other features.
fn native_tests(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo(&["test", "--workspace", "--no-fail-fast"]);
    command.args(["--features", "batchnorm-lab-worker/gpu"]);
    command
}

/// Core and worker in Chromium, in each kind of lanes, the page, and grids on its WebGPU.
fn test_in_browser(workspace: &Workspace, driver: &Path, tally: &mut Tally) {
    let built = tally.check("building the runner of browser tests", || {
        run(workspace
            .cargo(&["build", "--workspace"])
            .args(["--features", "batchnorm-lab-worker/gpu"])
            .args(["--bin", "wasm_test_runner"]))
    });
    if !built {
        return;
    }
    for mut stage in browser_stages(workspace, driver) {
        tally.tests(&stage.name, stage.command.args(stage.of_the_runner));
    }
}

/// Tests that are built for a browser.
struct BrowserStage {
    name: String,
    command: Command,
    of_the_runner: &'static [&'static str],
}

fn browser_stages(workspace: &Workspace, driver: &Path) -> [BrowserStage; 5] {
    let core = |variant: &Variant| {
        let mut command = wasm_tests(workspace, variant, driver);
        command
            .args(["--package", "batchnorm-lab", "--test", "core"])
            .args(["--package", "batchnorm-lab-worker", "--test", "pump"]);
        BrowserStage {
            name: format!("tests of core and worker in Chromium, {}", variant.name),
            command,
            of_the_runner: &[],
        }
    };
    let mut page = wasm_tests(workspace, &VARIANTS[0], driver);
    page.args(["--tests", "--package", "batchnorm-lab-app"]);
    let page = BrowserStage {
        name: "tests of the page in Chromium".into(),
        command: page,
        of_the_runner: &[],
    };
    let mut grids = wasm_tests(workspace, &VARIANTS[0], driver);
    grids
        .args(["--package", "batchnorm-lab-gpu", "--test", "gpu"])
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            workspace.root.join("web/e2e/webdriver-gpu.json"),
        );
    let grids = BrowserStage {
        name: "grids of networks on Chromium's WebGPU".into(),
        command: grids,
        of_the_runner: &["--", "--nocapture"],
    };
    let [scalar, simd128, relaxed] = VARIANTS.each_ref().map(core);
    [scalar, simd128, relaxed, page, grids]
}

/// What builds them.
fn building(stages: [BrowserStage; 5]) -> [Command; 5] {
    let [scalar, simd128, relaxed, page, grids] = stages;
    [simd128, relaxed, scalar, page, grids].map(|mut stage| {
        stage.command.arg("--no-run");
        stage.command
    })
}

/// `cargo test` for wasm, run in a headless Chromium by wasm-bindgen's runner.
fn wasm_tests(workspace: &Workspace, variant: &Variant, driver: &Path) -> Command {
    let mut command = workspace.cargo(&["test", "--no-fail-fast", "--target", WASM]);
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
