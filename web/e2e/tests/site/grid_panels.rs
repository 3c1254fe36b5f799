//! Panels of many networks, as a reader meets them: they colour themselves once a figure is started, are walked by keys, a
//! cell opens its very run; what is cancelled or removed leaves nothing.

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::host::Host;

use crate::common::{Lab, number};

/// WebDriver's arrow keys.
const UP: &str = "\u{E013}";
const RIGHT: &str = "\u{E014}";

/// An article with a figure in a column, its script from there.
fn article(script: &str, attributes: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>article</title><link rel=icon href=data:,>
         <script type=module src='{script}'></script>
         <batchnorm-lab view=figure {attributes}></batchnorm-lab>"
    )
}

/// Opens it and starts the figure as a reader does.
fn start(lab: &Lab) -> Result<()> {
    lab.browser
        .open(&format!("{}article.html", lab.host.url()))?;
    lab.wait("the start", "return root.querySelector('.bn-start')")?;
    lab.click("return root.querySelector('.bn-start')")
}

fn figure(attributes: &str) -> Result<Lab> {
    let lab = Lab::start(&[("article.html", &article("element.js", attributes))])?;
    lab.before_every_worker("")?;
    start(&lab)?;
    Ok(lab)
}

/// All networks are there: the button offers another time.
const DONE: &str =
    "return part('grid-progress')?.hidden && part('grid-start').textContent === 'Again'";

