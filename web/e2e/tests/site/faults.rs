//! What goes wrong outside is said, and there is a way on.

use anyhow::{Result, ensure};
use batchnorm_lab::settings::Settings;
use batchnorm_lab_e2e::capabilities::Kind;

use crate::common::{Lab, is_skipped, number, site};

#[test]
fn a_broken_link_names_the_field_and_the_value_used() -> Result<()> {
    let lab = Lab::open("#lr=fast&colour=red&batch=8")?;
    let text = lab.message("link")?;
    let used = Settings::default().learning_rate.to_string();
    for word in ["lr", "fast", &used, "colour"] {
        ensure!(text.contains(word), "`{word}` is not in: {text}");
    }
    let state = lab.run("return lab.state;")?;
    ensure!(
        state
            .as_str()
            .is_some_and(|s| s.contains("batch=8") && !s.contains("fast")),
        "{state}"
    );
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    Ok(())
}

#[test]
fn a_dead_worker_is_said_and_the_run_goes_on_from_where_it_was() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.kill_switch()?;
    lab.count_checkpoints()?;
    lab.go("#speed=full")?;
    lab.run("window.errors = []; document.addEventListener('bnlab-error', (e) => window.errors.push(e.detail.code));")?;
    lab.press("play")?;
    lab.wait("some training", "return (await lab.snapshot()).step > 100")?;
    lab.next_checkpoint()?;
    lab.kill_workers()?;
    lab.message("lost")?;
    let errors = lab.run("return window.errors.join()")?;
    ensure!(errors == "worker", "{errors}");
    let lost_at = number(&lab.snapshot()?, "/step")?;

    lab.click("return root.querySelector('[data-kind=\"lost\"] button')")?;
    lab.wait(
        "the message to go",
        "return !root.querySelector('[data-kind=\"lost\"]')",
    )?;
    let first = lab.wait(
        "the run to go on",
        "const s = await lab.snapshot(); return s.playing && globalThis.workers.born === 2 && s",
    )?;
    ensure!(
        number(&first, "/step")? > 50.0,
        "it began again at {}",
        first["step"]
    );
    lab.wait(
        "more steps than before",
        &format!("return (await lab.snapshot()).step > {lost_at}"),
    )?;
    Ok(())
}

#[test]
fn a_worker_that_cannot_be_loaded_is_said_and_may_be_tried_again() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.lose("worker-simd128_bg.wasm");
    lab.browser
        .open(&format!("{}?engine=simd128", lab.host.url()))?;
    lab.message("not-loaded")?;
    lab.host.find_again();
    lab.click("return root.querySelector('[data-kind=\"not-loaded\"] button')")?;
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    Ok(())
}

#[test]
fn an_engine_that_does_not_come_leaves_the_one_at_work() -> Result<()> {
    let lab = Lab::open("?lang=en&engine=scalar")?;
    ensure!(number(&lab.step(3)?, "/step")? == 3.0);
    let choose = |engine: &str| {
        lab.run(&format!(
            "const select = part('engine').querySelector('select');
             select.value = '{engine}';
             select.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        ))
    };
    for (steps, lost) in [(4, "worker-simd128_bg.wasm"), (5, "worker-simd128.js")] {
        lab.host.lose(lost);
        choose("simd128")?;
        let text = lab.message("engine-failed")?;
        ensure!(text.contains("scalar goes on"), "{lost}: {text}");
        let shown = lab.run("return part('engine').querySelector('select').value")?;
        ensure!(shown == "scalar", "{lost}: {shown}");
        let snapshot = lab.step(1)?;
        ensure!(
            snapshot["step"] == steps && snapshot["engine"] == "scalar",
            "{lost}: {snapshot}"
        );
        lab.click("return root.querySelector('[data-kind=\"engine-failed\"] button')")?;
        lab.host.find_again();
    }
    choose("simd128")?;
    lab.wait(
        "the other engine",
        "return part('engine').dataset.engine === 'simd128'",
    )?;
    let snapshot = lab.step(1)?;
    ensure!(
        snapshot["step"] == 6 && snapshot["engine"] == "simd128",
        "{snapshot}"
    );
    Ok(())
}

#[test]
fn digits_that_do_not_come_are_said_and_may_be_fetched_again() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.lose("digits/digits.bin");
    lab.browser.open(&format!(
        "{}#data=digits&layers=12&samples=200",
        lab.host.url()
    ))?;
    lab.message("no-digits")?;
    lab.host.find_again();
    lab.click("return root.querySelector('[data-kind=\"no-digits\"] button')")?;
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    lab.wait(
        "the message to go",
        "return !root.querySelector('[data-kind=\"no-digits\"]')",
    )?;
    Ok(())
}

#[test]
fn an_impossible_network_names_the_layer_and_another_one_runs() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser
        .open(&format!("{}#layers=8-p", lab.host.url()))?;
    let text = lab.message("impossible")?;
    ensure!(
        text.contains("max_pool") && text.contains("images of 2×2"),
        "{text}"
    );
    lab.run("lab.state = 'layers=8';")?;
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    lab.wait(
        "the message to go",
        "return !root.querySelector('[data-kind=\"impossible\"]')",
    )?;
    Ok(())
}

