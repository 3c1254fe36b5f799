//! A slow line: what the first picture needs is asked for side by side, each file once, and the still picture first.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

use crate::common::Lab;

/// A document with the site in a frame: its own load has ended, whatever the frame still waits for.
const OUTSIDE: &str =
    "<!doctype html><meta charset=utf-8><title>outside</title><link rel=icon href=data:,>
    <iframe width=1280 height=800></iframe>";
/// Somebody's page with a figure.
const ARTICLE: &str =
    "<!doctype html><meta charset=utf-8><title>article</title><link rel=icon href=data:,>
    <script type=module src=element.js></script><batchnorm-lab engine=simd128></batchnorm-lab>";

/// An engine that every browser has.
const ENGINE: &str = "simd128";

/// How often each file below the base was asked for, whatever its query.
fn asked(lab: &Lab) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for asked in lab.host.asked() {
        let path = asked.url.split('?').next().unwrap_or_default().to_owned();
        *times.entry(path.replace("/some/where/", "")).or_default() += 1;
    }
    times
}

/// Waits until all of them have been asked for.
fn wait_for(lab: &Lab, files: &[String]) -> Result<()> {
    let mut missing: Vec<&String> = Vec::new();
    // Twenty seconds of pictures; a loop ends sooner on success alone.
    for _ in 0..120 {
        let asked = asked(lab);
        missing = files
            .iter()
            .filter(|file| !asked.contains_key(*file))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        lab.script("await frames(10);")?;
    }
    anyhow::bail!("not asked for: {missing:?}, but {:?}", asked(lab))
}

/// What a first picture is made of beside `element.js`.
fn needed(lesson: &str, lang: &str) -> Vec<String> {
    let engine = ENGINE;
    let named = [
        "lab.js",
        "app.js",
        "app-lazy.js",
        "app_bg.wasm",
        "styles.css",
        "worker.js",
    ];
    let named = named.map(String::from).into_iter();
    named
        .chain([
            format!("texts-{lang}.json"),
            format!("lessons/{lesson}.{lang}.json"),
            format!("worker-{engine}.js"),
            format!("worker-{engine}_bg.wasm"),
        ])
        .collect()
}

#[test]
fn the_page_asks_for_all_of_its_first_picture_before_a_module_has_come() -> Result<()> {
    for (link, lesson, lang, still) in [
        (
            "?lang=en&engine=simd128",
            "first-look",
            "en",
            "stills/page.svg",
        ),
        (
            "?engine=simd128#lang=zh&batch=8",
            "first-look",
            "zh-Hans",
            "stills/first-look.zh-Hans.svg",
        ),
        (
            "?lang=en&engine=simd128#lesson=small-batch",
            "small-batch",
            "en",
            "stills/small-batch.en.svg",
        ),
    ] {
        let lab = Lab::start(&[("outside.html", OUTSIDE)])?;
        lab.host.hold("_bg.wasm");
        lab.browser
            .open(&format!("{}outside.html", lab.host.url()))?;
        lab.script(&format!(
            "document.querySelector('iframe').src = './{link}';"
        ))?;
        let mut files = needed(lesson, lang);
        files.push(still.into());
        wait_for(&lab, &files)?;
        let shown = lab.script(
            "const inside = document.querySelector('iframe').contentDocument;
             const image = () => inside.querySelector('picture img');
             await until('the still picture', () => image().complete && image().naturalWidth === 720);
             await until('a lab', () => inside.querySelector('batchnorm-lab').shadowRoot);
             return { isShown: image().checkVisibility() && image().getBoundingClientRect().width === 720,
                 says: [...inside.querySelectorAll('p')].filter((of) => of.checkVisibility()).length };",
        )?;
        ensure!(
            shown == serde_json::json!({ "isShown": true, "says": 0 }),
            "{link}: {shown}"
        );
        lab.host.release();
        lab.script(
            "const lab = document.querySelector('iframe').contentDocument.querySelector('batchnorm-lab');
             await until('the lab', () => lab.shadowRoot.querySelector('[data-part=\"step-count\"]'));
             await within('three steps', lab.step(3));
             await until('all of it', () => !lab.shadowRoot.querySelector('.lazy[aria-busy]'));",
        )?;
        let asked = asked(&lab);
        let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
        ensure!(twice.is_empty(), "{link}: {twice:?}");
        lab.ensure_silent().with_context(|| link.to_string())?;
    }
    Ok(())
}

#[test]
fn a_started_figure_asks_for_all_at_once_and_the_next_one_for_nothing() -> Result<()> {
    let lab = Lab::start(&[("article.html", ARTICLE)])?;
    lab.browser
        .open(&format!("{}article.html", lab.host.url()))?;
    lab.wait(
        "the still picture",
        "return root.querySelector('.bn-still svg')",
    )?;
    lab.host.hold("_bg.wasm");
    lab.press("start")?;
    wait_for(&lab, &needed("first-look", "en"))?;
    lab.host.release();
    lab.wait(
        "steps",
        "return part('step-count') && (await lab.snapshot()).step > 2",
    )?;
    lab.wait(
        "all of it",
        "return !root.querySelector('.lazy[aria-busy]')",
    )?;
    let before = asked(&lab);
    let twice: Vec<_> = before.iter().filter(|(_, times)| **times > 1).collect();
    ensure!(twice.is_empty(), "{twice:?}");
    // The modules of the first serve the second.
    lab.script(
        "const other = document.body.appendChild(document.createElement('batchnorm-lab'));
         await within('a step', other.step(1));",
    )?;
    let again: Vec<_> = asked(&lab)
        .into_iter()
        .filter(|(file, times)| before.get(file) != Some(times) && file.ends_with(".wasm"))
        .collect();
    ensure!(again.is_empty(), "{again:?}");
    Ok(())
}
