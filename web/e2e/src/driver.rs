//! The process of a driver: started, asked for its port, and ended with all that it started. Speaks no WebDriver.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::capabilities::{Driven, Port};

/// How often a driver is started before it is given up.
const STARTS: usize = 3;
/// How long one that does not say its port may take to listen on it.
const LISTENS_WITHIN: Duration = Duration::from_secs(20);
/// The screen of browsers that need one: larger than any window asked for.
const SCREEN: &str = "2000x1400x24";

/// A process that is ended when this is dropped, with all of its group, also where this program is killed.
struct Guarded(Child);

/// A driver that listens.
pub struct Driver {
    /// Where it listens.
    pub port: u16,
    // In the order in which they end.
    _process: Guarded,
    _screen: Option<Guarded>,
}

impl Driver {
    /// Starts a driver. One that looks for a port that is free on IPv4 wants the same one on IPv6; where another program
    /// has that, it ends without a word and is started again.
    ///
    /// # Errors
    /// It is not there, or does not listen.
    pub fn start(driven: &Driven) -> Result<Self> {
        let screen = driven.needs_screen.then(start_screen).transpose()?;
        let (screen, display) =
            screen.map_or((None, None), |(screen, name)| (Some(screen), Some(name)));
        let program = &driven.program;
        for _ in 0..STARTS {
            let mut command = Command::new(program);
            command.args(&driven.arguments);
            if let Some(display) = &display {
                // Where a reader's own screen would be asked for first.
                command.env("DISPLAY", display).env("GDK_BACKEND", "x11");
            }
            let mut process = Guarded::spawn(&command)?;
            let port = match driven.port {
                Port::Announced(after) => announced(process.output()?, after)?,
                Port::Given(port) => process.listens_on(port)?.then_some(port),
            };
            if let Some(port) = port {
                return Ok(Self {
                    port,
                    _process: process,
                    _screen: screen,
                });
            }
        }
        bail!("`{program}` ended {STARTS} times without listening on a port; is it installed?")
    }
}

/// A screen that nobody sees, and its name.
fn start_screen() -> Result<(Guarded, String)> {
    let mut command = Command::new("Xvfb");
    command.args([
        "-displayfd",
        "1",
        "-nolisten",
        "tcp",
        "-screen",
        "0",
        SCREEN,
    ]);
    // Else it starts anew whenever its last window closes, and refuses whoever comes meanwhile.
    command.arg("-noreset");
    let mut screen = Guarded::spawn(&command)?;
    let mut number = String::new();
    BufReader::new(screen.output()?).read_line(&mut number)?;
    if number.trim().is_empty() {
        bail!("Xvfb ended without a screen");
    }
    Ok((screen, format!(":{}", number.trim())))
}

/// The number that stands after these words; `None` if the output ends before.
fn announced(output: &mut ChildStdout, after: &str) -> Result<Option<u16>> {
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, rest)) = line.split_once(after) {
            let port = rest.trim_end_matches('.').parse();
            return port.map(Some).with_context(|| format!("no port: {line}"));
        }
    }
    Ok(None)
}

impl Guarded {
    /// Starts it in a group of its own, beside a shell that ends the group once our end of a pipe is gone: a browser
    /// outlives its driver, and a test may be killed.
    fn spawn(command: &Command) -> Result<Self> {
        let program = command.get_program();
        let mut guarded = guard(program);
        for (name, value) in command.get_envs() {
            guarded.env(name, value.unwrap_or_default());
        }
        let child = guarded
            .args(command.get_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        child
            .map(Self)
            .with_context(|| format!("cannot start `{}`; install it", program.display()))
    }

    /// Its output, which stays open: a driver that writes to one that is closed ends.
    fn output(&mut self) -> Result<&mut ChildStdout> {
        self.0.stdout.as_mut().context("the output was piped")
    }

    /// Waits until it listens; whether it does, rather than having ended.
    fn listens_on(&mut self, port: u16) -> Result<bool> {
        let deadline = Instant::now() + LISTENS_WITHIN;
        while Instant::now() < deadline {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(true);
            }
            if self.0.try_wait()?.is_some() {
                return Ok(false);
            }
            // Nothing says when it listens.
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(false)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // The shell hears that its input has ended.
        drop(self.0.stdin.take());
        if cfg!(not(unix)) {
            self.0.kill().ok();
        }
        self.0.wait().ok();
    }
}

#[cfg(unix)]
fn guard(program: &std::ffi::OsStr) -> Command {
    use std::os::unix::process::CommandExt;

    const GUARD: &str = "exec 3<&0 </dev/null; { read -r _ <&3; kill -TERM 0; } >/dev/null & exec 3<&-; exec \"$@\"";
    let mut shell = Command::new("sh");
    shell
        .args(["-c", GUARD, "sh"])
        .arg(program)
        .process_group(0);
    shell
}

#[cfg(not(unix))]
fn guard(program: &std::ffi::OsStr) -> Command {
    Command::new(program)
}
