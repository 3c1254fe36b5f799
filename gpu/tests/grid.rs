//! Grids of networks on the GPU against the same jobs in the lanes: states and losses after a hundred steps, divergence,
//! changes on the way, and what is refused. Natively on any Vulkan adapter, in a browser on its WebGPU.

use crate::distance::distance;
use crate::grids::{advance, say, tests, with_device};
use batchnorm_lab::architecture::FULL;
use batchnorm_lab::jobs::{Job, JobReport, JobRun, Until};
use batchnorm_lab::protocol::NetworkState;
use batchnorm_lab::settings::choice::Optimizer;
use batchnorm_lab_gpu::{Gpu, GridRun, Want, wgpu};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");
const STEPS: u64 = 100;

/// Side B of each is trained. Depths 1 to 7, widths 4 to 32, batches of 8 to 64, and one of 500, which with its
/// activations is more than a workgroup's memory holds. Each is a run whose own rounding does not grow (tested below):
/// of seven layers of ReLU the lanes themselves lead two rates that differ in their eighth digit 2e-3 apart with seed 1.
const PLAIN: &[&str] = &[
    "layers=8-8&act=tanh&batch=16&b=none&sgdm=0&lr=0.3&loss=mse",
    "layers=4&act=tanh&batch=500&b=none&sgdm=0&lr=0.5",
    "layers=16&act=tanh&batch=64&b=none&sgdm=0&lr=0.1",
    "data=spiral&layers=32-32-32&act=relu&init=he-normal&batch=32&b=none&sgdm=0&lr=0.05&loss=ce",
    "data=xor&layers=4-4-4-4&act=sigmoid&batch=8&b=none&sgdm=0&lr=0.5",
    "layers=16-16-16-16-16&act=tanh&batch=33&b=none&sgdm=0&lr=0.05",
    "data=spiral&layers=12-7-9-5-11-6&act=relu&init=he-normal&batch=24&b=none&sgdm=0&lr=0.05&loss=mse",
    "layers=16-16-16-16-16-16-16&act=relu&init=he-normal&batch=64&b=none&sgdm=0&lr=0.05&seed=3",
    "layers=6-5&act=gelu&batch=10&b=none&sgdm=0&lr=0.05",
    "data=gauss&layers=6-5&act=silu&batch=31&b=none&sgdm=0&lr=0.05",
    "data=digits&layers=16-12&act=leaky-relu&batch=32&b=none&sgdm=0&lr=0.05",
];

/// The same over the batch; with seven layers of tanh a rate that is different in its eighth digit leads the lanes to
/// another loss by 0.08.
const BATCH: &[&str] = &[
    "layers=8-8&act=relu&init=he-normal&batch=16&sgdm=0&lr=0.05&loss=mse",
    "data=xor&layers=4-4-4-4&act=sigmoid&batch=8&sgdm=0&lr=0.1",
    "layers=16&act=tanh&batch=64&sgdm=0&lr=0.1",
    "data=spiral&layers=32-32-32&act=tanh&batch=32&sgdm=0&lr=0.05&loss=ce",
    "data=spiral&layers=12-7-9-5-11-6&act=tanh&batch=24&sgdm=0&lr=0.05",
    "layers=16-16-16-16-16-16-16&act=relu&init=he-normal&batch=64&sgdm=0&lr=0.01&seed=2",
    "layers=100-9&act=tanh&batch=40&sgdm=0&lr=0.05&affine=off",
    "layers=8-8&act=tanh&batch=16&sgdm=0&lr=0.1&momentum=cumulative&convention=keras",
    "layers=8-8&act=tanh&batch=16&sgdm=0&lr=0.1&track=off",
    "data=digits&layers=16&act=tanh&batch=32&sgdm=0&lr=0.05",
];

/// Within each row, and over a batch that lies in shards.
const OTHERS: &[&str] = &[
    "layers=8-8&act=tanh&batch=16&b=layer&lr=0.05",
    "layers=8-12&act=relu&init=he-normal&batch=24&b=rms&lr=0.02&loss=mse",
    "layers=16-16&act=tanh&batch=16&b=group&groups=2&lr=0.02",
    "layers=8-8&act=tanh&batch=16&b=layer&opt=adam&lr=0.003",
    "data=spiral&layers=32-32-32&act=tanh&batch=32&b=layer&lr=0.01&affine=off&loss=ce",
    "data=digits&layers=16-12&act=tanh&batch=33&b=rms&lr=0.01",
    "layers=8-8&act=tanh&batch=16&b=sync&shards=3&lr=0.02&sgdm=0",
];

