//! Which language a lab speaks: texts are fetched, and come when they come.

use anyhow::{Result, ensure};

use crate::common::Lab;

/// A document in Chinese with a lab in a language that nobody speaks here, one in capitals, and one that changes its mind.
const TONGUES: &str = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>tongues</title>
    <link rel=icon href=data:,><script type=module src=element.js></script>
    <batchnorm-lab lang=fr state='layers=4&samples=100'></batchnorm-lab>
    <batchnorm-lab lang=EN-GB state='layers=4&samples=100'></batchnorm-lab>
    <batchnorm-lab lang=zh-Hans state='layers=4&samples=100'></batchnorm-lab>";

const SPOKEN: &str = "return part('lab').lang";

#[test]
fn a_lab_speaks_the_first_language_that_it_can_and_the_last_that_was_set() -> Result<()> {
    let lab = Lab::start(&[("tongues.html", TONGUES)])?;
    lab.browser
        .open(&format!("{}tongues.html", lab.host.url()))?;
    let spoken = lab.script("await customElements.whenDefined('batchnorm-lab');
         const labs = [...document.querySelectorAll('batchnorm-lab')];
         const steps = labs.map((lab) => lab.step(1));
         labs[2].setAttribute('lang', 'en');
         await Promise.all(steps);
         return labs.map((lab) => lab.shadowRoot.querySelector('[data-part=\"lab\"]').lang).join();")?;
    ensure!(spoken == "zh-Hans,en,en", "{spoken}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_language_that_comes_late_does_not_overrule_the_reader() -> Result<()> {
    let lab = Lab::open("?lang=en")?;
    lab.run(
        "const now = window.fetch;
         window.fetch = async (...of) => {
             if (String(of[0]).includes('texts-')) await new Promise((go) => { window.letCome = go; });
             return now(...of);
         };",
    )?;
    lab.choose("lang", "zh-Hans")?;
    lab.wait("a request", "return !!window.letCome")?;
    lab.choose("lang", "en")?;
    lab.run("letCome(); await frames(30);")?;
    let spoken = lab.run(SPOKEN)?;
    ensure!(spoken == "en", "{spoken}");
    lab.choose("lang", "zh-Hans")?;
    lab.wait("Chinese", &format!("{SPOKEN} === 'zh-Hans'"))?;
    Ok(())
}

/// Each list comes first as if from a browser's cache: as many texts, but with the number of another build.
const STALE: &str = "const now = window.fetch;
    const met = new Set();
    window.asked = [];
    window.fetch = async (url, options) => {
        const answer = await now(url, options);
        if (!String(url).includes('texts-')) return answer;
        window.asked.push(options?.cache ?? 'default');
        if (met.has(String(url))) return answer;
        met.add(String(url));
        const [number, ...texts] = await answer.json();
        return new Response(JSON.stringify([number + 1, ...texts.reverse()]));
    };";

#[test]
fn texts_of_another_build_are_an_error_that_is_said_and_fetched_past_the_cache() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.host.before_every_page(STALE);
    lab.browser.open(&format!("{}?lang=en", lab.host.url()))?;
    lab.wait(
        "an alert",
        "return root.querySelector('[role=\"alert\"]')?.innerText.includes('another build')",
    )?;
    lab.click("return root.querySelector('button')")?;
    lab.wait("the lab", "return part('step-count')")?;
    let asked = lab.run("return asked.join()")?;
    ensure!(asked == "default,reload", "{asked}");
    // The other language, in the page.
    lab.wait("the choice of languages", "return part('lang')")?;
    lab.choose("lang", "zh-Hans")?;
    let text = lab.message("not-all-loaded")?;
    ensure!(text.contains("did not load"), "{text}");
    ensure!(lab.run(SPOKEN)? == "en");
    lab.click("return root.querySelector('[data-kind=\"not-all-loaded\"] button')")?;
    lab.wait("Chinese", &format!("{SPOKEN} === 'zh-Hans'"))?;
    let asked = lab.run("return asked.slice(2).join()")?;
    ensure!(asked == "no-cache,no-cache", "{asked}");
    Ok(())
}
