//! Hosts of the hard kinds: strict policies, a frame without an origin, isolation, another origin.


use anyhow::{Result, ensure};

use crate::common::{Lab, number};

/// The policy that a careful site sends with everything, as strict as WebAssembly allows.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; worker-src 'self'";
fn article(script: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>an article</title><link rel=icon href=icon.svg>
         <script type=module src='{script}'></script><batchnorm-lab state='speed=60'></batchnorm-lab>"
    )
}

#[test]
fn a_strict_policy_refuses_nothing() -> Result<()> {
    for engine in ["scalar", "simd128", "relaxed"] {
        let lab = Lab::start(&[("article.html", &article("element.js"))])?;
        lab.host
            .send_headers(&[("Content-Security-Policy", POLICY)]);
        lab.browser
            .open(&format!("{}article.html", lab.host.url()))?;
        lab.run(&format!("lab.setAttribute('engine', '{engine}');"))?;
        let shown = lab.step(3)?;
        ensure!(number(&shown, "/step")? == 3.0 && shown["engine"] == engine);
        lab.wait(
            "all parts of the page",
            "return part('batch') && !root.querySelector('.lazy[aria-busy]')",
        )?;
        // Help, a read-out and a slider are what used to set styles.
        lab.run("root.activeElement?.blur(); part('layers')?.scrollIntoView(); await frames(5);")?;
        ensure!(lab.complaints()?.is_empty(), "{:?}", lab.complaints()?);
    }
    Ok(())
}
