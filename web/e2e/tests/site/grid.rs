//! `grid.html`: its networks have the bits that the core gives natively, and the lab that a cell opens in; jobs outlive
//! their workers, and workers no pool.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Cell, Grid, JobReport, JobRun};
use serde_json::Value;

use crate::common::{Lab, lanes, number};

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");

fn open() -> Result<Lab> {
    let lab = Lab::start(&[])?;
    go(&lab)?;
    Ok(lab)
}

fn go(lab: &Lab) -> Result<()> {
    lab.open_page("grid.html", "makeGrid")
}

/// A grid as the page and the core are asked for it: two axes of two values.
struct Asked {
    link: &'static str,
    axes: [(&'static str, [&'static str; 2]); 2],
    steps: u64,
}

/// Dense layers that diverge in some cells, and digits through a convolution and dropout.
const GRIDS: [Asked; 2] = [
    Asked {
        link: "layers=16-16&act=identity&samples=200&batch=20&lr=3",
        axes: [("gain", ["1", "10"]), ("layers", ["16-16", "9"])],
        steps: 60,
    },
    Asked {
        link: "data=digits&samples=300&a=group&groups=2&b=ghost&ghost=4&act=relu&batch=16&show=b",
        axes: [("opt", ["sgd", "adam"]), ("layers", ["c4-d20-8", "c4-p-8"])],
        steps: 25,
    },
];

impl Asked {
    fn script(&self, options: &str) -> String {
        let axes = self
            .axes
            .map(|(setting, values)| format!("{{ setting: '{setting}', values: {values:?} }}"));
        let (link, steps) = (self.link, self.steps);
        format!(
            "makeGrid([{}], '{link}', {steps}, {options})",
            axes.join(", ")
        )
    }

    fn native(&self) -> Result<Vec<(Cell, JobReport)>> {
        let mut grid = Grid::new(self.link)?;
        for (name, values) in &self.axes {
            grid.add_axis(name, values)?;
        }
        let cells = grid.cells(self.steps, 1, FULL)?.into_iter();
        cells
            .map(|cell| {
                let mut run = JobRun::new(cell.job.clone(), DIGITS, FULL)?;
                while !run.advance(1000) {}
                Ok((cell, run.report()))
            })
            .collect()
    }

    /// Whether these are the cells natively: places and, if the build rounds alike, bits and figures.
    fn check(&self, told: &Value, rounds_alike: bool) -> Result<()> {
        let told = told.as_array().context("a list of cells")?;
        let native = self.native()?;
        ensure!(told.len() == native.len(), "{} cells", told.len());
        for (told, (cell, report)) in told.iter().zip(&native) {
            let values: Vec<&str> = (self.axes.iter().zip(&cell.places))
                .map(|((_, values), place)| values[*place])
                .collect();
            ensure!(told["values"] == serde_json::json!(values), "{told}");
            ensure!(
                told["run"] == ["A", "B"][usize::from(cell.job.side)],
                "{told}"
            );
            if !rounds_alike {
                ensure!(
                    told["state"]
                        .as_str()
                        .is_some_and(|s| s.ends_with("&engine=relaxed")),
                    "{told}"
                );
                continue;
            }
            let bits = format!("{:016x}", report.fingerprint);
            ensure!(told["fingerprint"] == bits.as_str(), "{told}: not {bits}");
            ensure!(told["state"] == report.state.as_str(), "{told}");
            ensure!(
                told["step"] == report.step && told["diverged_at"].as_u64() == report.diverged_at,
                "{told}"
            );
            for (name, figure) in [
                ("accuracy/batch", report.accuracy.eval_batch),
                ("accuracy/running", report.accuracy.eval_running),
                ("accuracy/full", report.accuracy.eval_full),
            ] {
                let shown = number(told, &format!("/{name}"))?;
                ensure!(shown as f32 == figure, "{name}: {told}");
            }
            if report.diverged_at.is_none() {
                ensure!(number(told, "/loss")? as f32 == report.loss.train, "{told}");
            }
        }
        Ok(())
    }
}

