//! Hosts of the hard kinds: strict policies, a frame without an origin, isolation, another origin.

use anyhow::{Context, Result, ensure};

use crate::common::{Lab, lanes, number};

/// The policy that a careful site sends with everything, as strict as WebAssembly allows.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; worker-src 'self'";
fn article(script: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>an article</title><link rel=icon href=poster.svg>
         <script type=module src='{script}'></script><batchnorm-lab state='speed=60'></batchnorm-lab>"
    )
}

#[test]
fn a_strict_policy_refuses_nothing() -> Result<()> {
    for engine in lanes()? {
        let lab = Lab::start(&[("article.html", &article("element.js"))])?;
        lab.host
            .send_headers(&[("Content-Security-Policy", POLICY)]);
        lab.browser
            .open(&format!("{}article.html", lab.host.url()))?;
        lab.run(&format!("lab.setAttribute('engine', '{engine}');"))?;
        let shown = lab.step(3)?;
        ensure!(number(&shown, "/step")? == 3.0 && shown["engine"] == *engine);
        lab.wait(
            "all parts of the page",
            "return part('batch') && !root.querySelector('.lazy[aria-busy]')",
        )?;
        // Help, a read-out and a slider are what used to set styles.
        lab.run("root.activeElement?.blur(); part('layers')?.scrollIntoView(); await frames(5);")?;
        lab.ensure_silent().with_context(|| engine.to_string())?;
    }
    Ok(())
}

#[test]
fn a_frame_without_an_origin_trains() -> Result<()> {
    let inside = "<!doctype html><meta charset=utf-8><title>inside</title>
        <script type=module src=element.js></script><batchnorm-lab></batchnorm-lab>
        <script type=module>
            const step = document.querySelector('batchnorm-lab').step(3);
            step.then(({ step }) => step, String).then((told) => parent.postMessage({ told, origin }, '*'));
        </script>";
    let outside = "<!doctype html><meta charset=utf-8><title>outside</title><link rel=icon href=data:,>
        <script>
            globalThis.heard = new Promise((done) => addEventListener('message', ({ data }) => done(data)));
        </script>
        <iframe sandbox=allow-scripts src=inside.html width=800 height=600></iframe>";
    let lab = Lab::start(&[("inside.html", inside), ("outside.html", outside)])?;
    lab.browser
        .open(&format!("{}outside.html", lab.host.url()))?;
    let told = lab.script("return await within('word from inside', heard);")?;
    ensure!(
        told == serde_json::json!({ "told": 3, "origin": "null" }),
        "{told}"
    );
    Ok(())
}

#[test]
fn an_isolated_page_can_use_it_from_another_origin() -> Result<()> {
    let lab = Lab::start(&[])?;
    let text = article(&format!("{}element.js", lab.host.url()));
    let guest = Lab::guest(&[("guest.html", &text), ("poster.svg", "<svg/>")])?;
    guest.send_headers(&[
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]);
    lab.browser.open(&format!("{}guest.html", guest.url()))?;
    let told =
        lab.run("return { step: (await lab.step(3)).step, isIsolated: crossOriginIsolated };")?;
    ensure!(
        told == serde_json::json!({ "step": 3, "isIsolated": true }),
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}
