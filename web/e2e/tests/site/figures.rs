//! Figures in an article: the box, its panels, what it asks of its host.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::lessons::LESSONS;
use serde_json::Value;

use crate::common::{Lab, number};

const LANGUAGES: [&str; 2] = ["en", "zh-Hans"];
/// Width of the column, height of the box.
const BOXES: [(u32, u32); 5] = [(358, 680), (559, 680), (560, 460), (700, 460), (1240, 460)];

/// An article with one figure in a column.
fn article(attributes: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>article</title><link rel=icon href=data:,>
         <style>body {{ margin: 0 auto; }} p {{ height: 900px; }}</style>
         <script type=module src=element.js></script>
         <div id=column><batchnorm-lab view=figure {attributes}></batchnorm-lab></div><p>the text goes on</p>"
    )
}

/// Opens it, starts the figure and trains so many steps.
pub fn start(attributes: &str, width: u32, steps: u32) -> Result<Lab> {
    let lab = Lab::start(&[("article.html", &article(attributes))])?;
    lab.browser
        .open(&format!("{}article.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    widen(&lab, width)?;
    lab.step(steps)?;
    lab.wait(
        "all panels",
        "return !root.querySelector('.lazy[aria-busy]')",
    )?;
    Ok(lab)
}

/// Gives the column that width.
pub fn widen(lab: &Lab, width: u32) -> Result<()> {
    lab.script(&format!(
        "column.style.width = '{width}px'; await frames(4);"
    ))
    .map(|_| ())
}

/// Opens another lesson in it and trains a little.
pub fn show(lab: &Lab, lesson: &str, lang: &str) -> Result<()> {
    lab.script(&format!(
        "const lab = document.querySelector('batchnorm-lab');
         lab.setAttribute('lang', '{lang}'); lab.setAttribute('lesson', '{lesson}');
         await within('steps', lab.step(20));
         await until('all panels', () => !lab.shadowRoot.querySelector('.lazy[aria-busy]'));"
    ))
    .map(|_| ())
}

/// What of the figure is cut, too low to be read, or lies over something else, in words.
pub const FAULTS: &str = "
    const LOW = 32;
    const box = part('lab').getBoundingClientRect();
    const faults = [];
    const name = (of) => of.dataset.part ?? of.className ?? of.tagName;
    for (const of of root.querySelectorAll('.figure-title, .lead, .figure-panel, .chart, .keys, .counter, .field, .figure-caption, figcaption b, .value')) {
        const { left, right, top, bottom, width, height } = of.getBoundingClientRect();
        if (width === 0 || height === 0) { if (of.offsetParent) faults.push(`${name(of)} has no size`); continue; }
        if (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1)
            faults.push(`${name(of)} reaches out of the box`);
    }
    for (const of of root.querySelectorAll('.figure-panel .chart'))
        if (of.clientHeight && of.clientHeight < LOW) faults.push(`${name(of)} is ${of.clientHeight} px high`);
    for (const of of root.querySelectorAll('.lead, .figure-title, figcaption b, .counter'))
        if (of.scrollWidth > of.clientWidth + 1 && getComputedStyle(of).display !== 'inline') faults.push(`${name(of)} is cut`);
    const rows = [...root.querySelectorAll('.figure-head, .lead, .figure-stage, .figure-foot')].map((of) => of.getBoundingClientRect());
    rows.slice(1).forEach((row, place) => { if (row.top < rows[place].bottom - 1) faults.push(`row ${place + 1} lies over the one above`); });
    const lead = root.querySelector('.lead');
    if (lead.scrollHeight > lead.clientHeight + 1) faults.push('the sentence is longer than its place');
    for (const of of root.querySelectorAll('.figure-box *')) {
        const style = getComputedStyle(of);
        if (of.childNodes.length && [...of.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && parseFloat(style.fontSize) < 12)
            faults.push(`${name(of)} has letters of ${style.fontSize}`);
    }
    return { faults, height: lab.offsetHeight, width: lab.offsetWidth, painted: root.querySelectorAll('canvas[data-painted]').length };";

#[test]
fn every_figure_has_its_box_and_nothing_is_cut() -> Result<()> {
    let mut wrong = Vec::new();
    let lab = start("lesson=first-look", 700, 3)?;
    for lesson in LESSONS {
        for lang in LANGUAGES {
            show(&lab, lesson.id, lang)?;
            for (width, height) in BOXES {
                widen(&lab, width)?;
                let seen = lab.run(FAULTS)?;
                let at = format!("{} in {lang} at {width}", lesson.id);
                if number(&seen, "/height")? != f64::from(height) {
                    wrong.push(format!("{at}: {} high", seen["height"]));
                }
                let faults = seen["faults"].as_array().context("no list of faults")?;
                wrong.extend(faults.iter().map(|fault| format!("{at}: {fault}")));
                if number(&seen, "/painted")? == 0.0 && lesson.id != "train-vs-inference" {
                    wrong.push(format!("{at}: nothing is painted"));
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_host_chooses_panels_and_a_wrong_name_is_refused() -> Result<()> {
    let panels = |lab: &Lab| -> Result<Value> {
        lab.run("return [...root.querySelectorAll('.figure-panel')].map((of) => of.dataset.panel)")
    };
    for (attribute, shown) in [
        ("boundary,loss", vec!["boundary", "loss"]),
        ("loss accuracy", vec!["loss", "accuracy"]),
        ("gradients", vec!["gradients"]),
        (
            "loss,accuracy,boundary,layers",
            vec!["loss", "accuracy", "boundary"],
        ),
        ("", vec!["layers", "boundary", "loss"]),
    ] {
        let lab = start(&format!("panels='{attribute}'"), 700, 2)?;
        ensure!(panels(&lab)? == serde_json::json!(shown), "{attribute}");
    }
    let lab = start("panels='loss,header'", 700, 2)?;
    ensure!(panels(&lab)? == serde_json::json!(["loss"]));
    let text = lab.run("return part('message')?.innerText ?? ''")?;
    ensure!(
        text.as_str().is_some_and(|text| text.contains("header")),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_figure_opens_in_the_lab_where_it_is() -> Result<()> {
    let lab = start("lesson=noise state='lesson=noise&batch=16'", 700, 12)?;
    let there = lab.snapshot()?;
    let address = lab.run(
        "const link = part('open-lab');
         link.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
         return link.href;",
    )?;
    let address = address.as_str().context("the link has no address")?;
    let (page, hash) = address.split_once('#').context("no hash")?;
    ensure!(page.ends_with("index.html"), "{address}");
    lab.go(&format!("#{hash}"))?;
    lab.wait(
        "the step",
        "return part('step-count').textContent.trim() === '12'",
    )?;
    let here = lab.snapshot()?;
    for place in ["/step", "/loss/train", "/accuracy/eval_batch"] {
        ensure!(
            number(&there, place)? == number(&here, place)?,
            "{place}: {there} {here}"
        );
    }
    Ok(())
}

#[test]
fn a_figure_asks_its_worker_for_what_it_shows_and_a_snapshot_is_whole() -> Result<()> {
    let lab = start("panels=loss", 700, 5)?;
    let whole = lab.snapshot()?;
    for place in [
        "/layers/0/before/std",
        "/loss/train",
        "/sides/1/layers/2/before/std",
    ] {
        ensure!(number(&whole, place)?.is_finite(), "{place}");
    }
    Ok(())
}

#[test]
fn a_measurement_says_of_which_step_it_is_and_is_made_again_while_training_goes_on() -> Result<()> {
    for panel in ["x-hat-noise", "statistics-noise"] {
        let lab = start(&format!("panels='{panel}' state='speed=60'"), 700, 3)?;
        let said = "return part('measured-at').textContent.match(/step (\\d+)/)?.[1]";
        lab.wait("a measurement", said)?;
        lab.press("play")?;
        lab.wait("forty steps", "return (await lab.snapshot()).step > 40")?;
        lab.wait("an end of measuring", "return !part('measure').disabled")?;
        let before = lab.run(said)?;
        lab.press("measure")?;
        let later = format!(
            "const step = await (async () => {{ {said} }})(); return step !== {before} && step"
        );
        let now = lab.wait("a measurement of a later step", &later)?;
        let step = |value: &Value| value.as_str().and_then(|step| step.parse::<u64>().ok());
        ensure!(step(&now) > step(&before), "{panel}: {before}, then {now}");
        ensure!(
            lab.snapshot()?["playing"] == true,
            "{panel}: it has stopped"
        );
    }
    Ok(())
}

#[test]
fn on_a_phone_the_panels_of_the_lab_take_turns() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser.set_viewport(390, 844, 1.0)?;
    lab.go("")?;
    lab.step(3)?;
    let seen = |lab: &Lab| {
        lab.run(
            "return ['.layer-scroll', '.detail', '.boundaries', '[data-part=three-accuracies]', '.batch-noise', '.settings']
                .map((of) => root.querySelector(of).getClientRects().length > 0)",
        )
    };
    for (turn, shown) in [
        ("layers", [true, false, true, false, false, false]),
        ("output", [false, false, true, true, false, false]),
        ("detail", [false, true, false, false, false, false]),
        ("batch-noise", [false, false, false, false, true, false]),
        ("settings", [false, false, false, false, false, true]),
    ] {
        lab.choose("turn", turn)?;
        lab.wait(
            "its turn",
            &format!("return root.querySelector('.lab').dataset.turn === '{turn}'"),
        )?;
        let seen = seen(&lab)?;
        ensure!(seen == serde_json::json!(shown), "{turn}: {seen}");
        let over = lab.run(
            "const page = document.documentElement; return page.scrollWidth - page.clientWidth",
        )?;
        ensure!(
            over.as_i64().is_some_and(|over| over <= 0),
            "{turn}: {over} px too wide"
        );
    }
    lab.browser.set_viewport(1280, 800, 1.0)?;
    lab.run("await frames(3);")?;
    ensure!(seen(&lab)? == serde_json::json!([true, true, true, true, true, true]));
    Ok(())
}