#[test]
fn a_page_that_cannot_be_loaded_is_said_and_may_be_tried_again() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.lose("app_bg.wasm");
    lab.host.before_every_page(
        "window.errors = []; document.addEventListener('bnlab-error', (e) => window.errors.push(e.detail.code));",
    );
    lab.browser.open(&format!("{}?lab", lab.host.url()))?;
    lab.wait(
        "an alert",
        "return root.querySelector('[role=\"alert\"]')?.innerText",
    )?;
    ensure!(lab.run("return window.errors.join()")? == "load-failed");
    lab.host.find_again();
    // The module script itself was loaded: what failed can be had again.
    lab.click("return root.querySelector('button')")?;
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    Ok(())
}

#[test]
fn a_part_of_the_page_that_does_not_load_is_said_once_and_may_be_tried_again() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.lose("app-lazy.wasm");
    lab.browser.open(&format!("{}?lab", lab.host.url()))?;
    lab.message("not-all-loaded")?;
    let said = lab.run("return root.querySelectorAll('[data-kind=\"not-all-loaded\"]').length")?;
    ensure!(said == 1, "said {said} times");
    ensure!(number(&lab.step(2)?, "/step")? == 2.0, "the run goes on");
    lab.host.find_again();
    lab.click("return root.querySelector('[data-kind=\"not-all-loaded\"] button')")?;
    lab.wait(
        "all parts of the page",
        "return part('batch') && part('batch-noise') && !root.querySelector('.lazy[aria-busy]')",
    )?;
    lab.wait("the message to go", "return !part('message')")?;
    Ok(())
}

#[test]
fn a_language_that_does_not_come_is_said_in_the_one_there_is() -> Result<()> {
    let lab = Lab::open("?lang=en")?;
    lab.host.lose("texts-zh-Hans.json");
    lab.choose("lang", "zh-Hans")?;
    let text = lab.message("not-all-loaded")?;
    ensure!(text.contains("did not load"), "{text}");
    let speaks = "return root.querySelector('.bn-page, [lang]').closest('[lang]').lang";
    ensure!(lab.run(speaks)? == "en");
    lab.host.find_again();
    lab.click("return root.querySelector('[data-kind=\"not-all-loaded\"] button')")?;
    lab.wait("the other language", &format!("{speaks} === 'zh-Hans'"))?;
    // Nothing at all can be shown without texts: that is said by the element, which has a few of its own.
    let other = Lab::start(&[])?;
    other.host.lose("texts-en.json");
    other
        .browser
        .open(&format!("{}?lang=en", other.host.url()))?;
    other.wait(
        "an alert",
        "return root.querySelector('[role=\"alert\"]')?.innerText",
    )?;
    other.host.find_again();
    other.click("return root.querySelector('button')")?;
    ensure!(number(&other.step(2)?, "/step")? == 2.0);
    Ok(())
}

#[test]
fn the_words_of_a_lesson_that_do_not_come_are_said_to_be_missing() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.lose("lessons/noise.en.json");
    lab.browser
        .open(&format!("{}?lang=en&lesson=noise", lab.host.url()))?;
    // It runs all the same.
    ensure!(number(&lab.step(2)?, "/step")? == 2.0);
    let text = lab.message("not-all-loaded")?;
    ensure!(text.contains("did not load"), "{text}");
    // A message takes its place, and what is not laid out has all of its text.
    let lead = "return part('lead').textContent.replace('Back to the lesson', '').trim()";
    ensure!(lab.run(lead)? == "");
    // Another lesson's come with it.
    let choose = |lesson: &str| {
        lab.run(&format!(
            "part('lesson').value = '{lesson}'; part('lesson').dispatchEvent(new Event('change', {{ bubbles: true }}));"
        ))
    };
    choose("images")?;
    lab.wait("its lead", &format!("{lead}.startsWith('Handwritten')"))?;
    choose("noise")?;
    lab.host.find_again();
    lab.message("not-all-loaded")?;
    lab.click("return root.querySelector('[data-kind=\"not-all-loaded\"] button')")?;
    lab.wait("its lead", &format!("{lead}.startsWith('One point')"))?;
    let title = "const menu = part('lesson'); return menu.selectedOptions[0].innerText";
    ensure!(lab.run(title)? == "Noise of a batch");
    Ok(())
}

#[test]
fn every_page_opened_from_a_disk_says_that_it_must_be_served() -> Result<()> {
    // Where it is driven, Firefox runs modules from a disk.
    if is_skipped(|kind| kind != Kind::Firefox, "a module from a disk is run")? {
        return Ok(());
    }
    let lab = Lab::start(&[])?;
    let mut pages = 0;
    for entry in std::fs::read_dir(site()?)? {
        let path = entry?.path();
        if path.extension().is_none_or(|end| end != "html") {
            continue;
        }
        pages += 1;
        lab.browser.open(&format!("file://{}", path.display()))?;
        let name = path.display();
        lab.browser.wait(
            &format!("{name} to say so"),
            20.0,
            "return document.body.innerText.includes('http.server')
                && !document.body.innerText.includes('needs JavaScript')",
        )?;
    }
    ensure!(pages >= 4, "{pages}");
    lab.browser.open(&format!("{}?lab", lab.host.url()))?;
    lab.wait("the lab", "return part('step-count')")?;
    let text = lab.script("return document.body.innerText")?;
    ensure!(
        !text.as_str().unwrap_or_default().contains("http.server"),
        "served, it says so too"
    );
    Ok(())
}
