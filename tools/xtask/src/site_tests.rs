//! The tests of the built site, in each browser: which of them, how many at once, and what is left out where and why.
//! Installs nothing and judges nothing.

use std::path::Path;
use std::process::Command;

use crate::hosts;
use crate::stage::run;
use crate::tally::Tally;
use crate::tools::OtherBrowser;
use crate::workspace::Workspace;

/// Tests that hold something to a time, by what is in their names: they have the machine to themselves.
const HELD_TO_A_TIME: [&str; 3] = [
    "within_twenty_milliseconds",
    "a_pause_is_heard_at_once",
    "twenty_at_rest_cost_next_to_nothing",
];

/// Tests that a browser leaves out, by what their names begin with, and why; a row counts as one that is skipped.
type LeftOut = &'static [(&'static str, &'static str)];

/// By all but Chromium.
const IN_CHROMIUM_ALONE: LeftOut = &[
    ("bench::", "kernels are held against formulas once"),
    ("bench_page::", "its page is measured once"),
    ("engines::", "engines are measured once"),
    ("worker::", "how soon a worker hears is measured once"),
];

const DRAWS: &str = "minutes of drawing, for which it has the processor alone";
const TRAINS: &str = "many networks or long runs, by workers whose bits `fingerprints` holds";

/// By WebKitGTK besides, which is three times as slow: what stays are figures, hosts, links, keys, faults, orders of
/// start and removal, the probe and the bits of each worker. None of what is held to a time is among them.
const NOT_IN_WEBKIT: LeftOut = &[
    ("at_rest::", DRAWS),
    ("deep::", DRAWS),
    ("legible::", DRAWS),
    ("numbers::", DRAWS),
    ("page::", DRAWS),
    ("parents::", DRAWS),
    ("claims::", TRAINS),
    ("compared_panels::", TRAINS),
    ("devices::", TRAINS),
    ("devices_panel::", TRAINS),
    ("grid::", TRAINS),
    ("grid_panels::", TRAINS),
    ("measure::", TRAINS),
    ("measured_panels::", TRAINS),
    ("run::", TRAINS),
    ("theatre::", TRAINS),
    (
        "slow_line::",
        "it asks again for what was preloaded and must not be stored",
    ),
];

/// The site as it is published: from end to end, and its weight.
pub fn test_site(workspace: &Workspace, driver: &Path, tally: &mut Tally) {
    let chromium = || {
        let mut command = site_tests(workspace);
        command.env("CHROMEDRIVER", driver);
        command
    };
    test_in("Chromium", &[], tally, chromium);
    test_alone("Chromium", &[], tally, chromium);
    tally.check("weighing the site", || {
        // Built with the tests; `cargo run` would build it again with the features of its package alone.
        let sizes = format!("debug/sizes{}", std::env::consts::EXE_SUFFIX);
        run(Command::new(workspace.target.join(sizes))
            .arg("--dist")
            .arg(workspace.root.join("dist")))
    });
}

/// The site in a browser that may be missing, which is then skipped by name.
pub fn test_site_in_another(workspace: &Workspace, browser: &OtherBrowser, tally: &mut Tally) {
    let what = stage_of(browser.name);
    if !browser.is_installed() {
        tally.skip(&what, &browser.why_not());
        return;
    }
    let command = || {
        let mut command = site_tests(workspace);
        command.env("BATCHNORM_LAB_BROWSER", browser.asked);
        command
    };
    let is_webkit = browser.asked == "webkit";
    let also = if is_webkit { NOT_IN_WEBKIT } else { &[] };
    let left_out = [IN_CHROMIUM_ALONE, also].concat();
    for (tests, why) in &left_out {
        tally.skip(&format!("{what}, {tests}"), why);
    }
    test_in(browser.name, &left_out, tally, command);
    if !is_webkit {
        test_alone(browser.name, &left_out, tally, command);
    }
}

fn stage_of(browser: &str) -> String {
    format!("tests of the built site in {browser}")
}

/// As many as there are cores at once, few enough for any memory: together they keep all cores busy.
fn test_in(
    browser: &str,
    left_out: &[(&str, &str)],
    tally: &mut Tally,
    command: impl Fn() -> Command,
) {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4));
    let mut command = command();
    command
        .arg(format!("--test-threads={cores}"))
        .args(HELD_TO_A_TIME.map(|tests| ["--skip", tests]).concat())
        .args(skips(left_out));
    tally.tests(&stage_of(browser), &mut command);
}

/// Those that are held to a time, one after the other.
fn test_alone(
    browser: &str,
    left_out: &[(&str, &str)],
    tally: &mut Tally,
    command: impl Fn() -> Command,
) {
    let mut command = command();
    command
        .arg("--test-threads=1")
        .args(HELD_TO_A_TIME)
        .args(skips(left_out));
    let what = format!("{}, held to a time", stage_of(browser));
    tally.tests(&what, &mut command);
}

fn skips<'a>(left_out: &[(&'a str, &str)]) -> Vec<&'a str> {
    let names = left_out.iter().map(|(tests, _)| *tests);
    names.flat_map(|tests| ["--skip", tests]).collect()
}

fn site_tests(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo(&["test", "--workspace", "--test", "site"]);
    command
        .args(["--features", "batchnorm-lab-worker/gpu"])
        .env("BATCHNORM_LAB_SITE", workspace.root.join("dist"))
        .env("BATCHNORM_LAB_HOSTS", hosts::folder(workspace))
        // An error's own words are enough, and all that is seen of a long output is its end.
        .env("RUST_LIB_BACKTRACE", "0")
        .args(["--", "--show-output"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row names tests that there are: a module of the site's tests, or part of a test's name.
    #[test]
    fn what_is_left_out_or_held_to_a_time_is_there() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/e2e/tests/site");
        for (tests, why) in [IN_CHROMIUM_ALONE, NOT_IN_WEBKIT].concat() {
            let file = folder.join(tests.replace("::", ".rs"));
            assert!(file.is_file() && !why.is_empty(), "{tests}");
        }
        let files = folder.read_dir().expect("there are tests");
        let text: String = files
            .filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
            .collect();
        for name in HELD_TO_A_TIME {
            let is_a_test = |line: &str| line.starts_with("fn ") && line.contains(name);
            assert!(text.lines().any(is_a_test), "{name}");
        }
    }
}
