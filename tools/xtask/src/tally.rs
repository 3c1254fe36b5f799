//! Counts what stages of checks say: tests that passed, failed or were skipped, and stages that failed. Runs no test.

use std::process::Command;

use anyhow::{Result, bail};

use crate::aside::Aside;
use crate::stage::{Failed, run_reading, stage};

/// What was counted so far.
#[derive(Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    failed_stages: Vec<FailedStage>,
}

/// A stage that failed, and what it said of that.
struct FailedStage {
    name: String,
    error: String,
    lines: Vec<String>,
}

/// What one line of a test program says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; …`: passed, failed, ignored.
    Result(u64, u64, u64),
    /// `NAME: skipped: WHY`, from a test that could not be made here and ends well all the same.
    Skipped,
}

impl Tally {
    /// A stage without tests of its own; whether it succeeded.
    pub fn check(&mut self, what: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let result = stage(what, work);
        if let Err(error) = &result {
            eprintln!("xtask: {error:#}");
            let failed = error.downcast_ref::<Failed>();
            self.failed_stages.push(FailedStage {
                name: what.into(),
                error: format!("{error:#}"),
                lines: failed.map_or_else(Vec::new, |failed| failed.lines.clone()),
            });
        }
        result.is_ok()
    }

    /// A stage that ran beside others: says what it said; whether it succeeded. Its heading tells how long it was
    /// waited for, the line below how long it took.
    pub fn join(&mut self, aside: Aside) -> bool {
        let name = aside.name.clone();
        self.check(&name, || aside.report())
    }

    /// A stage whose output says how many tests passed, failed and were skipped.
    pub fn tests(&mut self, what: &str, command: &mut Command) {
        let (mut passed, mut failed, mut ignored, mut skipped) = (0, 0, 0, 0);
        self.check(what, || {
            run_reading(command, |line| match read(line) {
                Some(Said::Result(p, f, i)) => {
                    passed += p;
                    failed += f;
                    ignored += i;
                }
                Some(Said::Skipped) => skipped += 1,
                None => {}
            })?;
            if passed == 0 {
                bail!("no test ran");
            }
            Ok(())
        });
        // The test program takes a skipped test for one that passed.
        self.passed += passed - skipped.min(passed);
        self.failed += failed;
        self.skipped += skipped + ignored;
    }

    /// A stage that cannot be made here: one that is skipped, by name.
    pub fn skip(&mut self, what: &str, why: &str) {
        println!("{what}: skipped: {why}");
        self.skipped += 1;
    }

    /// Prints what the stages that failed said of it, and the totals, last.
    ///
    /// # Errors
    /// Something failed.
    pub fn verdict(self) -> Result<()> {
        // A stage that fails without a failed test (it does not compile, say) is one failure.
        let failed = self.failed.max(self.failed_stages.len() as u64);
        for stage in &self.failed_stages {
            println!("\n[{}] said", stage.name);
            stage.lines.iter().for_each(|line| println!("    {line}"));
            println!("    {}", stage.error);
        }
        for stage in &self.failed_stages {
            println!("failed: {}", stage.name);
        }
        let Self {
            passed, skipped, ..
        } = self;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if failed > 0 {
            bail!("{failed} failed");
        }
        Ok(())
    }
}

fn read(line: &str) -> Option<Said> {
    if let Some((test, _)) = line.split_once(": skipped: ") {
        // libtest may have begun the line: `test NAME ... NAME: skipped: WHY`.
        let name = test.rsplit(' ').next().unwrap_or_default();
        return (!name.is_empty()).then_some(Said::Skipped);
    }
    let (_, rest) = line.split_once("test result: ")?;
    let before = |word: &str| -> Option<u64> {
        let (head, _) = rest.split_once(word)?;
        head.trim_end().rsplit(' ').next()?.parse().ok()
    };
    Some(Said::Result(
        before("passed")?,
        before("failed")?,
        before("ignored").unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_skipped_tests_are_read_and_other_lines_are_not() {
        for (line, said) in [
            (
                "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured",
                Some(Said::Result(12, 3, 1)),
            ),
            (
                "test result: ok. 5 passed; 0 failed; 0 ignored",
                Some(Said::Result(5, 0, 0)),
            ),
            ("a_test: skipped: no adapter", Some(Said::Skipped)),
            (
                "test a_test ... a_test: skipped: no adapter",
                Some(Said::Skipped),
            ),
            ("test a_result ... ok", None),
            ("nothing was skipped", None),
        ] {
            assert_eq!(read(line), said, "{line}");
        }
    }

    #[test]
    fn a_skipped_test_is_not_one_that_passed() {
        let mut tally = Tally::default();
        let output = "a: skipped: no adapter\ntest result: ok. 3 passed; 0 failed; 0 ignored";
        tally.tests("a stage", Command::new("printf").arg(output));
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 0, 1));
    }

    #[test]
    fn what_ran_beside_and_failed_is_a_stage_that_failed() {
        let mut tally = Tally::default();
        let mut command = Command::new("sh");
        command.args(["-c", "echo why; exit 3"]);
        assert!(!tally.join(Aside::start("a stage", [command])));
        assert_eq!(tally.failed_stages[0].lines, ["why"]);
        assert!(tally.verdict().is_err());
    }

    #[test]
    fn what_a_failed_stage_said_is_kept_with_its_name() {
        let mut tally = Tally::default();
        let script = "echo '     Running a.rs (a)'; echo why >&2; exit 3";
        tally.tests("a stage", Command::new("sh").args(["-c", script]));
        let stage = &tally.failed_stages[0];
        assert_eq!(stage.name, "a stage");
        assert_eq!(stage.lines, ["     Running a.rs (a)", "why"]);
        assert!(tally.verdict().is_err());
    }
}
