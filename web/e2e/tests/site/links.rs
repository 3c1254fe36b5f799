//! The address: what it keeps beside the run, what is wrong in it, and what the lab writes it reads.

use anyhow::{Result, ensure};

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
    sees(&lab, "zh-Hans light #lang=zh-Hans")?;
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

/// What the reader of a page at that query chooses stands in its link and holds after a reload; and so, in turn, what the
/// reader goes back to.
#[test]
fn what_is_chosen_on_the_page_goes_before_its_query() -> Result<()> {
    let lab = Lab::start(&[])?;
    for (query, chosen, back) in [
        (
            "?lang=en&theme=light&lesson=noise&engine=scalar",
            "zh-Hans dark first-look simd128",
            "en light noise scalar",
        ),
        (
            "?lang=zh-CN",
            "en dark noise simd128",
            "zh-Hans light first-look simd128",
        ),
        (
            "?lesson=first-look&theme=dark",
            "en light noise simd128",
            "en dark first-look simd128",
        ),
    ] {
        lab.go(query)?;
        for wanted in [chosen, back] {
            let words: Vec<&str> = wanted.split(' ').collect();
            let [lang, theme, lesson, engine] = words[..] else {
                anyhow::bail!("{wanted}")
            };
            lab.choose("lang", lang)?;
            lab.run(&format!(
                "const choose = (select, value) => {{
                     if (select.value === value) return;
                     select.value = value;
                     select.dispatchEvent(new Event('change', {{ bubbles: true }}));
                 }};
                 choose(part('lesson'), '{lesson}');
                 choose(part('engine').querySelector('select'), '{engine}');
                 await until('the theme', () => {{
                     if (part('lab').dataset.theme !== '{theme}') part('theme').click();
                     return part('lab').dataset.theme === '{theme}';
                 }});"
            ))?;
            let seen = "return [part('lab').lang, part('lab').dataset.theme, part('lesson').value, part('engine').dataset.engine].join(' ')";
            let is_seen =
                format!("const seen = (() => {{ {seen} }})(); return seen === '{wanted}' || null");
            lab.wait(wanted, &is_seen)?;
            reload(&lab)?;
            let again = lab.run(seen)?;
            ensure!(
                again == wanted,
                "{query}, {wanted}: {again} at {}",
                lab.run("return location.href")?
            );
            // What was asked for before any module had come, too.
            let asked = lab.run("return [...document.head.querySelectorAll('link[href^=texts-]')].map((link) => link.getAttribute('href')).join()")?;
            ensure!(asked == format!("texts-{lang}.json"), "{wanted}: {asked}");
            ensure!(!lab.snapshot()?["engine"].is_null());
        }
    }
    Ok(())
}

#[test]
fn a_language_chosen_on_any_page_stays_with_its_address() -> Result<()> {
    let lab = Lab::start(&[])?;
    for page in ["grid", "claims", "devices", "bench", "engines"] {
        lab.browser.open(&format!(
            "{}{page}.html?lang=en&state=batch%3D8#top",
            lab.host.url()
        ))?;
        for lang in ["zh-Hans", "en"] {
            let choice = format!(
                "return document.querySelector('[name=lang][value={lang}]')?.closest('label')"
            );
            // Its script listens by then, and the page before it is gone.
            lab.browser.wait(
                "the page",
                20.0,
                &format!(
                    "return location.pathname.endsWith('/{page}.html') && document.readyState === 'complete'"
                ),
            )?;
            lab.browser.click(&lab.browser.element(&choice)?)?;
            lab.browser.wait(
                lang,
                20.0,
                &format!("return document.documentElement.lang === '{lang}'"),
            )?;
            let address = lab
                .browser
                .run("return location.search + location.hash", &[])?;
            ensure!(
                address == format!("?lang={lang}&state=batch%3D8#top"),
                "{page}: {address}"
            );
            lab.browser.run("location.reload();", &[])?;
            lab.browser.wait("the page again", 20.0, &format!("return performance.getEntriesByType('navigation')[0].type === 'reload' && document.documentElement.lang === '{lang}'"))?;
        }
    }
    Ok(())
}
