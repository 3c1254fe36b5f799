//! `devices.html`: several workers have the bits that the core's devices give natively, also after one was lost; what is sent is
//! counted; a reader sees which device is no more.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::devices::{Device, Sharing, Stage};
use batchnorm_lab::jobs::settings_of;
use serde_json::Value;

use crate::common::Lab;

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");

fn open() -> Result<Lab> {
    let lab = Lab::start(&[])?;
    lab.open_page("devices.html", "makeDevices")?;
    Ok(lab)
}

/// Natively: so many steps on these shards, then on those; the fingerprint of each device that is left.
fn native(
    link: &str,
    sharing: Sharing,
    parts: &[(u32, &[usize])],
    lost: usize,
) -> Result<Vec<String>> {
    let settings = settings_of(link)?;
    let count = parts[0].1.len();
    let mut devices = Vec::new();
    for _ in 0..count {
        devices.push(Device::new(&settings, sharing, DIGITS)?);
    }
    for (part, (steps, shards)) in parts.iter().enumerate() {
        if part > 0 {
            devices.remove(lost);
        }
        for _ in 0..*steps {
            for (place, device) in devices.iter_mut().enumerate() {
                device.begin(place, shards)?;
            }
            while devices[0].stage() != Stage::Idle {
                let all: Vec<f32> = (devices.iter())
                    .flat_map(|device| device.message().to_vec())
                    .collect();
                devices.iter_mut().for_each(|device| device.hear(&all));
            }
        }
    }
    let devices = devices.iter_mut();
    Ok(devices
        .map(|device| format!("{:016x}", device.report().fingerprint))
        .collect())
}

fn fingerprints(reports: &Value) -> Result<Vec<String>> {
    let reports = reports.as_array().context("reports")?.iter();
    reports
        .map(|report| {
            Ok(report["fingerprint"]
                .as_str()
                .context("a fingerprint")?
                .to_owned())
        })
        .collect()
}

const DENSE: &str = "data=spiral&layers=16-16-16&act=relu&init=he-normal&lr=0.1&batch=32";
const IMAGES: &str = "data=digits&samples=300&layers=c3-12&act=relu&batch=16";

