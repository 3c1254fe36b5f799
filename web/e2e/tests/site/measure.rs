//! `measure.js`: landscapes, depth profiles and what a batch shares, measured by a pool, have the figures that the core gives
//! natively, can be cancelled, and refuse what cannot be used.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{
    Job, JobReport, JobRun, LandscapePlan, UnitPlan, by_class_jobs, company_jobs, landscape_jobs,
    profile_jobs,
};
use batchnorm_lab::measure::ClassValues;
use serde_json::{Value, json};

use crate::common::{Lab, lanes};

const DIGITS: &[u8] = include_bytes!("../../../../assets/digits/digits.bin");
const IMPORT: &str = "const { measureLandscape, measureProfile, measureByClass, measureCompany } = await import('./measure.js');";

fn open() -> Result<Lab> {
    let lab = Lab::start(&[])?;
    // Any page of the site has the pool.
    lab.open_page("grid.html", "makeGrid")?;
    Ok(lab)
}

/// What is measured, as script and natively.
struct Asked {
    script: &'static str,
    jobs: fn() -> Result<Vec<Job>, batchnorm_lab::error::Error>,
}

const ASKED: [Asked; 6] = [
    Asked {
        script: "measureLandscape('data=spiral&layers=8-8-8&act=relu&a=layer&seed=999999', { steps: 60, from: 20, every: 7, factors: [0.1, 1, 10], last: 3, seeds: 2 })",
        jobs: || {
            let plan = LandscapePlan {
                from: 20,
                every: 7,
                factors: vec![0.1, 1.0, 10.0],
                last: 3,
            };
            landscape_jobs(
                "data=spiral&layers=8-8-8&act=relu&a=layer&seed=999999",
                60,
                2,
                &plan,
                FULL,
            )
        },
    },
    // The defaults; side A diverges.
    Asked {
        script: "measureLandscape('layers=16-16&act=identity&samples=200&batch=20&lr=3&gain=10&a=none')",
        jobs: || {
            let plan = LandscapePlan {
                from: 0,
                every: 4,
                factors: vec![0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0],
                last: 10,
            };
            let link = "layers=16-16&act=identity&samples=200&batch=20&lr=3&gain=10&a=none";
            landscape_jobs(link, 200, 1, &plan, FULL)
        },
    },
    Asked {
        script: "measureProfile('layers=8-8-8-8&act=relu&init=he-normal', ['none', 'batch', 'layer', 'rms'])",
        jobs: || {
            let kinds = ["none", "batch", "layer", "rms"];
            profile_jobs(
                "layers=8-8-8-8&act=relu&init=he-normal",
                &kinds,
                &[0],
                1,
                FULL,
            )
        },
    },
    Asked {
        script: "measureProfile('data=digits&samples=300&layers=c4-8&batch=16&groups=2', ['group', 'ghost'], { steps: [0, 5, 20] })",
        jobs: || {
            let link = "data=digits&samples=300&layers=c4-8&batch=16&groups=2";
            profile_jobs(link, &["group", "ghost"], &[0, 5, 20], 1, FULL)
        },
    },
    Asked {
        script: "measureByClass('lesson=one-class-batches', { at: 30, layer: 1, unit: 3 })",
        jobs: || {
            let plan = UnitPlan {
                at: 30,
                layer: 1,
                unit: 3,
            };
            by_class_jobs("lesson=one-class-batches", plan, FULL)
        },
    },
    Asked {
        script: "measureCompany('lesson=sequences', { at: 20 })",
        jobs: || company_jobs("lesson=sequences", 20, FULL),
    },
];

fn done(job: Job) -> Result<JobReport> {
    let mut run = JobRun::new(job, DIGITS, FULL)?;
    while !run.advance(1000) {}
    Ok(run.report())
}

/// A number as JSON tells it: one that is not finite is none.
fn told(value: f32) -> Value {
    json!(f64::from(value))
}

fn list(values: &[f32]) -> Value {
    values.iter().copied().map(told).collect()
}

