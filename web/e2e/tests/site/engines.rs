//! `engines.html`: it measures every engine the browser has, shows what it measured and saves it.

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::capabilities::Kind;
use serde_json::Value;

use crate::common::{Lab, lanes};

const FEW: &str = "return await runEngines({ runs: 1, wanted: ({ axis, batch }) => axis === 'batch' && batch <= 16 });";

fn open(lab: &Lab) -> Result<()> {
    lab.browser
        .open(&format!("{}engines.html?lang=en", lab.host.url()))
}

fn rates(lab: &Lab, engines: &[&str]) -> Result<()> {
    let told = lab.script(FEW)?;
    let rows = told["results"].as_array().context("a list of points")?;
    ensure!(rows.len() == 2, "{} points", rows.len());
    for row in rows {
        for engine in engines {
            let millis = row["by"][engine]["millis"].as_f64();
            let millis = millis.with_context(|| format!("{engine} has no time: {told}"))?;
            ensure!(millis > 0.0 && millis < 60_000.0, "{engine}: {millis} ms");
        }
    }
    let csv = lab.script("return enginesCsv()")?;
    let csv = csv.as_str().unwrap_or_default();
    ensure!(csv.lines().count() == 1 + 2 * engines.len(), "{csv}");
    let browser = match lab.browser.kind() {
        Kind::Chromium => "Chromium",
        Kind::Firefox => "Firefox",
        Kind::WebKit => "AppleWebKit",
    };
    ensure!(csv.contains(browser), "{csv}");
    let drawn = "return document.querySelectorAll('[data-chart=batch] path.line').length";
    let drawn = lab.script(drawn)?;
    ensure!(
        drawn.as_u64() == Some(engines.len() as u64),
        "{drawn} lines"
    );
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn every_engine_is_measured_where_there_is_a_gpu() -> Result<()> {
    let name = "every_engine_is_measured_where_there_is_a_gpu";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    open(&lab)?;
    rates(&lab, &["scalar", "simd128", "relaxed", "webgpu"])?;
    let said =
        lab.script("return [...document.querySelectorAll('figure p')].map((p) => p.textContent)")?;
    let sentence = said[0].as_str().unwrap_or_default();
    ensure!(sentence.contains("WebGPU"), "{said}");
    Ok(())
}

#[test]
fn a_gpu_lost_in_between_is_said_once_and_the_lanes_go_on() -> Result<()> {
    let name = "a_gpu_lost_in_between_is_said_once_and_the_lanes_go_on";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    // The page's one message may come before the worker's own lines are there to hear it.
    lab.before_every_worker(
        "const early = [];
         let heard = (event) => early.push(event);
         self.addEventListener('message', (event) => heard(event));
         Object.defineProperty(self, 'onmessage', { set(own) { heard = own; early.forEach(own); } });
         const request = GPUAdapter.prototype.requestDevice, submit = GPUQueue.prototype.submit;
         let device, submits = 0;
         GPUAdapter.prototype.requestDevice = async function (wanted) {
             device = await request.call(this, wanted);
             return device;
         };
         GPUQueue.prototype.submit = function (...commands) {
             submits += 1;
             if (submits === 5) device.destroy();
             return submit.apply(this, commands);
         };",
    )?;
    open(&lab)?;
    let told = lab.script(FEW)?;
    let engines = told["results"].as_array().context("a list of points")?;
    for row in engines {
        let measured = row["by"].as_object().context("engines")?;
        let mut names: Vec<&str> = measured.keys().map(String::as_str).collect();
        names.sort_unstable();
        ensure!(names == ["relaxed", "scalar", "simd128"], "{names:?}");
    }
    let refusals = told["refusals"].as_array().context("refusals")?;
    ensure!(engines.len() == 2 && refusals.len() == 1, "{told}");
    ensure!(refusals[0][0] == "webgpu", "{told}");
    let said = "return document.querySelector('[data-part=status]').textContent";
    let said = lab.script(said)?;
    let said = said.as_str().unwrap_or_default();
    ensure!(
        said.contains("Finished") && said.contains("WebGPU cannot"),
        "{said}"
    );
    Ok(())
}

#[test]
fn without_a_gpu_the_lanes_are_measured_and_it_is_said() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host
        .before_every_page("Object.defineProperty(navigator, 'gpu', { value: undefined });");
    open(&lab)?;
    rates(&lab, lanes()?)?;
    let said = lab.script("return document.querySelector('figure p').textContent")?;
    ensure!(
        said.as_str().is_some_and(|s| s.contains("WebGPU")),
        "{said}"
    );
    Ok(())
}

