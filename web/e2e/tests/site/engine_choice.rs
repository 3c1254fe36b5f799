//! The GPU: a page on it shows the run of the core, and whatever goes wrong with it loses nothing.

use anyhow::{Context, Result, bail, ensure};

use crate::common::{Lab, number};
use crate::native::{IMAGES, LINK, STEPS, compare, follows, native};

/// One of the ways in which GPUs fail, provoked in the worker before its first line.
struct Fault {
    code: &'static str,
    poison: &'static str,
}

const BEFORE_THE_FIRST_STEP: [Fault; 4] = [
    Fault {
        code: "no-adapter",
        poison: "GPU.prototype.requestAdapter = async () => null;",
    },
    Fault {
        code: "out-of-memory",
        poison: "const request = GPUAdapter.prototype.requestDevice;
            GPUAdapter.prototype.requestDevice = function (wanted) {
                return request.call(this, { ...wanted, requiredLimits: { ...wanted.requiredLimits, maxBindGroups: 1e6 } });
            };",
    },
    Fault {
        code: "shader-rejected",
        poison: "const create = GPUDevice.prototype.createShaderModule;
            GPUDevice.prototype.createShaderModule = function (wanted) {
                return create.call(this, { ...wanted, code: `${wanted.code} let` });
            };",
    },
    Fault {
        code: "device-lost",
        poison: "const request = GPUAdapter.prototype.requestDevice;
            GPUAdapter.prototype.requestDevice = async function (wanted) {
                const device = await request.call(this, wanted);
                device.destroy();
                return device;
            };",
    },
];

#[test]
fn the_run_on_the_gpu_is_that_of_the_core() -> Result<()> {
    let name = "the_run_on_the_gpu_is_that_of_the_core";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    for (link, steps) in [(LINK, STEPS), (IMAGES, 20)] {
        follows(&lab, "webgpu", link, steps, &native(link, steps))?;
    }
    lab.ensure_silent()?;
    Ok(())
}

/// Every normalisation, block, optimiser and loss in few networks: what natively compiles a browser may still refuse.
/// Groups of four values: of two, x̂ is ±1 save where they are nearly equal, and rounding grows a hundredfold a step.
const KINDS: [&str; 9] = [
    "layers=8-8&a=layer&b=group&groups=2&act=gelu",
    "data=digits&samples=300&layers=c4&a=rms&b=instance",
    "layers=6-5&a=renorm&b=ghost&act=silu",
    "layers=6-d30-5&a=sync&b=batch&loss=mse&momentum=cumulative",
    "data=digits&samples=300&layers=c4s2-p-c4-g&act=leaky-relu",
    "data=sequences&layers=6-r8&a=layer&b=batch",
    "data=sequences&layers=6-t-g&a=rms&b=none&act=tanh",
    "layers=6-5&opt=adamw&wd=0.01&a=none&b=layer",
    "layers=6-5&opt=adam&a=none&b=group&groups=1&act=relu",
];

#[test]
fn every_kind_is_taken_by_a_browsers_gpu_too() -> Result<()> {
    let name = "every_kind_is_taken_by_a_browsers_gpu_too";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    for link in KINDS {
        let link = format!("{link}&batch=16");
        lab.go(&format!("?engine=webgpu#{link}"))?;
        let shown = lab.step(3)?;
        ensure!(
            shown["engine"] == "webgpu",
            "{link}: {} runs",
            shown["engine"]
        );
        let all = compare(&shown, &native(&link, 3))?;
        println!("{link}: {} figures, {:e}", all.compared, all.worst);
        all.check(&link)?;
    }
    Ok(())
}

/// Runs that leave the numbers there are: by the sums alone, through the functions, the largest of four, a softmax.
const EXPLODING: [&str; 5] = [
    "layers=16-16&act=identity&lr=30&gain=10",
    "layers=16-16-16-16&act=tanh&loss=mse&lr=30&gain=10",
    "layers=16-16-16-16&act=gelu&lr=30&gain=100",
    "data=digits&layers=c4-p-8&act=identity&lr=30&gain=100",
    "data=sequences&layers=6-t&act=relu&lr=30&gain=10",
];

