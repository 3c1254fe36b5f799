//! Which cells share a mean, as a reader meets it: the values are the network's own, a cell is walked to and pointed at, a
//! kind is lit by its row, and the run is left as it is.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{JobRun, ValuesPlan, values_jobs};
use serde_json::{Value, json};

use crate::common::Lab;
use crate::figures;

const HELP: &str = "
    const rows = () => [...part('cells-table').querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent));
    const lit = () => [...part('cells-table').querySelectorAll('tr.lit th')].map((cell) => cell.textContent);
    const key = (key) => part('cells-map').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const place = () => part('which-cells').querySelector('.number-line-of').textContent;";

fn start(steps: u32) -> Result<Lab> {
    let lab = figures::start("lesson=which-cells", 700, steps)?;
    settle(&lab, steps)?;
    Ok(lab)
}

/// Waits until the values are those of that step.
fn settle(lab: &Lab, step: u32) -> Result<()> {
    let text = format!("step {step}");
    lab.wait(
        "the values",
        &format!(
            "return part('which-cells')?.getAttribute('aria-busy') === 'false'
                 && part('which-cells').querySelector('.number-line-of').textContent.endsWith('{text}')"
        ),
    )
    .map(|_| ())
}

fn run(lab: &Lab, script: &str) -> Result<Value> {
    lab.run(&format!("{HELP} {script}"))
}

/// A figure of the table as a number.
fn number(cell: &Value) -> Result<f64> {
    let text = cell.as_str().context("a text")?;
    Ok(text.replace('−', "-").parse()?)
}

#[test]
fn the_numbers_are_those_of_the_networks_own_first_layer() -> Result<()> {
    let lab = start(5)?;
    let digits = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../assets/digits/digits.bin"
    ))?;
    let jobs = values_jobs("lesson=which-cells", ValuesPlan { step: 5, rows: 4 }, FULL)?;
    let mut job = JobRun::new(jobs.into_iter().next().context("a job")?, &digits, FULL)?;
    while !job.advance(1000) {}
    let layer = job.report().measured.values.context("values")?;
    let of = |from: usize, count: usize| {
        let values = layer.values[from..][..count].iter().copied().map(f64::from);
        let values: Vec<f64> = values.collect();
        let mean = values.iter().sum::<f64>() / count as f64;
        let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count as f64;
        (mean, square.sqrt())
    };
    let rows = run(&lab, "return rows();")?;
    let image = layer.channels * layer.positions;
    // LayerNorm is of the first image, InstanceNorm of its first channel.
    for (row, count) in [(1, image), (3, layer.positions)] {
        let (mean, deviation) = of(0, count);
        ensure!(rows[row][1] == json!(count.to_string()), "{rows}");
        ensure!(
            (number(&rows[row][2])? / mean - 1.0).abs() < 6e-3,
            "{rows} {mean}"
        );
        ensure!(
            (number(&rows[row][3])? / deviation - 1.0).abs() < 6e-3,
            "{rows} {deviation}"
        );
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_cell_is_walked_to_and_pointed_at_and_groups_lead_from_layer_to_instance() -> Result<()> {
    let lab = start(2)?;
    let told = run(
        &lab,
        "const first = place();
         key('ArrowRight');
         await frames(2);
         key('ArrowDown');
         await frames(2);
         const walked = place();
         const map = part('cells-chart').getBoundingClientRect();
         part('cells-chart').dispatchEvent(new PointerEvent('pointermove', {
             clientX: map.left + map.width * 0.5, clientY: map.top + map.height * 0.5, bubbles: true }));
         await frames(2);
         const pointed = place();
         const same = [];
         const slider = part('cells-groups');
         for (const at of [0, 1, Number(slider.max)]) {
             slider.value = at;
             slider.dispatchEvent(new Event('input', { bubbles: true }));
             await frames(2);
             const [, layer, group, instance] = rows();
             same.push([group.slice(1).join() === layer.slice(1).join(), group.slice(1).join() === instance.slice(1).join()]);
         }
         const groups = lit();
         part('cells-layer').click();
         part('cells-sequence').click();
         await frames(2);
         return { first, walked, pointed, same, groups, layer: lit(), counts: rows().map((row) => row[1]) };",
    )?;
    ensure!(
        told["walked"]
            .as_str()
            .is_some_and(|of| of.contains("position 10")),
        "{told}"
    );
    ensure!(
        told["pointed"] != told["walked"] && told["first"] != told["walked"],
        "{told}"
    );
    ensure!(
        told["same"] == json!([[true, false], [false, false], [false, true]]),
        "{told}"
    );
    ensure!(
        told["groups"] == json!(["GroupNorm"]) && told["layer"] == json!(["LayerNorm"]),
        "{told}"
    );
    ensure!(
        told["counts"] == json!(["2048", "8", "64", "64", "8"]),
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_values_follow_the_run_and_leave_it_as_it_is() -> Result<()> {
    let lab = start(3)?;
    lab.step(4)?;
    settle(&lab, 7)?;
    let seen = lab.snapshot()?;
    let plain = figures::start("panels=loss lesson=which-cells", 700, 7)?;
    let other = plain.snapshot()?;
    for side in [0, 1] {
        ensure!(
            seen["sides"][side]["loss"] == other["sides"][side]["loss"],
            "side {side}"
        );
    }
    Ok(())
}
