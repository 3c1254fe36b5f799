//! `bench.html` as an outside rig meets it: every engine's outputs against formulas written here in f64.

use anyhow::{Context, Result, ensure};
use batchnorm_lab::numeric::rng::Rng;
use serde_json::{Value, json};

use crate::bench_reference::{Norm, Step, affine, close, conv, cross_entropy, norm_backward};
use crate::common::{Lab, lanes};

const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;

/// Turns arrays of numbers into the typed arrays that a rig hands over, and back.
const TYPED: &str = "
    const typed = (value) => Array.isArray(value) && value.every(Number.isFinite) ? Float32Array.from(value)
        : Array.isArray(value) ? value.map(typed)
        : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, typed(v)]))
        : value;
    const plain = (values) => Object.fromEntries(Object.entries(values).map(([k, v]) => [k, v.length >= 0 ? [...v] : v]));
    await peerReady;
    const [name, shape, given, engine] = arguments;
    const inputs = { ...typed(given), shape: given.shape, spec: given.spec };
    const made = await makeCase(name, shape, inputs, { engine });
    if (made.unsupported) throw new Error(made.unsupported);";

/// A browser with `bench.html`.
pub fn open() -> Result<Lab> {
    let lab = Lab::start(&[])?;
    lab.browser.open(&format!("{}bench.html", lab.host.url()))?;
    Ok(lab)
}

fn numbers(value: &Value, name: &str) -> Result<Vec<f64>> {
    let list = value[name]
        .as_array()
        .with_context(|| format!("no list `{name}`"))?;
    list.iter()
        .map(|v| v.as_f64().with_context(|| format!("{name}: {v}")))
        .collect()
}

fn normals(rng: &mut Rng, len: usize) -> Vec<f64> {
    (0..len).map(|_| f64::from(rng.normal() as f32)).collect()
}

/// Reads one case in one engine; twice, for a case must not wear out.
fn read(lab: &Lab, name: &str, shape: &Value, inputs: &Value, engine: &str) -> Result<Value> {
    let script = format!(
        "{TYPED} made.run(2); const first = plain(made.read()); await made.sync(); const second = plain(made.read());
         made.dispose();
         if (JSON.stringify(first) !== JSON.stringify(second)) throw new Error('it gives something else each time');
         return second;"
    );
    let arguments = [json!(name), shape.clone(), inputs.clone(), json!(engine)];
    lab.browser
        .run(&script, &arguments)
        .with_context(|| format!("{name} {shape} in {engine}"))
}

#[test]
fn batch_norm_of_odd_shapes_is_exact_in_every_engine() -> Result<()> {
    let lab = open()?;
    let mut rng = Rng::new(1, "bench");
    for shape in [vec![5, 3], vec![3, 5, 2, 3], vec![2, 1], vec![33, 17]] {
        let (len, features) = (shape.iter().product::<usize>(), shape[1]);
        let (x, dy) = (normals(&mut rng, len), normals(&mut rng, len));
        let (gamma, beta) = (normals(&mut rng, features), normals(&mut rng, features));
        let rmean = normals(&mut rng, features);
        let rvar: Vec<f64> = normals(&mut rng, features)
            .iter()
            .map(|v| f64::from((v.abs() + 0.5) as f32))
            .collect();
        let inputs = json!({ "shape": shape, "x": x, "dy": dy, "gamma": gamma, "beta": beta, "rmean": rmean,
            "rvar": rvar, "eps": EPSILON, "mom": MOMENTUM });
        let positions = len / (shape[0] * features);
        let norm = Norm::of(&x, features, positions, EPSILON);
        let y = norm.output(&gamma, &beta);
        let (dx, dgamma, dbeta) = norm_backward(&norm, &dy, &gamma);
        let count = (len / features) as f64;
        let moved = |old: &[f64], new: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..features)
                .map(|f| (1.0 - MOMENTUM) * old[f] + MOMENTUM * new(f))
                .collect()
        };
        let new_mean = moved(&rmean, &|f| norm.mean[f]);
        let new_variance = moved(&rvar, &|f| norm.variance[f] * count / (count - 1.0));
        let fixed = Norm::with(&x, rmean.clone(), rvar.clone(), positions, EPSILON);
        let yinf = fixed.output(&gamma, &beta);
        for engine in lanes()? {
            let checks: [(&str, &[(&str, &[f64])]); 4] = [
                (
                    "bn_fwd",
                    &[
                        ("y", &y),
                        ("mean", &norm.mean),
                        ("var", &norm.variance),
                        ("rmean", &new_mean),
                        ("rvar", &new_variance),
                    ],
                ),
                (
                    "bn_bwd",
                    &[("dx", &dx), ("dgamma", &dgamma), ("dbeta", &dbeta)],
                ),
                (
                    "bn_fwdbwd",
                    &[
                        ("y", &y),
                        ("dx", &dx),
                        ("dgamma", &dgamma),
                        ("dbeta", &dbeta),
                    ],
                ),
                ("bn_infer", &[("yinf", &yinf)]),
            ];
            for (name, wanted) in checks {
                let got = read(&lab, name, &json!(shape), &inputs, engine)?;
                for (part, want) in wanted {
                    // Two values of a channel may lie so near that 1/σ is large.
                    let tolerance = if shape[0] == 2 { 2e-3 } else { 2e-5 };
                    close(
                        &format!("{name} {shape:?} {engine} {part}"),
                        &numbers(&got, part)?,
                        want,
                        tolerance,
                    )?;
                }
            }
        }
    }
    Ok(())
}

