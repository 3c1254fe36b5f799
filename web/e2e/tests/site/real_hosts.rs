//! Hosts as people use them, with their own scripts and styles: a slide deck by reveal.js, a manual by Sphinx, a handbook
//! by MkDocs. `cargo xtask test` makes them from `web/e2e/hosts`.

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::host::Host;
use serde_json::json;

use crate::common::Lab;

const RIGHT: &str = "\u{E014}";
const ESCAPE: &str = "\u{E00C}";

/// A host.
struct Real {
    /// Its folder.
    name: &'static str,
    /// The page that the lab is put into.
    page: &'static str,
    /// What it is made with.
    by: &'static str,
    /// The element that the lab is put into.
    place: &'static str,
    /// Where the reader is, as an expression.
    now: &'static str,
    /// The key that turns its page.
    turns: &'static str,
    /// Whether that is a key of the lab too.
    is_shared: bool,
}

const SLIDES: Real = Real {
    name: "slides",
    page: "index.html",
    by: "reveal.js",
    place: "#place",
    now: "deck.getIndices().h + (deck.isOverview() ? ' overview' : '') + (document.querySelector('.r-overlay, .overlay') ? ' help' : '')",
    turns: RIGHT,
    is_shared: true,
};
const MANUAL: Real = Real {
    name: "manual",
    page: "first.html",
    by: "Sphinx",
    place: "div.body > section",
    now: "location.pathname",
    turns: RIGHT,
    is_shared: true,
};
const HANDBOOK: Real = Real {
    name: "handbook",
    page: "first.html",
    by: "MkDocs Material",
    place: "article",
    now: "location.pathname",
    turns: "n",
    is_shared: false,
};

#[test]
fn a_slide_deck_keeps_its_keys_and_the_figure_its_own() -> Result<()> {
    check(&SLIDES)
}

#[test]
fn a_manual_keeps_its_keys_and_the_figure_its_own() -> Result<()> {
    check(&MANUAL)
}

#[test]
fn a_handbook_keeps_its_keys_and_the_figure_its_own() -> Result<()> {
    check(&HANDBOOK)
}

fn check(real: &Real) -> Result<()> {
    let folder = std::env::var_os("BATCHNORM_LAB_HOSTS")
        .map(|all| std::path::PathBuf::from(all).join(real.name));
    let Some(folder) = folder.filter(|folder| folder.join(real.page).is_file()) else {
        println!(
            "real_hosts::{}: skipped: {} could not be installed",
            real.name, real.by
        );
        return Ok(());
    };
    let lab = Lab::start(&[])?;
    let host = Host::start(&folder, "/docs/", &[])?;
    lab.browser.open(&format!("{}{}", host.url(), real.page))?;
    lab.script(&format!(
        "const place = await (async () => {{ await until('a place', () => document.querySelector('{place}')); return document.querySelector('{place}'); }})();
         place.insertAdjacentHTML('beforeend', '<batchnorm-lab lesson=first-look></batchnorm-lab><p><a id=outside href=#>outside</a></p>');
         const script = document.createElement('script');
         script.type = 'module';
         script.src = '{element}element.js';
         document.head.append(script);
         await customElements.whenDefined('batchnorm-lab');",
        place = real.place,
        element = lab.host.url(),
    ))?;
    let before = size(&lab)?;
    lab.step(1)?;
    let after = size(&lab)?;
    ensure!(before == after && after[0] >= 300.0, "{before:?} {after:?}");
    let now = format!("return {};", real.now);
    let start = lab.script(&now)?;
    lab.run("part('lab').focus(); await frames(2);")?;
    lab.browser.press(RIGHT)?;
    lab.run("await until('a step', async () => (await lab.snapshot()).step === 2);")?;
    lab.browser.press(" ")?;
    lab.run("await until('play', async () => (await lab.snapshot()).playing);")?;
    lab.browser.press(" ")?;
    lab.run("await until('pause', async () => !(await lab.snapshot()).playing);")?;
    lab.browser.press("r")?;
    lab.run("await until('step 0', async () => (await lab.snapshot()).step === 0);")?;
    lab.browser.press("?")?;
    lab.run("await until('help', () => part('help-panel'));")?;
    lab.browser.press(ESCAPE)?;
    lab.run("await until('no help', () => !part('help-panel')); await frames(3);")?;
    let inside = lab.script(&now)?;
    ensure!(inside == start, "{}: {inside} after {start}", real.name);
    if !real.is_shared {
        lab.run("part('lab').focus(); await frames(2);")?;
    } else {
        lab.run("document.querySelector('#outside').focus(); await frames(2);")?;
    }
    lab.browser.press(real.turns)?;
    lab.script(&format!(
        "await until('the next page', () => document.readyState === 'complete' && String({}) !== {});",
        real.now,
        json!(start.as_str().map_or_else(|| start.to_string(), str::to_owned)),
    ))?;
    let mut complaints = lab.complaints()?;
    // These hosts have no picture of their own, which a browser asks for.
    complaints.retain(|line| !line.contains("/favicon.ico"));
    ensure!(complaints.is_empty(), "{}: {complaints:?}", real.name);
    Ok(())
}

/// Width and height of the lab, in css pixels before any scale of its host.
fn size(lab: &Lab) -> Result<[f64; 2]> {
    let told = lab.script(
        "const lab = document.querySelector('batchnorm-lab');
         await frames(2);
         return [lab.offsetWidth, lab.offsetHeight];",
    )?;
    let of = |place: usize| told[place].as_f64().context("a size");
    Ok([of(0)?, of(1)?])
}
