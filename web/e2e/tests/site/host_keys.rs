//! Hosts that turn their pages by keys: a slide deck and documentation pages. A key that the lab uses goes no further, every
//! other key is the host's.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::common::Lab;

/// As reveal.js listens, on the document; as mdBook does, on the document and not from fields; as Sphinx does, in the window.
const HOST: &str = "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <script>
        globalThis.turned = [];
        const LISTENED = ['ArrowRight', 'ArrowLeft', ' ', 's', '/', '?', 'r', 'Home', 'End', 'Escape', 'n'];
        const turn = (host) => ({ key, target }) => {
            if (!/^(input|textarea|select)$/i.test(target.tagName) && LISTENED.includes(key)) turned.push(`${host} ${key}`);
        };
        document.addEventListener('keydown', turn('deck'));
        document.addEventListener('keypress', turn('book'));
        window.addEventListener('keyup', turn('manual'));
    </script>
    <script type=module src=element.js></script>
    <button id=outside>outside</button>
    <batchnorm-lab state='layers=4&samples=100'></batchnorm-lab>";

const RIGHT: &str = "\u{E014}";
const ESCAPE: &str = "\u{E00C}";

#[test]
fn keys_that_the_lab_uses_go_no_further_and_all_others_are_the_hosts() -> Result<()> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    lab.step(1)?;
    lab.run("part('lab').focus(); await frames(2);")?;
    lab.browser.press(RIGHT)?;
    lab.run("await until('a step', async () => (await lab.snapshot()).step === 2);")?;
    lab.browser.press(" ")?;
    lab.run("await until('play', async () => (await lab.snapshot()).playing);")?;
    lab.browser.press(" ")?;
    lab.run("await until('pause', async () => !(await lab.snapshot()).playing);")?;
    lab.browser.press("r")?;
    lab.run("await until('step 0', async () => (await lab.snapshot()).step === 0);")?;
    lab.browser.press("?")?;
    lab.run("await until('help', () => part('help-panel'));")?;
    lab.browser.press(ESCAPE)?;
    lab.run("await until('no help', () => !part('help-panel'));")?;
    let inside = lab.run("return turned;")?;
    ensure!(inside == json!([]), "{inside}");
    // Not of the lab, though the focus is in it.
    lab.run("part('lab').focus(); await frames(2);")?;
    for key in ["s", "/", "n"] {
        lab.browser.press(key)?;
    }
    let seen = lab.run("return turned.splice(0);")?;
    for host in ["deck", "book", "manual"] {
        for key in ["s", "/", "n"] {
            let said = json!(format!("{host} {key}"));
            ensure!(
                seen.as_array().is_some_and(|all| all.contains(&said)),
                "{said} of {seen}"
            );
        }
    }
    // Outside the lab hears nothing.
    lab.run("outside.focus();")?;
    for key in [RIGHT, "r", "s"] {
        lab.browser.press(key)?;
    }
    let outside = lab.run(
        "await frames(3);
         return { decks: turned.filter((of) => of.startsWith('deck')), step: (await lab.snapshot()).step };",
    )?;
    let decks = ["deck ArrowRight", "deck r", "deck s"];
    ensure!(outside == json!({ "decks": decks, "step": 0 }), "{outside}");
    Ok(())
}
