//! A network and the one it is folded into, as a reader meets them: the same scores, the core's own numbers, times of this
//! browser that are measured again by a press, another unit by its choice, and what cannot be folded.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{JobRun, UnitPlan, fold_job};
use batchnorm_lab::measure::Folded;
use serde_json::{Value, json};

use crate::common::Lab;
use crate::figures;

const HELP: &str = "
    const panel = () => part('fold');
    const cells = () => [...part('fold-table').querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent));
    const times = () => [...panel().querySelectorAll('.fold-micros')].map((cell) => cell.textContent);
    const choose = (name, value) => {
        const select = part(`fold-${name}`);
        select.value = value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
    };";

fn run(lab: &Lab, script: &str) -> Result<Value> {
    lab.run(&format!("{HELP} {script}"))
}

/// Waits until both networks are those of that step.
fn settle(lab: &Lab, step: &str) -> Result<()> {
    lab.wait(
        "both networks",
        &format!(
            "return part('fold')?.getAttribute('aria-busy') === 'false'
                 && part('fold').querySelector('.measured-legend').textContent.includes('{step}')
                 && /[0-9]/.test(part('fold').querySelector('.fold-micros').textContent)"
        ),
    )
    .map(|_| ())
}

/// The same in the core.
fn folded(link: &str, at: u64, layer: u32, unit: u32) -> Result<Folded> {
    let jobs = fold_job(link, UnitPlan { at, layer, unit }, FULL)?;
    let mut run = JobRun::new(jobs.into_iter().next().context("a job")?, &[], FULL)?;
    while !run.advance(1000) {}
    Ok(run.report().measured.folded.context("folded")?.1)
}

/// A figure for people as a number.
fn number(cell: &Value) -> Result<f32> {
    let text = cell.as_str().context("a text")?.replace('−', "-");
    Ok(text.trim_end_matches(" µs").parse()?)
}

/// The table says that of the unit.
fn is_unit(cells: &Value, of: &Folded) -> Result<()> {
    let unit = &of.unit;
    for (row, column, wanted) in [
        (0, 1, unit.norm[0]),
        (0, 2, unit.norm[1]),
        (1, 2, unit.bias[1]),
        (2, 1, unit.mean),
        (3, 1, unit.variance),
        (4, 1, unit.gamma),
        (5, 1, unit.beta),
        (6, 1, unit.scale()),
    ] {
        let off = (number(&cells[row][column])? / wanted - 1.0).abs();
        ensure!(off < 2e-2, "{row} {column}: {cells}, not {wanted}");
    }
    Ok(())
}

#[test]
fn both_networks_give_the_same_and_calls_have_a_time() -> Result<()> {
    let lab = figures::start("lesson=fold", 700, 60)?;
    settle(&lab, "step 60:")?;
    let of = folded("lesson=fold", 60, 0, 0)?;
    ensure!(of.share() <= 1e-5, "{}", of.share());
    let seen = run(
        &lab,
        "return { cells: cells(), times: times(), reading: part('measured-reading').textContent };",
    )?;
    is_unit(&seen["cells"], &of)?;
    let reading = seen["reading"].as_str().context("a text")?;
    let share = reading.split_once(", ").context("a share")?.1;
    let share = share.split(' ').next().unwrap_or_default();
    ensure!(number(&json!(share))? <= 1e-5, "{reading}");
    ensure!(reading.contains("801 numbers have become 609"), "{reading}");
    let times = seen["times"].as_array().context("times")?;
    ensure!(times.len() == 4, "{times:?}");
    for time in times {
        ensure!(number(time)? > 0.0, "{times:?}");
    }
    // Scores are walked over by keys; the first is the first point's.
    let read = run(
        &lab,
        "part('measured-charts').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
         await frames(2);
         return part('measured-reading').textContent;",
    )?;
    let read = read.as_str().context("a text")?;
    ensure!(read.starts_with("Point 1, score 1: "), "{read}");
    ensure!(lab.complaints()?.is_empty(), "{:?}", lab.complaints()?);
    Ok(())
}

#[test]
fn another_unit_is_chosen_and_times_are_measured_again() -> Result<()> {
    let lab = figures::start("lesson=fold", 358, 20)?;
    settle(&lab, "step 20:")?;
    let told = run(
        &lab,
        "choose('layer', '2');
         await until('a layer', () => part('fold-layer').value === '2' && panel().getAttribute('aria-busy') === 'false');
         choose('unit', '5');
         await until('another', () => panel().getAttribute('aria-busy') === 'true');
         await until('its numbers', () => panel().getAttribute('aria-busy') === 'false');
         const before = cells();
         part('fold-again').click();
         await until('a measurement', () => part('fold-again').disabled);
         const box = panel().getBoundingClientRect().height;
         await until('its end', () => !part('fold-again').disabled);
         return { before, after: cells(), times: times(), same: box === panel().getBoundingClientRect().height };",
    )?;
    is_unit(&told["before"], &folded("lesson=fold", 20, 2, 5)?)?;
    ensure!(told["before"] == told["after"], "{told}");
    ensure!(told["same"] == json!(true), "{told}");
    for time in told["times"].as_array().context("times")? {
        ensure!(number(time)? > 0.0, "{told}");
    }
    Ok(())
}

#[test]
fn its_sheet_has_all_scores_in_both_languages_and_what_cannot_be_folded_says_why() -> Result<()> {
    let lab = figures::start("lesson=fold", 700, 20)?;
    settle(&lab, "step 20:")?;
    for (lang, words) in [
        ("en", "801 numbers in 10 layers"),
        ("zh-Hans", "10 层里的 801 个数"),
    ] {
        let told = lab.script(&format!(
            "const lab = document.querySelector('batchnorm-lab');
             lab.setAttribute('lang', '{lang}');
             const part = (name) => lab.shadowRoot.querySelector(`[data-part='${{name}}']`);
             await until('the language', () => part('fold')?.closest('[lang]')?.lang === '{lang}');
             part('about-fold').click();
             await until('its figures', () => part('telling-table')?.querySelectorAll('tbody tr').length > 9);
             await until('its words', () => part('told').textContent.includes('{words}'));
             const told = part('told').textContent;
             const text = part('telling-copy') !== null;
             part('telling-close').click();
             return [told, text];"
        ))?;
        ensure!(told[1] == json!(true), "{told}");
    }
    let plain = figures::start("panels=fold lesson=fold state='show=b&b=layer'", 700, 5)?;
    let said = plain.wait(
        "why",
        "return part('measured-reading')?.textContent.includes('LayerNorm')
             && [part('fold-again').disabled, part('fold').querySelector('.fold-micros').textContent]",
    )?;
    ensure!(said == json!([true, "– µs"]), "{said}");
    Ok(())
}
