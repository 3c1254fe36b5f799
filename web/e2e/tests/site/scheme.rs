//! Light or dark as the page around says, at rest and running; and where a link leads that is shared from an embed.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::common::Lab;

const HOST: &str = "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <script type=module src=element.js></script>
    <div id=around><batchnorm-lab loading=eager state='layers=4&samples=100'></batchnorm-lab></div>";

/// What is painted behind everything, at rest and running.
const BACKGROUND: &str = "
    const background = () => {
        const still = root.querySelector('.bn-still svg .s-0');
        if (still) return getComputedStyle(still).fill;
        return part('lab') && getComputedStyle(part('lab')).backgroundColor;
    };
    const LIGHT = 'rgb(255, 255, 255)', DARK = 'rgb(20, 23, 28)';
    const becomes = (which, why) => until(`${why}: ${which}, now ${background()}`, () => background() === which);";

/// The schemes of document and element, the theme of the element, and whether that is dark for a reader whose system is
/// light.
const CASES: [(&str, &str, &str, bool); 9] = [
    ("normal", "", "", false),
    ("dark", "", "", true),
    ("light", "", "", false),
    ("light", "dark", "", true),
    ("dark", "only light", "", false),
    ("dark", "", "light", false),
    ("light", "", "dark", true),
    ("dark", "", "auto", true),
    ("light dark", "", "", false),
];

#[test]
fn it_is_as_dark_as_what_is_around_it_at_rest_and_running() -> Result<()> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.wait(
        "the still picture",
        "return root.querySelector('.bn-still svg')",
    )?;
    let cases: Vec<Value> = CASES.iter().map(|case| json!(case)).collect();
    let cases = json!(cases);
    for state in ["at rest", "running"] {
        if state == "running" {
            lab.step(1)?;
        }
        lab.run(&format!(
            "{BACKGROUND}
             for (const [all, own, theme, isDark] of {cases}) {{
                 document.documentElement.style.colorScheme = all;
                 around.style.colorScheme = own;
                 if (theme) lab.setAttribute('theme', theme); else lab.removeAttribute('theme');
                 await becomes(isDark ? DARK : LIGHT, `{state}: ${{[all, own, theme]}}`);
             }}"
        ))?;
    }
    // What was not displayed has seen no change.
    lab.run(&format!(
        "{BACKGROUND}
         around.hidden = true; await frames(3);
         document.documentElement.style.colorScheme = 'dark'; await frames(3);
         around.hidden = false;
         await becomes(DARK, 'shown again');
         around.style.colorScheme = '';
         lab.remove(); await frames(2); around.append(lab);
         await lab.step(1);
         await becomes(DARK, 'put back');"
    ))?;
    lab.ensure_silent()?;
    Ok(())
}

/// Keeps what is copied, as a reader's clipboard would.
const CLIPBOARD: &str =
    "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => {
    globalThis.copied = text; } } });";

#[test]
fn what_is_shared_from_an_embed_is_the_lab_at_this_state() -> Result<()> {
    let inside = HOST.replace(
        "<batchnorm-lab ",
        "<batchnorm-lab view=lab lesson=small-batch ",
    );
    let address = "host.html?secret=1#a-heading";
    let lab = Lab::start(&[("host.html", &inside)])?;
    lab.host.before_every_page(CLIPBOARD);
    lab.browser.open(&format!("{}{address}", lab.host.url()))?;
    lab.step(7)?;
    lab.wait("the button", "return part('share')")?;
    lab.press("share")?;
    let told = lab.run(
        "const copied = await until('a copy', () => globalThis.copied).then(() => globalThis.copied);
         part('help').click();
         await until('help', () => part('help-panel'));
         return { copied, address: location.href, help: part('help-panel').innerText };",
    )?;
    let copied = told["copied"]
        .as_str()
        .context("nothing copied")?
        .to_owned();
    let (page, link) = copied.split_once('#').context("no hash")?;
    ensure!(page == format!("{}index.html", lab.host.url()), "{copied}");
    ensure!(
        told["address"] == format!("{}{address}", lab.host.url()),
        "{told}"
    );
    let help = told["help"].as_str().unwrap_or_default();
    ensure!(
        !help.contains("address bar") && help.contains("Share"),
        "{help}"
    );
    lab.go(&format!("#{link}"))?;
    lab.wait("the step", "return (await lab.snapshot()).step === 7")?;
    // The same from a frame, and "open in the lab" of its figure.
    lab.browser
        .open(&format!("{}embed.html#{link}", lab.host.url()))?;
    lab.browser.wait(
        "the figure of the frame",
        20.0,
        "return location.pathname.endsWith('embed.html') && !!document.querySelector('batchnorm-lab')?.shadowRoot",
    )?;
    lab.step(1)?;
    let figure = lab.run("part('open-lab').focus(); return part('open-lab').href;")?;
    let figure = figure.as_str().unwrap_or_default();
    ensure!(
        figure.starts_with(&format!("{}index.html#lesson=small-batch", lab.host.url())),
        "{figure}"
    );
    ensure!(figure.ends_with("at=8"), "{figure}");
    Ok(())
}
