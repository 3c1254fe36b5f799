//! A figure in an `<iframe>`: the README's line as it is pasted, and what its address says.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::common::Lab;

const README: &str = include_str!("../../../../README.md");

/// The README's line, with the address of this host.
fn pasted(lab: &Lab) -> Result<String> {
    let start = README
        .find("<iframe ")
        .context("the README has no iframe")?;
    let line = README[start..].lines().next().unwrap_or_default();
    ensure!(line.ends_with("</iframe>"), "{line}");
    Ok(line.replace("https://your.host/lab/", &lab.host.url()))
}

/// The frame and what is in it.
const INSIDE: &str = "
    const frame = document.querySelector('iframe'), { width, height } = frame.getBoundingClientRect();
    const inner = frame.contentDocument, lab = inner.querySelector('batchnorm-lab'), root = lab.shadowRoot;
    const part = (name) => root.querySelector(`[data-part=\"${name}\"]`);
    const over = () => [inner.documentElement.scrollWidth - frame.clientWidth, inner.documentElement.scrollHeight - frame.clientHeight];";

#[test]
fn the_line_of_the_readme_works_as_pasted() -> Result<()> {
    let page =
        "<!doctype html><meta charset=utf-8><title>article</title><link rel=icon href=data:,>
        <style>body { max-width: 700px; margin: 0 auto; padding: 0 16px; }</style><p>before</p>";
    let lab = Lab::start(&[("article.html", page)])?;
    let line = pasted(&lab)?;
    for (window, box_of) in [(1280, (700, 460)), (390, (358, 680))] {
        lab.browser.set_viewport(window, 800, 1.0)?;
        lab.browser
            .open(&format!("{}article.html", lab.host.url()))?;
        let told = lab.script(&format!(
            "document.body.insertAdjacentHTML('beforeend', {line});
             await until('the still picture', () => document.querySelector('iframe').contentDocument
                 ?.querySelector('batchnorm-lab')?.shadowRoot?.querySelector('.bn-still svg'));
             {INSIDE}
             const rest = [width, height, over(), getComputedStyle(frame).borderTopWidth];
             root.querySelector('[data-part=start]').click();
             await until('steps', async () => (await lab.snapshot()).step > 2);
             await lab.pause();
             return {{ rest, running: [lab.offsetHeight, over()], named: [!!frame.title, frame.loading],
                 still: part('title').textContent, address: location.hash }};",
            line = crate::common::quoted(&line)
        ))?;
        let (width, height) = box_of;
        ensure!(
            told["rest"] == json!([width, height, [0, 0], "0px"]),
            "{told}"
        );
        ensure!(told["running"] == json!([height, [0, 0]]), "{told}");
        ensure!(
            told["named"] == json!([true, "lazy"]) && told["address"] == "",
            "{told}"
        );
        ensure!(
            told["still"] == "Two points a batch" || told["still"] == "Small batches",
            "{told}"
        );
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn the_address_of_a_frame_says_what_an_element_says() -> Result<()> {
    let lab = Lab::start(&[])?;
    let open = |rest: &str| lab.browser.open(&format!("{}{rest}", lab.host.url()));
    open(
        "embed.html#view=lesson&panels=boundary,loss&lang=zh-Hans&theme=dark&lesson=noise&batch=16&reveal=auto&hide=step",
    )?;
    lab.wait("the figure, by itself", "return part('lab')")?;
    let shown = "return { view: part('lab').dataset.view, lang: part('lab').lang, theme: part('lab').dataset.theme,
         panels: [...root.querySelectorAll('.figure-panel')].map((of) => of.dataset.panel),
         hidden: !part('step')?.checkVisibility(),
         page: getComputedStyle(document.documentElement).backgroundColor, state: lab.state };";
    let told = lab.run(shown)?;
    let expected = json!({ "view": "lesson", "lang": "zh-Hans", "theme": "dark", "panels": ["boundary", "loss"],
        "hidden": true, "page": "rgb(20, 23, 28)", "state": told["state"] });
    ensure!(told == expected, "{told}");
    let state = told["state"].as_str().unwrap_or_default();
    ensure!(
        state.contains("lesson=noise") && state.contains("batch=16"),
        "{state}"
    );
    // The host gives it another address: no other document, another figure.
    lab.run(
        "window.isSame = true;
         location.hash = '#lesson=first-look&seed=5&theme=light';
         await until('the other run', async () => (await lab.snapshot()).state.includes('seed=5'));",
    )?;
    let told = lab.run(&format!(
        "await until('English', () => part('lab').lang === 'en'); {shown}"
    ))?;
    ensure!(
        told["view"] == "figure" && told["theme"] == "light" && told["hidden"] == false,
        "{told}"
    );
    ensure!(
        told["panels"] == json!(["layers", "boundary", "loss"]),
        "{told}"
    );
    ensure!(lab.run("return window.isSame;")? == true);
    // The older address leads here.
    open("?embed&theme=dark#lesson=small-batch")?;
    let told = lab.wait(
        "the still picture",
        "return root.querySelector('.bn-still svg') && [location.pathname, location.hash, lab.getAttribute('theme'), lab.state]",
    )?;
    let path = format!("{}embed.html", crate::common::BASE);
    ensure!(
        told == json!([path, "#lesson=small-batch", "dark", "lesson=small-batch"]),
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}