/// Every rule of the optimisers.
const RULES: &[&str] = &[
    "layers=8-8&act=tanh&batch=16&b=none&lr=0.05",
    "layers=8-8&act=tanh&batch=16&opt=adamw&lr=0.003&wd=0.05&loss=mse",
    "layers=8-8&act=tanh&batch=16&lr=0.05&wd=0.01",
    "layers=8-8&act=relu&init=he-normal&batch=32&b=none&lr=0.02&nesterov=on",
    "data=spiral&layers=16-16-16&act=tanh&batch=32&b=none&opt=adam&lr=0.01",
    "data=spiral&layers=16-16-16&act=tanh&batch=32&opt=adam&lr=0.003&wd=0.01&loss=ce",
    "data=digits&layers=16-12&act=tanh&batch=32&opt=adam&lr=0.003",
];

/// Settings that change on the way.
const CHANGES: &[&str] = &[
    "layers=8-8&act=tanh&batch=16&b=none&lr=0.02&changes=20:lr=0.1,45:wd=0.01,45:sgdm=0.5",
    "layers=8-8&act=tanh&batch=16&lr=0.02&changes=23:batch=48,70:momentum=0.5",
    "layers=8-8&act=tanh&batch=16&lr=0.02&changes=30:frozen=statistics,60:frozen=affine,80:frozen=none",
    "layers=8-8&act=tanh&batch=16&opt=adam&lr=0.003&changes=50:frozen=affine",
];

/// Diverge sooner or later.
const DIVERGE: &[&str] = &[
    "layers=16-16&act=identity&b=none&lr=3&gain=10&samples=200&batch=20",
    "layers=16-16&act=relu&b=none&lr=30&gain=10&batch=20&loss=mse",
];

fn job(link: &str, steps: u64) -> Job {
    let (settings, errors) = batchnorm_lab::settings::Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    Job {
        settings,
        side: 1,
        steps,
        until: Until::Diverged,
        curve_points: 512,
        measure: Default::default(),
    }
}

fn done_here(job: &Job) -> JobRun {
    let mut run = JobRun::new(job.clone(), DIGITS, FULL).expect("a job that can be made");
    while !run.advance(1000) {}
    run
}

async fn grid(gpu: &Gpu, jobs: &[Job]) -> GridRun {
    let grid = GridRun::new(gpu, jobs, DIGITS, FULL).await;
    let grid = grid.expect("a grid");
    assert_eq!(grid.refused(), [], "all fit");
    grid
}

/// Done in slices of so many steps.
async fn done_there(gpu: &Gpu, jobs: &[Job], slice: u32) -> GridRun {
    let mut grid = grid(gpu, jobs).await;
    while !grid.is_done() {
        advance(&mut grid, slice, true).await;
    }
    grid
}

fn run_of(grid: &GridRun, place: usize) -> &JobRun {
    let mut runs = grid.runs();
    runs.find(|(index, _)| *index == place).expect("its run").1
}

/// A bias before Batch Normalization changes nothing and has the gradient 0 but for rounding, whose sign Adam takes for a
/// direction. Such biases are passed over, and the running means that follow them.
fn pass_over_drift(run: &JobRun, state: &mut NetworkState) {
    let network = run.network();
    let count = network.parameters().len();
    for (name, place) in network.views() {
        if name.starts_with("fc") && name.ends_with(".bias") {
            state.parameters[place.clone()].fill(0.0);
            state.optimizer[place.clone()].fill(0.0);
            state.optimizer[place.start + count..place.end + count].fill(0.0);
        }
    }
    for (name, place) in network.buffer_views() {
        if name.ends_with(".running_mean") {
            state.buffers[place.clone()].fill(0.0);
        }
    }
}

