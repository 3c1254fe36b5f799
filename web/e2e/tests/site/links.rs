//! The address: what it keeps beside the run, what is wrong in it, and what the lab writes it reads.

use anyhow::Result;

use crate::common::Lab;

/// Language, theme and address.
const SEEN: &str = "return [part('lab').lang, part('lab').dataset.theme, location.hash].join(' ')";

fn sees(lab: &Lab, expected: &str) -> Result<()> {
    let seen = format!("const seen = (() => {{ {SEEN} }})();");
    lab.wait(
        expected,
        &format!("{seen} return seen === '{expected}' || null"),
    )
    .map_err(|error| anyhow::anyhow!("{error}; but {:?}", lab.run(SEEN)))
    .map(|_| ())
}

fn reload(lab: &Lab) -> Result<()> {
    let link = lab.run("return location.search + location.hash")?;
    lab.go(link.as_str().unwrap_or_default())
}

#[test]
fn language_and_theme_stay_in_the_address() -> Result<()> {
    let lab = Lab::open("#lang=zh&theme=dark&batch=8")?;
    let address = "zh-Hans dark #lang=zh-Hans&theme=dark&batch=8";
    sees(&lab, address)?;
    reload(&lab)?;
    sees(&lab, address)?;
    lab.type_value("batch", "16")?;
    sees(&lab, "zh-Hans dark #lang=zh-Hans&theme=dark&batch=16")?;
    // What the reader chooses is kept likewise; what nobody chose is not written.
    lab.go("")?;
    sees(&lab, "en light ")?;
    lab.choose("lang", "zh-Hans")?;
    lab.press("theme")?;
    sees(&lab, "zh-Hans dark #lang=zh-Hans&theme=dark")?;
    reload(&lab)?;
    sees(&lab, "zh-Hans dark #lang=zh-Hans&theme=dark")?;
    // Share writes the step too.
    lab.step(3)?;
    lab.press("share")?;
    sees(&lab, "zh-Hans dark #lang=zh-Hans&theme=dark&at=3")?;
    Ok(())
}

#[test]
fn a_typo_stays_in_the_address_while_its_message_is_up() -> Result<()> {
    let lab = Lab::open("?lang=en#lr=fast&colour=red&batch=8")?;
    lab.message("link")?;
    sees(&lab, "en light #batch=8&lr=fast&colour=red")?;
    lab.type_value("batch", "16")?;
    sees(&lab, "en light #batch=16&lr=fast&colour=red")?;
    // Mended there.
    lab.run("location.hash = 'batch=16&lr=0.30000000000000004&colour=red';")?;
    lab.wait("the mended value", "return lab.state.includes('lr=0.3')")?;
    sees(&lab, "en light #lr=0.3&batch=16&colour=red")?;
    lab.click("return root.querySelector('[data-kind=\"link\"] button')")?;
    sees(&lab, "en light #lr=0.3&batch=16")?;
    Ok(())
}
