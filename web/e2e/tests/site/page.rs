//! The page as a reader uses it: it draws, stays on this machine, obeys keys, speaks two languages, fits a phone.

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use batchnorm_lab_e2e::capabilities::Kind;
use serde_json::{Value, json};

use crate::common::{BASE, Lab, is_skipped_without_devtools, number, quoted};

/// How many colours each visible canvas shows, by its name; one colour is an empty canvas.
const COLOURS: &str = "
    const found = {};
    for (const canvas of root.querySelectorAll('canvas:not([aria-hidden])')) {
        if (!canvas.checkVisibility() || canvas.width === 0) continue;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set(new Uint32Array(data.buffer));
        let name = canvas.dataset.part ?? 'canvas';
        while (name in found) name += '+';
        found[name] = colours.size;
    }
    return found;";

#[test]
fn every_canvas_is_painted() -> Result<()> {
    let lab = Lab::open("#speed=60")?;
    lab.press("play")?;
    lab.wait("thirty steps", "return (await lab.snapshot()).step > 30")?;
    lab.press("play")?;
    let settled = format!(
        "{COLOURS_AS_FUNCTION} const found = colours(); return Object.values(found).every((n) => n > 2) && found",
        COLOURS_AS_FUNCTION = format_args!("const colours = () => {{ {COLOURS} }};")
    );
    let found = lab
        .wait("all canvases painted", &settled)
        .or_else(|_| lab.run(COLOURS))?;
    let found = found.as_object().cloned().unwrap_or_default();
    ensure!(found.len() >= 6, "only {:?}", found.keys());
    for (name, colours) in &found {
        ensure!(colours.as_u64() > Some(2), "{name} is blank: {found:?}");
    }
    Ok(())
}