/// Losses of every step and the state, each as a share of the largest number among them.
fn check(link: &str, there: &JobRun, here: &JobRun, report: (&JobReport, &JobReport)) {
    let (told, want) = report;
    assert_eq!(
        (told.step, told.diverged_at),
        (want.step, want.diverged_at),
        "{link}"
    );
    let (mut a, mut b) = (there.state(), here.state());
    assert_eq!(
        (a.updates, a.batches_tracked),
        (b.updates, b.batches_tracked),
        "{link}"
    );
    if here.job().settings.optimizer != Optimizer::Sgd && !b.buffers.is_empty() {
        pass_over_drift(here, &mut a);
        pass_over_drift(here, &mut b);
    }
    let apart = [
        ("losses", distance(&told.curve.losses, &want.curve.losses)),
        ("parameters", distance(&a.parameters, &b.parameters)),
        ("memory", distance(&a.optimizer, &b.optimizer)),
        ("averages", distance(&a.buffers, &b.buffers)),
    ];
    let told = apart.map(|(what, apart)| format!("{what} {apart:.1e}"));
    say(&format!("{link}: {}", told.join(", ")));
    for (what, apart) in apart {
        assert!(apart < 1e-4, "{link}: {what} are {apart:e} apart");
    }
}

/// In a browser where a CPU plays the GPU a step takes a thousand times as long as in the lanes: there it is the first
/// jobs of each table.
fn few<'a>(links: &'a [&'a str]) -> &'a [&'a str] {
    match cfg!(target_arch = "wasm32") {
        true => &links[..2],
        false => links,
    }
}

async fn compare(gpu: &Gpu, links: &[&str], slice: u32) {
    let links = few(links);
    let jobs: Vec<Job> = links.iter().map(|link| job(link, STEPS)).collect();
    let mut grid = done_there(gpu, &jobs, slice).await;
    let reports = grid.reports();
    for (place, link) in links.iter().enumerate() {
        let mut here = done_here(&jobs[place]);
        let told = &reports.iter().find(|(index, _)| *index == place);
        let (_, told) = told.expect("its report");
        let want = here.report();
        check(link, run_of(&grid, place), &here, (told, &want));
    }
}

/// What is compared can be: in the lanes a rate that is different by the last digits of an f32 leads nearly there too.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn rounding_does_not_grow_in_the_runs_that_are_compared() {
    for link in [PLAIN, BATCH, OTHERS, RULES].concat() {
        let job = job(link, STEPS);
        let want = done_here(&job).report().curve.losses;
        for ulps in [-4.0, -1.0, 1.0, 4.0] {
            let mut near = job.clone();
            near.settings.learning_rate *= 1.0 + ulps * f64::from(f32::EPSILON);
            let apart = distance(&done_here(&near).report().curve.losses, &want);
            assert!(apart < 3e-5, "{link}: {apart:e} apart after {ulps} ulps");
        }
    }
}

async fn a_grid_goes_where_its_jobs_go_in_the_lanes(gpu: &Gpu) {
    compare(gpu, PLAIN, 64).await;
}

async fn so_it_does_with_batch_normalization(gpu: &Gpu) {
    compare(gpu, BATCH, 64).await;
}

async fn so_it_does_with_other_normalisations(gpu: &Gpu) {
    compare(gpu, OTHERS, 64).await;
}

async fn so_it_does_by_every_rule_of_the_optimisers(gpu: &Gpu) {
    compare(gpu, RULES, 32).await;
}

async fn settings_that_change_end_a_network_s_slice_alone(gpu: &Gpu) {
    compare(gpu, CHANGES, 32).await;
}

/// A loss beyond all numbers is no distance: what is compared is at which step it is.
async fn a_network_that_diverges_ends_at_its_step(gpu: &Gpu) {
    let mut jobs: Vec<Job> = DIVERGE.iter().map(|link| job(link, STEPS)).collect();
    jobs.push(job(PLAIN[0], STEPS));
    let mut grid = done_there(gpu, &jobs, 64).await;
    for (place, told) in grid.reports() {
        let mut here = done_here(&jobs[place]);
        let want = here.report();
        let ended = |report: &JobReport| (report.step, report.diverged_at);
        assert_eq!(ended(&told), ended(&want), "job {place}");
        assert_eq!(
            told.curve.losses.len(),
            want.curve.losses.len(),
            "job {place}"
        );
        assert_eq!(told.diverged_at.is_some(), place < DIVERGE.len());
    }
}

async fn figures_are_those_of_a_job(gpu: &Gpu) {
    let jobs = [job(PLAIN[0], 50), job(BATCH[0], 30)];
    let mut grid = done_there(gpu, &jobs, 20).await;
    for (place, told) in grid.reports() {
        let want = done_here(&jobs[place]).report();
        let of = |report: &JobReport| {
            let (l, a) = (&report.loss, &report.accuracy);
            [
                l.batch,
                l.train,
                l.eval,
                a.train,
                a.eval_batch,
                a.eval_running,
                a.eval_full,
            ]
        };
        let apart = distance(&of(&told), &of(&want));
        assert!(
            apart < 1e-4,
            "job {place}: {:?}, {:?}",
            of(&told),
            of(&want)
        );
        assert_eq!(told.state, want.state);
        assert_eq!(
            (told.step, told.curve.stride),
            (want.step, want.curve.stride)
        );
    }
}

