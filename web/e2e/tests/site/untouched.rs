//! What a lab and a figure fetch while nobody touches them: the table of weights counts exactly that.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use xtask::weights::{Part, apart, part_of};

use crate::common::{Lab, site};
use crate::figures;

/// The page's other modules and their chunks, by the part that weighs them.
fn modules() -> Result<Vec<(String, Part)>> {
    let folder = site()?;
    let script = fs::read_to_string(folder.join("app-lazy.js")).context("no other modules")?;
    let apart = apart(&script);
    let mut modules = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ["split_", "chunk_", "app-lazy."]
            .iter()
            .any(|start| name.starts_with(start))
        {
            let part = match apart.contains(&name) {
                true => Part::Apart,
                false => part_of(&name).0,
            };
            modules.push((name, part));
        }
    }
    Ok(modules)
}

/// What was asked for, without folders and queries.
fn asked(lab: &Lab) -> BTreeSet<String> {
    let plain = |url: &str| {
        let path = url.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    };
    lab.host
        .asked()
        .iter()
        .map(|asked| plain(&asked.url))
        .collect()
}

/// What else may be asked for: texts, styles and workers.
fn check_others(asked: &BTreeSet<String>, foreign: &[&str]) -> Result<()> {
    for file in asked {
        let is_foreign = foreign.iter().any(|start| file.starts_with(start));
        ensure!(!is_foreign, "{file} was fetched: {asked:?}");
    }
    Ok(())
}

#[test]
fn an_untouched_lab_fetches_what_the_table_of_weights_counts() -> Result<()> {
    let lab = Lab::start(&[])?;
    lab.browser
        .open(&format!("{}?lang=en&engine=simd128", lab.host.url()))?;
    lab.wait(
        "all panels and the noise of batches",
        "return root?.querySelector('[data-part=step-count]') && !root.querySelector('.lazy[aria-busy]')
            && root.querySelector('[data-part=batch-noise][aria-busy=false] [data-painted]')",
    )?;
    lab.script("await frames(60);")?;
    let asked = asked(&lab);
    for (module, part) in modules()? {
        let is_wanted = [Part::Lazy, Part::Page].contains(&part);
        ensure!(
            asked.contains(&module) == is_wanted,
            "{module} is of the part {part:?}: {asked:?}"
        );
    }
    check_others(
        &asked,
        &[
            "panels-",
            "styles-figure",
            "styles-panels",
            "worker-full",
            "worker-pool",
            "grid",
            "pool",
        ],
    )
}

#[test]
fn a_started_figure_fetches_its_own_panels_alone() -> Result<()> {
    for (lesson, others) in [
        ("first-look", ["noise", "unit"]),
        ("gamma-beta", ["noise", "answers"]),
        ("noise", ["unit", "answers"]),
    ] {
        let lab = figures::start(&format!("lesson={lesson} engine=simd128 lang=en"), 700, 2)?;
        let asked = asked(&lab);
        for name in others
            .iter()
            .chain(&["notices", "help", "grids", "measured", "compared"])
        {
            let module = format!("split_{name}.wasm");
            ensure!(!asked.contains(&module), "{lesson}: {module}: {asked:?}");
        }
        ensure!(!asked.contains("app-lazy.wasm"), "{lesson}: {asked:?}");
        check_others(
            &asked,
            &["panels-", "worker-full", "worker-pool", "grid", "pool"],
        )?;
    }
    Ok(())
}
