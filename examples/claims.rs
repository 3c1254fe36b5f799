//! Tries every claim over seeds and prints a line for each: `claim held tried always`, or `claim held tried sometimes low high`.
//!
//! `SEEDS=first..last` (both included) chooses the seeds, 1 to 32 if it is not said; names of claims or lessons choose claims, `MARGINS=1`
//! prints the margin of every seed too.
//! `--write FILE` writes names, networks and the margin of every seed too: `assets/claims.json`, which the page shows.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::claims::{Claim, Rate, claims};
use batchnorm_lab::error::Error;
use serde_json::json;

const DIGITS: &[u8] = include_bytes!("../assets/digits/digits.bin");

fn main() -> Result<(), String> {
    let mut file = None;
    let mut names = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => file = Some(arguments.next().ok_or("--write needs a file")?),
            name if claims().any(|claim| begins(claim, name)) => names.push(argument),
            other => {
                let all: Vec<&str> = claims().map(|claim| claim.name).collect();
                return Err(format!("{other} is no claim; there are {}", all.join(", ")));
            }
        }
    }
    let seeds = seeds()?;
    let is_asked =
        |claim: &&Claim| names.is_empty() || names.iter().any(|name| begins(claim, name));
    let mut rows = Vec::new();
    for claim in claims().filter(is_asked) {
        let margins = try_all(claim, &seeds)?;
        let held = margins.iter().filter(|margin| **margin >= 0.0).count();
        let rate = match claim.rate {
            Rate::Always => "always".to_owned(),
            Rate::Sometimes(low, high) => format!("sometimes {low} {high}"),
        };
        println!("{} {held} {} {rate}", claim.name, seeds.len());
        let _ = std::io::stdout().flush();
        if std::env::var_os("MARGINS").is_some() {
            eprintln!("  {:?}", margins.iter().map(rounded).collect::<Vec<_>>());
        }
        rows.push(json!({
            "name": claim.name,
            "lesson": claim.lesson,
            "open": claim.opens(),
            "rate": rate,
            "networks": claim.described(),
            "margins": margins.iter().map(rounded).collect::<Vec<_>>(),
        }));
    }
    if let Some(file) = file {
        let all = json!({ "seeds": [seeds[0], seeds[seeds.len() - 1]], "claims": rows });
        let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
        std::fs::write(&file, text + "\n").map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

/// Whether a name is the claim's or its lesson's.
fn begins(claim: &Claim, name: &str) -> bool {
    claim.name == name || claim.lesson == name
}

/// To six decimals, as a record is read.
fn rounded(margin: &f32) -> f64 {
    (f64::from(*margin) * 1e6).round() / 1e6
}

fn seeds() -> Result<Vec<u32>, String> {
    let text = std::env::var("SEEDS").unwrap_or_else(|_| "1..32".into());
    let ends = text.split_once("..");
    let ends = ends.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    match ends {
        Some((first, last)) if first <= last && last < 1_000_000 => Ok((first..=last).collect()),
        _ => Err(format!("SEEDS={text}: two numbers are needed, e.g. 1..32")),
    }
}

/// The margins of all seeds, in their order; as many seeds at once as there are cores.
fn try_all(claim: &Claim, seeds: &[u32]) -> Result<Vec<f32>, String> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut own = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(seed) = seeds.get(place) else {
                return Ok(own);
            };
            own.push((place, claim.try_seed(*seed, DIGITS, FULL)?));
        }
    };
    let done: Result<Vec<_>, Error> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let done = threads.into_iter();
        done.map(|thread| thread.join().expect("no thread panics"))
            .collect()
    });
    let mut margins: Vec<(usize, f32)> = done
        .map_err(|error| format!("{}: {error}", claim.name))?
        .concat();
    margins.sort_by_key(|(place, _)| *place);
    Ok(margins.into_iter().map(|(_, margin)| margin).collect())
}