async fn slices_of_any_size_give_the_same_bits(gpu: &Gpu) {
    let jobs: Vec<Job> = [BATCH[1], RULES[1], CHANGES[1]]
        .map(|link| job(link, 70))
        .into();
    let of = |grid: &GridRun| -> Vec<NetworkState> {
        (0..jobs.len())
            .map(|place| run_of(grid, place).state())
            .collect()
    };
    let whole = of(&done_there(gpu, &jobs, 128).await);
    assert_eq!(of(&done_there(gpu, &jobs, 9).await), whole);
    // States that come back at the end alone.
    let mut grid = grid(gpu, &jobs).await;
    while !grid.is_done() {
        advance(&mut grid, 10, false).await;
    }
    advance(&mut grid, 1, true).await;
    assert_eq!(of(&grid), whole);
}

async fn what_does_not_fit_is_said(gpu: &Gpu) {
    let mut looks = job("layers=8", 10);
    looks.until = Until::Accuracy(0.9);
    let jobs = [
        looks,
        job("layers=8-d20", 10),
        job(PLAIN[0], 10),
        job("layers=8&b=ghost", 10),
        job("data=sequences&layers=8", 10),
        job("layers=8&changes=5:shift=0.5", 10),
    ];
    let mut grid = GridRun::new(gpu, &jobs, DIGITS, FULL)
        .await
        .expect("a grid");
    let said: Vec<(usize, String)> = grid
        .refused()
        .iter()
        .map(|(place, why)| (*place, why.to_string()))
        .collect();
    let want = [
        (0, "setting `until`: `0.9` is not in diverged"),
        (
            1,
            "setting `layers`: `8-d20` is not in affine layers, as 16-16",
        ),
        (
            3,
            "setting `b`: `ghost` is not in none | batch | sync | layer | rms | group",
        ),
        (
            4,
            "setting `data`: `sequences` is not in circle | xor | gauss | spiral | digits",
        ),
        (5, "setting `shift`: `0.5` is not in 0"),
    ];
    assert_eq!(said, want.map(|(place, why)| (place, why.to_owned())));
    while !grid.is_done() {
        advance(&mut grid, 10, true).await;
    }
    let places: Vec<usize> = grid.reports().iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [2]);
    // Of none nothing is waited for.
    let mut grid = GridRun::new(gpu, &jobs[..1], DIGITS, FULL)
        .await
        .expect("a grid");
    advance(&mut grid, 10, true).await;
    assert!(grid.is_done() && grid.reports().is_empty());
}

/// Memory for about two of these networks; a browser gives a device no less than WebGPU's own limits.
async fn what_has_no_room_is_said(_: &Gpu) {
    if cfg!(target_arch = "wasm32") {
        return;
    }
    let link = "layers=16-16&batch=64&b=none";
    let want = Want {
        limits: Some(wgpu::Limits {
            max_storage_buffer_binding_size: 1 << 15,
            ..wgpu::Limits::default()
        }),
        ..Want::default()
    };
    let gpu = Gpu::acquire(want).await.expect("a device with less memory");
    let jobs = vec![job(link, 3); 4];
    let mut grid = GridRun::new(&gpu, &jobs, DIGITS, FULL)
        .await
        .expect("a grid");
    let fit = grid.runs().count();
    assert!((1..4).contains(&fit), "{fit} fit");
    assert_eq!(grid.refused().len(), 4 - fit);
    for (_, why) in grid.refused() {
        assert_eq!(why.field(), "cells");
    }
    while !grid.is_done() {
        advance(&mut grid, 3, true).await;
    }
    assert!(grid.reports().iter().all(|(_, report)| report.step == 3));
}

tests! {
    a_grid_goes_where_its_jobs_go_in_the_lanes,
    so_it_does_with_batch_normalization,
    so_it_does_by_every_rule_of_the_optimisers,
    so_it_does_with_other_normalisations,
    settings_that_change_end_a_network_s_slice_alone,
    a_network_that_diverges_ends_at_its_step,
    figures_are_those_of_a_job,
    slices_of_any_size_give_the_same_bits,
    what_does_not_fit_is_said,
    what_has_no_room_is_said,
}
