//! A grid that the browser's GPU trains ends where the lanes end; what the GPU cannot train the lanes do, and where there
//! is none that is said.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::common::{Lab, number};

const TRAIN: &str = "
    const axes = [{ setting: 'lr', values: [0.02, 0.1] }, { setting: 'layers', values: ['8', '8-d20-8'] }];
    const grid = (steps, engine) => makeGrid(axes, 'batch=16', steps, { engine });
    const name = (error) => error.name;
";

fn with_gpu(test: &str) -> Result<Option<Lab>> {
    let lab = Lab::start_with_gpu(test)?;
    if let Some(lab) = &lab {
        lab.open_page("grid.html", "makeGrid")?;
    }
    Ok(lab)
}

fn cells<'a>(told: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    told[name].as_array().context("cells")
}

#[test]
fn a_grid_on_the_gpu_ends_where_the_lanes_end() -> Result<()> {
    let Some(lab) = with_gpu("a_grid_on_the_gpu_ends_where_the_lanes_end")? else {
        return Ok(());
    };
    let told = lab.script(&format!(
        "{TRAIN}
         const gpu = grid(40, 'webgpu');
         const there = await within('the GPU', gpu.run());
         const {{ workers }} = gpu;
         const again = await within('the GPU again', gpu.run());
         const here = await within('the lanes', grid(40, 'simd128').run());
         const long = grid(20000, 'webgpu');
         const end = within('the end', long.run()).then(() => 'none', name);
         long.cancel();
         const cancelled = await end;
         const after = await within('after a cancel', grid(40, 'webgpu').run());
         gpu.end();
         return {{ there, again, here, cancelled, after, workers, left: gpu.workers }};"
    ))?;
    ensure!(told["cancelled"] == "AbortError", "{}", told["cancelled"]);
    ensure!(told["workers"] == 1 && told["left"] == 0, "{told}");
    let here = cells(&told, "here")?;
    ensure!(here.len() == 8, "{} cells", here.len());
    for name in ["there", "again", "after"] {
        let there = cells(&told, name)?;
        ensure!(there.len() == here.len(), "{} cells", there.len());
        for (a, b) in there.iter().zip(here) {
            for same in ["values", "run", "norm", "step", "diverged_at"] {
                ensure!(a[same] == b[same], "{name}: {same}: {a}, {b}");
            }
            let (loss, want) = (number(a, "/loss")?, number(b, "/loss")?);
            ensure!(
                (loss - want).abs() < 1e-4 * want,
                "{name}: {loss} instead of {want}"
            );
            // Dropout is left to the lanes, to the bit.
            let is_left = a["values"][1] == "8-d20-8";
            let state = a["state"].as_str().context("a state")?;
            ensure!(state.ends_with("&engine=webgpu") != is_left, "{name}: {a}");
            ensure!((a["fingerprint"] == b["fingerprint"]) == is_left, "{a}");
        }
    }
    ensure!(told["there"] == told["again"], "other bits");
    Ok(())
}

#[test]
fn a_grid_without_a_gpu_says_what_there_is() -> Result<()> {
    let Some(lab) = with_gpu("a_grid_without_a_gpu_says_what_there_is")? else {
        return Ok(());
    };
    lab.before_every_worker("GPU.prototype.requestAdapter = async () => null;")?;
    lab.open_page("grid.html", "makeGrid")?;
    let told = lab.script(&format!(
        "{TRAIN}
         const error = await within('the end', grid(40, 'webgpu').run()).then(() => ({{}}), (error) => error);
         const {{ code, field, got, allowed }} = error;
         return {{ name: error.name, code, field, got, allowed }};"
    ))?;
    ensure!(told["name"] == "Refusal", "{told}");
    ensure!(
        told["code"] == "no-adapter" && told["field"] == "engine",
        "{told}"
    );
    let got = told["got"].as_str().context("what came")?;
    ensure!(got.starts_with("webgpu"), "{told}");
    ensure!(told["allowed"] == "relaxed | simd128 | scalar", "{told}");
    Ok(())
}
