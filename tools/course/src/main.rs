//! Writes the course into a site: `batchnorm-lab-course write <root of the repository> <site>`, or one lesson of it alone; with
//! `--base <address>` its pages say where the site stands. Only checks it, or one lesson of it: `batchnorm-lab-course check
//! <root of the repository> [lesson]`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use batchnorm_lab_course::{Course, write_course};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["check", root] => Course::read(Path::new(root)).map(|_| ()),
        ["check", root, lesson] => Course::read_of(Path::new(root), &[lesson]).map(|_| ()),
        ["write", root, site, "--base", base] => write_course(
            Course::read(Path::new(root))?.standing_at(base)?,
            Path::new(site),
        ),
        ["write", root, site] => write_course(Course::read(Path::new(root))?, Path::new(site)),
        ["write", root, site, lesson] => write_course(
            Course::read_of(Path::new(root), &[lesson])?,
            Path::new(site),
        ),
        _ => bail!(
            "usage: batchnorm-lab-course check <root> [lesson] | write <root> <site> [lesson | --base <address>]"
        ),
    }
}