/// The report's measurements as the page should tell them.
fn measured(report: &JobReport) -> [(&'static str, Value); 4] {
    let landscape = report.measured.landscape.as_ref().map(|landscape| {
        let points = landscape.points.iter().map(|point| {
            json!({ "step": point.step, "rate": point.rate, "loss": told(point.loss),
                "gradient_norm": told(point.gradient_norm), "losses": list(&point.losses),
                "gradient_changes": list(&point.gradient_changes), "smoothness": told(point.smoothness) })
        });
        let [loss, change] = [&landscape.loss, &landscape.change]
            .map(|band| json!({ "low": list(&band.low), "high": list(&band.high) }));
        json!({ "points": points.collect::<Value>(), "loss": loss, "change": change })
    });
    let profile = report.measured.profile.iter().map(|(step, profile)| {
        let layers = profile.layers.iter().map(|layer| {
            json!({ "kind": layer.kind, "before": told(layer.before), "normalized": layer.normalized.map(told),
                "output": told(layer.output), "weight_gradient": told(layer.weight_gradient),
                "input_gradient": told(layer.input_gradient) })
        });
        json!({ "step": step, "loss": told(profile.loss), "layers": layers.collect::<Value>() })
    });
    let profile: Vec<Value> = profile.collect();
    let profile = if profile.is_empty() {
        Value::Null
    } else {
        profile.into()
    };
    let values = |of: &ClassValues| json!({ "count": of.count, "mean": told(of.mean), "deviation": told(of.deviation), "shares": list(&of.shares) });
    let classes = |of: &[ClassValues]| of.iter().map(values).collect::<Value>();
    let by_class = report.measured.by_class.as_ref().map(|of| {
        json!({ "ends": list(&of.ends), "training": classes(&of.training), "evaluated": classes(&of.evaluated) })
    });
    let company = report.measured.company.as_ref().map(|of| {
        let steps = of.steps.iter().map(|step| {
            json!({ "count": step.count, "missing": told(step.missing), "off": told(step.off) })
        });
        json!({ "lengths": of.lengths, "steps": steps.collect::<Value>(), "batches": of.batches, "pooled": told(of.pooled) })
    });
    [
        ("landscape", landscape.unwrap_or_default()),
        ("profile", profile),
        ("by_class", by_class.unwrap_or_default()),
        ("company", company.unwrap_or_default()),
    ]
}

/// Equal, numbers as f32: JavaScript writes 1 where Rust writes 1.0, and the last digits of an f64 are lost on the way.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().map(|a| a as f32) == b.as_f64().map(|b| b as f32)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn what_the_pool_measures_is_what_the_core_measures_natively() -> Result<()> {
    let lab = open()?;
    let mut diverged = 0;
    for engine in lanes()? {
        for Asked { script, jobs } in &ASKED {
            let (call, end) = script.rsplit_once(')').context("a call")?;
            let options = match call.strip_suffix(" }") {
                Some(call) => format!("{call}, engine: '{engine}' }}{end})"),
                None => format!("{call}, {{ engine: '{engine}' }}{end})"),
            };
            let seen = lab.script(&format!(
                "{IMPORT} return within('a measurement', {options}.run())"
            ))?;
            let seen = seen.as_array().context("a list")?;
            let jobs = jobs()?;
            ensure!(seen.len() == jobs.len(), "{script}: {} results", seen.len());
            for (seen, job) in seen.iter().zip(jobs) {
                let what = format!("{engine}, {script}: {seen:#}");
                ensure!(seen["run"] == ["A", "B"][usize::from(job.side)], "{what}");
                ensure!(seen["norm"] == job.norm().name(), "{what}");
                ensure!(seen["seed"] == job.settings.seed, "{what}");
                if *engine == "relaxed" {
                    let state = seen["state"].as_str().unwrap_or_default();
                    ensure!(state.ends_with("&engine=relaxed"), "{what}");
                    continue;
                }
                let report = done(job)?;
                let bits = format!("{:016x}", report.fingerprint);
                ensure!(seen["fingerprint"] == bits.as_str(), "{what}");
                ensure!(seen["diverged_at"].as_u64() == report.diverged_at, "{what}");
                diverged += u32::from(report.diverged_at.is_some());
                for (name, own) in measured(&report) {
                    ensure!(equal(&seen[name], &own), "{what}, {name} not {own:#}");
                }
            }
        }
    }
    ensure!(diverged > 0, "one diverges");
    lab.ensure_silent()?;
    Ok(())
}