#[test]
fn nothing_leaves_the_origin_and_nothing_complains() -> Result<()> {
    let lab = Lab::open("#speed=full")?;
    lab.press("play")?;
    lab.wait("some training", "return (await lab.snapshot()).step > 200")?;
    lab.press("play")?;
    let asked =
        lab.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")?;
    let asked: Vec<&str> = asked
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ensure!(asked.len() >= 4, "{asked:?}");
    for url in &asked {
        let here = url.starts_with(&lab.host.url())
            || url.starts_with("data:")
            || url.starts_with("blob:");
        ensure!(here, "{url} is not below the site's own folder");
    }
    for asked in lab.host.asked() {
        ensure!(asked.url.starts_with(BASE), "{} was asked for", asked.url);
        ensure!(
            asked.status == 200,
            "{} was answered with {}",
            asked.url,
            asked.status
        );
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_pause_is_heard_at_once() -> Result<()> {
    let lab = Lab::open("#speed=full")?;
    lab.press("play")?;
    lab.wait("full speed", "return (await lab.snapshot()).step > 200")?;
    // From the call to the frame that shows the stop, drawing included.
    let waited = lab.run(
        "const asked = performance.now();
         const heard = new Promise((done) => lab.addEventListener('bnlab-frame', function look(event) {
             if (event.detail.playing) return;
             lab.removeEventListener('bnlab-frame', look); done([performance.now() - asked, event.detail.step]);
         }));
         await lab.pause();
         const [millis, step] = await heard;
         await frames(20);
         return { millis, step, later: (await lab.snapshot()).step };",
    )?;
    ensure!(waited["step"] == waited["later"], "it went on: {waited}");
    // The worker stops within 20 ms (its own tests say so); here a frame is drawn before and after, on a loaded machine,
    // by WebKit without a GPU to draw with.
    let limit = match lab.browser.kind() {
        Kind::WebKit => 1500.0,
        _ => 250.0,
    };
    ensure!(number(&waited, "/millis")? < limit, "{waited}");
    Ok(())
}

#[test]
fn keys_play_pause_step_reset_and_help() -> Result<()> {
    let lab = Lab::open("#speed=60")?;
    lab.run("document.activeElement?.blur();")?;
    lab.browser.press(" ")?;
    lab.wait("playing", "return (await lab.snapshot()).playing")?;
    lab.browser.press(" ")?;
    lab.wait("a pause", "return !(await lab.snapshot()).playing")?;
    let step = number(&lab.snapshot()?, "/step")?;
    lab.browser.press("\u{E014}")?;
    lab.wait(
        "one step",
        &format!("return (await lab.snapshot()).step === {}", step + 1.0),
    )?;
    lab.browser.press("r")?;
    lab.wait("a reset", "return (await lab.snapshot()).step === 0")?;
    let before = lab.run("return root.innerHTML.length")?;
    lab.browser.press("?")?;
    lab.wait("help", &format!("return root.querySelector('dialog[open], [data-part=\"help-panel\"]') && root.innerHTML.length !== {before}"))?;
    Ok(())
}

#[test]
fn the_language_changes_while_the_run_goes_on() -> Result<()> {
    let lab = Lab::open("?lang=en#speed=60")?;
    lab.press("play")?;
    lab.wait("playing", "return (await lab.snapshot()).step > 3")?;
    let english = lab.run("return root.textContent")?;
    let run = number(&lab.snapshot()?, "/run")?;
    lab.choose("lang", "zh-Hans")?;
    lab.wait(
        "Chinese",
        "return /[\\u4e00-\\u9fff]{3}/.test(part('batch').textContent)",
    )?;
    let chinese = lab.run("return root.textContent")?;
    ensure!(english != chinese);
    let step = number(&lab.snapshot()?, "/step")?;
    lab.wait(
        "the run to go on",
        &format!("return (await lab.snapshot()).step > {}", step + 3.0),
    )?;
    ensure!(
        number(&lab.snapshot()?, "/run")? == run,
        "the switch began a new run"
    );
    lab.choose("lang", "en")?;
    lab.wait(
        "English",
        "return !/[\\u4e00-\\u9fff]/.test(part('batch').textContent)",
    )?;
    Ok(())
}

#[test]
fn no_screen_is_too_narrow() -> Result<()> {
    let lab = Lab::start(&[])?;
    for lang in ["en", "zh-Hans"] {
        for width in [360, 480, 768, 1280] {
            lab.browser.set_viewport(width, 740, 1.0)?;
            lab.go(&format!("?lang={lang}"))?;
            lab.step(3)?;
            let wide = lab.run("return document.scrollingElement.scrollWidth")?;
            ensure!(
                wide.as_u64() <= Some(width.into()),
                "{lang}: {wide} px wide on a screen of {width} px"
            );
            let reachable = lab.run("const box = part('play').getBoundingClientRect(); return box.right <= innerWidth && box.left >= 0 && box.width > 0")?;
            ensure!(
                reachable == true,
                "{lang}: play is off a screen of {width} px"
            );
        }
    }
    Ok(())
}

/// Elements that hide some of what they say.
pub const CUT: &str = "
    const isCut = (e) => e.checkVisibility() && getComputedStyle(e).overflowX !== 'visible'
        && e.scrollWidth > e.clientWidth + 1 && !e.matches('.layer-scroll, .settings, input, select')
        && !e.closest('.help, details:not([open])');
    return [...root.querySelectorAll('*')].filter(isCut).map((e) => `${e.className}: ${e.textContent.slice(0, 60)}`);";

#[test]
fn whatever_is_said_stays_on_one_screen_and_is_read_to_its_end() -> Result<()> {
    let lab = Lab::start(&[])?;
    let links = [
        ("", 12, None),
        ("speed=slow", 12, None),
        ("data=sequences&layers=r16-16", 12, None),
        ("data=digits&layers=c8-c8s2-g-16", 6, None),
        (
            "layers=16-16&act=identity&lr=3&gain=10",
            40,
            Some("diverged"),
        ),
        (
            "layers=16-16&act=identity&b=none&lr=30&gain=10",
            12,
            Some("diverged"),
        ),
        ("batch=1", 1, Some("refused")),
        ("colour=3", 0, Some("link")),
        ("layers=c8-16", 0, Some("impossible")),
    ];
    for lang in ["en", "zh-Hans"] {
        for (link, steps, message) in links {
            lab.browser.open("about:blank")?;
            lab.browser
                .open(&format!("{}?lang={lang}#{link}", lab.host.url()))?;
            lab.wait("the foot", "return part('summary')")?;
            if steps > 0 {
                lab.step(steps)?;
            }
            if let Some(kind) = message {
                lab.message(kind)?;
            }
            let high = lab.run("return document.scrollingElement.scrollHeight")?;
            ensure!(high == 800, "{lang} {link}: {high} px high");
            let cut = lab.run(CUT)?;
            ensure!(cut == Value::Array(Vec::new()), "{lang} {link}: {cut}");
        }
    }
    // Where the middle is narrower, all of it is still read.
    lab.browser.set_viewport(1024, 768, 1.0)?;
    lab.go("?lang=en")?;
    lab.step(12)?;
    let cut = lab.run(CUT)?;
    ensure!(cut == Value::Array(Vec::new()), "{cut}");
    Ok(())
}

#[test]
fn a_message_takes_the_place_of_the_lead() -> Result<()> {
    let lab = Lab::open("?lang=en#layers=16-16&act=identity&lr=3&gain=10")?;
    let top = "const box = root.querySelector('.stage').getBoundingClientRect(); return box.top";
    let before = lab.run(top)?;
    lab.step(40)?;
    lab.message("diverged")?;
    let after = lab.run(top)?;
    ensure!(
        before == after,
        "the picture moved from {before} to {after}"
    );
    let has_lead = lab.run("return part('lead').checkVisibility()")?;
    ensure!(has_lead == false, "the lead is still there");
    Ok(())
}

#[test]
fn rows_whose_axes_have_parted_say_so() -> Result<()> {
    let lab = Lab::open("?lang=en")?;
    let note = "return root.querySelector('.axis-note').textContent";
    let axes =
        "return [...root.querySelectorAll('.row-label i')].filter((e) => e.textContent).length";
    ensure!(lab.run(note)?.to_string().contains("Shared axis"));
    ensure!(lab.run(axes)? == 0);
    lab.go("?lang=en#layers=16-16&act=identity&lr=3&gain=10")?;
    lab.step(40)?;
    lab.wait(
        "the other note",
        "return /Axes differ/.test(root.querySelector('.axis-note').textContent)",
    )?;
    ensure!(lab.run(axes)? == 4, "every row names its own");
    Ok(())
}

#[test]
fn a_phone_shows_what_was_learned_and_the_layers_on_its_first_screen() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser.set_viewport(390, 844, 2.0)?;
    for lang in ["en", "zh-Hans"] {
        lab.go(&format!("?lang={lang}"))?;
        lab.step(12)?;
        let seen = lab.run(
            "const free = root.querySelector('.transport').getBoundingClientRect().top;
             return ['boundary-a', 'boundary-b', 'ridge-a-1', 'ridge-b-before-1', 'ridge-b-normalized-1']
                 .filter((name) => part(name).getBoundingClientRect().bottom > free);",
        )?;
        ensure!(
            seen == Value::Array(Vec::new()),
            "{lang}: below the first screen: {seen}"
        );
    }
    Ok(())
}

/// How many sheets `Page.printToPDF` has given.
pub fn sheets(printed: &Value) -> Result<usize> {
    let printed = STANDARD.decode(printed["data"].as_str().unwrap_or_default())?;
    Ok(String::from_utf8_lossy(&printed)
        .matches("/Type /Page\n")
        .count())
}

#[test]
fn a_printed_run_is_one_sheet_and_is_read_to_its_end() -> Result<()> {
    if is_skipped_without_devtools("printing")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    for lang in ["en", "zh-Hans"] {
        lab.browser.set_viewport(1280, 800, 1.0)?;
        lab.go(&format!("?lang={lang}"))?;
        lab.step(30)?;
        for is_landscape in [false, true] {
            let sheet =
                json!({ "landscape": is_landscape, "paperWidth": 8.27, "paperHeight": 11.69 });
            let printed = lab.browser.devtools("Page.printToPDF", sheet)?;
            let sheets = sheets(&printed)?;
            ensure!(
                sheets == 1,
                "{lang}: {sheets} sheets, landscape {is_landscape}"
            );
        }
        // A4 between Chromium's margins.
        for (width, height) in [(718, 1047), (1047, 718)] {
            lab.browser.set_viewport(width, height, 1.0)?;
            let print = json!({ "media": "print" });
            lab.browser.devtools("Emulation.setEmulatedMedia", print)?;
            let cut = lab.run(CUT)?;
            ensure!(cut == Value::Array(Vec::new()), "{lang} {width}: {cut}");
            let lead = lab
                .run("return part('lead').checkVisibility() && !part('play').checkVisibility()")?;
            ensure!(
                lead == true,
                "{lang}: the lead is printed, controls are not"
            );
            let screen = json!({ "media": "" });
            lab.browser.devtools("Emulation.setEmulatedMedia", screen)?;
        }
    }
    Ok(())
}

#[test]
fn sliders_are_seen_where_the_reader_forces_colours() -> Result<()> {
    if is_skipped_without_devtools("forcing colours")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    for scheme in ["light", "dark"] {
        lab.browser.set_media(&[
            ("forced-colors", "active"),
            ("prefers-color-scheme", scheme),
        ])?;
        lab.go("")?;
        let is_forced = lab.run("return matchMedia('(forced-colors: active)').matches")?;
        ensure!(is_forced == true, "{scheme}: colours are not forced");
        // What is seen of it must tell one value from another.
        let slider = "root.querySelector('input[type=\"range\"]')";
        let looks = |value: &str| -> Result<Value> {
            lab.run(&format!("{slider}.value = {slider}.{value};"))?;
            let place = format!(
                "const {{ x, y, width, height }} = {slider}.getBoundingClientRect(); return {{ x, y, width, height, scale: 1 }}"
            );
            let clip = json!({ "format": "png", "clip": lab.run(&place)? });
            let picture = lab.browser.devtools("Page.captureScreenshot", clip)?;
            Ok(picture["data"].clone())
        };
        ensure!(
            looks("min")? != looks("max")?,
            "{scheme}: a slider is not seen"
        );
    }
    Ok(())
}

#[test]
fn every_control_has_a_name() -> Result<()> {
    let lab = Lab::open("")?;
    let nameless = lab.run(
        "const named = (e) => e.ariaLabel || e.title || e.innerText?.trim() || e.labels?.length
             || e.getAttribute('aria-labelledby')?.split(' ').some((id) => root.getElementById(id));
         return [...root.querySelectorAll('button, input, select, canvas, a, [role=\"switch\"], [role=\"slider\"]')]
             .filter((e) => !e.closest('[aria-hidden]') && !named(e)).map((e) => e.outerHTML.slice(0, 200));",
    )?;
    ensure!(nameless == Value::Array(Vec::new()), "{nameless}");
    Ok(())
}

#[test]
fn the_hash_leads_to_the_lab_and_the_lab_to_the_hash() -> Result<()> {
    let lab = Lab::open("#batch=8")?;
    lab.type_value("batch", "16")?;
    lab.wait(
        "the address to follow",
        "return location.hash.includes('batch=16')",
    )?;
    lab.run(&format!("location.hash = {};", quoted("batch=128&seed=5")))?;
    lab.wait(
        "the lab to follow",
        "return lab.state.includes('seed=5') && lab.state.includes('batch=128')",
    )?;
    Ok(())
}
