//! What Rust writes for a kernel, held against what its WGSL reads: names, offsets and types of every member, as naga
//! lays them out. Every kernel of every kind of layer is made on a device that does nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::network::Network;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::Norm;
use pollster::block_on;
use wgpu::naga::{Module, ScalarKind, TypeInner, front::wgsl};

use super::kernel::Kernel;
use super::record::{Member, Record};
use super::step::{Step, StepMode};
use super::{Gpu, GpuNetwork, GridRun, Want, described};
use batchnorm_lab::jobs::{Job, Until};
use batchnorm_lab::kernels::optimizer::Hyper;

thread_local! {
    static CHECKED: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

/// The members of a struct, in order.
fn members(module: &Module, name: &str) -> Vec<Member> {
    let mut types = module.types.iter().map(|(_, found)| found);
    let found = types.find(|found| found.name.as_deref() == Some(name));
    let Some(TypeInner::Struct { members, .. }) = found.map(|found| &found.inner) else {
        // A kernel that is told nothing has none; one that reads from what it does not declare would not parse.
        return Vec::new();
    };
    let member = |member: &wgpu::naga::StructMember| {
        let scalar = module.types[member.ty].inner.scalar_kind();
        Member {
            name: member.name.clone().expect("members have names"),
            offset: member.offset,
            is_float: scalar == Some(ScalarKind::Float),
        }
    };
    members.iter().map(member).collect()
}

fn parsed(kernel: &Kernel) -> Module {
    wgsl::parse_str(&kernel.source()).expect("a kernel that parses")
}

/// Holds a call against the kernel's file, which may leave out the last members.
pub fn call(kernel: &Kernel, record: &Record) {
    let read = members(&parsed(kernel), "Call");
    let written = record.members.get(..read.len());
    assert_eq!(written, Some(&read[..]), "the call of {}", kernel.entry);
    CHECKED.with_borrow_mut(|checked| checked.insert(kernel.entry));
}

/// Holds a record against the struct of that name in a text of its own.
pub fn record(entry: &'static str, text: &str, kind: &str, record: &Record) {
    let module = wgsl::parse_str(text).expect("a program that parses");
    assert_eq!(record.members, members(&module, kind), "{kind} of {entry}");
    CHECKED.with_borrow_mut(|checked| checked.insert(entry));
}

/// Every kind of layer, normalisation, activation and loss.
const LINKS: &[&str] = &[
    "layers=6-5&act=sigmoid&loss=bce&b=batch",
    "layers=6-d20-5&act=gelu&loss=ce&b=renorm",
    "layers=6-5&act=relu&loss=mse&b=ghost&ghost=4",
    "layers=6-5&act=silu&b=sync",
    "layers=6-5&act=tanh&b=layer",
    "layers=6-5&act=leaky-relu&b=rms&affine=off",
    "data=digits&layers=c4-p-c3s2-g-5&b=group&groups=1",
    "data=digits&layers=c4-p-c3-g&b=instance",
    "data=digits&layers=c4-p-5&b=batch",
    "data=sequences&layers=5-r6&b=batch",
    "data=sequences&layers=6-t&b=none",
];

#[test]
fn every_call_is_written_as_its_kernel_reads_it() {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::NOOP;
    descriptor.backend_options.noop.enable = true;
    let instance = wgpu::Instance::new(descriptor);
    let gpu = block_on(Gpu::of(&instance, Want::default())).expect("a device that does nothing");
    for link in LINKS {
        let (settings, errors) = Settings::from_text(link);
        assert_eq!(errors, [], "{link}");
        for norm in [settings.norm_b, Norm::None] {
            let made = (FULL.network)(norm, &settings).expect("a network");
            let objective = settings.loss_used().into();
            // More rows than one chunk of sums has.
            for rows in [8, 900] {
                let network = Network::with_input(made.input, &made.layers, objective, rows);
                let network = network.expect("they fit");
                let layers = described(&network, &made.layers).expect("kinds that are described");
                let network = GpuNetwork::new(&gpu, &network, &layers, objective);
                block_on(network).expect("a network there");
            }
        }
    }
    grid_of_all(&gpu);
    let mut files = Vec::new();
    collect(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let entries: BTreeSet<String> = files.iter().flat_map(|text| entry_points(text)).collect();
    let checked = CHECKED.with_borrow(Clone::clone);
    let checked: BTreeSet<String> = checked.into_iter().map(str::to_owned).collect();
    assert_eq!(checked, entries, "every entry point of every file");
}

/// A grid of networks that lie whole and in part in the workgroup's memory.
fn grid_of_all(gpu: &Gpu) {
    let job = |link: &str| {
        let (settings, errors) = Settings::from_text(link);
        assert_eq!(errors, [], "{link}");
        Job {
            settings,
            side: 1,
            steps: 3,
            until: Until::Diverged,
            curve_points: 1,
            measure: Default::default(),
        }
    };
    let links = ["layers=4&batch=8&b=none&opt=adam", "batch=500&layers=64-64"];
    let jobs = links.map(job);
    let mut grid = block_on(GridRun::new(gpu, &jobs, &[], FULL)).expect("a grid");
    assert_eq!((grid.refused(), grid.whole()), (&[][..], 1));
    grid.start(2, true).expect("steps");
}

fn collect(folder: std::path::PathBuf, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(path, texts);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "wgsl")
        {
            texts.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
}

fn entry_points(text: &str) -> Vec<String> {
    let after = text.split("@compute").skip(1);
    let names = after.filter_map(|after| after.split_once("fn ")?.1.split_once('('));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn a_step_is_written_as_kernels_read_it() {
    let kernel = Kernel {
        entry: "none",
        files: &[],
        reads: 0,
        writes: 0,
    };
    let step = Step {
        rows: 3,
        mode: StepMode::Train,
        slot: 0,
        x_at: 0,
        targets_at: 0,
        lengths_at: None,
        updates: 0,
        batches_tracked: 0,
        upstream: 1.0,
        hyper: Hyper::adam(0.1),
        frozen: None,
    };
    let record = step.record();
    assert_eq!(record.members, members(&parsed(&kernel), "Step"));
    assert_eq!(record.bytes().len() as u64, super::step::BYTES);
}