#[test]
fn cells_have_the_bits_of_the_core_and_open_in_the_lab() -> Result<()> {
    let lab = open()?;
    let mut cells = Vec::new();
    for engine in lanes()? {
        for asked in &GRIDS {
            let script = asked.script(&format!("{{ engine: '{engine}' }}"));
            let told = lab.script(&format!("return within('a grid', {script}.run())"))?;
            asked.check(&told, *engine != "relaxed")?;
            if *engine == "simd128" {
                cells.extend(told.as_array().into_iter().flatten().cloned());
            }
        }
    }
    let has_diverged = |cell: &&Value| cell["diverged_at"].is_u64();
    let diverged = cells.iter().find(has_diverged).context("one diverges")?;
    for cell in [&cells[0], diverged, cells.last().context("cells")?] {
        let state = cell["state"].as_str().context("a link")?;
        lab.go(&format!("index.html#{state}"))?;
        lab.wait(
            "the replay's end",
            "return (await lab.snapshot()).step === Number(/at=(\\d+)/.exec(lab.state)[1])",
        )?;
        let shown = lab.snapshot()?;
        ensure!(shown["step"] == cell["step"], "{shown}");
        ensure!(
            shown["sides"]
                .as_array()
                .is_some_and(|sides| sides.len() == 1),
            "{state}"
        );
        ensure!(shown["diverged"] == cell["diverged_at"], "{state}");
        for (own, name) in [
            ("eval_batch", "batch"),
            ("eval_running", "running"),
            ("eval_full", "full"),
        ] {
            ensure!(
                shown["accuracy"][own] == cell["accuracy"][name],
                "{name} of {state}"
            );
        }
    }
    lab.ensure_silent()?;
    Ok(())
}

/// Two networks that take some hundred milliseconds each.
const LONG: Asked = Asked {
    link: "data=spiral&act=relu&init=he-normal&batch=32&show=b",
    axes: [
        ("lr", ["0.1", "0.2"]),
        ("layers", ["16-16-16-16", "16-16-16"]),
    ],
    steps: 25_000,
};
/// At the first sign of progress all workers are killed: once, or each time.
const KILL: &str =
    "hear: { progress() { if (kills++ < most) new BroadcastChannel('kill').postMessage(0); } }";

#[test]
fn a_job_of_a_killed_worker_is_done_by_another_and_once_more_reported() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.kill_switch()?;
    go(&lab)?;
    let grid = LONG.script(&format!("{{ engine: 'simd128', workers: 2, {KILL} }}"));
    let told = lab.script(&format!(
        "let kills = 0; const most = 1; return within('the grid', {grid}.run())"
    ))?;
    LONG.check(&told, true)?;
    ensure!(number(&lab.script("return workers")?, "/born")? >= 3.0);
    let error = "then(() => 'none', (error) => error.message)";
    let said = lab.script(&format!(
        "let kills = 0; const most = 1000; return within('the grid', {grid}.run()).{error}"
    ))?;
    ensure!(
        said.as_str()
            .is_some_and(|s| s.contains("lost on 2 workers: ")),
        "{said}"
    );
    Ok(())
}

#[test]
fn workers_that_do_not_come_are_reported_and_asked_for_again() -> Result<()> {
    let lab = open()?;
    let error = "then(() => 'none', (error) => error.message)";
    lab.host.lose("worker.js");
    let few = "makeGrid([{ setting: 'lr', values: [1] }], '', 9, { engine: 'simd128', workers: 1 }).run()";
    let said = lab.script(&format!("return within('a refusal', {few}).{error}"))?;
    ensure!(
        said.as_str()
            .is_some_and(|s| s.contains("lost on 2 workers: ")),
        "{said}"
    );
    lab.host.find_again();
    let told = lab.script(&format!("return (await within('the grid', {few})).length"))?;
    ensure!(told == 2, "{told}");
    Ok(())
}

