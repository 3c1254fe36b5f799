//! Fifty layers in the lab: each in its place, legible, reached, told; one more is refused with what is allowed.

use anyhow::{Result, ensure};
use batchnorm_lab::settings::MAX_LAYERS;
use serde_json::json;

use crate::common::{Lab, is_skipped_without_devtools};
use crate::legible::{LETTERS, OUT};
use crate::page::{CUT, sheets};

fn layers(count: usize) -> String {
    vec!["8"; count].join("-")
}

#[test]
fn as_many_layers_as_are_allowed_are_shown_whole_and_can_be_reached() -> Result<()> {
    let lab = Lab::start(&[])?;
    for (width, height) in [(1280, 800), (390, 844)] {
        lab.browser.set_viewport(width, height, 1.0)?;
        let last = MAX_LAYERS - 1;
        lab.go(&format!(
            "?lang=en#layers={}&act=relu&init=he-normal&batch=16&layer={last}",
            layers(MAX_LAYERS)
        ))?;
        let shown = lab.step(30)?;
        ensure!(
            shown["step"] == 30 && shown["diverged"].is_null(),
            "{shown}"
        );
        ensure!(lab.run(LETTERS)? == json!([]), "letters at {width}");
        ensure!(lab.run(OUT)? == json!([]), "charts at {width}");
        let seen = lab.run(
            "const scroll = root.querySelector('.layer-scroll');
             const last = root.querySelector('.layer-head.selected');
             last.scrollIntoView({ inline: 'center', block: 'center' });
             await frames(4);
             const place = last.getBoundingClientRect();
             const inside = scroll.getBoundingClientRect();
             const cut = [...root.querySelectorAll('.layer-head')].filter((of) => of.checkVisibility())
                 .filter((of) => of.scrollWidth > of.clientWidth + 1).length;
             const canvas = [...root.querySelectorAll('.cell.selected .chart')].find((of) => of.checkVisibility());
             const colours = () => {
                 const { width, height } = canvas;
                 const copy = Object.assign(document.createElement('canvas'), { width, height });
                 const own = copy.getContext('2d', { willReadFrequently: true });
                 own.drawImage(canvas, 0, 0);
                 const { data } = own.getImageData(0, 0, width, height);
                 const all = new Set();
                 for (let at = 0; at < data.length; at += 4) all.add(`${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`);
                 return all.size;
             };
             // What comes into view is painted after it.
             await until('a picture', () => colours() > 3);
             return { heads: root.querySelectorAll('.layer-head').length, cut, wide: document.scrollingElement.scrollWidth - innerWidth,
                 name: last.querySelector('.layer-name').textContent, colours: colours(),
                 reached: place.left >= inside.left - 1 && place.right <= inside.right + 1 };",
        )?;
        ensure!(
            seen["heads"] == MAX_LAYERS && seen["cut"] == 0,
            "{width}: {seen}"
        );
        ensure!(
            seen["reached"] == true && seen["wide"].as_i64() <= Some(0),
            "{width}: {seen}"
        );
        let name = seen["name"].as_str().unwrap_or_default();
        ensure!(name.contains(&MAX_LAYERS.to_string()), "{width}: {seen}");
        ensure!(
            seen["colours"].as_u64() > Some(3),
            "a ridgeline at {width}: {seen}"
        );
    }
    lab.ensure_silent()?;
    Ok(())
}

/// What of the layers is outside the sheet, too small to be read, or lies on what was before it, in words.
const ON_PAPER: &str = "
    const wrong = [];
    const seen = [...root.querySelectorAll('.layer-head, .layer-grid .row-label, .layer-grid .cell')];
    let before;
    for (const of of seen) {
        const place = of.getBoundingClientRect();
        const name = `${of.className} ${of.textContent.slice(0, 20)}: ${Math.round(place.left)}, ${Math.round(place.top)}, ${Math.round(place.width)} × ${Math.round(place.height)}`;
        if (!of.checkVisibility() || place.left < 0 || place.right > innerWidth + 1) wrong.push(`outside: ${name}`);
        if (of.matches('.cell') && (place.width < 50 || place.height < 24)) wrong.push(`small: ${name}`);
        if (before && place.top < before.bottom - 1 && place.left < before.right - 1) wrong.push(`on another: ${name}`);
        before = place;
    }
    const heads = seen.filter((of) => of.matches('.layer-head'));
    for (const of of heads) if (of.scrollWidth > of.clientWidth + 1) wrong.push(`cut: ${of.textContent}`);
    return [heads.length, wrong];";