#[test]
fn a_run_that_explodes_is_told_there_at_the_step_of_the_core() -> Result<()> {
    let name = "a_run_that_explodes_is_told_there_at_the_step_of_the_core";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    for link in EXPLODING {
        let link = format!("{link}&a=none&b=none&samples=200&batch=20");
        let expected = native(&link, 30).sides[0].diverged_at;
        let expected = expected.with_context(|| format!("{link}: natively it goes on"))?;
        lab.go(&format!("?engine=webgpu#{link}"))?;
        let shown = lab.step(30)?;
        ensure!(shown["engine"] == "webgpu", "{} runs", shown["engine"]);
        let Some(told) = shown["diverged"].as_u64() else {
            bail!("{link}: not told, natively at step {expected}");
        };
        println!("{link}: told at step {told}, natively {expected}");
        ensure!(
            told.abs_diff(expected) <= 1,
            "{link}: at step {told}, natively {expected}"
        );
        let text = lab.message("diverged")?;
        ensure!(text.contains(&told.to_string()), "{text}");
    }
    Ok(())
}

#[test]
fn playing_pausing_and_changing_work_there_too() -> Result<()> {
    let name = "playing_pausing_and_changing_work_there_too";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    lab.go(&format!("?engine=webgpu#{LINK}&speed=full"))?;
    lab.press("play")?;
    lab.wait("some training", "return (await lab.snapshot()).step > 40")?;
    lab.press("play")?;
    lab.wait("a pause", "return !(await lab.snapshot()).playing")?;
    let stood = number(&lab.snapshot()?, "/step")?;
    lab.type_value("batch", "300")?;
    let shown = lab.step(3)?;
    ensure!(number(&shown, "/step")? == stood + 3.0, "{}", shown["step"]);
    ensure!(shown["engine"] == "webgpu", "{} runs", shown["engine"]);
    // The same state goes on in other lanes.
    lab.run("lab.setAttribute('engine', 'simd128');")?;
    lab.wait(
        "the other engine",
        "return (await lab.snapshot()).engine === 'simd128'",
    )?;
    let shown = lab.step(2)?;
    ensure!(number(&shown, "/step")? == stood + 5.0, "{}", shown["step"]);
    Ok(())
}

#[test]
fn a_gpu_that_cannot_begin_is_said_and_the_lanes_train() -> Result<()> {
    let expected = native(LINK, STEPS);
    for Fault { code, poison } in BEFORE_THE_FIRST_STEP {
        let name = "a_gpu_that_cannot_begin_is_said_and_the_lanes_train";
        let Some(lab) = Lab::start_with_gpu(name)? else {
            return Ok(());
        };
        lab.before_every_worker(poison)?;
        lab.host.before_every_page(
            "globalThis.errors = []; document.addEventListener('bnlab-error', (e) => errors.push(e.detail.code));",
        );
        lab.go(&format!("?engine=webgpu#{LINK}"))?;
        let shown = lab.step(STEPS)?;
        let text = lab.message("engine-failed")?;
        ensure!(text.contains("simd128"), "{code}: {text}");
        let told = lab.run("return errors.join()")?;
        ensure!(told == code, "{told} instead of {code}");
        ensure!(shown["engine"] == "simd128", "{} runs", shown["engine"]);
        let all = compare(&shown, &expected)?;
        all.check(code)?;
    }
    Ok(())
}

#[test]
fn a_gpu_lost_in_mid_run_loses_nothing() -> Result<()> {
    let name = "a_gpu_lost_in_mid_run_loses_nothing";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    lab.before_every_worker(
        "const request = GPUAdapter.prototype.requestDevice;
         GPUAdapter.prototype.requestDevice = async function (wanted) {
             const device = await request.call(this, wanted);
             device.lost.then(() => new BroadcastChannel('lost').postMessage(0));
             new BroadcastChannel('lose').onmessage = () => device.destroy();
             return device;
         };",
    )?;
    lab.go(&format!("?engine=webgpu#{LINK}"))?;
    ensure!(lab.step(20)?["engine"] == "webgpu");
    lab.run(
        "let isLost = false;
         new BroadcastChannel('lost').onmessage = () => { isLost = true; };
         new BroadcastChannel('lose').postMessage(0);
         await until('the loss', () => isLost);",
    )?;
    let shown = lab.step(STEPS - 20)?;
    let text = lab.message("engine-failed")?;
    ensure!(text.contains("simd128"), "{text}");
    ensure!(shown["engine"] == "simd128", "{} runs", shown["engine"]);
    ensure!(number(&shown, "/step")? == f64::from(STEPS));
    let all = compare(&shown, &native(LINK, STEPS))?;
    all.check("the run")?;
    // A new worker has a new device.
    lab.click("return root.querySelector('[data-kind=\"engine-failed\"] button')")?;
    lab.wait(
        "the GPU again",
        "return (await lab.snapshot()).engine === 'webgpu'",
    )?;
    ensure!(number(&lab.step(1)?, "/step")? == f64::from(STEPS + 1));
    Ok(())
}

