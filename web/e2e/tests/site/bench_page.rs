//! `bench.html` as its reader meets it: what cannot be measured is said, the table can be stopped, roofs are held against.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::bench::open;
use crate::common::Lab;

#[test]
fn what_cannot_be_is_said() -> Result<()> {
    let lab = open()?;
    let told = lab.script("await peerReady;
         const x = Float32Array.of(1, 2, 3);
         const one = Float32Array.of(1);
         const norm = { shape: [3, 2], x, dy: x, gamma: one, beta: one, rmean: one, rvar: one, eps: 1e-5, mom: 0.1 };
         const why = async (...given) => (await makeCase(...given)).unsupported ?? 'nothing';
         return {
             webgpu: await why('hist', [3, 2], { x, bins: 2 }, { engine: 'webgpu' }),
             name: await why('sort', [3], { x }),
             shape: await why('bn_fwd', [3, 2], norm),
             rows: await why('bn_fwd', [1, 3], { ...norm, shape: [1, 3] }),
             fits: await why('hist', [3, 2], { x, bins: 2 }),
             info: peerInfo(),
         };")?;
    for (what, words) in [
        ("webgpu", "webgpu"),
        ("name", "sort"),
        ("shape", "x: 3 values, needs 6"),
        ("rows", "1 values"),
        ("fits", "nothing"),
    ] {
        ensure!(
            told[what].as_str().is_some_and(|text| text.contains(words)),
            "{what}: {told}"
        );
    }
    ensure!(
        told["info"]["engine"] == "relaxed" && told["info"]["version"].is_string(),
        "{told}"
    );
    Ok(())
}

#[test]
fn the_page_measures_its_table_and_can_be_stopped() -> Result<()> {
    let lab = open()?;
    let rows = lab.script(
        "window.done = runTable(1);
        await until('some progress', () => document.querySelector('[data-part=\"progress\"]').value > 0.1);
        document.querySelector('[data-part=\"start\"]').click(); return await done;",
    )?;
    let runs = |row: &Value| row["runs"].as_u64().unwrap_or(9);
    let rows = rows["rows"].as_array().context("rows")?;
    ensure!(
        rows.len() == 10 && rows.iter().any(|row| runs(row) == 0),
        "{rows:?}"
    );
    for lang in ["en", "zh-Hans"] {
        for width in [360, 1280] {
            lab.browser.set_viewport(width, 800, 1.0)?;
            lab.browser
                .open(&format!("{}bench.html?lang={lang}", lab.host.url()))?;
            let wide =
                lab.script("await peerReady; return document.scrollingElement.scrollWidth")?;
            ensure!(
                wide.as_u64() <= Some(width.into()),
                "{lang}: {wide} px wide of {width}"
            );
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_lab_loads_nothing_of_it() -> Result<()> {
    let lab = Lab::open("")?;
    lab.step(2)?;
    let asked: Vec<String> = lab
        .host
        .asked()
        .into_iter()
        .map(|asked| asked.url)
        .collect();
    ensure!(asked.iter().all(|url| !url.contains("bench")), "{asked:?}");
    Ok(())
}

#[test]
fn a_row_is_held_against_the_lower_of_its_two_roofs() -> Result<()> {
    let lab = open()?;
    let told = lab.script("const { under, measureRoof } = await import('./bench-roof.js');
         const near = { size: 1024, read: 100e9, copy: 80e9 };
         const far = { size: 1024 * 1024, read: 10e9, copy: 20e9 };
         const roof = { flops: 50e9, memory: [near, far] };
         const x = new Float32Array(6), one = new Float32Array(2).fill(1);
         const norm = { shape: [3, 2], x, dy: x, gamma: one, beta: one, rmean: one, rvar: one, eps: 1e-5, mom: 0.1 };
         const made = await makeCase('bn_fwdbwd', [3, 2], norm, { engine: 'scalar' });
         return {
             cost: made.cost,
             counting: under(roof, { flops: 5000, bytes: 1000 }, 0.2),
             waiting: under(roof, { flops: 1000, bytes: 1e6 }, 100),
             peak: await measureRoof('simd128', 1, () => true),
             stopped: await measureRoof('scalar', 1, () => false),
         };")?;
    ensure!(
        told["cost"] == json!({ "flops": 96, "bytes": 144 }),
        "{told}"
    );
    // 5000 operations at 50 GFLOP/s are 0.1 µs; 1 MB at 20 GB/s is 50 µs.
    for (row, bound) in [("counting", "compute"), ("waiting", "memory")] {
        let share = told[row]["share"].as_f64().context("a share")?;
        ensure!(
            told[row]["bound"] == bound && (share - 0.5).abs() < 1e-9,
            "{row}: {told}"
        );
    }
    // A machine that can run this browser at all does a billion of each a second.
    ensure!(told["peak"]["flops"].as_f64() > Some(1e9), "{told}");
    let walks = told["peak"]["memory"].as_array().context("walks")?;
    ensure!(
        walks.len() == 3 && walks.iter().all(|walk| walk["read"].as_f64() > Some(1e9)),
        "{told}"
    );
    ensure!(told["stopped"].is_null(), "{told}");
    Ok(())
}
