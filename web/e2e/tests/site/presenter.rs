//! A lesson presented to a room: one step a screen, nothing small or clipped, the run kept; notes in a window of their own;
//! a code that leads to the run on the screen.

use anyhow::{Context, Result, ensure};
use batchnorm_lab_e2e::capabilities::Kind;
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};
use serde_json::{Value, json};

use crate::common::Lab;

const LEFT: &str = "\u{E012}";
const RIGHT: &str = "\u{E014}";
const PAGE_UP: &str = "\u{E00E}";
const PAGE_DOWN: &str = "\u{E00F}";
const ESCAPE: &str = "\u{E00C}";
// The first lesson has none to ask again.
const STEPS: usize = 8;
/// As strict as WebAssembly and an icon in the page allow.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; worker-src 'self'";

const NAMES: &str = "
    const lab = document.querySelector('batchnorm-lab');
    const at = () => document.querySelector('.step.shown')?.id;
    const isPresented = () => document.documentElement.classList.contains('presented');
    const isPainted = () => [...lab.shadowRoot.querySelectorAll('.figure-stage canvas')].filter((of) => of.checkVisibility())
        .every((of) => of.hasAttribute('data-painted'));";

/// Letters under 24 px and words that something cuts off, in words. What lies below the fold of the text's own column is
/// scrolled to.
const WRONG: &str = "
    const wrong = [];
    const visit = (root) => {
        for (const of of root.querySelectorAll('*')) {
            if (of.shadowRoot) visit(of.shadowRoot);
            const own = [...of.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            const isChart = of.matches('canvas.chart');
            const isSeen = of.checkVisibility({ visibilityProperty: true, opacityProperty: true });
            if (!(own || isChart) || !isSeen || of.closest('style, option, script')) continue;
            const { fontSize, clipPath } = getComputedStyle(of);
            const box = of.getBoundingClientRect();
            if (clipPath !== 'none' || box.width < 2) continue;
            const name = `${of.tagName} ${of.getAttribute('class') ?? ''} \"${of.textContent.trim().slice(0, 24)}\"`;
            const scale = of.closest('svg')?.getScreenCTM()?.a ?? 1;
            if (parseFloat(fontSize) * scale < 23.9) wrong.push(`${name}: ${fontSize}`);
            const range = document.createRange();
            range.selectNodeContents(of);
            const words = own ? range.getBoundingClientRect() : box;
            if (words.left < -1 || words.right > innerWidth + 1) wrong.push(`${name} leaves the screen`);
            if (of.closest('math')) continue;
            for (let up = of; up && !up.matches('main'); up = up.parentElement ?? up.getRootNode().host) {
                const { overflowX, overflowY } = getComputedStyle(up);
                const edge = up.getBoundingClientRect();
                const cutsX = overflowX !== 'visible' && (words.right > edge.right + 1.5 || words.left < edge.left - 1.5);
                const isScrolled = overflowY === 'auto' || overflowY === 'scroll';
                const cutsY = overflowY !== 'visible' && !isScrolled && (words.bottom > edge.bottom + 2.5 || words.top < edge.top - 2.5);
                if (cutsX || cutsY) wrong.push(`${name} is cut off by ${up.tagName} ${up.getAttribute('class') ?? ''}`);
            }
        }
    };
    visit(document.querySelector('main'));
    for (const formula of document.querySelectorAll('.shown math[display=block]'))
        if (formula.scrollWidth > formula.clientWidth + 1) wrong.push(`a formula is wider by ${formula.scrollWidth - formula.clientWidth}`);
    if (document.scrollingElement.scrollWidth > innerWidth) wrong.push('the page is too wide');
    return wrong;";

fn open(language: &str) -> Result<Lab> {
    let lab = Lab::start(&[])?;
    visit(&lab, language)?;
    Ok(lab)
}

fn visit(lab: &Lab, language: &str) -> Result<()> {
    let page = format!("{}{language}/lessons/first-look/", lab.host.url());
    lab.browser.open("about:blank")?;
    lab.browser.open(&page)?;
    lab.browser.wait(
        "the figure",
        20.0,
        "return document.querySelector('batchnorm-lab')?.shadowRoot?.querySelector('.figure-stage canvas[data-painted]') && true",
    )?;
    Ok(())
}

fn script(lab: &Lab, body: &str) -> Result<Value> {
    lab.script(&format!("{NAMES} {body}"))
}

/// Presses keys and waits for the step that they lead to.
fn press(lab: &Lab, keys: &str, step: &str) -> Result<()> {
    lab.browser.press(keys)?;
    script(
        lab,
        &format!("await until('{step}', () => at() === '{step}' && isPresented()); await until('a picture', isPainted);"),
    )
    .map(|_| ())
}

fn click(lab: &Lab, selector: &str) -> Result<()> {
    let element = lab
        .browser
        .element(&format!("return document.querySelector('{selector}')"))?;
    lab.browser.click(&element)
}

#[test]
fn nothing_is_small_or_cut_off_in_any_step() -> Result<()> {
    let lab = Lab::start(&[])?;
    for (width, height, language, scheme) in [
        (1024, 768, "en", "light"),
        (1024, 768, "zh-Hans", "dark"),
        (1280, 800, "en", "dark"),
        (1280, 800, "zh-Hans", "light"),
    ] {
        lab.browser.set_viewport(width, height, 1.0)?;
        if lab.browser.kind() == Kind::Chromium {
            lab.browser.set_media(&[("prefers-color-scheme", scheme)])?;
        }
        visit(&lab, language)?;
        press(&lab, "p", "problem").with_context(|| format!("{width} {language} {scheme}"))?;
        for place in 0..STEPS {
            let seen = script(&lab, &format!("await frames(2); {WRONG}"))?;
            let step = script(&lab, "return at()")?;
            ensure!(
                seen == json!([]),
                "{width} {language} {scheme}, {step}: {seen:#}"
            );
            if place + 1 < STEPS {
                lab.browser.press(RIGHT)?;
                script(
                    &lab,
                    &format!(
                        "await until('another step', () => at() !== {step}); await until('a picture', isPainted);"
                    ),
                )?;
            }
        }
        ensure!(script(&lab, "return at()")? == "take-home");
        // The next one begins at its beginning.
        lab.script("localStorage.clear();")?;
    }
    Ok(())
}

#[test]
fn keys_lead_through_the_steps_and_the_run_is_kept() -> Result<()> {
    let lab = open("en")?;
    press(&lab, "p", "problem")?;
    // The heading has the focus, and says where we are.
    let focus = "return document.activeElement === document.querySelector('.shown h2')";
    ensure!(lab.script(focus)? == true);
    press(&lab, RIGHT, "guess")?;
    press(&lab, LEFT, "problem")?;
    press(&lab, PAGE_DOWN, "guess")?;
    press(&lab, PAGE_UP, "problem")?;
    press(&lab, " ", "guess")?;
    // Keys that an answer uses are its own.
    click(&lab, "#guess .answer:nth-of-type(2) input")?;
    lab.browser.press(RIGHT)?;
    let chosen = script(
        &lab,
        "return [at(), document.querySelector('#guess :checked').value]",
    )?;
    ensure!(chosen == json!(["guess", "2"]), "{chosen}");
    click(&lab, "#guess .acts button")?;
    script(&lab, "await until('the run', () => at() === 'run');")?;
    click(&lab, ".run-it button")?;
    let judged = "await until('what was seen', () => document.querySelector('.run-it .verdict').childElementCount);
        return [(await lab.snapshot()).step, lab.state, document.querySelector('.run-it .verdict').textContent]";
    let before = script(&lab, judged)?;
    ensure!(before[0] == 400, "{before}");
    let shown = "return document.querySelector('.run-it .verdict').checkVisibility()";
    for is_shown in [false, true] {
        lab.browser.press("h")?;
        let wait = format!(
            "await until('answers', () => document.querySelector('.run-it .verdict').checkVisibility() === {is_shown}); {shown}"
        );
        ensure!(lab.script(&wait)? == is_shown);
    }
    lab.browser.press(ESCAPE)?;
    script(&lab, "await until('the page', () => !isPresented());")?;
    ensure!(script(&lab, judged)? == before);
    ensure!(lab.script(shown)? == true);
    ensure!(lab.script("return document.querySelector('.presenter-bar')")? == Value::Null);
    press(&lab, "p", "run")?;
    ensure!(script(&lab, judged)? == before);
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_frozen_run_stands_still_and_goes_on() -> Result<()> {
    let lab = open("en")?;
    press(&lab, "p", "problem")?;
    press(&lab, RIGHT, "guess")?;
    press(&lab, RIGHT, "run")?;
    // Frozen as soon as the first picture of the run is there.
    let stood = script(
        &lab,
        "const key = () => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'f', bubbles: true, cancelable: true }));
         const begun = new Promise((done) => lab.addEventListener('bnlab-frame', ({ detail }) => detail.step > 0 && done()));
         document.querySelector('.run-it button').click();
         await within('a first picture', begun);
         key();
         const { step } = await lab.step(0);
         await frames(20);
         const later = (await lab.snapshot()).step;
         const said = document.querySelector('.presenter-status').textContent;
         key();
         await until('the end', async () => (await lab.snapshot()).step === 400);
         return { step, later, said, left: document.querySelector('.presenter-status').textContent };",
    )?;
    ensure!(stood["step"] == stood["later"], "{stood}");
    ensure!(
        stood["step"].as_u64().is_some_and(|step| step < 400),
        "{stood}"
    );
    ensure!(stood["said"] != "" && stood["left"] == "", "{stood}");
    Ok(())
}

#[test]
fn notes_stand_in_a_window_of_their_own_and_keep_step() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host
        .send_headers(&[("Content-Security-Policy", POLICY)]);
    visit(&lab, "en")?;
    lab.script(
        "const note = document.createElement('blockquote');
         note.append('Ask the room.');
         document.querySelector('#problem').append(note);
         const { open } = window;
         window.open = (...given) => (window.notesWindow = open.call(window, ...given));",
    )?;
    press(&lab, "p", "problem")?;
    lab.browser.press("s")?;
    let told = "const { document: page } = window.notesWindow;
        const [previous, next] = page.querySelectorAll('button');
        return { text: page.body.innerText, notes: [...page.querySelectorAll('blockquote')].map((of) => of.textContent),
            heading: page.querySelector('h1').textContent, time: page.querySelector('time').textContent,
            ends: [previous.disabled, next.disabled], seen: document.querySelector('#problem blockquote').checkVisibility() }";
    let first = lab.script(&format!(
        "await until('notes', () => window.notesWindow?.document.querySelector('h1')); {told}"
    ))?;
    let headings = lab
        .script("return [...document.querySelectorAll('.step h2')].map((of) => of.textContent)")?;
    let text = first["text"].as_str().context("text")?;
    let notes = first["notes"].as_array().context("notes")?;
    ensure!(notes.last() == Some(&json!("Ask the room.")), "{first}");
    ensure!(
        first["heading"] == headings[0] && first["ends"] == json!([true, false]),
        "{first}"
    );
    ensure!(
        text.contains(headings[1].as_str().context("a heading")?),
        "{first}"
    );
    ensure!(
        first["time"]
            .as_str()
            .is_some_and(|time| time.contains(':')),
        "{first}"
    );
    ensure!(first["seen"] == false, "the room sees the notes");
    // On from the notes, then back from the page.
    let on = script(
        &lab,
        &format!(
            "window.notesWindow.document.querySelectorAll('button')[1].click(); await until('the guess', () => at() === 'guess'); {told}"
        ),
    )?;
    // The lesson's own note on the guess.
    let notes = on["notes"].as_array().map_or(0, Vec::len);
    ensure!(on["heading"] == headings[1] && notes == 1, "{on}");
    let back = script(
        &lab,
        &format!(
            "document.querySelector('.presenter-bar button').click(); await until('the problem', () => at() === 'problem'); {told}"
        ),
    )?;
    ensure!(back["heading"] == headings[0], "{back}");
    // Left, the window is gone; where it is refused, that is said.
    script(
        &lab,
        "document.querySelector('.presenter-bar > button:last-child').click();
         await until('the end of the notes', () => window.notesWindow.closed);
         window.open = () => null;",
    )?;
    press(&lab, "p", "problem")?;
    lab.browser.press("s")?;
    lab.script("await until('why there are no notes', () => document.querySelector('.presenter-status').textContent);")?;
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_code_says_the_address_that_stands_below_it() -> Result<()> {
    let lab = open("en")?;
    press(&lab, "p", "problem")?;
    lab.browser.press("q")?;
    let told = script(
        &lab,
        "await until('the code', () => document.querySelector('dialog[open] svg path'));
         const svg = document.querySelector('dialog svg'), link = document.querySelector('dialog a');
         return { size: svg.viewBox.baseVal.width - 8, squares: svg.querySelector('path').getAttribute('d'), link: link.href, text: link.textContent, state: lab.state };",
    )?;
    let link = told["link"].as_str().context("an address")?;
    let state = told["state"].as_str().context("a state")?;
    ensure!(link.ends_with(&format!("#{state}")), "{told}");
    ensure!(
        link.ends_with(told["text"].as_str().context("words")?),
        "{told}"
    );
    let size = told["size"].as_i64().context("a size")? as i32;
    let squares = told["squares"].as_str().context("squares")?;
    let dark: Vec<(i32, i32)> = squares
        .split('M')
        .skip(1)
        .map(|square| {
            let (x, y) = square
                .split_once('h')
                .context("a square")?
                .0
                .split_once(' ')
                .context("a place")?;
            Ok((x.parse::<i32>()? - 4, y.parse::<i32>()? - 4))
        })
        .collect::<Result<_>>()?;
    // Any of the eight masks says the same.
    let is_it = (0..8).any(|mask| {
        let bytes = [QrSegment::make_bytes(link.as_bytes())];
        let code = QrCode::encode_segments_advanced(
            &bytes,
            QrCodeEcc::Medium,
            Version::MIN,
            Version::MAX,
            Some(Mask::new(mask)),
            false,
        );
        code.is_ok_and(|code| {
            code.size() == size
                && (0..size)
                    .all(|y| (0..size).all(|x| code.get_module(x, y) == dark.contains(&(x, y))))
        })
    });
    ensure!(is_it, "{told}");
    // Escape closes the code alone.
    lab.browser.press(ESCAPE)?;
    script(
        &lab,
        "await until('the step', () => !document.querySelector('dialog') && isPresented());",
    )?;
    Ok(())
}
