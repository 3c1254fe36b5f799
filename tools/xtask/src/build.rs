//! Builds the page, the workers (light, with every layer, and those of pools) and the benches, three of each. Knows neither their glue nor the rest of the site.

use std::path::Path;

use anyhow::Result;

use crate::glue::write_glue;
use crate::paths::rustflags;
use crate::split::{self, split};
use crate::stage::{run, stage};
use crate::tools::WASM;
use crate::workspace::Workspace;

/// A worker build: target features belong to the build, never to an `if`.
pub struct Variant {
    /// The engine's name in links, messages and file names.
    pub name: &'static str,
    /// What the compiler is told.
    pub rustflags: &'static str,
}

/// The worker and bench builds, plainest first.
pub const VARIANTS: [Variant; 3] = [
    Variant {
        name: "scalar",
        rustflags: "",
    },
    Variant {
        name: "simd128",
        rustflags: "-C target-feature=+simd128",
    },
    Variant {
        name: "relaxed",
        rustflags: "-C target-feature=+simd128,+relaxed-simd",
    },
];

/// Builds the page's modules and writes `app.js`, `app_bg.wasm`, `app-lazy.js`, `split_*.wasm` and what several of these
/// share, `chunk_*.wasm`, to `folder`.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_page(workspace: &Workspace, folder: &Path) -> Result<()> {
    stage("building the page", || {
        run(workspace
            .cargo(&["build", "--package", "batchnorm-lab-app", "--lib"])
            .args(["--features", "split", "--target", WASM, "--profile", "page"])
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                rustflags(&workspace.root, split::RUSTFLAGS)?,
            ))
    })?;
    let built = workspace.target.join(WASM).join("page");
    let first = built.join("batchnorm_lab_app_first.wasm");
    stage("cutting the page's module and writing its glue", || {
        split(&built.join("batchnorm_lab_app.wasm"), &first, folder)?;
        write_glue(&first, "app", folder)
    })
}

/// Builds one worker and writes `worker-NAME.js`, `worker-NAME_bg.wasm` to `folder`.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_worker(workspace: &Workspace, variant: &Variant, folder: &Path) -> Result<()> {
    build_variant(workspace, variant, "worker", "", folder)
}

/// The bench whose training cases the browser's GPU makes, `bench-webgpu.js` and its module.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_gpu_bench(workspace: &Workspace, folder: &Path) -> Result<()> {
    build_variant(workspace, &VARIANTS[1], "bench", "gpu", folder)
}

/// The same with every kind of layer, `worker-full-NAME.js` and its module, which is fetched only by who needs it.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_full_worker(workspace: &Workspace, variant: &Variant, folder: &Path) -> Result<()> {
    build_variant(workspace, variant, "worker", "full", folder)
}

/// The worker whose steps the browser's GPU makes, `worker-webgpu.js` and its module. What has no
/// GPU to use goes on in the lanes of a build that every such browser can run.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_gpu_worker(workspace: &Workspace, folder: &Path) -> Result<()> {
    build_variant(workspace, &VARIANTS[1], "worker", "gpu", folder)
}

/// Builds one worker of a pool, with every kind of layer, and writes `worker-pool-NAME.js` and its module to `folder`.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_pool(workspace: &Workspace, variant: &Variant, folder: &Path) -> Result<()> {
    build_variant(workspace, variant, "pool", "", folder)
}

/// The same with the lessons' claims, `worker-pool-claims-NAME.js`: the checks bring kernels in f64 and every normalisation's
/// equivalences, a third more, which no grid needs.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_claims_pool(workspace: &Workspace, variant: &Variant, folder: &Path) -> Result<()> {
    build_variant(workspace, variant, "pool", "claims", folder)
}

/// The worker whose jobs the browser's GPU trains, `worker-pool-webgpu.js` and its module.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_gpu_pool(workspace: &Workspace, folder: &Path) -> Result<()> {
    build_variant(workspace, &VARIANTS[1], "pool", "gpu", folder)
}

/// Builds one bench and writes `bench-NAME.js`, `bench-NAME_bg.wasm` to `folder`.
///
/// # Errors
/// It does not compile, or the glue cannot be written.
pub fn build_bench(workspace: &Workspace, variant: &Variant, folder: &Path) -> Result<()> {
    build_variant(workspace, variant, "bench", "", folder)
}

fn build_variant(
    workspace: &Workspace,
    variant: &Variant,
    what: &str,
    feature: &str,
    folder: &Path,
) -> Result<()> {
    // Each variant has its own folder: with a shared one, every build would overwrite the module of the one before.
    let target = workspace.target.join(format!("worker-{}", variant.name));
    let label = match feature {
        "" => variant.name.to_owned(),
        "gpu" => "webgpu".to_owned(),
        _ => format!("{feature}-{}", variant.name),
    };
    stage(&format!("building the {what} ({label})"), || {
        run(workspace
            .cargo(&["build", "--lib", "--package"])
            .arg(format!("batchnorm-lab-{what}"))
            .args([
                "--target",
                WASM,
                "--profile",
                "worker",
                "--features",
                feature,
            ])
            .arg("--target-dir")
            .arg(&target)
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                rustflags(&workspace.root, variant.rustflags)?,
            ))?;
        let module = target
            .join(WASM)
            .join(format!("worker/batchnorm_lab_{what}.wasm"));
        // The name by which `worker.js` finds it.
        let what = if what == "pool" { "worker-pool" } else { what };
        write_glue(&module, &format!("{what}-{label}"), folder)
    })
}