#[test]
fn histograms_are_exact_in_every_engine() -> Result<()> {
    let lab = open()?;
    let mut rng = Rng::new(2, "bench");
    for (len, bins) in [(1001, 64), (4099, 7)] {
        let x = normals(&mut rng, len);
        let low = x.iter().copied().fold(f64::INFINITY, f64::min);
        let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut counts = vec![0.0; bins];
        for value in &x {
            let bin = ((value - low) / (high - low) * bins as f64) as usize;
            counts[bin.min(bins - 1)] += 1.0;
        }
        for engine in lanes()? {
            let inputs = json!({ "x": x, "bins": bins });
            let got = read(&lab, "hist", &json!([len, bins]), &inputs, engine)?;
            ensure!(numbers(&got, "counts")? == counts, "{engine}: {got}");
            // JSON may change the last digit of a double: f32 is what was given.
            let ends = [&got["lo"], &got["hi"]].map(|end| end.as_f64().map(|end| end as f32));
            ensure!(
                ends == [Some(low as f32), Some(high as f32)],
                "{engine}: {got}"
            );
        }
    }
    Ok(())
}

/// Losses of three steps, one after the other, then of all three at once after a reset.
fn losses(lab: &Lab, inputs: &Value, engine: &str) -> Result<Vec<f64>> {
    let script = format!(
        "{TYPED} const each = [made.steps(1), made.steps(1), made.steps(1)];
         made.reset(); const again = made.steps(3);
         made.reset(); made.run(250); made.dispose();
         if (again !== each[2]) throw new Error(`after a reset ${{again}}, before ${{each[2]}}`);
         return {{ each }};"
    );
    let key = inputs["key"].clone();
    let arguments = [json!("train"), key, inputs.clone(), json!(engine)];
    numbers(&lab.browser.run(&script, &arguments)?, "each")
}

