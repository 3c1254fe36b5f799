//! Whole runs beside each other, as a reader meets them: trained once the figure is started, with the figures that the core
//! has natively, read by keys, cancelled, begun again where a setting changes, and gone with the figure.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{JobReport, JobRun, compared_jobs};
use serde_json::json;

use crate::common::Lab;
use crate::figures;

/// Waits until all runs are trained.
fn settle(lab: &Lab) -> Result<()> {
    let is_done = "return part('compared-runs')?.getAttribute('aria-busy') === 'false'
        && part('compared-start').textContent !== 'Start' && !part('compared-reading').textContent.includes('runs are done')";
    lab.wait("all runs", is_done).map(|_| ())
}

/// Presses keys on the charts, and gives what is read then.
fn read(lab: &Lab, keys: &[&str]) -> Result<String> {
    let said = lab.run(&format!(
        "for (const key of {}) part('compared-charts').dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
         await frames(2);
         return part('compared-reading').textContent;",
        json!(keys)
    ))?;
    said.as_str().map(str::to_owned).context("a text")
}

/// The rows of the panel, as the page around is told them, and whether they are all.
fn told(lab: &Lab) -> Result<(Vec<Vec<String>>, bool)> {
    let told = lab.script(
        "const told = await document.querySelector('batchnorm-lab').snapshot('compared-runs');
         return [told.rows, told.whole];",
    )?;
    Ok(serde_json::from_value(told)?)
}

fn trained(link: &str, side: u8, steps: u64) -> Result<JobReport> {
    let jobs = compared_jobs(&[(link, side)], steps, 50, FULL)?;
    let job = jobs.into_iter().next().context("a job")?;
    let mut run = JobRun::new(job, &[], FULL)?;
    while !run.advance(1000) {}
    Ok(run.report())
}

fn near(cell: &str, wanted: f32) -> Result<()> {
    let got: f32 = cell.replace('−', "-").parse()?;
    let off = (got - wanted).abs() / wanted.abs().max(1e-30);
    ensure!(off < 2e-5, "{cell}, not {wanted}");
    Ok(())
}

#[test]
fn the_runs_of_a_lesson_are_those_of_the_core_and_are_read_by_keys() -> Result<()> {
    let lab = figures::start("lesson=dropout engine=simd128", 700, 3)?;
    settle(&lab)?;
    let (rows, is_whole) = told(&lab)?;
    ensure!(is_whole && rows.len() == 4, "{rows:?}");
    let plain = "lesson=dropout&layers=32-32";
    let wanted = [
        (plain, 0),
        ("lesson=dropout", 0),
        (plain, 1),
        ("lesson=dropout", 1),
    ];
    for (row, (link, side)) in rows.iter().zip(wanted) {
        let report = trained(link, side, 2000)?;
        ensure!(row[1].ends_with("000"), "{row:?}");
        near(&row[3], report.accuracy.train)?;
        near(&row[4], report.accuracy.eval_running)?;
        let last = report.curve.losses.last();
        near(&row[2], *last.context("a loss")?)?;
    }
    // The first key reads the end of the first run, the next the run below.
    let said = read(&lab, &["ArrowRight", "ArrowDown"])?;
    ensure!(said.starts_with("dropout · step 2"), "{said}");
    let said = read(&lab, &["ArrowLeft", "ArrowLeft"])?;
    ensure!(said.contains("step 1\u{202f}900"), "{said}");
    let said = lab.run(
        "const map = part('compared-accuracy').getBoundingClientRect();
         const [clientX, clientY] = [map.left + map.width * 0.4, map.top + map.height * 0.5];
         part('compared-accuracy').dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
         await frames(2);
         return part('compared-reading').textContent;",
    )?;
    let said = said.as_str().context("a text")?;
    ensure!(said.contains("of the test points right"), "{said}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_cancel_ends_them_a_start_begins_them_again_and_so_does_a_setting() -> Result<()> {
    // Long enough to be cancelled on the way.
    let slow = "state='lesson=dropout&layers=128-128-128&samples=4000&batch=64'";
    let lab = figures::start(slow, 700, 1)?;
    lab.wait(
        "a run under way",
        "return part('compared-runs')?.getAttribute('aria-busy') === 'true' && part('compared-progress').value > 0",
    )?;
    lab.click("return part('compared-start')")?;
    let after = lab.run(
        "await frames(2);
         return [part('compared-runs').getAttribute('aria-busy'), part('compared-start').textContent,
             part('compared-reading').textContent];",
    )?;
    let after: [String; 3] = serde_json::from_value(after)?;
    ensure!(
        after[0] == "false" && after[2].starts_with("Stopped"),
        "{after:?}"
    );
    ensure!(!told(&lab)?.1, "it was cancelled");
    lab.click("return part('compared-start')")?;
    lab.wait(
        "the runs again",
        "return part('compared-runs').getAttribute('aria-busy') === 'true'",
    )?;
    // Other settings, other runs: by themselves.
    lab.script("document.querySelector('batchnorm-lab').state = 'lesson=dropout&layers=4&samples=100'; await frames(2);")?;
    lab.step(1)?;
    settle(&lab)?;
    let (rows, _) = told(&lab)?;
    near(
        &rows[2][4],
        trained("lesson=dropout&layers=4&samples=100", 1, 2000)?
            .accuracy
            .eval_running,
    )?;
    Ok(())
}
