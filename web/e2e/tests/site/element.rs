//! `<batchnorm-lab>` in other people's pages.

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::common::{Lab, number};

/// A document of someone else with two labs.
const TWO: &str = "<!doctype html><meta charset=utf-8><title>two</title><link rel=icon href=data:,>
    <script type=module src=element.js></script>
    <p id=sink></p>
    <batchnorm-lab id=one state='seed=1&layers=4&samples=100'></batchnorm-lab>
    <batchnorm-lab id=two state='seed=2&layers=5-5&samples=100' lang=zh-Hans></batchnorm-lab>";

#[test]
fn an_embedded_lab_is_a_picture_until_it_is_clicked() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser.open(&format!("{}?embed", lab.host.url()))?;
    lab.wait(
        "the picture",
        "return root.querySelector('.bn-still svg')?.getBoundingClientRect().width > 100",
    )?;
    lab.run("await frames(20);")?;
    let asked = |name: &str| {
        lab.host
            .asked()
            .iter()
            .any(|asked| asked.url.contains(name))
    };
    ensure!(!asked("app") && !asked("worker"), "{:?}", lab.host.asked());
    lab.press("start")?;
    lab.wait("the lab", "return part('step-count')")?;
    // The press also plays.
    lab.wait("steps", "return (await lab.snapshot()).step > 2")?;
    ensure!(asked("app_bg.wasm"));
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn two_labs_do_not_disturb_each_other() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let shown = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const [one, two] = document.querySelectorAll('batchnorm-lab');
         const [first, second] = await Promise.all([one.step(5), two.step(9)]);
         return { first, second, states: [one.state, two.state], hash: location.hash };",
    )?;
    ensure!(number(&shown, "/first/step")? == 5.0 && number(&shown, "/second/step")? == 9.0);
    ensure!(shown["first"]["layers"].as_array().map(Vec::len) == Some(1));
    ensure!(shown["second"]["layers"].as_array().map(Vec::len) == Some(2));
    ensure!(
        shown["hash"] == "",
        "an embedded lab wrote the address: {}",
        shown["hash"]
    );
    ensure!(
        shown["states"][0]
            .as_str()
            .is_some_and(|s| s.contains("seed=1")),
        "{}",
        shown["states"]
    );
    let alone = lab.script(
        "const [one, two] = document.querySelectorAll('batchnorm-lab');
         two.play();
         await until('steps of the second', async () => (await two.snapshot()).step > 9);
         two.pause();
         return { one: await one.snapshot(), two: await two.snapshot() };",
    )?;
    ensure!(number(&alone, "/one/step")? == 5.0 && number(&alone, "/two/step")? > 9.0);
    // Each in its own language.
    let texts = lab.script(
        "const labs = [...document.querySelectorAll('batchnorm-lab')];
         const of = (lab) => lab.shadowRoot.querySelector('[data-part=\"batch\"]')?.textContent;
         await until('both controls', () => labs.every(of));
         return labs.map((lab) => /[\\u4e00-\\u9fff]{3}/.test(of(lab)));",
    )?;
    ensure!(texts == serde_json::json!([false, true]), "{texts}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_removed_lab_ends_its_worker_and_a_returned_one_keeps_its_state() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.kill_switch()?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const one = document.getElementById('one');
         await one.step(4);
         const before = { ...workers };
         document.body.append(one); // a move is no removal
         await frames(3);
         const moved = { ...workers, step: (await one.snapshot()).step };
         one.remove();
         await until('an end of the worker', () => workers.ended === 1);
         const removed = { ...workers, state: one.state };
         document.body.append(one);
         const back = (await one.snapshot());
         return { before, moved, removed, back: back.state, after: { ...workers } };",
    )?;
    ensure!(
        told["before"] == serde_json::json!({ "born": 1, "ended": 0 }),
        "{told}"
    );
    ensure!(
        told["moved"] == serde_json::json!({ "born": 1, "ended": 0, "step": 4 }),
        "{told}"
    );
    ensure!(number(&told, "/removed/ended")? == 1.0, "{told}");
    ensure!(
        told["removed"]["state"]
            .as_str()
            .is_some_and(|s| s.contains("seed=1")),
        "{told}"
    );
    ensure!(
        told["back"].as_str().is_some_and(|s| s.contains("seed=1")),
        "{told}"
    );
    ensure!(number(&told, "/after/born")? == 2.0, "{told}");
    Ok(())
}

#[test]
fn a_lab_removed_while_it_loads_starts_nothing() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.kill_switch()?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const one = document.getElementById('one');
         const outcome = one.step(4).then(() => 'stepped', () => 'refused');
         one.remove();
         const said = await outcome;
         await frames(30);
         return { said, alive: workers.born - workers.ended };",
    )?;
    ensure!(
        told == serde_json::json!({ "said": "refused", "alive": 0 }),
        "{told}"
    );
    Ok(())
}