#[test]
fn a_measurement_tells_how_far_it_is_and_is_cancelled() -> Result<()> {
    let lab = open()?;
    let told = lab.script(&format!(
        "{IMPORT}
         const long = (hear) => measureLandscape('data=spiral&layers=64-64-64-64&show=b',
             {{ steps: 100_000, every: 1000, engine: 'simd128', workers: 1, hear }});
         let planned;
         const first = long({{ plan: (list) => {{ planned = list; }}, progress: () => first.cancel() }});
         const error = await within('the end', first.run()).then(() => 'none', (error) => error.name);
         const at_once = long();
         const running = at_once.run();
         at_once.cancel();
         const second = await within('the end', running).then(() => 'none', (error) => error.name);
         // What comes after finds the pool as ever.
         const told = [];
         const short = measureProfile('layers=4-4', ['none', 'batch'], {{ steps: [0, 3], engine: 'simd128', workers: 1,
             hear: {{ result: (place, result) => told.push([place, result.norm]) }} }});
         const results = await within('a profile', short.run());
         const left = short.workers;
         short.end();
         return {{ planned, error, second, told, results: results.length, left, after: short.workers }};"
    ))?;
    ensure!(
        told["planned"] == json!([{ "run": "B", "norm": "batch", "seed": 7 }]),
        "{told}"
    );
    ensure!(
        told["error"] == "AbortError" && told["second"] == "AbortError",
        "{told}"
    );
    ensure!(
        told["told"].as_array().is_some_and(|told| told.len() == 2),
        "{told}"
    );
    ensure!(
        told["results"] == 2 && told["left"] == 1 && told["after"] == 0,
        "{told}"
    );
    Ok(())
}

#[test]
fn a_cancel_amid_a_landscape_is_heard_within_twenty_milliseconds() -> Result<()> {
    let lab = open()?;
    // A hundred passes a state, of ten million multiplications and more each.
    let told = lab.script(
        "const worker = new Worker('worker.js?engine=pool-simd128', { type: 'module' });
         let hear;
         const said = (name) => new Promise((done) => { hear = ({ data }) => name in data && done(data); });
         worker.onmessage = (event) => hear(event);
         await within('a worker', said('ready'));
         const waits = [];
         const measure = { landscape: { every: 2, factors: Float64Array.from({ length: 32 }, (_, i) => i + 1), last: 1 } };
         for (let job = 0; job < 9; job += 1) {
             worker.postMessage({ job, link: 'layers=128-128-128-128', side: 1, steps: 1000, points: 8, measure });
             await within('progress', said('step'));
             const asked = performance.now();
             worker.postMessage({ cancel: job });
             await within('an answer', said('cancelled'));
             waits.push(performance.now() - asked);
         }
         worker.terminate();
         return waits.sort((a, b) => a - b);",
    )?;
    let waits: Vec<f64> = told
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    println!("median {:.1} ms, longest {:.1} ms", waits[4], waits[8]);
    // The machine may be busy with something else for a while: the median is the worker's own.
    ensure!(waits.len() == 9 && waits[4] < 20.0, "{waits:?}");
    Ok(())
}