#[test]
fn a_cancel_is_heard_and_no_worker_is_left() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.before_every_worker("")?;
    go(&lab)?;
    let grid =
        LONG.script("{ engine: 'simd128', workers: 2, hear: { progress: () => grid.cancel() } }");
    let told = lab.script(&format!(
        "const grid = {grid};
         const error = await within('the end', grid.run()).then(() => 'none', (error) => error.name);
         // What comes after finds the pool as ever.
         const few = makeGrid([{{ setting: 'lr', values: [0.1, 0.3] }}], 'layers=4', 20, {{ engine: 'simd128', workers: 2 }});
         const cells = await within('a grid', few.run());
         const left = few.workers;
         const before = {{ ...workers }};
         few.end();
         const {{ makePool }} = await import('./pool.js');
         const pool = makePool({{ engine: 'simd128', most: 2, idle: 30 }});
         const job = {{ link: 'layers=4', side: 1, steps: 9, points: 4, work: 1 }};
         const reports = await within('reports', pool.run([job, job, {{ ...job, accuracy: 0 , steps: 99 }}]).done);
         const busy = pool.workers;
         await until('no worker', () => pool.workers === 0);
         return {{ error, cells: cells.length, left, after: few.workers, busy, before, workers: {{ ...workers }},
             steps: reports.map((report) => report.step) }};"
    ))?;
    ensure!(
        told["error"] == "AbortError" && told["cells"] == 4,
        "{told}"
    );
    ensure!(
        told["left"] == 2 && told["after"] == 0 && told["busy"] == 2,
        "{told}"
    );
    ensure!(
        told["workers"]["born"] == told["workers"]["ended"],
        "{told}"
    );
    // The first look at an accuracy is after ten steps.
    ensure!(told["steps"] == serde_json::json!([9, 9, 10]), "{told}");
    println!("workers ended by a cancel: {}", told["before"]["ended"]);
    Ok(())
}

#[test]
fn memory_after_twenty_grids_is_as_after_two() -> Result<()> {
    let lab = open()?;
    let told = lab.script(
        "const { makePool } = await import('./pool.js');
         const pool = makePool({ engine: 'simd128', most: 2 });
         const depths = [1, 2, 3, 4, 5, 6, 7].map((depth) => Array(depth).fill(16).join('-'));
         const jobs = depths.flatMap((layers) => [0, 1].map((side) => (
             { link: `data=spiral&act=relu&batch=32&layers=${layers}`, side, steps: 40, points: 16, work: layers.length })));
         const most = [];
         for (let grid = 0; grid < 20; grid += 1) {
             const reports = await within('a grid', pool.run(jobs).done);
             most.push(Math.max(...reports.map(({ memory }) => memory)));
         }
         pool.end();
         return most;",
    )?;
    let most: Vec<f64> = told
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    println!("memory of the largest worker, grid by grid: {most:?}");
    ensure!(most.len() == 20 && most[1] > 1e6, "{most:?}");
    ensure!(most[19] == most[1], "{most:?}");
    Ok(())
}

