//! What eyes and hands meet: letters large enough, targets that a finger hits, charts in their places, on
//! paper too.

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::capabilities::Kind;
use serde_json::{Value, json};

use crate::common::{Lab, is_skipped, is_skipped_without_devtools};

const TURNS: [&str; 5] = ["layers", "output", "detail", "batch-noise", "settings"];

/// Letters under 12 px, and those whose colour is too near to what is behind them (WCAG 2.2, 4.5:1), in words.
pub const LETTERS: &str = "
    const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
    const light = (color) => channels(color).slice(0, 3)
        .map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; })
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (of) => {
        for (let up = of; up; up = up.parentElement) {
            const { backgroundColor } = getComputedStyle(up);
            const alpha = channels(backgroundColor)[3] ?? 1;
            if (alpha === 1) return backgroundColor;
        }
        return 'rgb(255, 255, 255)';
    };
    const wrong = [];
    for (const of of root.querySelectorAll('*')) {
        const own = [...of.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || of.closest('style, option, :disabled, .help') || !of.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const { fontSize, color } = getComputedStyle(of);
        const name = `${of.className || of.tagName} \"${of.textContent.slice(0, 20)}\"`;
        if (parseFloat(fontSize) < 12) wrong.push(`${name} is of ${fontSize}`);
        const [a, b] = [light(color), light(ground(of))].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) wrong.push(`${name} has ${contrast.toFixed(2)}:1`);
    }
    for (const canvas of root.querySelectorAll('.chart'))
        if (canvas.checkVisibility() && parseFloat(getComputedStyle(canvas).fontSize) < 12) wrong.push(`letters of ${canvas.dataset.part}`);
    return wrong;";

/// Charts that reach out of what holds them, in words.
pub const OUT: &str = "
    const wrong = [];
    for (const canvas of root.querySelectorAll('.stage .chart')) {
        if (!canvas.checkVisibility()) continue;
        const [inner, outer] = [canvas, canvas.closest('[data-area=\"loss\"], [data-area=\"curves\"], figure, .cell')].map((of) => of.getBoundingClientRect());
        if (inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1 || inner.height < 20)
            wrong.push(`${canvas.dataset.part}: ${inner.height} px in ${outer.height}`);
    }
    return wrong;";

fn none(seen: &Value, at: &str) -> Result<()> {
    ensure!(*seen == json!([]), "{at}: {seen:#}");
    Ok(())
}

#[test]
fn letters_are_of_twelve_pixels_and_have_contrast() -> Result<()> {
    let lab = Lab::start(&[])?;
    for (width, height, theme) in [
        (1280, 800, "light"),
        (1024, 768, "dark"),
        (390, 844, "light"),
    ] {
        lab.browser.set_viewport(width, height, 1.0)?;
        lab.go(&format!("?theme={theme}"))?;
        lab.step(12)?;
        for turn in TURNS.iter().take(if width < 400 { 5 } else { 1 }) {
            if width < 400 {
                lab.choose("turn", turn)?;
                lab.run("await frames(3);")?;
            }
            none(&lab.run(LETTERS)?, &format!("{width} {theme} {turn}"))?;
            none(&lab.run(OUT)?, &format!("charts at {width}, {turn}"))?;
        }
    }
    // Whoever has set larger letters gets them, on the page and on its charts; nothing is then too wide.
    let letters = "const of = (e) => parseFloat(getComputedStyle(e).fontSize);
        return [of(root.querySelector('.counter')), of(root.querySelector('.chart')), document.scrollingElement.scrollWidth - innerWidth]";
    let before = lab.run(letters)?;
    lab.run("document.documentElement.style.fontSize = '24px'; await frames(4);")?;
    let after = lab.run(letters)?;
    ensure!(before[0] == 12 && before[1] == 12, "{before}");
    // WebKit hears of a changed root only when the page is opened anew.
    let is_heard = lab.browser.kind() != Kind::WebKit;
    ensure!(!is_heard || (after[0] == 18 && after[1] == 18), "{after}");
    // At four times the size the transport leaves the page to what it is of.
    lab.run("document.documentElement.style.fontSize = '';")?;
    lab.browser.set_viewport(320, 200, 1.0)?;
    lab.go("")?;
    let stuck = lab.run(
        "const { position } = getComputedStyle(root.querySelector('.transport'));
         return [position, document.scrollingElement.scrollWidth <= innerWidth]",
    )?;
    ensure!(stuck == json!(["static", true]), "{stuck}");
    Ok(())
}

