//! What the page shows is the run of the core: the same numbers as natively, and the controls do what they say.

use anyhow::{Result, anyhow, bail, ensure};
use batchnorm_lab::settings::{Range, setting};
use serde_json::Value;

use crate::common::{Lab, lanes, number};
use crate::native::{IMAGES, LINK, STEPS, TOLERANCE, compare, follows, native};

#[test]
fn the_run_is_that_of_the_core_in_every_engine() -> Result<()> {
    let expected = native(LINK, STEPS);
    let lab = Lab::start(&[])?;
    for engine in lanes()? {
        let shown = follows(&lab, engine, LINK, STEPS, &expected)?;
        ensure!(number(&shown, "/step")? == f64::from(STEPS));
    }
    // The comparison can fail: one step more is another run.
    let other = compare(&lab.snapshot()?, &native(LINK, STEPS + 1))?;
    ensure!(
        other.worst > TOLERANCE,
        "a different run was not told apart"
    );
    Ok(())
}

#[test]
fn digits_and_convolution_are_fetched_when_a_link_needs_them_and_run_as_natively() -> Result<()> {
    let expected = native(IMAGES, 20);
    let lab = Lab::start(&[])?;
    for engine in lanes()? {
        follows(&lab, engine, IMAGES, 20, &expected)?;
    }
    ensure!(expected.sides[0].confusion.len() == 100);
    lab.wait(
        "both pictures of digits",
        "return ['a', 'b'].every((run) => part(`digits-${run}`))",
    )?;
    lab.press("play")?;
    lab.wait("some training", "return (await lab.snapshot()).step > 30")?;
    // From a dense run to a convolution and back, on one page.
    lab.run("lab.state = 'layers=8-8';")?;
    ensure!(number(&lab.step(3)?, "/step")? == 3.0);
    lab.run(&format!("lab.state = '{IMAGES}';"))?;
    let all = compare(&lab.step(20)?, &expected)?;
    all.check("the run")?;
    Ok(())
}

#[test]
fn every_normalisation_can_be_shown_and_trained() -> Result<()> {
    let lab = Lab::start(&[])?;
    let row = setting("b").map_err(|error| anyhow!("{error}"))?;
    let Range::Choice(norms) = row.range else {
        bail!("the normalisation of run B is a choice");
    };
    for norm in norms {
        // An image has what each of them needs.
        lab.go(&format!(
            "#data=digits&samples=300&layers=c4&batch=16&b={norm}"
        ))?;
        let shown = lab.step(3)?;
        ensure!(number(&shown, "/step")? == 3.0, "{norm}: {}", shown["step"]);
        ensure!(shown["sides"][1]["norm"] == *norm, "{norm}");
    }
    Ok(())
}

#[test]
fn the_engine_of_links_runs_and_another_goes_on_from_the_same_step() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.count_checkpoints()?;
    lab.go(&format!("#{LINK}"))?;
    ensure!(lab.snapshot()?["engine"] == "simd128");
    lab.step(20)?;
    lab.wait("the state that goes over", "return checkpoints > 0")?;
    lab.run(
        "const select = part('engine').querySelector('select'); select.value = 'scalar';
             select.dispatchEvent(new Event('change'));",
    )?;
    lab.wait("the other engine", "return part('engine').dataset.engine === 'scalar' && (await lab.snapshot()).engine === 'scalar'")?;
    let shown = lab.step(STEPS - 20)?;
    ensure!(
        number(&shown, "/step")? == f64::from(STEPS),
        "{}",
        shown["step"]
    );
    let all = compare(&shown, &native(LINK, STEPS))?;
    all.check("the run")?;
    Ok(())
}

#[test]
fn a_link_restores_the_run_exactly() -> Result<()> {
    let lab = Lab::open(&format!("?engine=scalar#{LINK}"))?;
    lab.step(30)?;
    lab.run("part('batch').scrollIntoView();")?;
    lab.run("lab.setAttribute('engine', 'scalar');")?;
    // A live change belongs to the run and so to its link.
    lab.type_value("lr", "0.2")?;
    let before = lab.step(25)?;
    let link = lab.run("return lab.state;")?;
    let link = link.as_str().unwrap_or_default().to_owned();
    ensure!(link.contains("at=55"), "{link}");
    ensure!(link.contains("30:lr=0.2"), "{link}");
    lab.go(&format!("?engine=scalar#{link}"))?;
    lab.wait("the replay", "return (await lab.snapshot()).step === 55")?;
    let after = lab.snapshot()?;
    ensure!(
        before["sides"] == after["sides"],
        "the figures differ after a replay of {link}"
    );
    Ok(())
}