#[test]
fn a_race_grid_colours_itself_is_walked_by_keys_and_opens_its_run() -> Result<()> {
    let lab = figure("lesson=learning-rate")?;
    lab.wait("all networks", DONE)?;
    // The third cell of the second row of A.
    lab.run("part('grid-cells').focus();")?;
    let step = lab.run("return part('step-count').textContent")?;
    for key in [RIGHT, RIGHT, RIGHT, UP] {
        lab.browser.press(key)?;
    }
    let read = "return part('grid-reading').textContent";
    let said = lab.wait(
        "the cell",
        "const said = part('grid-reading').textContent; return said.includes('2 × 16') && said",
    )?;
    let said = said.as_str().context("a text")?.to_owned();
    ensure!(said.contains("learning rate 0.03"), "{said}");
    lab.run("part('pause')?.click();")?;
    ensure!(!step.is_null());
    let address = lab.run("return part('grid-cells').href")?;
    let (page, hash) = address
        .as_str()
        .and_then(|address| address.split_once('#'))
        .context("an address")?;
    ensure!(page.ends_with("index.html"), "{address}");
    ensure!(hash.contains("lesson=learning-rate"), "{hash}");
    ensure!(hash.contains("at=1500"), "{hash}");
    // The cell under the pointer is read without a press.
    lab.run(
        "const map = part('race-grid-chart').getBoundingClientRect();
         const [clientX, clientY] = [map.left + map.width * 0.9, map.top + map.height * 0.4];
         part('race-grid-chart').dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));",
    )?;
    let other = lab.run(read)?;
    ensure!(
        other
            .as_str()
            .is_some_and(|other| other.starts_with("B · ")),
        "{other}"
    );
    lab.go(&format!("index.html#{hash}"))?;
    lab.wait(
        "the replay's end",
        "return (await lab.snapshot()).step === 1500",
    )?;
    let shown = lab.snapshot()?;
    for name in ["eval_running", "eval_batch", "eval_full"] {
        let share = 100.0 * number(&shown, &format!("/accuracy/{name}"))?;
        let text = format!("{share:.1}\u{202f}%");
        ensure!(said.contains(&text), "{name}: {text} is not in {said}");
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_setting_changes_a_grid_that_was_begun_and_a_cancelled_one_stays_so() -> Result<()> {
    let lab = figure("lesson=learning-rate")?;
    lab.wait("all networks", DONE)?;
    lab.choose("data", "gauss")?;
    let running = "return !part('grid-progress').hidden";
    lab.wait("another grid", running)?;
    lab.click("return part('grid-start')")?;
    lab.wait("its end", "return part('grid-progress').hidden")?;
    lab.choose("data", "xor")?;
    lab.step(3)?;
    let is_at_rest = lab.run("await frames(5); return part('grid-progress').hidden")?;
    ensure!(is_at_rest == true, "a cancelled grid has begun by itself");
    // What cannot be trained is refused in words, and the panel goes on.
    lab.click("return part('grid-options-open')")?;
    lab.run(
        "const field = part('grid-values-x');
         field.value = '0.1 fast'; field.dispatchEvent(new Event('change'));",
    )?;
    lab.click("return part('grid-start')")?;
    lab.wait(
        "a refusal",
        "return part('grid-reading').textContent.includes('fast')",
    )?;
    lab.run(
        "const field = part('grid-values-x');
         field.value = '0.1, 0.3'; field.dispatchEvent(new Event('change'));",
    )?;
    lab.click("return part('grid-start')")?;
    lab.wait("all networks", DONE)?;
    ensure!(lab.run("return part('grid-progress').max")? == 24);
    Ok(())
}

#[test]
fn out_of_sight_no_network_is_begun_and_the_same_ones_come_of_it() -> Result<()> {
    let lab = Lab::start(&[(
        "article.html",
        &article("element.js", "lesson=learning-rate"),
    )])?;
    // What workers are given and what comes of it; said once the pool's own page has heard.
    lab.before_every_worker(
        "const jobs = {}, tell = new BroadcastChannel('jobs'), post = self.postMessage;
         self.addEventListener('message', ({ data }) => {
             if (data.link !== undefined) tell.postMessage([jobs[data.job] = `${data.side} ${data.link}`]);
         });
         self.postMessage = (said, ...rest) => {
             post.call(self, said, ...rest);
             if (said.report) tell.postMessage([jobs[said.job], said.report.fingerprint]);
         };",
    )?;
    lab.host.before_every_page(
        "globalThis.begun = 0; globalThis.found = {};
         new BroadcastChannel('jobs').onmessage = ({ data: [job, bits] }) => {
             if (bits === undefined) begun += 1; else found[job] = bits;
         };",
    );
    start(&lab)?;
    lab.wait("a grid", "return part('grid-seeds')")?;
    lab.run(
        "document.body.append(Object.assign(document.createElement('div'), { style: 'height: 4000px' }));
         const seeds = part('grid-seeds'); seeds.value = '3'; seeds.dispatchEvent(new Event('change'));",
    )?;
    lab.wait("all networks", DONE)?;
    let all = lab.run("return part('grid-progress').max * 3")?;
    let counts = "await until('all that are begun', () => Object.keys(found).length === begun);";
    lab.run(&format!(
        "{counts} window.whole = found; window.found = {{}}; window.begun = 0;"
    ))?;
    lab.run("part('grid-start').click();")?;
    lab.wait("some networks", "return window.begun > 2")?;
    lab.run("scrollTo(0, 4000);")?;
    let waits = "part('grid-reading').textContent.startsWith('Waits')";
    lab.wait("the pause", &format!("return {waits}"))?;
    let begun = lab.run(&format!("await frames(2); {counts} return begun"))?;
    ensure!(
        begun.as_u64() < all.as_u64(),
        "{begun} of {all} networks were begun"
    );
    ensure!(lab.run("await frames(30); return begun")? == begun);
    ensure!(lab.run("return part('grid-progress').hidden")? == false);
    lab.run("scrollTo(0, 0);")?;
    lab.wait("all networks", DONE)?;
    let same = lab.run(&format!(
        "{counts} return [Object.keys(whole).length, begun, Object.keys(whole).every((job) => whole[job] === found[job])];"
    ))?;
    ensure!(same == serde_json::json!([all, all, true]), "{same}");
    Ok(())
}

/// What comes later would push the button from under the pointer.
const ALL_THERE: &str = "return part('open-race-grid') && !root.querySelector('.lazy[aria-busy]')";

#[test]
fn a_link_says_the_axes_and_follows_what_is_chosen() -> Result<()> {
    let link = "lesson=sandbox&lang=en&samples=200&race=lr:0.03,0.3;layers:8,8-8;90;4";
    let lab = Lab::open(&format!("index.html#{link}"))?;
    lab.wait("all panels", ALL_THERE)?;
    lab.press("open-race-grid")?;
    lab.wait(
        "the grid",
        "return part('panel-dialog') && part('race-grid')",
    )?;
    let fields = "const of = (name) => part('race-grid').querySelector(`[data-part=${name}]`);";
    let shown = "['grid-setting-x', 'grid-values-x', 'grid-setting-y', 'grid-values-y', 'grid-steps', 'grid-seeds']
         .map((name) => of(name).value).join('; ')";
    ensure!(
        lab.run(&format!("{fields} return {shown}"))? == "lr; 0.03 0.3; layers; 8 8-8; 90; 4",
        "{}",
        lab.run(&format!("{fields} return {shown}"))?
    );
    lab.run(&format!(
        "{fields} for (const [name, text] of [['grid-values-x', '0.1 1'], ['grid-setting-y', ''], ['grid-seeds', '3']]) {{
             of(name).value = text; of(name).dispatchEvent(new Event('change'));
         }}"
    ))?;
    let address = lab.wait(
        "the address",
        "return location.hash.includes('race=lr:0.1,1;;90;3') && location.hash",
    )?;
    // Whatever is typed says nothing else there.
    lab.run(&format!(
        "{fields} of('grid-values-x').value = '0.1;&lr=9 1'; of('grid-values-x').dispatchEvent(new Event('change'));"
    ))?;
    lab.wait(
        "the address",
        "return location.hash.includes('race=lr:0.1,lr=9,1;;90;3')",
    )?;
    lab.go(&format!(
        "index.html{}",
        address.as_str().context("a text")?
    ))?;
    ensure!(lab.run("return location.hash")? == address);
    lab.wait("all panels", ALL_THERE)?;
    lab.press("open-race-grid")?;
    lab.wait(
        "the grid",
        "return part('panel-dialog') && part('race-grid')",
    )?;
    ensure!(lab.run(&format!("{fields} return {shown}"))? == "lr; 0.1 1; ; ; 90; 3");
    lab.ensure_silent()?;
    // What a link asks for and cannot be is refused as where a reader types it.
    for (lang, says) in [("en", "Allowed: 0.00"), ("zh-Hans", "0.00")] {
        lab.go(&format!(
            "index.html#lang={lang}&lesson=sandbox&race=lr:0.1,fast;;5;1"
        ))?;
        lab.wait("all panels", ALL_THERE)?;
        lab.press("open-race-grid")?;
        lab.wait(
            "the grid",
            "return part('panel-dialog') && part('race-grid')",
        )?;
        lab.run(&format!("{fields} of('grid-start').click();"))?;
        let told = lab.wait(
            "a refusal",
            "const said = part('race-grid').querySelector('[data-part=grid-reading]').textContent;
             return said.includes('fast') && said",
        )?;
        ensure!(
            told.as_str().is_some_and(|told| told.contains(says)),
            "{told}"
        );
    }
    Ok(())
}