#[test]
fn fingers_find_every_target_and_no_phone_zooms_into_a_field() -> Result<()> {
    if is_skipped_without_devtools("playing a finger")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    let touch = json!({ "enabled": true, "maxTouchPoints": 5 });
    lab.browser
        .devtools("Emulation.setTouchEmulationEnabled", touch)?;
    lab.browser.set_viewport(390, 844, 2.0)?;
    lab.go("#speed=slow")?;
    lab.step(6)?;
    ensure!(
        lab.run("return matchMedia('(pointer: coarse)').matches")? == true,
        "no finger"
    );
    for turn in TURNS {
        lab.choose("turn", turn)?;
        let small = lab.run(
            "for (const group of root.querySelectorAll('details')) group.open = true;
             await frames(3);
             const wrong = [];
             for (const of of root.querySelectorAll('a, button, input, select, summary, textarea')) {
                 const target = of.closest('label') ?? of;
                 if (!target.checkVisibility({ visibilityProperty: true })) continue;
                 const { width, height } = target.getBoundingClientRect();
                 const name = `${of.tagName} ${of.className} ${of.dataset.part ?? of.id} ${of.name ?? ''}`;
                 if (width && (width < 24 || height < 24)) wrong.push(`${name}: ${width.toFixed()}×${height.toFixed()}`);
                 const isTyped = of.matches('select, textarea, input:not([type=radio], [type=checkbox], [type=range])');
                 if (isTyped && parseFloat(getComputedStyle(of).fontSize) < 16) wrong.push(`${name} has small letters`);
             }
             return wrong;",
        )?;
        none(&small, turn)?;
    }
    Ok(())
}

#[test]
fn no_chart_is_blank_on_paper_or_coarse_on_a_finer_screen() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser.set_viewport(390, 500, 1.0)?;
    lab.go("")?;
    lab.step(20)?;
    let printed = "
        dispatchEvent(new Event('beforeprint'));
        return [...root.querySelectorAll('.layers .chart, .output .chart')]
            .filter((canvas) => !canvas.closest('.detail') && !canvas.closest('.cell:not(.selected)'))
            .filter((canvas) => {
                const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                return new Set(new Uint32Array(data.buffer)).size < 3;
            })
            .map((canvas) => `${canvas.dataset.part} ${canvas.width}×${canvas.height}`);";
    none(&lab.run(printed)?, "printed at once")?;
    if lab.browser.kind() != Kind::Chromium {
        return Ok(());
    }
    lab.browser.set_viewport(1280, 800, 1.0)?;
    lab.browser.set_viewport(1280, 800, 3.0)?;
    lab.wait(
        "charts as fine as the screen",
        "return [...root.querySelectorAll('.chart')].filter((c) => c.checkVisibility())
             .every((c) => Math.abs(c.width - 3 * c.clientWidth) < 3)",
    )
    .context("a paused page on a finer screen")?;
    Ok(())
}

#[test]
fn on_a_phone_the_focus_goes_as_the_page_is_read() -> Result<()> {
    if is_skipped(|kind| kind == Kind::Chromium, "no `reading-flow`")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    lab.browser.set_viewport(390, 844, 1.0)?;
    lab.go("")?;
    lab.step(3)?;
    for turn in ["layers", "output", "settings"] {
        lab.choose("turn", turn)?;
        lab.run(
            "await frames(3); window.visited = [];
            root.addEventListener('focusin', (event) => window.visited.push(event.target));
            root.querySelector('.top').querySelector('a, button, input, select').focus();",
        )?;
        let tab = "\u{E004}".repeat(120);
        lab.browser.press(&tab)?;
        // A bar that sticks to an edge is where it comes to rest.
        let wrong = lab.run("
            scrollTo(0, 1e6);
            await frames(2);
            const row = '.transport, .turns, .top, figure, .field, .layer-head, .layers-bar, .layer-scroll';
            const places = [...new Set(window.visited)].filter((of) => !of.closest('.turns')).map((of) => ({
                name: `${of.className || of.tagName} ${of.dataset.part ?? ''}`,
                top: (of.closest(row) ?? of).getBoundingClientRect().top,
            }));
            scrollTo(0, 0);
            if (places.length < 8) return [`only ${places.length} places`];
            return places.slice(1).map(({ name, top }, at) => ({ name, top, before: places[at] }))
                .filter(({ top, before }) => top < before.top - 24)
                .map(({ name, top, before }) => `${name} at ${top} after ${before.name} at ${before.top}`);")?;
        none(&wrong, turn)?;
    }
    Ok(())
}