#[test]
fn statistics_switch_between_batch_and_running_averages() -> Result<()> {
    let lab = Lab::open(&format!("#{LINK}&stats=running"))?;
    lab.step(40)?;
    let running = lab.snapshot()?;
    lab.choose("stats", "batch")?;
    lab.wait(
        "batch statistics",
        "return !(await lab.snapshot()).state.includes('stats=running')",
    )?;
    let batch = lab.wait(
        "x̂ of the batch's own statistics",
        "const s = await lab.snapshot(); return Math.abs(s.sides[1].layers[0].normalized.mean) < 1e-3 && s",
    )?;
    for layer in 0..3 {
        let mean = number(&batch, &format!("/sides/1/layers/{layer}/normalized/mean"))?;
        let std = number(&batch, &format!("/sides/1/layers/{layer}/normalized/std"))?;
        // By definition of normalisation with the batch's own moments; ε is far below the variances here.
        ensure!(
            mean.abs() < 1e-4 && (std - 1.0).abs() < 1e-2,
            "layer {layer}: {mean} ± {std}"
        );
    }
    let mean = number(&running, "/sides/1/layers/0/normalized/mean")?;
    ensure!(
        mean.abs() > 1e-4,
        "the running averages are not this batch's: {mean}"
    );
    ensure!(batch["step"] == running["step"], "looking is not training");
    ensure!(
        batch["sides"][1]["layers"][0]["running_mean"]
            == running["sides"][1]["layers"][0]["running_mean"]
    );
    // The network without normalisation has no statistics to switch.
    ensure!(batch["sides"][0]["layers"][0]["before"] == running["sides"][0]["layers"][0]["before"]);
    Ok(())
}

#[test]
fn the_batch_size_is_that_of_the_control() -> Result<()> {
    let lab = Lab::open(&format!("#{LINK}"))?;
    lab.step(3)?;
    lab.type_value("batch", "8")?;
    let shown = lab.step(1)?;
    let counted: f64 = shown["sides"][1]["layers"][0]["before"]["histogram"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .sum();
    ensure!(
        counted == 8.0 * 12.0,
        "{counted} values of 12 units: not a batch of 8"
    );
    Ok(())
}

#[test]
fn a_batch_of_one_is_refused_by_name_and_two_is_offered() -> Result<()> {
    let lab = Lab::open(&format!("#{LINK}&batch=1"))?;
    lab.press("play")?;
    let text = lab.message("refused")?;
    ensure!(text.contains("norm1") && text.contains('1'), "{text}");
    let shown = lab.snapshot()?;
    ensure!(
        shown["sides"][1]["refused"] == "too-few-values",
        "{}",
        shown["sides"][1]["refused"]
    );
    ensure!(number(&shown, "/step")? == 0.0);
    lab.click(
        "return root.querySelector('[data-part=\"message\"][data-kind=\"refused\"] button')",
    )?;
    let shown = lab.step(5)?;
    ensure!(number(&shown, "/step")? == 5.0);
    ensure!(shown["sides"][1]["refused"].is_null());
    Ok(())
}

#[test]
fn divergence_is_a_state_with_a_way_out() -> Result<()> {
    let lab = Lab::open("#layers=16-16&act=identity&a=none&b=none&lr=30&gain=10&speed=full")?;
    lab.press("play")?;
    let text = lab.message("diverged")?;
    let step = lab.wait("its step", "return (await lab.snapshot()).diverged")?;
    ensure!(
        text.contains(&step.to_string()),
        "{text} does not name step {step}"
    );
    let ways = lab.run("return root.querySelectorAll('[data-kind=\"diverged\"] button').length")?;
    ensure!(ways.as_u64() >= Some(2), "{ways} buttons");
    Ok(())
}
