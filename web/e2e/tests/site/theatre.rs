//! The fault theatre: each fault is reproduced and mended in the page's figure, and the run's own numbers say so; without scripts
//! the page is whole.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::common::{Lab, is_skipped_without_devtools};

const FAULTS: [&str; 9] = [
    "train-eval",
    "batch-one",
    "momentum",
    "biased-variance",
    "frozen-moves",
    "nan",
    "one-class",
    "stale-statistics",
    "unequal-shards",
];

fn open(language: &str) -> Result<Lab> {
    let lab = Lab::start(&[])?;
    let page = format!("{}{language}/faults/", lab.host.url());
    lab.browser.open(&page)?;
    lab.browser.wait(
        "the live page",
        20.0,
        "return document.readyState === 'complete' && document.querySelector('.fault button')",
    )?;
    Ok(lab)
}

/// Presses, and gives the verdict with what is said.
fn act(lab: &Lab, fault: &str, act: &str) -> Result<(String, String)> {
    lab.script(&format!(
        "document.querySelector('#{fault} button[data-act={act}]').click();"
    ))?;
    let of = format!("document.getElementById('{fault}')");
    lab.browser
        .wait(
            "a verdict",
            120.0,
            &format!("return {of}.dataset.verdict || {of}.querySelector('.failed')?.textContent"),
        )
        .with_context(|| format!("{fault}: {act}"))?;
    let told = lab.script(&format!(
        "const of = {of};
         return [of.dataset.verdict ?? '', of.querySelector('.verdict').innerText];"
    ))?;
    Ok(serde_json::from_value(told)?)
}

#[test]
fn every_fault_is_reproduced_and_mended_by_the_runs_own_numbers() -> Result<()> {
    for language in ["en", "zh-Hans"] {
        let lab = open(language)?;
        let ids =
            lab.script("return [...document.querySelectorAll('.fault')].map((of) => of.id)")?;
        ensure!(ids == json!(FAULTS), "{ids}");
        // Both languages have the same runs, which is checked where the pages are made: one of them is enough for all.
        let few = &FAULTS[..2];
        for fault in if language == "en" { &FAULTS[..] } else { few } {
            for (press, wanted) in [("reproduce", "there"), ("mend", "gone")] {
                let (verdict, said) = act(&lab, fault, press)?;
                ensure!(verdict == wanted, "{fault}, {press}: {verdict}: {said}");
                ensure!(!said.contains('–') && said.len() > 30, "{fault}: {said}");
            }
        }
        lab.ensure_silent()?;
    }
    Ok(())
}

#[test]
fn a_verdict_is_of_the_run_on_the_screen() -> Result<()> {
    let lab = open("en")?;
    // A fault whose run is written to be the mended one is not found, whatever its button is called.
    lab.script(
        "const [one, other] = document.querySelectorAll('#batch-one button');
         one.dataset.act = 'mend'; other.dataset.act = 'reproduce';",
    )?;
    for (press, wanted) in [("reproduce", "gone"), ("mend", "there")] {
        let (verdict, said) = act(&lab, "batch-one", press)?;
        ensure!(verdict == wanted, "{press}: {verdict}: {said}");
    }
    // The figure stands where the fault is told, also on a phone.
    lab.browser.set_viewport(390, 800, 1.0)?;
    act(&lab, "nan", "reproduce")?;
    let between = lab.script(
        "const top = (id) => document.querySelector(id).getBoundingClientRect().top;
         return [top('#nan'), top('.figure'), top('#one-class'), document.documentElement.scrollWidth];",
    )?;
    let at: Vec<f64> = serde_json::from_value(between)?;
    ensure!(at[0] < at[1] && at[1] < at[2] && at[3] <= 390.0, "{at:?}");
    Ok(())
}

#[test]
fn faults_are_read_without_scripts() -> Result<()> {
    if is_skipped_without_devtools("switching scripts off")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    lab.browser.devtools(
        "Emulation.setScriptExecutionDisabled",
        json!({ "value": true }),
    )?;
    for (width, language) in [(1280, "en"), (390, "zh-Hans")] {
        lab.browser.set_viewport(width, 800, 1.0)?;
        let page = format!("{}{language}/faults/", lab.host.url());
        lab.browser.open(&page)?;
        let told = lab.browser.run(
            "const seen = (of) => [...document.querySelectorAll(of)].filter((one) => one.checkVisibility()).length;
             return { faults: seen('.fault'), symptoms: seen('.symptom'), code: seen('.fault h3 + pre'),
                 links: [...document.querySelectorAll('.fault .button')].filter((of) => of.href.includes('#lesson=')).length,
                 buttons: seen('button'), wide: document.documentElement.scrollWidth > innerWidth };",
            &[],
        )?;
        let wanted = json!({ "faults": 9, "symptoms": 9, "code": 18, "links": 18, "buttons": 0, "wide": false });
        ensure!(told == wanted, "{language} at {width}: {told}");
    }
    Ok(())
}