/// A run for which the page looks for a GPU.
const LARGE: &str = "#layers=128-128-128&batch=512&samples=2000";
/// In a worker that tells whether it has a GPU, and in the page, which has its answer then, and sixty frames
/// to obey.
const TELLS: &str = "const post = self.postMessage;
    self.postMessage = (...message) => {
        if (message[0]?.gpu !== undefined) new BroadcastChannel('told').postMessage(0);
        post.apply(self, message);
    };";
const HEARS: &str = "new BroadcastChannel('told').onmessage = async () => {
    for (let n = 0; n < 60; n += 1) await new Promise(requestAnimationFrame);
    window.wasTold = true;
};";
/// Of every adapter, that no CPU plays it.
const IS_REAL: &str =
    "Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });";

#[test]
fn the_page_takes_a_gpu_that_its_workers_have() -> Result<()> {
    let name = "the_page_takes_a_gpu_that_its_workers_have";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    lab.before_every_worker(IS_REAL)?;
    lab.go(LARGE)?;
    lab.step(1)?;
    lab.wait(
        "the GPU",
        "return (await lab.snapshot()).engine === 'webgpu'",
    )?;
    ensure!(number(&lab.snapshot()?, "/step")? == 1.0);
    ensure!(lab.run("return !!part('message')")? == false);
    Ok(())
}

#[test]
fn a_gpu_that_workers_lack_is_not_taken_and_its_lack_is_said_to_who_chooses_it() -> Result<()> {
    let name = "a_gpu_that_workers_lack_is_not_taken_and_its_lack_is_said_to_who_chooses_it";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    lab.before_every_worker(&format!("delete WorkerNavigator.prototype.gpu; {TELLS}"))?;
    lab.host.before_every_page(IS_REAL);
    lab.host.before_every_page(HEARS);
    lab.go(LARGE)?;
    lab.step(1)?;
    lab.wait("the answer", "return !!window.wasTold")?;
    let shown = lab.snapshot()?;
    ensure!(shown["engine"] == "simd128", "{} runs", shown["engine"]);
    ensure!(lab.run("return !!part('message')")? == false);
    lab.run("lab.setAttribute('engine', 'webgpu');")?;
    let text = lab.message("engine-failed")?;
    ensure!(text.contains("no graphics processor"), "{text}");
    let shown = lab.step(1)?;
    ensure!(number(&shown, "/step")? == 2.0, "{}", shown["step"]);
    ensure!(shown["engine"] == "simd128", "{} runs", shown["engine"]);
    Ok(())
}

#[test]
fn the_page_takes_no_gpu_that_the_cpu_plays() -> Result<()> {
    let name = "the_page_takes_no_gpu_that_the_cpu_plays";
    let Some(lab) = Lab::start_with_gpu(name)? else {
        return Ok(());
    };
    let is_played = lab.script(
        "const adapter = await navigator.gpu.requestAdapter();
         return !!(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter)",
    )?;
    // The page begins on lanes: only once it has had its answer, and time to obey it, does the engine say something.
    lab.before_every_worker(TELLS)?;
    lab.host.before_every_page(HEARS);
    lab.go(LARGE)?;
    lab.step(1)?;
    lab.wait("the answer", "return !!window.wasTold")?;
    let expected = if is_played == true {
        "simd128"
    } else {
        "webgpu"
    };
    lab.wait(
        "the better engine",
        &format!("return (await lab.snapshot()).engine === '{expected}'"),
    )?;
    Ok(())
}
