//! Programs that run beside the stages of checks, one after the other, their output kept until a stage waits for it:
//! what builds uses the cores that what is tested leaves idle, and no more where there is `nice`. Counts nothing.

use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::stage::{Failed, succeeds, words};
use crate::transcript::Transcript;

/// Programs at work.
pub struct Aside {
    /// What they do.
    pub name: String,
    ran: JoinHandle<Ran>,
}

/// What came of them.
struct Ran {
    /// What they said, both kinds of output in their order.
    lines: Vec<String>,
    /// How long they took.
    took: Duration,
    /// The first that failed was the last that ran.
    result: Result<()>,
}

impl Aside {
    /// Begins with the first.
    pub fn start(name: &str, commands: impl IntoIterator<Item = Command>) -> Self {
        let commands: Vec<Command> = commands.into_iter().collect();
        Self {
            name: name.into(),
            ran: thread::spawn(move || run_all(commands)),
        }
    }

    /// Waits for the last, shows what all of them said and how long they took.
    ///
    /// # Errors
    /// One failed.
    pub fn report(self) -> Result<()> {
        let ran = self.wait();
        ran.lines.iter().for_each(|line| println!("{line}"));
        println!("took {:.1} s beside others", ran.took.as_secs_f64());
        ran.result
    }

    /// Waits for the last.
    fn wait(self) -> Ran {
        self.ran.join().unwrap_or_else(|_| Ran {
            lines: Vec::new(),
            took: Duration::ZERO,
            result: Err(anyhow!("the thread beside was lost")),
        })
    }
}

fn run_all(commands: Vec<Command>) -> Ran {
    let start = Instant::now();
    let mut lines = Vec::new();
    let result = commands
        .into_iter()
        .try_for_each(|command| run_kept(command, &mut lines));
    Ran {
        lines,
        took: start.elapsed(),
        result,
    }
}

/// The same program, to which others go first.
fn behind_others(command: &Command) -> Command {
    let mut behind = Command::new("nice");
    behind.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => behind.env(name, value),
            None => behind.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        behind.current_dir(folder);
    }
    behind
}

fn run_kept(mut command: Command, lines: &mut Vec<String>) -> Result<()> {
    let name = words(&command);
    if succeeds(Command::new("nice").arg("true")) {
        command = behind_others(&command);
    }
    let (mut output, input) = std::io::pipe().context("there is no pipe")?;
    let twin = input.try_clone().context("there is no second pipe")?;
    let child = command
        .stdin(Stdio::null())
        .stdout(input)
        .stderr(twin)
        .spawn();
    // The command would keep the pipe open.
    drop(command);
    let mut child = child.with_context(|| format!("cannot start `{name}`"))?;
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut output, &mut said)?;
    let mut transcript = Transcript::default();
    for line in String::from_utf8_lossy(&said).lines() {
        transcript.hear(line);
        lines.push(line.to_owned());
    }
    let status = child.wait().with_context(|| format!("`{name}` was lost"))?;
    if !status.success() {
        return Err(Failed::new(&name, status, transcript.failures()).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_outputs_are_kept_and_what_failed_is_the_last_that_ran() {
        let scripts = ["echo 1; echo 2 >&2", "echo 3; exit 4", "echo 5"];
        let ran = Aside::start("a stage", scripts.map(shell)).wait();
        assert_eq!(ran.lines, ["1", "2", "3"]);
        let error = ran.result.unwrap_err();
        let failed: &Failed = error.downcast_ref().unwrap();
        assert_eq!(failed.lines, ["3"]);
        let mut told = shell("echo $ASIDE");
        told.env("ASIDE", "6");
        let ran = Aside::start("a stage", [told]).wait();
        assert!(ran.result.is_ok());
        assert_eq!(ran.lines, ["6"]);
    }
}