#[test]
fn what_cannot_be_measured_is_refused_with_what_can() -> Result<()> {
    let lab = open()?;
    for (call, field, words) in [
        ("measureLandscape(5)", "settings", &["5", "a link"][..]),
        ("measureLandscape('lr=fast')", "lr", &["fast", "0.0001..30"]),
        (
            "measureLandscape('batch=1')",
            "norm1",
            &["batch=1", "batch=2"],
        ),
        (
            "measureLandscape('', { steps: -1 })",
            "steps",
            &["-1", "from 0 on"],
        ),
        (
            "measureLandscape('', { from: 201 })",
            "from",
            &["201", "0..200"],
        ),
        (
            "measureLandscape('', { steps: 1e9 })",
            "steps",
            &["0..1000000"],
        ),
        (
            "measureLandscape('', { every: 1.5 })",
            "every",
            &["1.5", "whole"],
        ),
        (
            "measureLandscape('', { every: 300 })",
            "every",
            &["300", "1..200"],
        ),
        (
            "measureLandscape('', { steps: 10000, every: 1 })",
            "every",
            &["20..10000"],
        ),
        (
            "measureLandscape('', { factors: 1 })",
            "factors",
            &["1", "a list"],
        ),
        (
            "measureLandscape('', { factors: [] })",
            "factors",
            &["0", "1..32"],
        ),
        (
            "measureLandscape('', { factors: [1, '2'] })",
            "factors",
            &["\"2\"", "above 0"],
        ),
        (
            "measureLandscape('', { factors: [1, -2] })",
            "factors",
            &["-2", "above 0"],
        ),
        (
            "measureLandscape('', { factors: [1e9] })",
            "factors",
            &["1000000000", "..1000000"],
        ),
        (
            "measureLandscape('', { last: 0 })",
            "last",
            &["0", "from 1 on"],
        ),
        (
            "measureLandscape('', { last: 1000 })",
            "last",
            &["1000", "1..512"],
        ),
        (
            "measureLandscape('', { seeds: 99 })",
            "seeds",
            &["99", "1..32"],
        ),
        (
            "measureLandscape('', { workers: 9 })",
            "workers",
            &["9", "1..8"],
        ),
        (
            "measureLandscape('', { engine: 'abacus' })",
            "engine",
            &["abacus", "simd128"],
        ),
        (
            "measureLandscape('layers=128-128-128-128&batch=500&samples=4000', { steps: 1e6, every: 1e5 })",
            "work",
            &["1..1000000000000"],
        ),
        (
            "measureProfile('', 'batch')",
            "kinds",
            &["\"batch\"", "a list"],
        ),
        ("measureProfile('', [])", "kinds", &["0", "1..16"]),
        (
            "measureProfile('', ['batch', 'none at all'])",
            "kinds",
            &["none at all", "batch | layer"],
        ),
        (
            "measureProfile('groups=3', ['none', 'group'])",
            "kinds",
            &["group cannot", "groups"],
        ),
        (
            "measureProfile('batch=1', ['none', 'batch'])",
            "kinds",
            &["batch cannot", "more than 1 value"],
        ),
        (
            "measureProfile('', ['none'], { steps: 5 })",
            "profile",
            &["5", "a list"],
        ),
        (
            "measureProfile('', ['none'], { steps: [] })",
            "profile",
            &["0", "1..64"],
        ),
        (
            "measureProfile('', ['none'], { steps: [0, 2.5] })",
            "profile",
            &["2.5", "whole"],
        ),
        (
            "measureProfile('', ['none'], { steps: [5, 3] })",
            "profile",
            &["3", "5"],
        ),
        (
            "measureProfile(`layers=${Array(51).fill('8').join('-')}`, ['none'])",
            "layers",
            &["1..50 ("],
        ),
    ] {
        let told = lab.script(&format!(
            "{IMPORT} return within('a refusal', {call}.run()).then(() => 'none',
                 (error) => ({{ is: error.name === 'Refusal', field: error.field, got: error.got, allowed: error.allowed, message: error.message }}))"
        ))?;
        ensure!(
            told["is"] == true && told["field"] == field,
            "{call}: {told}"
        );
        let message = told["message"].as_str().unwrap_or_default();
        for word in [field].iter().chain(words) {
            ensure!(message.contains(word), "{call}: {word}: {message}");
        }
        ensure!(
            told["got"].is_string() && told["allowed"].is_string(),
            "{call}: {told}"
        );
    }
    Ok(())
}
