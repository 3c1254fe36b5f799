//! Prints what each file of the built site weighs, and fails when a first picture would cost too much. Changes no file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What all that must arrive before the first charts move may weigh, in brotli.
const LIMIT_BYTES: usize = 200_000;
/// What the worker for a graphics processor may weigh, glue and all; only who uses it fetches it.
const GPU_LIMIT_BYTES: usize = 250_000;
/// Its name among the workers.
const GPU: &str = "webgpu";

/// Whether a file must arrive for the first picture. Of the light workers and of the languages one is fetched, the heaviest counts; those
/// with every layer come on demand, the page's second module once the first frame is there; bench and engines are other pages.
fn is_first(name: &str) -> bool {
    let is_code = [".html", ".js", ".wasm", ".css"]
        .iter()
        .any(|end| name.ends_with(end));
    is_code
        && !["worker-", "bench", "engines", "split_"]
            .iter()
            .any(|start| name.starts_with(start))
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).context("which folder?")?;
    let mut paths = Vec::new();
    collect(Path::new(&folder), &mut paths)?;
    paths.sort();

    let (mut first, mut languages) = (0, 0);
    let mut workers = std::collections::BTreeMap::<String, usize>::new();
    println!("{:<28} {:>10} {:>10}", "file", "raw", "brotli");
    for path in &paths {
        let name = path.strip_prefix(&folder)?.display().to_string();
        let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let packed = brotli_bytes(&bytes)?;
        let mark = if is_first(&name) { "*" } else { "" };
        println!("{name:<28} {:>10} {packed:>10} {mark}", bytes.len());
        if is_first(&name) {
            first += packed;
        } else if name.starts_with("texts-") {
            languages = languages.max(packed);
        } else if let Some(rest) = name
            .strip_prefix("worker-")
            .filter(|r| !r.starts_with("full-"))
        {
            let engine = rest.split(['.', '_']).next().unwrap_or(rest);
            *workers.entry(engine.into()).or_default() += packed;
        }
    }
    let of_gpu = workers.remove(GPU).unwrap_or(0);
    let worker = workers.values().max().copied().unwrap_or(0);
    let sum = first + worker + languages;
    println!("{:<28} {:>10} {worker:>10} *", "(the heaviest worker)", "");
    println!(
        "{:<28} {:>10} {languages:>10} *",
        "(the heaviest language)", ""
    );
    println!("{:<28} {:>10} {sum:>10}", "first picture (*)", "");
    println!("{:<28} {:>10} {LIMIT_BYTES:>10}", "limit", "");
    if sum > LIMIT_BYTES {
        bail!("the first picture needs {sum} bytes in brotli, more than {LIMIT_BYTES}");
    }
    println!("{:<28} {:>10} {of_gpu:>10}", "(the worker for a GPU)", "");
    if of_gpu > GPU_LIMIT_BYTES {
        bail!(
            "the worker for a graphics processor needs {of_gpu} bytes, more than {GPU_LIMIT_BYTES}"
        );
    }
    Ok(())
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

/// The size at the strongest level, as a static host would keep it.
fn brotli_bytes(bytes: &[u8]) -> Result<usize> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(packed.len())
}
