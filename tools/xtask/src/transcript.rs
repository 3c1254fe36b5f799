//! What a stage has said, and of that what tells why it failed: whoever sees only the end of a long run needs it there.
//! Prints nothing.

/// So many lines of each part that failed are kept.
const KEPT: usize = 40;

/// The lines of a stage, in parts: cargo names each test program before it runs.
#[derive(Default)]
pub struct Transcript {
    part: Vec<String>,
    failed: Vec<String>,
}

impl Transcript {
    /// One more line.
    pub fn hear(&mut self, line: &str) {
        if is_heading(line) {
            self.end_part();
        }
        self.part.push(line.to_owned());
    }

    /// The end of each test program without a good result; of a stage that has none, its last lines.
    pub fn failures(mut self) -> Vec<String> {
        if self.failed.is_empty() || is_heading(self.part.first().map_or("", |line| line)) {
            self.end_part();
        }
        self.failed
    }

    fn end_part(&mut self) {
        let part = std::mem::take(&mut self.part);
        let is_well = part
            .iter()
            .any(|line| line.contains("test result: ok") || line == "no tests to run!");
        // Before the first heading cargo builds; where that fails no heading comes.
        let is_building = !is_heading(part.first().map_or("", |line| line));
        let was_built = is_building && part.iter().any(|line| line.contains("Finished "));
        if !is_well && !was_built {
            let skipped = part.len().saturating_sub(KEPT);
            // Whose lines they are.
            self.failed
                .extend(part.iter().take(skipped.min(1)).cloned());
            self.failed.extend(part.into_iter().skip(skipped));
        }
    }
}

fn is_heading(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Running ") && line.ends_with(')') || line.starts_with("Doc-tests ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of these lines.
    fn check(lines: &[&str], kept: &[&str]) {
        let mut transcript = Transcript::default();
        lines.iter().for_each(|line| transcript.hear(line));
        assert_eq!(transcript.failures(), kept, "{lines:?}");
    }

    #[test]
    fn a_program_without_a_good_result_is_kept_and_a_good_one_is_not() {
        let built = ["   Compiling a", "    Finished `test` profile"];
        let good = ["     Running a.rs (target/a)", "test result: ok. 5 passed"];
        let bad = [
            "     Running b.rs (target/b)",
            "left: 1",
            "test result: FAILED. 1 passed",
        ];
        let mute = ["     Running c.rs (target/c)", "driver failed to start"];
        check(&[&built[..], &good, &bad, &good].concat(), &bad);
        check(&[&built[..], &good, &mute].concat(), &mute);
        check(
            &[&built[..], &bad, &good, &mute, &good].concat(),
            &[&bad[..], &mute].concat(),
        );
    }

    #[test]
    fn what_does_not_compile_is_kept() {
        let lines = ["   Compiling a", "error: no such thing"];
        check(&lines, &lines);
        check(&["not formatted: a.rs"], &["not formatted: a.rs"]);
    }

    #[test]
    fn of_a_long_part_the_name_and_the_end_are_kept() {
        let mut lines = vec!["     Running a.rs (target/a)".to_owned()];
        lines.extend((0..2 * KEPT).map(|n| format!("line {n}")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let kept: Vec<&str> = lines[..1]
            .iter()
            .chain(&lines[KEPT + 1..])
            .copied()
            .collect();
        check(&lines, &kept);
    }
}
