//! Prints what each file of the built site weighs, and fails when a limit of `weights.rs` is passed. Changes no file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use batchnorm_lab_e2e::packed::pack;
use clap::Parser;
use xtask::weights::{ALARM, BUDGETS, Budget, Part, apart, part_of};

/// Prints what each file of the built site weighs (build first: `cargo xtask dist`)
#[derive(Parser)]
#[command(bin_name = "cargo xtask sizes")]
struct Options {
    /// The built site
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

/// What the parts weigh: of each its families, a family's bytes together.
type Weights = BTreeMap<Part, BTreeMap<String, usize>>;

fn main() -> Result<()> {
    let folder = Options::parse().dist;
    let mut paths = Vec::new();
    collect(&folder, &mut paths)?;
    paths.sort();
    let script = fs::read_to_string(folder.join("app-lazy.js")).context("no other modules")?;
    let apart = apart(&script);
    let mut weights = Weights::new();
    println!("{:<34} {:>10} {:>10}  part", "file", "raw", "brotli");
    for path in &paths {
        let name = path.strip_prefix(&folder)?.display().to_string();
        let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let packed = pack(&bytes)?.len();
        let (part, family) = match apart.contains(&name) {
            true => (Part::Apart, ""),
            false => part_of(&name),
        };
        println!("{name:<34} {:>10} {packed:>10}  {part:?}", bytes.len());
        *weights
            .entry(part)
            .or_default()
            .entry(family.into())
            .or_default() += packed;
    }
    println!(
        "\n{:<40} {:>8} {:>8} {:>8}",
        "bytes in brotli", "now", "record", "limit"
    );
    let too_heavy: Vec<&str> = BUDGETS
        .iter()
        .filter(|budget| !is_within(budget, &weights))
        .map(|budget| budget.name)
        .collect();
    if !too_heavy.is_empty() {
        bail!(
            "heavier than tools/xtask/src/weights.rs allows: {}",
            too_heavy.join(", ")
        );
    }
    Ok(())
}

/// Prints a budget, with an alarm where it has grown; whether it is within its limit.
fn is_within(budget: &Budget, weights: &Weights) -> bool {
    let heaviest = |part: &Part| weights.get(part)?.values().max().copied();
    let now: usize = budget.parts.iter().filter_map(heaviest).sum();
    let Budget {
        name,
        recorded,
        limit,
        ..
    } = budget;
    let growth = now as f64 / *recorded as f64 - 1.0;
    let mark = if now > *limit {
        "OVER THE LIMIT".to_owned()
    } else if growth > ALARM {
        format!("ALARM: {:+.1} % of the recorded weight", 100.0 * growth)
    } else {
        String::new()
    };
    println!("{name:<40} {now:>8} {recorded:>8} {limit:>8} {mark}");
    now <= *limit
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {folder:?}"))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