#[test]
fn three_steps_of_mlp_a_lose_what_they_should_in_every_engine() -> Result<()> {
    let lab = open()?;
    let mut rng = Rng::new(3, "bench");
    let (dims, batch, batches, rate) = ([2, 16, 16, 16, 1], 32, 2, 0.03);
    let x = normals(&mut rng, batch * batches * dims[0]);
    let targets: Vec<f64> = (0..batch * batches)
        .map(|n| (n % 2) as f64 * 2.0 - 1.0)
        .collect();
    let weights: Vec<Vec<f64>> = dims
        .windows(2)
        .map(|pair| {
            normals(&mut rng, pair[0] * pair[1])
                .iter()
                .map(|w| f64::from((w * 0.5) as f32))
                .collect()
        })
        .collect();
    let params: Vec<Value> = weights.iter().map(|w| json!({ "W": w })).collect();
    let inputs = json!({ "key": "mlp_a", "X": x, "T": targets, "params": params, "eps": EPSILON, "mom": MOMENTUM,
        "spec": { "dims": dims, "act": "tanh", "loss": "mse", "batch": batch, "nb": batches, "lr": rate } });

    let mut layers: Vec<Step> = Vec::new();
    for (place, pair) in dims.windows(2).enumerate() {
        let is_last = place + 2 == dims.len();
        layers.push(affine(&weights[place], pair[0], pair[1], is_last, rate));
        if !is_last {
            layers.push(Step::norm(pair[1], 1, EPSILON, rate));
            layers.push(Step::tanh());
        }
    }
    let mut want = Vec::new();
    for step in 0..3 {
        let k = step % batches;
        let x = &x[k * batch * dims[0]..][..batch * dims[0]];
        let t = &targets[k * batch..][..batch];
        let y = layers
            .iter_mut()
            .fold(x.to_vec(), |x, layer| layer.forward(x));
        let n = batch as f64;
        want.push(y.iter().zip(t).map(|(y, t)| (y - t) * (y - t)).sum::<f64>() / n / 2.0);
        let d = y.iter().zip(t).map(|(y, t)| (y - t) / n).collect();
        layers
            .iter_mut()
            .rev()
            .fold(d, |d, layer| layer.backward(d));
    }
    for engine in lanes()? {
        close(
            &format!("mlp_a {engine}"),
            &losses(&lab, &inputs, engine)?,
            &want,
            2e-5,
        )?;
    }
    Ok(())
}

#[test]
fn three_steps_of_cnn_c_lose_what_they_should_in_every_engine() -> Result<()> {
    let lab = open()?;
    let mut rng = Rng::new(4, "bench");
    let (side, channels, classes, batch, batches, rate) = (8, [1, 8, 16], 10, 32, 2, 0.05);
    let x = normals(&mut rng, batch * batches * side * side);
    let labels: Vec<usize> = (0..batch * batches).map(|_| rng.below(classes)).collect();
    let mut draw = |len: usize| -> Vec<f64> {
        normals(&mut rng, len)
            .iter()
            .map(|w| f64::from((w * 0.2) as f32))
            .collect()
    };
    let weights = [
        draw(9 * channels[0] * channels[1]),
        draw(9 * channels[1] * channels[2]),
        draw(side * side * channels[2] * classes),
    ];
    let params: Vec<Value> = weights.iter().map(|w| json!({ "W": w })).collect();
    let inputs = json!({ "key": "cnn_c", "X": x, "T": labels, "params": params, "eps": EPSILON, "mom": MOMENTUM,
        "spec": { "hw": side, "ch": channels[1..], "classes": classes, "act": "relu", "loss": "ce", "batch": batch,
            "nb": batches, "lr": rate } });

    // Here images are row, column, channel: each position is a row of its channels, and flattening costs nothing.
    let mut layers = vec![
        conv(&weights[0], side, channels[0], channels[1], rate),
        Step::norm(channels[1], 1, EPSILON, rate),
        Step::relu(),
        conv(&weights[1], side, channels[1], channels[2], rate),
        Step::norm(channels[2], 1, EPSILON, rate),
        Step::relu(),
        affine(&weights[2], side * side * channels[2], classes, true, rate),
    ];
    let mut want = Vec::new();
    for step in 0..3 {
        let k = step % batches;
        let x = &x[k * batch * side * side..][..batch * side * side];
        let y = layers
            .iter_mut()
            .fold(x.to_vec(), |x, layer| layer.forward(x));
        let (loss, d) = cross_entropy(&y, &labels[k * batch..][..batch], classes);
        want.push(loss);
        layers
            .iter_mut()
            .rev()
            .fold(d, |d, layer| layer.backward(d));
    }
    for engine in lanes()? {
        close(
            &format!("cnn_c {engine}"),
            &losses(&lab, &inputs, engine)?,
            &want,
            5e-5,
        )?;
    }
    Ok(())
}
