//! `claims.html`: a claim tried again has the margins that the core gives natively; it shows progress, can be cancelled, and says
//! what it came to in both languages.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::claims::claims;
use serde_json::Value;

use crate::common::Lab;

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");

fn open(language: &str) -> Result<Lab> {
    let lab = Lab::start(&[])?;
    lab.browser
        .open(&format!("{}claims.html?lang={language}", lab.host.url()))?;
    lab.browser.wait(
        "the claims",
        20.0,
        "return !!window.tryClaim && document.querySelectorAll('.claim').length",
    )?;
    Ok(lab)
}

#[test]
fn a_claim_tried_again_has_the_margins_of_the_core() -> Result<()> {
    let lab = open("en")?;
    for (name, seeds) in [
        ("first-look-with", [5, 900_001]),
        ("train-vs-inference-closed", [1, 2]),
        ("small-batch-group", [12, 31]),
        ("small-batch-gradient", [4, 77]),
        ("sync-bn-averaged", [1, 500_000]),
        ("fold-convolution", [3, 4]),
    ] {
        let told = lab.script(&format!(
            "const shares = [];
             const claim = tryClaim('{name}', {{ seeds: {seeds:?}, engine: 'simd128', hear: {{ progress: (share) => shares.push(share) }} }});
             const told = await within('the claim', claim.run());
             return {{ told, last: shares.at(-1), grows: shares.every((share, at) => at === 0 || share >= shares[at - 1]) }};"
        ))?;
        ensure!(
            told["last"] == 1.0 && told["grows"] == true,
            "{name}: {told}"
        );
        let claim = claims().find(|claim| claim.name == name);
        let claim = claim.context("a claim of that name")?;
        for (place, seed) in seeds.iter().enumerate() {
            let margin = claim.try_seed(*seed, DIGITS, FULL)?;
            let own = &told["told"][place];
            ensure!(own["seed"] == *seed, "{own}");
            ensure!(
                own["margin"].as_f64().map(|told| told as f32) == Some(margin),
                "{own}: {margin}"
            );
            ensure!(own["held"] == (margin >= 0.0), "{own}");
            ensure!(
                own["runs"].as_array().map(Vec::len) == Some(claim.jobs(*seed).len().max(1)),
                "{own}"
            );
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_reader_tries_a_claim_again_in_either_language() -> Result<()> {
    for (language, ending) in [("en", "of 5 fresh seeds"), ("zh-Hans", "个新种子")] {
        let lab = open(language)?;
        let told = lab.script(&format!(
            "const all = [...document.querySelectorAll('.claim')];
             const of = (name) => document.getElementById(name);
             const status = (place) => place.querySelector('[role=status]').textContent;
             const first = of('first-look-with');
             first.querySelector('button').click();
             await until('the end', () => status(first).includes('{ending}'));
             const long = of('images-convolution');
             let during;
             // In the very task that shows it: later the claim might be done.
             const seen = new Promise((done) => {{
                 const watch = new MutationObserver(() => {{
                     if (!/%/.test(status(long))) return;
                     watch.disconnect();
                     const bar = long.querySelector('progress');
                     during = [bar.hidden, bar.value < 1];
                     long.querySelector('button').click();
                     done();
                 }});
                 watch.observe(long, {{ subtree: true, childList: true, characterData: true }});
             }});
             long.querySelector('button').click();
             await within('progress', seen);
             await until('a cancel', () => !/%/.test(status(long)));
             const seeds = [...first.querySelectorAll('li a')].map((link) => link.getAttribute('href'));
             return {{ claims: all.map((place) => place.textContent), seeds, during, cancelled: status(long) }};"
        ))?;
        let said = told["claims"].as_array().context("claims")?;
        ensure!(said.len() == claims().count(), "{told}");
        let is_said = |text: &Value| {
            text.as_str()
                .is_some_and(|text| !text.contains("undefined"))
        };
        ensure!(said.iter().all(is_said), "{told}");
        let seeds = told["seeds"].as_array().context("seeds")?;
        ensure!(seeds.len() == 5, "{told}");
        let opens = |link: &Value| {
            link.as_str()
                .is_some_and(|link| link.contains("at=400") && link.contains("show=b"))
        };
        ensure!(seeds.iter().all(opens), "{told}");
        ensure!(told["during"] == serde_json::json!([false, true]), "{told}");
        let cancelled = if language == "en" {
            "Cancelled."
        } else {
            "已取消。"
        };
        ensure!(told["cancelled"] == cancelled, "{told}");
    }
    Ok(())
}

#[test]
fn the_language_may_change_amid_a_try_and_a_record_that_is_missing_is_said() -> Result<()> {
    let lab = open("en")?;
    let said = lab.script(
        "const status = () => document.querySelector('#first-look-without [role=status]').textContent;
         document.querySelector('#first-look-without button').click();
         document.querySelector('[name=lang][value=zh-Hans]').click();
         await until('the end', () => status().includes('个新种子'));
         return [status(), document.querySelectorAll('#first-look-without li').length];",
    )?;
    ensure!(said[1] == 5, "{said}");
    lab.host.lose("claims.json");
    lab.browser
        .open(&format!("{}claims.html?lang=en", lab.host.url()))?;
    lab.browser.wait(
        "why nothing is shown",
        20.0,
        "return document.body.innerText.includes('The record of the claims did not come: 404')",
    )?;
    lab.host.find_again();
    Ok(())
}

#[test]
fn what_no_claim_can_be_tried_with_is_refused() -> Result<()> {
    let lab = open("en")?;
    for (arguments, field, allowed) in [
        ("'nothing'", "claim", "first-look-with"),
        ("'first-look-with', { seeds: 0 }", "seeds", "1..64"),
        ("'first-look-with', { seeds: [1.5] }", "seeds", "1..64"),
        ("'first-look-with', { workers: 9 }", "workers", "1..8"),
        (
            "'first-look-with', { engine: 'webgpu' }",
            "engine",
            "simd128",
        ),
    ] {
        let told = lab.script(&format!(
            "return within('a refusal', tryClaim({arguments}).run()).then(() => ({{}}), ({{ field, message }}) => ({{ field, message }}))"
        ))?;
        ensure!(told["field"] == field, "{arguments}: {told}");
        ensure!(
            told["message"]
                .as_str()
                .is_some_and(|text| text.contains(allowed)),
            "{arguments}: {told}"
        );
    }
    Ok(())
}
