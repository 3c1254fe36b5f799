//! The panel of several devices, as a reader meets it: the figures that the core has natively, read by keys and as a table; other
//! devices, a stop, a way that cannot be trained; what ends with it.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::devices::{Device, Sharing, deviation, step_together};
use batchnorm_lab::jobs::settings_of;
use serde_json::{Value, json};

use crate::common::Lab;
use crate::figures;

/// What the panel says, once all ways are trained.
fn told(lab: &Lab) -> Result<Value> {
    let all = "const lab = document.querySelector('batchnorm-lab');
         const panel = () => lab.shadowRoot.querySelector('[data-part=devices]');
         await until('all ways', () => panel()?.getAttribute('aria-busy') === 'false');
         let told = await lab.snapshot('devices');
         while (!told.whole) { await frames(3); told = await lab.snapshot('devices'); }
         return told;";
    lab.script(all)
}

fn cell(told: &Value, row: usize, column: usize) -> Result<f64> {
    let text = told["rows"][row][column].as_str().context("a cell")?;
    Ok(text.replace('−', "-").replace('\u{202f}', "").parse()?)
}

/// The deviation of parameters after so many steps, natively.
fn native(sharing: Sharing, shards: &[usize], steps: u32) -> Result<f64> {
    let settings = settings_of("lesson=sync-bn")?;
    let make = |sharing, count: usize| -> Result<Vec<Device>> {
        let made = (0..count).map(|_| Ok(Device::new(&settings, sharing, &[])?));
        made.collect()
    };
    let (mut own, mut whole) = (make(sharing, shards.len())?, make(Sharing::Local, 1)?);
    for _ in 0..steps {
        step_together(&mut whole, &[shards.iter().sum()], |_, _| {})?;
        step_together(&mut own, shards, |_, _| {})?;
    }
    let off = deviation(own[0].parameters(), whole[0].parameters());
    Ok(f64::from(off))
}

fn choose(lab: &Lab, part: &str, value: &str) -> Result<()> {
    lab.run(&format!(
        "part('{part}').value = '{value}';
         part('{part}').dispatchEvent(new Event('change', {{ bubbles: true }}));
         await frames(3);"
    ))
    .map(|_| ())
}

#[test]
fn the_panel_says_what_devices_give_natively_and_is_read_by_keys() -> Result<()> {
    let lab = figures::start("lesson=sync-bn", 700, 3)?;
    let all = told(&lab)?;
    let near = |got: f64, wanted: f64| {
        let off = (got - wanted).abs() / wanted;
        ensure!(off < 1e-4, "{got}, not {wanted}: {all}");
        Ok(())
    };
    let equal = [8; 4];
    near(
        cell(&all, 0, 3)?,
        native(Sharing::Synchronised, &equal, 100)?,
    )?;
    near(cell(&all, 1, 1)?, native(Sharing::Averaged, &equal, 1)?)?;
    near(cell(&all, 2, 3)?, native(Sharing::Local, &equal, 100)?)?;
    let bytes =
        |row| -> Result<Vec<f64>> { (5..8).map(|column| cell(&all, row, column)).collect() };
    ensure!(bytes(0)? == [396.0, 384.0, 2820.0], "{all}");
    ensure!(bytes(3)? == [0.0, 0.0, 2820.0], "{all}");
    let said = lab.run(&format!(
        "for (const key of {}) part('devices-charts').dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
         await frames(2);
         return part('devices-reading').textContent;",
        json!(["ArrowRight", "ArrowRight", "ArrowDown"])
    ))?;
    let said = said.as_str().context("a text")?;
    ensure!(said.starts_with("averaged, step 2:"), "{said}");
    // Other shards: trained again, and still those of the whole batch.
    choose(&lab, "devices-shards", "unequal")?;
    let all = told(&lab)?;
    let sentence = all["sentence"].as_str().context("a sentence")?;
    ensure!(sentence.contains("16, 6, 5, 5 rows"), "{sentence}");
    let uneven = [16, 6, 5, 5];
    let wanted = native(Sharing::Averaged, &uneven, 1)?;
    ensure!((cell(&all, 1, 1)? - wanted).abs() < 1e-4 * wanted, "{all}");
    ensure!(cell(&all, 0, 3)? < 1e-4, "{all}");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_reader_stops_devices_and_reads_why_a_way_cannot_be_trained() -> Result<()> {
    let lab = figures::start("lesson=sync-bn", 390, 3)?;
    lab.wait(
        "a start",
        "return part('devices')?.getAttribute('aria-busy') === 'true'",
    )?;
    choose(&lab, "devices-count", "8")?;
    lab.wait(
        "the first look",
        "return part('devices-progress').value > 0",
    )?;
    lab.click("return part('devices-start')")?;
    lab.wait(
        "a stop",
        "return part('devices').getAttribute('aria-busy') === 'false'",
    )?;
    let looks = lab.run("return [part('devices-progress').value, part('devices-progress').max]")?;
    ensure!(looks[0].as_f64() < looks[1].as_f64(), "{looks}");
    // Stopped, it stays so until it is asked for.
    choose(&lab, "devices-count", "4")?;
    let busy = lab.run("return part('devices').getAttribute('aria-busy')")?;
    ensure!(busy == "false", "{busy}");
    lab.script(
        "const lab = document.querySelector('batchnorm-lab');
         lab.state = 'lesson=sync-bn&batch=4'; await within('steps', lab.step(3));",
    )?;
    lab.run("if (part('devices').getAttribute('aria-busy') !== 'true') part('devices-start').click(); await frames(3);")?;
    let all = told(&lab)?;
    let sentence = all["sentence"].as_str().context("a sentence")?;
    ensure!(
        sentence.contains("local: cannot be trained so."),
        "{sentence}"
    );
    choose(&lab, "devices-way", "local")?;
    let said = lab.run("return part('devices-reading').textContent")?;
    ensure!(
        said.as_str()
            .is_some_and(|said| said.starts_with("local: ")),
        "{said}"
    );
    lab.ensure_silent()?;
    Ok(())
}
