//! Puts the site together in one folder: page, workers, element, styles, texts. Every path in it is relative.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::build::{
    VARIANTS, build_bench, build_claims_pool, build_full_worker, build_gpu_bench, build_gpu_pool,
    build_gpu_worker, build_page, build_pool, build_worker,
};
use crate::contract::Contract;
use crate::pages::fill_pages;
use crate::script::{bundle, minify};
use crate::site_texts::{element_texts, page_texts, read_texts, start_texts, texts};
use crate::styles::{sheets, without_comments};
use crate::tools::ensure_wasm_target;
use crate::workspace::Workspace;

/// The element's scripts that are fetched; others are written into them.
const SCRIPTS: [&str; 6] = [
    "element.js",
    "embed.js",
    "lab.js",
    "probe.js",
    "worker.js",
    "worker-probe.js",
];

/// Builds the page alone into a site that is there, in a fifth of the time; the workers stay as they are.
///
/// # Errors
/// No site is there, or as for `write_dist`.
pub fn write_page(base: Option<String>) -> Result<()> {
    let site = existing(base)?;
    ensure_wasm_target()?;
    site.build_page()?;
    site.build_stills()?;
    site.copy_files()?;
    crate::course::build(&site)
}

/// The site that is in `dist/`.
///
/// # Errors
/// There is none.
pub fn existing(base: Option<String>) -> Result<Site> {
    let workspace = Workspace::find()?;
    let folder = workspace.root.join("dist");
    anyhow::ensure!(
        folder.join("worker-scalar.js").exists(),
        "there is no site in dist/ yet: `cargo xtask dist` makes one"
    );
    Ok(Site {
        workspace,
        folder,
        base,
    })
}

/// A site being written.
pub struct Site {
    /// The repository it is built from.
    pub workspace: Workspace,
    /// Where it is written.
    pub folder: PathBuf,
    /// The address at which it will stand, if that is known.
    pub base: Option<String>,
}

/// Builds the whole site, then puts it into `folder`, `dist/` at the root if none is named.
///
/// The folder always holds a whole site: the old one until the new one is built.
///
/// # Errors
/// A tool is missing, something does not compile, or a file cannot be written.
pub fn write_dist(folder: Option<&Path>, base: Option<String>) -> Result<()> {
    let workspace = Workspace::find()?;
    let folder = folder.map_or_else(|| workspace.root.join("dist"), Path::to_owned);
    let site = Site {
        folder: workspace.target.join("dist-being-built"),
        workspace,
        base,
    };
    site.build_first()?;
    site.build_rest()?;
    empty(&folder)?;
    copy_folder(&site.folder, &folder)?;
    println!("the site is in {}", folder.display());
    Ok(())
}

impl Site {
    /// Builds what the page needs to run into an emptied folder.
    ///
    /// # Errors
    /// A tool is missing, something does not compile, or a file cannot be written.
    pub fn build_first(&self) -> Result<()> {
        ensure_wasm_target()?;
        empty(&self.folder)?;
        self.build_page()?;
        self.build_workers()?;
        self.build_stills()?;
        self.copy_files()?;
        crate::course::build(self)
    }

    /// Builds what is fetched on demand: the workers with every layer, those of pools, and the benches.
    ///
    /// # Errors
    /// Something does not compile.
    pub fn build_rest(&self) -> Result<()> {
        self.build_full_workers()?;
        self.build_pools()?;
        self.build_benches()
    }

    /// Builds the page alone.
    ///
    /// # Errors
    /// It does not compile.
    pub fn build_page(&self) -> Result<()> {
        build_page(&self.workspace, &self.folder)
    }

    /// Builds the light workers alone.
    ///
    /// # Errors
    /// One does not compile.
    pub fn build_workers(&self) -> Result<()> {
        VARIANTS
            .iter()
            .try_for_each(|variant| build_worker(&self.workspace, variant, &self.folder))
    }

    /// Builds the workers with every kind of layer, and the one for a GPU, alone.
    ///
    /// # Errors
    /// One does not compile.
    pub fn build_full_workers(&self) -> Result<()> {
        VARIANTS
            .iter()
            .try_for_each(|variant| build_full_worker(&self.workspace, variant, &self.folder))?;
        build_gpu_worker(&self.workspace, &self.folder)
    }

    /// Builds the workers of pools alone.
    ///
    /// # Errors
    /// One does not compile.
    pub fn build_pools(&self) -> Result<()> {
        VARIANTS
            .iter()
            .try_for_each(|variant| build_pool(&self.workspace, variant, &self.folder))?;
        // No claim is tried with fused products: a link of a claim names no engine.
        VARIANTS
            .iter()
            .filter(|variant| variant.name != "relaxed")
            .try_for_each(|variant| build_claims_pool(&self.workspace, variant, &self.folder))?;
        build_gpu_pool(&self.workspace, &self.folder)
    }

    /// Builds what `bench.html` measures, alone.
    ///
    /// # Errors
    /// It does not compile.
    pub fn build_benches(&self) -> Result<()> {
        VARIANTS
            .iter()
            .try_for_each(|variant| build_bench(&self.workspace, variant, &self.folder))?;
        build_gpu_bench(&self.workspace, &self.folder)
    }

