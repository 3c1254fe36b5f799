//! What an author writes wrongly is said once, and what is written later counts.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::common::Lab;

const HOST: &str =
    "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <script>
        globalThis.errors = [];
        document.addEventListener('bnlab-error', ({ detail }) => errors.push(detail));
    </script>
    <script type=module src=element.js></script>
    <batchnorm-lab WRITTEN></batchnorm-lab>";

fn open(written: &str) -> Result<Lab> {
    let lab = Lab::start(&[("host.html", &HOST.replace("WRITTEN", written))])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    Ok(lab)
}

/// Attribute or setting, what was written, a word of what is said to be allowed.
const WRONG: [(&str, &str, &str); 10] = [
    (
        "engine",
        "turbo",
        "auto | scalar | simd128 | relaxed | webgpu",
    ),
    ("view", "cinema", "figure | lesson | lab"),
    ("panels", "header", "boundary"),
    ("hide", "nosuch", "play | step"),
    ("theme", "sepia", "auto | light | dark"),
    ("lang", "tlh", "en | zh-Hans"),
    ("loading", "soon", "lazy | eager"),
    ("reveal", "never", "interaction | auto"),
    ("lesson", "nosuch", "first-look"),
    ("batch", "-3", "1"),
];

#[test]
fn a_word_that_is_none_is_said_once_and_the_default_stands_in_its_place() -> Result<()> {
    let lab = open(
        "engine=turbo view=cinema panels=loss,header theme=sepia lang=tlh loading=soon reveal=never lesson=nosuch hide=nosuch,batch
         state='layers=4&samples=100&batch=-3&bogus=1'",
    )?;
    lab.step(1)?;
    let told = lab.run(
        "await until('all of them', () => errors.length >= 11);
         await frames(3);
         return { errors, engine: (await lab.snapshot()).engine, view: part('lab').dataset.view,
             panels: [...root.querySelectorAll('.figure-panel')].map((of) => of.dataset.panel),
             theme: part('lab').dataset.theme, lang: part('lab').lang };",
    )?;
    let errors = told["errors"].as_array().context("no errors")?;
    for (field, value, allowed) in WRONG {
        let of_it = errors.iter().filter(|error| error["field"] == field);
        let [error] = of_it.collect::<Vec<&Value>>()[..] else {
            anyhow::bail!("{field} is not said once: {told}");
        };
        ensure!(
            error["code"] == "invalid-setting" && error["value"] == value,
            "{error}"
        );
        let words =
            [&error["allowed"], &error["message"]].map(|text| text.as_str().unwrap_or_default());
        ensure!(words.iter().all(|text| text.contains(allowed)), "{error}");
        ensure!(
            words[1].contains(field) && words[1].contains(value),
            "{error}"
        );
    }
    let unknown: Vec<&Value> = errors
        .iter()
        .filter(|error| error["code"] == "unknown-setting")
        .collect();
    ensure!(
        unknown.len() == 1 && unknown[0]["field"] == "bogus",
        "{told}"
    );
    ensure!(errors.len() == WRONG.len() + 1, "{told}");
    let defaults = json!([
        told["engine"],
        told["view"],
        told["panels"],
        told["theme"],
        told["lang"]
    ]);
    ensure!(
        defaults == json!(["simd128", "figure", ["loss"], "light", "en"]),
        "{defaults}"
    );
    // Written later, each is said too; what was there stays.
    let later = lab.run(
        "errors.length = 0;
         lab.setAttribute('engine', 'warp'); lab.setAttribute('theme', 'dark'); lab.setAttribute('theme', 'neon');
         lab.setAttribute('view', 'page'); lab.setAttribute('lang', 'xx'); lab.setAttribute('loading', 'never');
         lab.setAttribute('hide', 'play nothing open-lab, lr');
         await until('six more', () => errors.length === 6);
         await frames(3);
         return { fields: errors.map(({ field }) => field).sort(), step: (await lab.snapshot()).step };",
    )?;
    let fields =
        json!({ "fields": ["engine", "hide", "lang", "loading", "theme", "view"], "step": 1 });
    ensure!(later == fields, "{later}");
    Ok(())
}

#[test]
fn what_is_right_is_silent_and_counts_whenever_it_is_written() -> Result<()> {
    let lab = open("lang=zh_CN engine=scalar theme=dark state='layers=4&samples=100&seed=9'")?;
    lab.step(1)?;
    let told = lab.run(
        "const first = { engine: (await lab.snapshot()).engine, lang: part('lab').lang, theme: part('lab').dataset.theme };
         lab.removeAttribute('theme'); lab.removeAttribute('engine');
         for (const lang of ['en-GB', 'zh-TW', 'ZH', 'en_US']) {
             lab.setAttribute('lang', lang);
             await until(lang, () => part('lab').lang.slice(0, 2) === lang.slice(0, 2).toLowerCase());
         }
         // Another lesson keeps what `state` sets; without one the run stays.
         lab.setAttribute('lesson', 'small-batch');
         const opened = (await lab.step(2)).state;
         lab.removeAttribute('lesson');
         const stays = await lab.snapshot();
         lab.setAttribute('autoplay', '');
         await until('play', async () => (await lab.snapshot()).step > 2);
         await lab.pause();
         return { first, opened, stays: [stays.step, stays.state === opened], lesson: lab.state, errors };",
    )?;
    let first = json!({ "engine": "scalar", "lang": "zh-Hans", "theme": "dark" });
    ensure!(
        told["first"] == first && told["stays"] == json!([2, true]),
        "{told}"
    );
    ensure!(
        told["opened"]
            .as_str()
            .is_some_and(|state| state.contains("seed=9")),
        "{told}"
    );
    let lesson = told["lesson"].as_str().unwrap_or_default();
    ensure!(
        lesson.contains("lesson=small-batch") && lesson.contains("seed=9"),
        "{told}"
    );
    ensure!(told["errors"] == json!([]), "{told}");
    lab.ensure_silent()?;
    Ok(())
}