#[test]
fn a_worker_hears_of_a_cancel_within_twenty_milliseconds() -> Result<()> {
    let lab = open()?;
    for engine in lanes()? {
        let told = lab.script(&format!(
            "const worker = new Worker('worker.js?engine=pool-{engine}', {{ type: 'module' }});
             let hear;
             const said = (name) => new Promise((done) => {{ hear = ({{ data }}) => name in data && done(); }});
             worker.onmessage = (event) => hear(event);
             await within('a worker', said('ready'));
             const waits = [];
             for (let job = 0; job < 15; job += 1) {{
                 worker.postMessage({{ job, link: 'layers=64-64-64', side: 1, steps: 1e6, points: 8 }});
                 await within('progress', said('step'));
                 const asked = performance.now();
                 worker.postMessage({{ cancel: job }});
                 await within('an answer', said('cancelled'));
                 waits.push(performance.now() - asked);
             }}
             worker.terminate();
             return waits.sort((a, b) => a - b);"
        ))?;
        let waits: Vec<f64> = told
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        println!(
            "{engine}: median {:.1} ms, longest {:.1} ms",
            waits[7], waits[14]
        );
        // The machine may be busy with something else for a while: the median is the worker's own.
        ensure!(waits.len() == 15 && waits[7] < 20.0, "{engine}: {waits:?}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_used_is_refused_with_what_can() -> Result<()> {
    let lab = open()?;
    let one = "[{ setting: 'lr', values: [0.1] }]";
    for (arguments, field, words) in [
        ("'lr', '', 9", "axes", &["\"lr\"", "a list"][..]),
        (
            "[{ values: [1] }], '', 9",
            "axes",
            &["undefined", "name of a setting"],
        ),
        (
            "[{ setting: 'colour', values: [1] }], '', 9",
            "colour",
            &["lr | "],
        ),
        (
            "[{ setting: 'lr', values: 0.1 }], '', 9",
            "lr",
            &["0.1", "a list"],
        ),
        (
            "[{ setting: 'lr', values: [0.1, 99] }], '', 9",
            "lr",
            &["99", "0.0001..30"],
        ),
        (
            "[{ setting: 'lr', values: [null] }], '', 9",
            "lr",
            &["null", "numbers"],
        ),
        (
            "[{ setting: 'batch', values: [8, 1] }], '', 9",
            "batch",
            &["1 cannot", "2"],
        ),
        (
            "[{ setting: 'layers', values: ['8', 'p-8'] }], '', 9",
            "layers",
            &["p-8", "allowed: 8"],
        ),
        (
            "[{ setting: 'seed', values: Array.from({ length: 201 }, (_, i) => i) }], '', 9",
            "cells",
            &["402", "1..400"],
        ),
        (
            &format!("{one}, 'lr=fast', 9"),
            "lr",
            &["fast", "0.0001..30"],
        ),
        (&format!("{one}, 5, 9"), "settings", &["5", "a link"]),
        (&format!("{one}, '', 0"), "steps", &["0", "from 1 on"]),
        (&format!("{one}, '', 2.5"), "steps", &["2.5", "whole"]),
        (
            &format!("{one}, '', 1e9"),
            "steps",
            &["1000000000", "1..1000000"],
        ),
        (
            &format!("{one}, 'layers=128-128-128-128&batch=500&samples=4000', 1e6"),
            "work",
            &["1..1000000000000"],
        ),
        (
            &format!("{one}, '', 9, {{ seeds: 99 }}"),
            "seeds",
            &["99", "1..32"],
        ),
        (
            &format!("{one}, '', 9, {{ workers: 9 }}"),
            "workers",
            &["9", "1..8"],
        ),
        (
            &format!("{one}, '', 9, {{ engine: 'abacus' }}"),
            "engine",
            &["abacus", "simd128"],
        ),
    ] {
        let told = lab.script(&format!(
            "return within('a refusal', makeGrid({arguments}).run()).then(() => 'none',
                 (error) => ({{ is: error instanceof window.Error, field: error.field, message: error.message }}))"
        ))?;
        ensure!(
            told["is"] == true && told["field"] == field,
            "{arguments}: {told}"
        );
        let message = told["message"].as_str().unwrap_or_default();
        for word in [field].iter().chain(words) {
            ensure!(message.contains(word), "{arguments}: {word}: {message}");
        }
    }
    Ok(())
}

#[test]
fn a_reader_starts_a_grid_and_reads_it() -> Result<()> {
    let lab = open()?;
    let part = "const part = (name) => document.querySelector(`[data-part=\"${name}\"]`);";
    let told = lab.script(&format!(
        "{part}
         part('setting-0').value = 'gain';
         part('setting-0').dispatchEvent(new Event('change'));
         const suggested = part('values-0').value;
         part('values-0').value = '1, 10';
         part('values-1').value = '16 16-16';
         part('settings').value = 'act=identity&samples=200&batch=20';
         part('setting-1').value = 'layers';
         part('steps').value = '60';
         part('start').click();
         const running = part('start').textContent;
         await until('the end', () => /Finished|networks in/.test(part('status').textContent));
         const cells = [...document.querySelectorAll('td a')];
         const looks = cells.map((cell) => [cell.textContent, cell.className, cell.style.background !== '', cell.title]);
         part('steps').value = 'many';
         part('start').click();
         await until('a refusal', () => /steps/.test(part('status').textContent));
         return {{ suggested, running, looks, hrefs: cells.map((cell) => cell.getAttribute('href')),
             captions: [...document.querySelectorAll('caption')].map((of) => of.textContent),
             refusal: part('status').textContent, again: part('start').textContent }};"
    ))?;
    ensure!(
        told["suggested"]
            .as_str()
            .is_some_and(|s| s.contains("0.05")),
        "{told}"
    );
    ensure!(
        told["running"] == "Cancel" && told["again"] == "Start",
        "{told}"
    );
    ensure!(
        told["captions"] == serde_json::json!(["A · none", "B · batch"]),
        "{told}"
    );
    let looks = told["looks"].as_array().context("cells")?;
    ensure!(looks.len() == 8, "{told}");
    // A cell has a colour, or a mark.
    for look in looks {
        let is_marked = look[1] == "diverged";
        ensure!(
            is_marked == (look[0] == "✕") && is_marked != (look[2] == true),
            "{look}"
        );
    }
    let first = told["hrefs"][0].as_str().unwrap_or_default();
    ensure!(
        first.starts_with("index.html#") && first.contains("at=60"),
        "{first}"
    );
    ensure!(
        told["refusal"].as_str().is_some_and(|s| s.contains("NaN")),
        "{told}"
    );
    // Right, right into the other side's table, down.
    lab.script("document.querySelector('td a').focus()")?;
    lab.browser.press("\u{E014}\u{E014}\u{E015}")?;
    let read = lab.script(&format!(
        "{part}
         const cells = [...document.querySelectorAll('td a')];
         const reading = part('reading');
         return {{ at: cells.indexOf(document.activeElement), hidden: reading.hidden, title: reading.querySelector('b').textContent,
             is_told: reading.querySelector('p').textContent === document.activeElement.title,
             points: reading.querySelector('.curve').getAttribute('d').split(/[ML]/).length - 1 }};"
    ))?;
    let expected = serde_json::json!({ "at": 6, "hidden": false, "title": "B · batch · gain = 10, layers = 16",
        "is_told": true, "points": 60 });
    ensure!(read == expected, "{read}");
    for (language, title) in [
        ("zh-Hans", "同时训练许多网络"),
        ("en", "Many networks at once"),
    ] {
        lab.script(&format!(
            "document.querySelector('[name=lang][value={language}]').click(); return 0"
        ))?;
        let shown = lab.script("return document.querySelector('h1').textContent")?;
        ensure!(shown == title, "{shown}");
    }
    lab.ensure_silent()?;
    Ok(())
}

/// A page without a word, which trains a grid and says so to who opened it, or to itself.
fn inside(from: &str) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>inside</title><link rel=icon href=data:,>
         <script type=module>
             import {{ makeGrid }} from '{from}grid.js';
             const grid = makeGrid([{{ setting: 'lr', values: [0.1, 1] }}], 'layers=4', 20);
             const told = await grid.run().then((cells) => cells.map((cell) => cell.fingerprint), String);
             parent.postMessage({{ told, origin }}, '*');
         </script>"
    )
}
const HEAR: &str = "<!doctype html><meta charset=utf-8><title>outside</title><link rel=icon href=data:,>
    <script>
        globalThis.heard = new Promise((done) => addEventListener('message', ({ data }) => done(data)));
    </script>
    <iframe sandbox=allow-scripts src=inside.html></iframe>";

#[test]
fn a_frame_without_an_origin_and_a_page_of_another_train_the_same_grid() -> Result<()> {
    let hear = "return await within('word from inside', heard);";
    let lab = Lab::start(&[("inside.html", &inside("./")), ("outside.html", HEAR)])?;
    lab.browser
        .open(&format!("{}outside.html", lab.host.url()))?;
    let sandboxed = lab.script(hear)?;
    ensure!(sandboxed["origin"] == "null", "{sandboxed}");
    ensure!(
        sandboxed["told"]
            .as_array()
            .is_some_and(|told| told.len() == 4),
        "{sandboxed}"
    );
    let page = inside(&lab.host.url());
    let framed = HEAR.replace(" sandbox=allow-scripts", "");
    let guest = Lab::guest(&[("inside.html", &page), ("outside.html", &framed)])?;
    lab.browser.open(&format!("{}outside.html", guest.url()))?;
    let other = lab.script(hear)?;
    ensure!(
        other["told"] == sandboxed["told"] && other["origin"] == guest.origin().as_str(),
        "{other}"
    );
    Ok(())
}