#[test]
fn as_many_layers_as_are_allowed_are_printed_whole() -> Result<()> {
    if is_skipped_without_devtools("printing")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    for lang in ["en", "zh-Hans"] {
        lab.browser.set_viewport(1280, 800, 1.0)?;
        lab.go(&format!(
            "?lang={lang}#layers={}&act=relu&init=he-normal&batch=16&a=layer",
            layers(MAX_LAYERS)
        ))?;
        lab.step(5)?;
        let screen =
            lab.run("return root.querySelector('.layer-scroll').scrollWidth > innerWidth")?;
        ensure!(screen == true, "fifty layers are wider than a screen");
        for (width, height) in [(718, 1047), (1047, 718)] {
            lab.browser.set_viewport(width, height, 1.0)?;
            let print = json!({ "media": "print" });
            lab.browser.devtools("Emulation.setEmulatedMedia", print)?;
            let seen = lab.run(ON_PAPER)?;
            ensure!(seen == json!([MAX_LAYERS, []]), "{lang}, {width}: {seen:#}");
            let cut = lab.run(CUT)?;
            ensure!(cut == json!([]), "{lang}, {width}: {cut}");
            let screen = json!({ "media": "" });
            lab.browser.devtools("Emulation.setEmulatedMedia", screen)?;
        }
        for is_landscape in [false, true] {
            let sheet =
                json!({ "landscape": is_landscape, "paperWidth": 8.27, "paperHeight": 11.69 });
            let printed = lab.browser.devtools("Page.printToPDF", sheet)?;
            let sheets = sheets(&printed)?;
            ensure!((1..=5).contains(&sheets), "{lang}: {sheets} sheets");
        }
    }
    Ok(())
}

#[test]
fn a_batch_moved_to_what_has_no_room_is_told_once_and_the_run_goes_on() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.before_every_worker("")?;
    for (language, says) in [("en", "cannot"), ("zh-Hans", "无法")] {
        lab.go(&format!(
            "?lang={language}#data=sequences&samples=4000&split=90&batch=8&layers={}&act=relu&init=he-normal&engine=simd128",
            ["128"; 20].join("-")
        ))?;
        lab.step(1)?;
        let born = lab.run("return workers.born")?;
        // The slider's own end, while the run rests.
        lab.run(
            "const slider = root.querySelector('[type=range][aria-labelledby=label-batch]');
             slider.value = slider.max;
             for (const name of ['input', 'change']) slider.dispatchEvent(new Event(name, { bubbles: true }));",
        )?;
        lab.press("step")?;
        let told = lab.message("refused")?;
        ensure!(told.contains("1..3255"), "{language}: {told}");
        ensure!(told.contains(says), "{language}: {told}");
        let shown = lab.run(
            "return [part('step-count').textContent, workers.born, workers.ended,
                 root.querySelectorAll('[data-part=message]').length];",
        )?;
        lab.type_value("batch", "16")?;
        lab.wait("a step that can be taken", "return !part('step').disabled")?;
        lab.press("step")?;
        lab.wait(
            "another step",
            "return (await lab.snapshot()).step === 2 && !root.querySelector('[data-kind=refused]')",
        )?;
        ensure!(
            shown[1] == born && shown[3] == 1,
            "{language}: {shown}, {born}"
        );
        ensure!(lab.run("return workers.born")? == born, "{language}");
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn one_layer_more_is_refused_in_both_languages() -> Result<()> {
    let lab = Lab::start(&[])?;
    for language in ["en", "zh-Hans"] {
        lab.go(&format!(
            "?lang={language}#layers={}",
            layers(MAX_LAYERS + 1)
        ))?;
        let said = lab.message("link")?;
        ensure!(
            said.contains(&format!("1..{MAX_LAYERS} (")),
            "{language}: {said}"
        );
    }
    Ok(())
}
