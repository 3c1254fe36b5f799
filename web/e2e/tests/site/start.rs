//! When a figure starts, plays, draws its still picture and rests: `reveal`, `autoplay`, `loading`, reduced motion, sight.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::common::{Lab, is_skipped_without_devtools};

/// A page whose place is far below what is seen.
const HOST: &str = "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>
    <style>.far { height: 4000px; }</style>
    <script type=module src=element.js></script><div class=far></div><div id=place></div><div class=far></div>";

/// Puts elements there, sees them or not, and knows what they are at.
const VERBS: &str = "
    const put = (...attributes) => {
        scrollTo(0, 0);
        place.innerHTML = attributes.map((own) => `<batchnorm-lab state='layers=4&samples=100' ${own}></batchnorm-lab>`).join('');
        return [...place.children];
    };
    const see = (lab) => lab.scrollIntoView({ block: 'center', behavior: 'instant' });
    const picture = (lab) => lab.shadowRoot.querySelector('.bn-still svg');
    const isStarted = (lab) => !!lab.shadowRoot.querySelector('[data-part=lab]');
    const here = (file) => performance.getEntriesByName(new URL(file, location.href).href).length > 0;
    const steps = async (lab) => (await lab.snapshot()).step;";

fn open() -> Result<Lab> {
    let lab = Lab::start(&[("host.html", HOST)])?;
    lab.kill_switch()?;
    lab.browser.open(&format!("{}host.html", lab.host.url()))?;
    lab.script("await customElements.whenDefined('batchnorm-lab');")?;
    Ok(lab)
}

#[test]
fn it_starts_and_plays_where_it_is_seen_and_only_as_asked() -> Result<()> {
    let lab = open()?;
    let told = lab.script(&format!(
        "{VERBS}
         const told = {{}};
         // Each still picture is the sign that a page had the time to do what it should not.
         const [eager, lazy, revealed, playing, both] = put('loading=eager', '', 'reveal=auto', 'autoplay', 'autoplay reveal=auto');
         await until('the eager picture', () => picture(eager));
         await frames(20);
         told.unseen = [lazy, revealed, playing, both].map((lab) => [!!picture(lab), isStarted(lab)]);
         told.workers = workers.born;
         see(lazy);
         await until('the lazy picture', () => picture(lazy));
         see(revealed);
         await until('a start', () => isStarted(revealed));
         await frames(20);
         const {{ step, playing: plays }} = await revealed.snapshot();
         told.revealed = [step, plays];
         see(playing);
         await until('steps', async () => isStarted(playing) && await steps(playing) > 2);
         told.lazy = [isStarted(lazy), isStarted(eager)];
         // Out of sight it stands, and goes on where it was.
         scrollTo(0, 0);
         let at;
         await until('a stop', async () => {{
             const before = await steps(playing);
             await frames(15);
             at = await steps(playing);
             return at === before;
         }});
         see(playing);
         await until('more steps', async () => await steps(playing) > at);
         return told;"
    ))?;
    let expected = json!({
        "unseen": [[false, false], [false, false], [false, false], [false, false]], "workers": 0,
        "revealed": [0, false], "lazy": [false, false],
    });
    ensure!(told == expected, "{told}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_reader_who_wants_no_motion_sees_none_before_a_press() -> Result<()> {
    if is_skipped_without_devtools("another preference of the system")? {
        return Ok(());
    }
    let lab = open()?;
    lab.browser
        .set_media(&[("prefers-reduced-motion", "reduce")])?;
    let told = lab.script(&format!(
        "{VERBS}
         const told = {{}};
         const [playing] = put('autoplay');
         see(playing);
         await until('the picture', () => picture(playing));
         await frames(20);
         told.playing = [isStarted(playing), workers.born];
         const [both] = put('autoplay reveal=auto view=lab');
         see(both);
         await until('a start', () => isStarted(both));
         await until('all panels', () => !both.shadowRoot.querySelector('.lazy[aria-busy]'));
         await frames(20);
         const {{ step, playing: plays }} = await both.snapshot();
         told.both = [step, plays];
         both.setAttribute('autoplay', 'again');
         await frames(10);
         told.later = (await both.snapshot()).playing;
         const moving = (lab) => [...lab.shadowRoot.querySelectorAll('.bn-root *')].filter((of) => {{
             const styles = [null, '::before', '::after'].map((part) => getComputedStyle(of, part));
             return styles.some((style) => parseFloat(style.transitionDuration) > 0.001 || style.animationName !== 'none');
         }}).map((of) => of.className);
         told.moving = moving(both);
         both.shadowRoot.querySelector('[data-part=play]').click();
         await until('steps', async () => await steps(both) > 2);
         return told;"
    ))?;
    let expected =
        json!({ "playing": [false, 0], "both": [0, false], "later": false, "moving": [] });
    ensure!(told == expected, "{told}");
    Ok(())
}

#[test]
fn a_still_picture_that_comes_after_the_start_changes_nothing() -> Result<()> {
    let lab = open()?;
    lab.host.hold("stills/");
    lab.script(&format!(
        "{VERBS}
         const [lab] = put('loading=eager lang=en');
         await within('steps', lab.step(1));
         await until('all panels', () => !lab.shadowRoot.querySelector('.lazy[aria-busy]'));
         await until('all styles', () => here('styles-later.css'));
         await frames(5);"
    ))?;
    lab.host.release();
    let told = lab.script(&format!(
        "{VERBS}
         await until('the picture', () => here('stills/first-look.en.svg'));
         await frames(5);
         return getComputedStyle(place.firstChild.shadowRoot.querySelector('[data-part=lab]')).display;"
    ))?;
    ensure!(told == "flex", "other styles have taken the place: {told}");
    Ok(())
}
