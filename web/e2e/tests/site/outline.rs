//! What who does not see a page hears of it: one main part, landmarks that are told apart, headings in order, names of all that
//! can be pressed; and no letter of a plain document paler than 4.5 to 1.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::common::{Lab, is_skipped_without_devtools};
use crate::course::{open_lesson, taught};

/// Faults of the page that is open, in words.
const FAULTS: &str = "
    const faults = [];
    const seen = (of) => of.checkVisibility({ visibilityProperty: true });
    const every = (selector) => [...document.querySelectorAll(selector)].filter(seen);
    for (const kind of ['main', 'h1']) if (every(kind).length !== 1) faults.push(`${every(kind).length} ${kind}`);
    const levels = every('h1, h2, h3, h4').map((of) => Number(of.localName[1]));
    levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) faults.push(`h${level} after h${levels[at - 1]}`); });
    const labels = every('nav').map((of) => of.ariaLabel);
    if (labels.length > 1 && (labels.some((label) => !label) || new Set(labels).size < labels.length)) faults.push(`navs: ${labels}`);
    const ids = [...document.querySelectorAll('[id]')].map((of) => of.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`two #${id}`);
    if (!document.documentElement.lang || !document.title) faults.push('no language or title');
    for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) faults.push(image.outerHTML);
    const shadow = document.querySelector('batchnorm-lab')?.shadowRoot;
    const kinds = 'a[href], button, input, select, textarea, [role=button]';
    const pressed = [...every(kinds), ...[...(shadow?.querySelectorAll(kinds) ?? [])].filter(seen)];
    const labelled = (of) => of.getAttribute('aria-labelledby')?.split(' ').map((id) => of.getRootNode().getElementById(id)?.textContent).join(' ');
    for (const of of pressed) {
        const name = of.ariaLabel || labelled(of) || [...(of.labels ?? [])].map((label) => label.textContent || label.title).join('') || of.textContent || of.title;
        const image = of.querySelector('img[alt]:not([alt=\"\"])');
        if (!name.trim() && !image) faults.push(`no name: ${of.outerHTML.slice(0, 120)}`);
    }
    for (const wide of every('*')) {
        const { overflowX } = getComputedStyle(wide);
        const isScrolled = ['auto', 'scroll'].includes(overflowX) && wide.scrollWidth > wide.clientWidth + 1 && wide !== document.documentElement && wide !== document.body;
        if (isScrolled && wide.tabIndex < 0 && !wide.querySelector('a[href], button, input, [tabindex=\"0\"]')) faults.push(`no key scrolls ${wide.outerHTML.slice(0, 80)}`);
    }
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const light = (color) => {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((of) => of / 255).map((of) => (of <= 0.04045 ? of / 12.92 : ((of + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue(`--${name}`);
    const pairs = ['text', 'muted', 'link', 'right', 'wrong', 'lit'].flatMap((name) => [[name, 'background'], [name, 'surface']]);
    for (const [letter, ground] of [...pairs, ['main-text', 'main']]) {
        if (!token(letter)) continue;
        const [low, high] = [light(token(letter)), light(token(ground))].sort((a, b) => a - b);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < 4.5) faults.push(`${letter} on ${ground}: ${contrast.toFixed(2)}`);
    }
    return faults;";

#[test]
fn every_page_can_be_heard() -> Result<()> {
    if is_skipped_without_devtools("a page in the dark")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    let check = |page: &str| -> Result<()> {
        let faults = lab.browser.run(FAULTS, &[])?;
        ensure!(faults == json!([]), "{page}: {faults}");
        Ok(())
    };
    for (number, scheme) in ["light", "dark"].into_iter().enumerate() {
        lab.browser.set_media(&[("prefers-color-scheme", scheme)])?;
        lab.browser.set_viewport([1280, 390][number], 800, 1.0)?;
        let beside = ["claims.html", "grid.html", "devices.html", "bench.html"];
        for page in ["en/", "zh-Hans/", "en/myths/", "en/inventory/"]
            .into_iter()
            .chain(beside)
        {
            lab.browser.open(&format!("{}{page}", lab.host.url()))?;
            check(page)?;
        }
        for (place, lesson) in taught().enumerate() {
            open_lesson(&lab, ["en", "zh-Hans"][(place + number) % 2], lesson)?;
            lab.script(
                "for (const step of document.querySelectorAll('.step')) step.hidden = false;",
            )?;
            check(lesson)?;
        }
    }
    Ok(())
}