#[test]
fn no_worker_is_left_of_a_removed_figure() -> Result<()> {
    let lab = figure("lesson=learning-rate")?;
    lab.wait("a worker of the pool", "return workers.born > 1")?;
    lab.run("lab.remove();")?;
    lab.script("await until('no worker', () => workers.born === workers.ended);")?;
    // One that goes before its grid has come.
    start(&lab)?;
    lab.wait("the panel", "return part('race-grid')")?;
    lab.run("lab.remove();")?;
    lab.script(
        "await until('no worker', () => workers.born === workers.ended); await frames(20);",
    )?;
    ensure!(lab.script("return workers.born === workers.ended")? == true);
    Ok(())
}

#[test]
fn two_figures_have_grids_of_their_own_and_one_goes_on_when_the_other_ends() -> Result<()> {
    let lab = figure("lesson=learning-rate")?;
    lab.wait("a grid", "return part('race-grid')")?;
    lab.script(
        "const other = document.querySelector('batchnorm-lab').cloneNode();
         document.body.append(other); await within('a step', other.step(1));
         await until('a grid', () => other.shadowRoot.querySelector('[data-part=grid-start]'));
         other.remove();",
    )?;
    lab.wait("all networks of the first", DONE)?;
    Ok(())
}

#[test]
fn a_sweep_has_a_line_for_each_normalisation_and_its_old_name() -> Result<()> {
    let lab = figure("lesson=small-batch panels=batch-size")?;
    ensure!(
        lab.wait(
            "the panel",
            "return root.querySelector('[data-panel=sweep]')"
        )
        .is_ok()
    );
    lab.wait("all networks", DONE)?;
    lab.click("return part('about-sweep')")?;
    lab.wait(
        "its figures",
        "return root.querySelectorAll('[data-part=telling-table] tbody tr').length === 14",
    )?;
    let told = lab.run("return part('told').textContent")?;
    let told = told.as_str().context("a text")?;
    for kind in [
        "unnormalised",
        "BatchNorm",
        "GroupNorm",
        "LayerNorm",
        "RMSNorm",
    ] {
        ensure!(told.contains(kind), "{kind} in {told}");
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_grid_of_another_origin_is_trained_too() -> Result<()> {
    let lab = Lab::start(&[])?;
    let page = article(
        &format!("{}element.js", lab.host.url()),
        "lesson=learning-rate",
    );
    let guest: Host = Lab::guest(&[("article.html", &page)])?;
    lab.browser.open(&format!("{}article.html", guest.url()))?;
    lab.wait("the start", "return root.querySelector('.bn-start')")?;
    lab.click("return root.querySelector('.bn-start')")?;
    lab.wait("all networks", DONE)?;
    let address = lab.run(
        "part('grid-cells').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp' }));
         await frames(2); return part('grid-cells').href;",
    )?;
    let host = lab.host.url();
    ensure!(
        address
            .as_str()
            .is_some_and(|address| address.starts_with(&format!("{host}index.html#"))),
        "{address}"
    );
    Ok(())
}

#[test]
fn over_the_lab_a_cell_takes_the_place_of_the_run_and_escape_gives_the_focus_back() -> Result<()> {
    // Not the first lesson: what a cell does not say is its lesson's.
    let lab = Lab::open("index.html#lesson=sandbox&lang=en&samples=200")?;
    lab.press("open-race-grid")?;
    lab.wait(
        "the grid",
        "return part('panel-dialog') && part('race-grid')",
    )?;
    let rest = lab.run("await frames(5); return part('grid-progress').hidden")?;
    ensure!(rest == true, "in the lab it begins by a press alone");
    lab.run(
        "for (const [name, text] of [['grid-values-x', '0.03 0.3'], ['grid-values-y', '8 8-8'], ['grid-steps', '90']]) {
             const field = part('race-grid').querySelector(`[data-part=${name}]`);
             field.value = text; field.dispatchEvent(new Event('change'));
         }
         part('race-grid').querySelector('[data-part=grid-start]').click();",
    )?;
    lab.wait(
        "all networks",
        "return part('race-grid').querySelector('[data-part=grid-start]').textContent === 'Again'
             && part('race-grid').querySelector('[data-part=grid-progress]').hidden",
    )?;
    let said = lab.run(
        "const cells = part('race-grid').querySelector('[data-part=grid-cells]');
         for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight'])
             cells.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
         await frames(3);
         const said = part('race-grid').querySelector('[data-part=grid-reading]').textContent;
         cells.click();
         return said;",
    )?;
    let said = said.as_str().context("a text")?.to_owned();
    ensure!(
        said.contains("learning rate 0.3") && said.contains("2 × 8"),
        "{said}"
    );
    lab.wait(
        "the replay's end",
        "return (await lab.snapshot()).step === 90",
    )?;
    let shown = lab.snapshot()?;
    let share = 100.0 * number(&shown, "/accuracy/eval_running")?;
    ensure!(
        said.contains(&format!("{share:.1}\u{202f}%")),
        "{share} {said}"
    );
    ensure!(
        lab.run("return location.hash")?
            .as_str()
            .is_some_and(|hash| hash.contains("lr=0.3"))
    );
    lab.run("part('panel-dialog-close').focus();")?;
    lab.browser.press("\u{E00C}")?;
    lab.wait("its end", "return !part('panel-dialog')")?;
    let focus = lab.run("return root.activeElement?.dataset.part")?;
    ensure!(focus == "open-race-grid", "{focus}");
    Ok(())
}