#[test]
fn workers_have_the_bits_of_the_core_s_devices() -> Result<()> {
    let lab = open()?;
    let cases: &[(&str, Sharing, &[usize], u32)] = &[
        (DENSE, Sharing::Synchronised, &[8, 8, 8, 8], 30),
        (DENSE, Sharing::Averaged, &[20, 0, 12], 20),
        (DENSE, Sharing::Local, &[30, 2], 20),
        ("lesson=first-look&batch=32", Sharing::Group, &[16, 16], 10),
        (IMAGES, Sharing::Synchronised, &[13, 0, 3], 10),
    ];
    for (link, sharing, shards, steps) in cases {
        let name = sharing.name();
        let told = lab.script(&format!(
            "const run = makeDevices('{link}', {{ devices: {}, sharing: '{name}', shards: {shards:?}, engine: 'simd128' }});
             const told = await within('the steps', run.step({steps}));
             const reports = await within('reports', run.report());
             const {{ bytes, formula }} = run;
             run.end();
             return {{ told, reports: reports.map(({{ fingerprint, place }}) => ({{ fingerprint, place }})), bytes, formula,
                 alive: run.devices.filter(({{ isAlive }}) => isAlive).length }};",
            shards.len()
        ))?;
        let expected = native(link, *sharing, &[(*steps, shards)], 0)?;
        ensure!(
            fingerprints(&told["reports"])? == expected,
            "{link}, {name}: {told}"
        );
        ensure!(
            told["told"]["step"] == *steps && told["alive"] == 0,
            "{told}"
        );
        for kind in ["moments", "sums", "gradients"] {
            let formula = told["formula"][kind].as_u64().context("bytes")?;
            let all = formula * u64::from(*steps) * shards.len() as u64;
            ensure!(told["bytes"][kind] == all, "{kind} of {name}: {told}");
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_lost_device_s_step_is_repeated_with_the_rest_or_refused() -> Result<()> {
    let lab = open()?;
    for lost in [0, 2, 3] {
        let told = lab.script(&format!(
            "const lost = [];
             const run = makeDevices('{DENSE}', {{ whenLost: 'refuse', engine: 'simd128', hear: {{ lost: (at) => lost.push(at) }} }});
             await within('five steps', run.step(5));
             const under_way = run.step();
             run.kill({lost});
             const error = (step) => within('an end', step).then(() => 'none', ({{ name, place }}) => `${{name}} ${{place}}`);
             const errors = [await error(under_way), await error(run.step())];
             run.whenLost = 'repeat';
             const told = await within('three steps', run.step(3));
             const reports = await within('reports', run.report());
             const {{ devices }} = run;
             run.end();
             return {{ errors, lost, told, reports: reports.map(({{ fingerprint, place }}) => ({{ fingerprint, place }})), devices }};"
        ))?;
        let error = format!("DeviceLost {lost}");
        ensure!(
            told["errors"] == serde_json::json!([error, error]),
            "{told}"
        );
        ensure!(told["told"]["step"] == 8, "{told}");
        let shards = serde_json::json!([11, 11, 10]);
        ensure!(
            told["told"]["rows"] == shards && told["lost"][0] == lost,
            "{told}"
        );
        ensure!(
            told["devices"][lost]
                == serde_json::json!({ "place": lost, "rows": 0, "isAlive": false }),
            "{told}"
        );
        let parts: &[(u32, &[usize])] = &[(5, &[8, 8, 8, 8]), (3, &[11, 11, 10])];
        let expected = native(DENSE, Sharing::Synchronised, parts, lost)?;
        ensure!(fingerprints(&told["reports"])? == expected, "{told}");
    }
    // The last one that is left trains alone; of none there is nothing to repeat with.
    let told = lab.script(&format!(
        "const run = makeDevices('{DENSE}', {{ devices: 2, engine: 'simd128' }});
         const first = run.step(40);
         await run.ready;
         run.kill(1);
         const {{ step, rows }} = await within('the steps', first);
         run.kill(0);
         const error = await within('an end', run.step()).then(() => 'none', (error) => error.name);
         return {{ step, rows, error }};"
    ))?;
    ensure!(
        told == serde_json::json!({ "step": 40, "rows": [32], "error": "DeviceLost" }),
        "{told}"
    );
    Ok(())
}

#[test]
fn what_devices_cannot_use_is_refused_with_what_they_can() -> Result<()> {
    let lab = open()?;
    for (arguments, field, allowed) in [
        ("'', { devices: 9 }", "devices", "1..8"),
        (
            "'', { sharing: 'all' }",
            "sharing",
            "local | sync | averaged | group",
        ),
        ("'', { whenLost: 'cry' }", "whenLost", "repeat | refuse"),
        ("'', { engine: 'webgpu' }", "engine", "simd128"),
        ("'lr=99'", "lr", "0.0001..30"),
        ("'lesson=none'", "lesson", "first-look"),
        ("'changes=20:lr=0.3'", "changes", "no changes"),
        (
            "'batch=32', { shards: [16, 16] }",
            "shards",
            "4 numbers of rows, 32 together",
        ),
        (
            "'batch=32', { devices: 2, shards: [16, 15] }",
            "shards",
            "2 numbers of rows, 32 together",
        ),
        ("'batch=4', { sharing: 'local' }", "norm1", "batch=2"),
    ] {
        let told = lab.script(&format!(
            "const run = makeDevices({arguments});
             const error = await within('a refusal', run.step()).then(() => ({{}}), (error) => ({{ ...error }}));
             run.end();
             return {{ ...error, alive: run.devices.filter(({{ isAlive }}) => isAlive).length }};"
        ))?;
        ensure!(
            told["name"] == "Refusal" && told["field"] == field,
            "{arguments}: {told}"
        );
        ensure!(
            told["allowed"]
                .as_str()
                .is_some_and(|text| text.contains(allowed)),
            "{arguments}: {told}"
        );
        ensure!(told["alive"] == 0, "{arguments}: {told}");
    }
    Ok(())
}

#[test]
fn a_reader_plays_ends_a_device_and_reads_that_it_is_gone() -> Result<()> {
    let lab = open()?;
    let told = lab.script(
        "const find = (name) => document.querySelector(`[data-part=\"${name}\"]`);
         const step = () => Number(/Step (\\d+)/.exec(find('status').textContent)?.[1] ?? 0);
         find('play').click();
         await until('two looks', () => step() >= 20);
         const cards = () => [...find('cards').children];
         const rows = () => cards().map((card) => card.querySelector('dd')?.textContent ?? card.textContent);
         const before = rows();
         const button = cards()[1].querySelector('button');
         button.focus();
         button.click();
         const at = step();
         await until('the rest goes on', () => step() >= at + 20);
         const after = rows();
         find('play').click();
         await until('a pause', () => find('play').textContent === 'Play');
         find('when-lost').value = 'refuse';
         find('when-lost').dispatchEvent(new Event('change'));
         cards()[0].querySelector('button').click();
         find('one').click();
         await until('a refusal', () => find('status').textContent.includes('Device 1 was lost'));
         const table = [...find('bytes').rows].map((row) => [...row.cells].slice(1, 3).map((cell) => cell.textContent));
         const [statistics, parameters] = [...find('deviations').rows].map((row) => Number(row.cells[1].textContent));
         find('reset').click();
         return { before, after, table, statistics, parameters, cards: cards().length, play: find('status').textContent };",
    )?;
    ensure!(
        told["before"] == serde_json::json!(["8", "8", "8", "8"]),
        "{told}"
    );
    let gone = "Device 2Lost. The others take its rows with the next step.";
    ensure!(
        told["after"] == serde_json::json!(["11", gone, "11", "10"]),
        "{told}"
    );
    ensure!(
        told["table"] == serde_json::json!([["396", "396"], ["384", "384"], ["2 820", "2 820"]]),
        "{told}"
    );
    for figure in ["statistics", "parameters"] {
        let off = told[figure].as_f64().context("a deviation")?;
        ensure!(off > 0.0 && off < 1e-3, "{figure}: {told}");
    }
    ensure!(
        told["cards"] == 0 && told["play"] == "Play starts a worker for each device.",
        "{told}"
    );
    lab.ensure_silent()?;
    Ok(())
}