    /// Draws the pictures that stand for lessons until they are started, alone.
    ///
    /// # Errors
    /// They cannot be drawn.
    pub fn build_stills(&self) -> Result<()> {
        crate::stills::build(self)?;
        // What an element of this commit still asks for.
        let first = self.folder.join("stills/first-look.en.svg");
        self.write("poster.svg", &read(&first)?)
    }

    /// Copies what needs no compiler: html, element, styles, texts and other assets.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn copy_files(&self) -> Result<()> {
        let root = &self.workspace.root;
        self.write("index.html", &read(&root.join("index.html"))?)?;
        self.write("embed.html", &read(&root.join("web/element/embed.html"))?)?;
        let text = |name: &str| {
            let bytes = read(&root.join("web/page").join(name))?;
            String::from_utf8(bytes).with_context(|| format!("{name} is not text"))
        };
        self.write(
            "index.css",
            without_comments(&text("index.css")?).as_bytes(),
        )?;
        for script in ["index.js", "served.js"] {
            self.write(script, minify(&text(script)?)?.as_bytes())?;
        }
        self.copy_scripts()?;
        let contract = read(&root.join("web/element/contract.json"))?;
        let contract = Contract::read(&String::from_utf8_lossy(&contract))?;
        self.write("element.d.ts", contract.declarations()?.as_bytes())?;
        let manifest = serde_json::to_vec_pretty(&contract.manifest()?)?;
        self.write("custom-elements.json", &manifest)?;
        copy_folder(&root.join("web/bench/page"), &self.folder)?;
        copy_folder(&root.join("web/pool/page"), &self.folder)?;
        fill_pages(root, &self.folder)?;
        let record = minified_json(&root.join("assets/claims.json"))?;
        self.write("claims.json", &record)?;
        // A script, not data to fetch: a rig finds `window.makeCase` as soon as the page has loaded.
        let rows = String::from_utf8(read(&root.join("web/bench/rows.json"))?)
            .context("rows.json is not text")?;
        let rows = format!(
            "// web/bench/rows.json, written when the site is built.\nexport default {rows};\n"
        );
        self.write("bench-row-list.js", rows.as_bytes())?;
        for (file, text) in sheets(files(&root.join("web/styles"), "css")?)? {
            self.write(file, text.as_bytes())?;
        }
        for path in files(&root.join("assets/i18n"), "json")? {
            for (file, list) in ["texts", "words", "panels"].iter().zip(page_texts(&path)?) {
                self.write(&format!("{file}-{}", name(&path)), &list)?;
            }
            self.write_lessons(&path)?;
        }
        // Everything else under assets is fetched as it is; its descriptions are for readers of the source, and a
        // documentation host would make pages of them.
        for path in list(&root.join("assets"))? {
            if path.is_dir()
                && !["i18n", "course", "inventory", "lessons"].contains(&name(&path).as_str())
            {
                let copy = self.folder.join(name(&path));
                copy_folder(&path, &copy)?;
                for text in files(&copy, "md")? {
                    fs::remove_file(&text)
                        .with_context(|| format!("cannot remove {}", text.display()))?;
                }
            }
        }
        Ok(())
    }

    /// The words that each lesson brings, `lessons/ID.LANGUAGE.json`.
    fn write_lessons(&self, path: &Path) -> Result<()> {
        let folder = self.folder.join("lessons");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for words in texts::of_lessons(&read_texts(path)?) {
            let file = format!("lessons/{}.{}", words[0], name(path));
            self.write(&file, &serde_json::to_vec(&words)?)?;
        }
        Ok(())
    }

    /// The element's scripts, as few as there are moments at which one is fetched; and that of pools.
    fn copy_scripts(&self) -> Result<()> {
        let root = &self.workspace.root;
        let folder = root.join("web/element");
        let text = |name: &str| {
            String::from_utf8(read(&folder.join(name))?).context("a script is not text")
        };
        let resolve = |name: &str| {
            Ok(Some(match name {
                "start-texts.js" => start_texts(root)?,
                "element-texts.js" => element_texts(root)?,
                _ => text(name)?,
            }))
        };
        for name in SCRIPTS {
            let whole = bundle(&text(name)?, &resolve)?;
            self.write(name, minify(&whole)?.as_bytes())?;
        }
        let pool = String::from_utf8(read(&root.join("web/pool/pool.js"))?)
            .context("a script is not text")?;
        let pool = bundle(&pool, &resolve)?;
        self.write("pool.js", minify(&pool)?.as_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The same data without what only people need.
fn minified_json(path: &Path) -> Result<Vec<u8>> {
    let data: Value = serde_json::from_slice(&read(path)?)
        .with_context(|| format!("{} is not JSON", path.display()))?;
    Ok(serde_json::to_vec(&data)?)
}

pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in list(folder)? {
        if entry.extension().is_some_and(|e| e == extension) {
            found.push(entry);
        }
    }
    found.sort();
    Ok(found)
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for path in list(from)? {
        let target = to.join(name(&path));
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs::write(&target, read(&path)?)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(|| format!("cannot list {}", folder.display()))
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