#[test]
fn the_place_where_one_line_passes_the_others_is_found() -> Result<()> {
    let lab = Lab::start(&[])?;
    open(&lab)?;
    let found = lab.script(
        "const { crossing } = await import('./engines-chart.js');
         const others = [[[1, 8], [4, 8], [16, 8]], [[1, 4], [4, 4], [16, 4]]];
         return [
             crossing([[1, 2], [4, 4], [16, 16]], others),
             crossing([[1, 9], [4, 9], [16, 9]], others),
             crossing([[1, 2], [4, 2], [16, 2]], others),
             crossing([[1, 9], [4, 2], [16, 32]], others),
             crossing([], others),
         ];",
    )?;
    let numbers: Vec<Option<f64>> = found
        .as_array()
        .into_iter()
        .flatten()
        .map(Value::as_f64)
        .collect();
    // On logarithmic scales a straight line from 4 to 16 passes 8 in the middle of 4 and 16.
    ensure!(
        numbers[0].is_some_and(|at| (at - 8.0).abs() < 1e-9),
        "{found}"
    );
    ensure!(numbers[1] == Some(1.0), "{found}");
    ensure!(numbers[2].is_none() && numbers[4].is_none(), "{found}");
    // A lead that is lost again does not count: 2 to 32 passes 8 in the middle.
    ensure!(
        numbers[3].is_some_and(|at| (at - 8.0).abs() < 1e-9),
        "{found}"
    );
    Ok(())
}

#[test]
fn a_rig_finds_the_same_losses_on_the_gpu() -> Result<()> {
    let name = "a_rig_finds_the_same_losses_on_the_gpu";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    lab.browser.open(&format!("{}bench.html", lab.host.url()))?;
    let told = lab.script(
        "await peerReady;
         const { ROWS } = await import('./bench-rows.js');
         const told = {};
         for (const row of ROWS.filter(({ name }) => name === 'train')) {
             const losses = {};
             for (const engine of ['simd128', 'webgpu']) {
                 const made = await makeCase(row.name, row.shape, row.inputs(), { engine });
                 if (made.unsupported) throw new Error(made.unsupported);
                 const first = [await made.steps(1), await made.steps(1), await made.steps(4)];
                 await made.run(3);
                 await made.reset();
                 losses[engine] = [...first, await made.steps(6)];
                 await made.sync();
                 made.dispose();
             }
             told[row.id] = losses;
         }
         return told;",
    )?;
    let rows = told.as_object().context("losses by row")?;
    ensure!(rows.len() >= 5, "{told}");
    for (row, losses) in rows {
        let of = |engine: &str| -> Result<Vec<f64>> {
            let list = losses[engine].as_array().into_iter().flatten();
            list.map(|loss| loss.as_f64().with_context(|| format!("{row}: {losses}")))
                .collect()
        };
        let (here, there) = (of("simd128")?, of("webgpu")?);
        ensure!(there[2] == there[3], "{row}: after a reset {there:?}");
        ensure!(here[0] != here[2], "{row} learns: {here:?}");
        for (here, there) in here.iter().zip(&there) {
            ensure!(
                (here - there).abs() < 1e-4 * here.abs().max(0.1),
                "{row}: {losses}"
            );
        }
    }
    Ok(())
}
