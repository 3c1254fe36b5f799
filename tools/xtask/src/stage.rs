//! Says what is being done and how long it took, and runs other programs. Swallows no output and no exit status.

use std::fmt;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::transcript::Transcript;

/// A program that did not succeed.
#[derive(Debug)]
pub struct Failed {
    said: String,
    /// The lines of its output that tell why; none where they went straight to a terminal.
    pub lines: Vec<String>,
}

impl std::error::Error for Failed {}

impl Failed {
    /// A program that ended so.
    pub fn new(name: &str, status: ExitStatus, lines: Vec<String>) -> Self {
        let said = format!("`{name}` failed ({status})");
        Self { said, lines }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.said)
    }
}

/// Runs `work` under a heading; prints the time it took, also when it fails.
pub fn stage<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("[{what}]");
    let start = Instant::now();
    let result = work();
    let verdict = if result.is_ok() { "done" } else { "FAILED" };
    println!(
        "[{what}] {verdict} in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    result
}

/// Runs a program to its end, its output going to ours.
///
/// # Errors
/// It cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    // On a terminal programs show how far they are, on one line that they write again and again.
    if !std::io::stderr().is_terminal() {
        return run_reading(command, |_| {});
    }
    let name = words(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start `{name}`"))?;
    if !status.success() {
        return Err(Failed::new(&name, status, Vec::new()).into());
    }
    Ok(())
}

/// As `run`, and shows every line of its output, both kinds in their order, to `each` as well.
///
/// # Errors
/// It cannot be started or does not succeed.
pub fn run_reading(command: &mut Command, mut each: impl FnMut(&str)) -> Result<()> {
    let name = words(command);
    let (output, input) = std::io::pipe().context("there is no pipe")?;
    let twin = input.try_clone().context("there is no second pipe")?;
    let child = command.stdout(input).stderr(twin).spawn();
    // The command would keep the pipe open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child.with_context(|| format!("cannot start `{name}`"))?;
    let mut transcript = Transcript::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.with_context(|| format!("cannot read the output of `{name}`"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        std::io::stdout().flush().ok();
        each(&line);
        transcript.hear(&line);
    }
    let status = child.wait().with_context(|| format!("`{name}` was lost"))?;
    if !status.success() {
        return Err(Failed::new(&name, status, transcript.failures()).into());
    }
    Ok(())
}

/// Whether a program can be started and succeeds, quietly.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A program and its arguments, as they are typed.
pub fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
