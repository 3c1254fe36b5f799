//! What a link promises is true in every browser: it is computed by what gives the same bits everywhere, unless it names
//! another engine; and where this browser has not that one, the page says so.

use anyhow::{Result, ensure};

use crate::common::{Lab, number};

/// A browser without the relaxed instructions, whatever the real one has.
const HAS_NO_RELAXED: &str = "
    const real = WebAssembly.validate;
    WebAssembly.validate = (bytes) => !bytes.some((byte, at) => byte === 0x85 && bytes[at + 1] === 2) && real.call(WebAssembly, bytes);";

fn address(lab: &Lab) -> Result<String> {
    let hash = lab.run("return location.hash;")?;
    Ok(hash.as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_link_is_computed_by_what_it_names_or_by_what_is_the_same_everywhere() -> Result<()> {
    let lab = Lab::open("#batch=8")?;
    ensure!(lab.step(3)?["engine"] == "simd128");
    ensure!(!address(&lab)?.contains("engine"), "{}", address(&lab)?);

    // Who can say so too: scalar has the same bits and stays unnamed.
    lab.run("lab.setAttribute('engine', 'scalar');")?;
    lab.wait(
        "the other engine",
        "return (await lab.snapshot()).engine === 'scalar'",
    )?;
    let state = lab.run("return lab.state;")?;
    ensure!(state == "batch=8&at=3", "{state}");
    lab.run("lab.removeAttribute('engine');")?;

    let has_relaxed = lab.run(
        "return [...part('engine').querySelectorAll('option')].some((one) => one.value === 'relaxed')",
    )?;
    if has_relaxed == true {
        lab.run(
            "const select = part('engine').querySelector('select'); select.value = 'relaxed';
             select.dispatchEvent(new Event('change'));",
        )?;
        lab.wait(
            "its name in the address",
            "return (await lab.snapshot()).engine === 'relaxed' && location.hash.includes('engine=relaxed')",
        )?;
        let link = lab.run("return lab.state;")?;
        let link = link.as_str().unwrap_or_default().to_owned();
        ensure!(link == "batch=8&at=3&engine=relaxed", "{link}");
        lab.go(&format!("#{link}"))?;
        let shown = lab.snapshot()?;
        ensure!(shown["engine"] == "relaxed", "{}", shown["engine"]);
        ensure!(lab.run("return !!part('message')")? == false);
        // A link without a name leads back.
        lab.run("location.hash = 'batch=16';")?;
        lab.wait(
            "the engine of links",
            "return (await lab.snapshot()).engine === 'simd128' && !location.hash.includes('engine')",
        )?;
    }

    lab.host.before_every_page(HAS_NO_RELAXED);
    lab.go("#batch=8&engine=relaxed")?;
    let text = lab.message("link")?;
    ensure!(
        text.contains("does not have relaxed") && text.contains("simd128"),
        "{text}"
    );
    let shown = lab.step(2)?;
    ensure!(shown["engine"] == "simd128" && number(&shown, "/step")? == 2.0);
    // What cannot be used stays in the address while its message is up.
    ensure!(address(&lab)?.contains("engine"), "{}", address(&lab)?);
    lab.click("return root.querySelector('[data-kind=\"link\"] button')")?;
    lab.wait(
        "a link of this browser's own",
        "return !location.hash.includes('engine')",
    )?;
    // It is true of links that come later too.
    lab.go("#batch=8&engine=simd128")?;
    ensure!(lab.run("return !!part('message')")? == false);
    lab.run("location.hash = 'batch=4&engine=relaxed';")?;
    lab.message("link").map(|_| ())
}