#[test]
fn promises_are_broken_with_the_reason_where_no_network_can_be_built() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const one = document.getElementById('one');
         const outcome = (promise) => within('an answer', promise.then(
             (shown) => shown.step, (error) => `${error instanceof window.Error} ${error.message}`));
         await one.step(1);
         one.state = 'layers=c8-16';
         const asked = await Promise.all([outcome(one.step(3)), outcome(one.snapshot())]);
         const again = await Promise.all([outcome(one.step(3)), outcome(one.snapshot())]);
         one.state = 'layers=8-8';
         const possible = await outcome(one.step(2));
         // Of two states set at once the second counts.
         one.state = 'layers=c8-16';
         one.state = 'layers=8-8-8';
         const last = await outcome(one.step(4));
         return { asked, again, possible, last };",
    )?;
    for which in ["asked", "again"] {
        for said in told[which].as_array().into_iter().flatten() {
            let said = said.as_str().unwrap_or_default();
            ensure!(
                said.starts_with("true ") && said.contains("conv1"),
                "{told}"
            );
        }
    }
    ensure!(told["asked"].as_array().map(Vec::len) == Some(2), "{told}");
    ensure!(told["possible"] == 2 && told["last"] == 4, "{told}");
    Ok(())
}

#[test]
fn events_reach_the_document_and_attributes_reach_the_lab() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let told = lab.script("await customElements.whenDefined('batchnorm-lab');
         const heard = [];
         for (const name of ['bnlab-ready', 'bnlab-frame', 'bnlab-error'])
             document.addEventListener(name, (event) => heard.push([name, event.target.id, event.composed]));
         const one = document.getElementById('one');
         await one.step(1);
         const names = [...new Set(heard.map(([name]) => name))];
         one.setAttribute('state', 'seed=77&layers=3&samples=100');
         const changed = (await one.snapshot()).state;
         const part = () => one.shadowRoot.querySelector('[data-part=\"batch\"]');
         await until('the batch size', part);
         one.setAttribute('lang', 'zh-Hans');
         const isChinese = () => /[\\u4e00-\\u9fff]{3}/.test(part().textContent);
         await until('Chinese, which is fetched', isChinese);
         one.setAttribute('hide', 'batch');
         await until('no batch size', () => !part()?.checkVisibility());
         return { names, ids: [...new Set(heard.map(([, id]) => id))], composed: heard.every(([, , c]) => c), changed };")?;
    let names: Vec<&str> = told["names"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ensure!(
        names.contains(&"bnlab-ready") && names.contains(&"bnlab-frame"),
        "{told}"
    );
    ensure!(
        !names.contains(&"bnlab-error") && told["ids"] == serde_json::json!(["one"]),
        "{told}"
    );
    ensure!(told["composed"] == true, "{told}");
    ensure!(
        told["changed"]
            .as_str()
            .is_some_and(|s| s.contains("seed=77")),
        "{told}"
    );
    Ok(())
}

#[test]
fn a_page_of_another_origin_can_use_it() -> Result<()> {
    let lab = Lab::start(&[])?;
    let text = format!(
        "<!doctype html><title>guest</title><link rel=icon href=data:,>
         <script type=module src='{}element.js'></script><batchnorm-lab autoplay state='speed=60'></batchnorm-lab>",
        lab.host.url()
    );
    let guest = Lab::guest(&[("guest.html", &text)])?;
    ensure!(guest.origin() != lab.host.origin());
    lab.browser.open(&format!("{}guest.html", guest.url()))?;
    lab.wait(
        "the lab to play by itself",
        "return part('step-count') && (await lab.snapshot()).step > 2",
    )?;
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn each_promise_settles_once_and_as_the_contract_says() -> Result<()> {
    let lab = Lab::start(&[("two.html", TWO)])?;
    lab.browser.open(&format!("{}two.html", lab.host.url()))?;
    let told = lab.script(
        "await customElements.whenDefined('batchnorm-lab');
         const one = document.getElementById('one');
         const told = (promise) => within('an answer', promise.then((shown) => shown?.step ?? 'kept', (error) => error.name));
         const steps = await Promise.all([told(one.step(5)), told(one.step(7)), told(one.step(0))]);
         const played = await told(one.play());
         const paused = await told(one.pause());
         const { playing, step } = await one.snapshot();
         await told(one.play());
         const more = await one.step(3);
         const later = await told(one.step(2));
         const broken = told(one.step(1000000));
         one.pause();
         const resets = [told(one.step(1000000)), told(one.reset())];
         const fresh = (await one.snapshot()).step;
         const removed = told(one.step(1000000));
         one.remove();
         return { steps, played, paused, playing, exact: later - more.step, broken: await broken,
             resets: await Promise.all(resets), fresh, removed: await removed, after: await told(one.play()) };",
    )?;
    let expected = serde_json::json!({
        "steps": [5, 12, 12], "played": "kept", "paused": "kept", "playing": false, "exact": 2,
        "broken": "AbortError", "resets": ["AbortError", "kept"], "fresh": 0,
        "removed": "AbortError", "after": "AbortError",
    });
    ensure!(told == expected, "{told}");
    Ok(())
}
