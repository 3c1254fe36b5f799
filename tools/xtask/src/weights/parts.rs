//! What each file of the site is a part of: what is fetched together. Knows no limit.

use std::collections::BTreeSet;

/// Files of the site that are fetched together. Of families such as the languages one is fetched: the heaviest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What an element fetches before it is started, besides its still picture: one script.
    Element,
    /// What comes with the start: `lab.js`, styles, the page's first module and its glue, and what starts workers.
    Page,
    /// The lab's own document, which a figure on somebody's page has not.
    Document,
    /// The styles of a figure, which the lab has not.
    FigureStyles,
    /// The texts of one language.
    Language,
    /// The title and the lead of one lesson in one language.
    Lesson,
    /// A worker for dense networks, one for each engine: module and glue.
    LightWorker,
    /// The same for browsers without SIMD, which none of today's is.
    ScalarWorker,
    /// The page's other modules and styles that a lab nobody touches fetches once its first frame is there
    /// (`web/e2e/tests/site/untouched.rs`): the modules in one file.
    Lazy,
    /// The same modules one by one: a figure fetches those of its panels.
    Single,
    /// The module of messages about a run or a link, fetched with the first of them.
    Notices,
    /// The module that is fetched when help or a panel's sheet is opened.
    Asked,
    /// The module of panels that train many networks, fetched with such a panel.
    Grids,
    /// The module of panels that measure on copies of the networks, fetched with such a panel.
    Measured,
    /// The module of panels that train whole runs beside each other, fetched with such a panel.
    Compared,
    /// The module of panels that measure over the steps of a run, fetched with such a panel.
    Watched,
    /// The module of a unit's values by class, fetched with that panel.
    Classes,
    /// The module of what sequences share, fetched with that panel.
    Taught,
    /// The module of the panel of several devices, fetched with it.
    Devices,
    /// The module of the panel where a mini-batch is moved, fetched with it.
    NumberLine,
    /// The module of the panel that shows who shares statistics, fetched with it.
    Cells,
    /// The module of the panel that shows what Batch Normalization passes back, fetched with it.
    Backward,
    /// The module of the panel of a network and its folded one, fetched with it.
    Fold,
    /// The module of the panel with the words of frameworks, fetched with it.
    Frameworks,
    /// What only these, messages or the help have in common: fetched with the first of them.
    Apart,
    /// The texts of these panels in one language.
    ApartLanguage,
    /// The texts of the other modules in one language.
    LazyLanguage,
    /// A worker with every kind of layer, one for each engine.
    FullWorker,
    /// A worker of a pool, with every kind of layer, fetched with the first grid, claim or devices.
    PoolWorker,
    /// The same with the lessons' claims, fetched by who tries one again.
    ClaimsWorker,
    /// The worker for a GPU, fetched only by who uses it.
    GpuWorker,
    /// The worker that trains a pool's jobs on a GPU, fetched only by who asks for it.
    GpuPoolWorker,
    /// A still picture of a lesson; of each one of four is fetched.
    Still,
    /// The same of a lesson whose figure shows ridgelines of two runs beside planes, or digits.
    DenseStill,
    /// The script and style sheet that make a page of the course live.
    Course,
    /// A page of the course: text, formulas, questions with what is said to each answer.
    CoursePage,
    /// Data, benches and other pages.
    Other,
}

/// Lessons whose still pictures may weigh twice as much as others.
const DENSE_STILLS: [&str; 2] = ["images", "sandbox"];

/// What begins the names of files that come after the first picture.
const LAZY: [&str; 3] = ["app-lazy.wasm", "worker-probe.js", "styles-later.css"];

/// Which still picture a file is, if it is one.
fn still(file: &str) -> Option<Part> {
    let picture = file.strip_prefix("stills/")?;
    let is_dense = DENSE_STILLS
        .iter()
        .any(|lesson| picture.starts_with(lesson));
    let part = match is_dense {
        true => Part::DenseStill,
        false => Part::Still,
    };
    picture.ends_with(".svg").then_some(part)
}

/// Modules of the page that are fetched with the first panel of theirs.
const MODULES: &[(&str, Part)] = &[
    ("help", Part::Asked),
    ("notices", Part::Notices),
    ("grids", Part::Grids),
    ("devices", Part::Devices),
    ("measured", Part::Measured),
    ("compared", Part::Compared),
    ("watched", Part::Watched),
    ("classes", Part::Classes),
    ("taught", Part::Taught),
    ("numberline", Part::NumberLine),
    ("cells", Part::Cells),
    ("backward", Part::Backward),
    ("fold", Part::Fold),
    ("frameworks", Part::Frameworks),
];

fn module(file: &str) -> Option<Part> {
    let name = file.strip_prefix("split_")?.strip_suffix(".wasm")?;
    let row = MODULES.iter().find(|(own, _)| *own == name)?;
    Some(row.1)
}

/// Which part a file of the site belongs to, and which of its family: empty for a part that has no families.
pub fn part_of(file: &str) -> (Part, &str) {
    let engine = |rest: &'static str| {
        let name = file.strip_prefix(rest)?;
        name.split(['.', '_']).next()
    };
    let is_code = [".html", ".js", ".wasm", ".css"]
        .iter()
        .any(|end| file.ends_with(end));
    if let Some(part) = still(file) {
        (part, file)
    } else if file.ends_with("/index.html") {
        (Part::CoursePage, file)
    } else if ["course.js", "course.css"].contains(&file) {
        (Part::Course, "")
    } else if file.starts_with("lessons/") {
        (Part::Lesson, file)
    } else if file.starts_with("texts-") {
        (Part::Language, file)
    } else if file.starts_with("words-") {
        (Part::LazyLanguage, file)
    } else if file.starts_with("panels-") {
        (Part::ApartLanguage, file)
    } else if let Some(engine) = engine("worker-pool-") {
        let part = match engine {
            "webgpu" => Part::GpuPoolWorker,
            _ if engine.starts_with("claims-") => Part::ClaimsWorker,
            _ => Part::PoolWorker,
        };
        (part, engine)
    } else if let Some(engine) = engine("worker-full-") {
        (Part::FullWorker, engine)
    } else if let Some(engine) = engine("worker-").filter(|engine| *engine != "probe") {
        let part = match engine {
            "webgpu" => Part::GpuWorker,
            "scalar" => Part::ScalarWorker,
            _ => Part::LightWorker,
        };
        (part, engine)
    } else if let Some(part) = module(file) {
        (part, "")
    } else if file == "styles-panels.css" {
        (Part::Apart, "")
    } else if file.starts_with("split_") || file.starts_with("chunk_") {
        (Part::Single, "")
    } else if LAZY.iter().any(|start| file.starts_with(start)) {
        (Part::Lazy, "")
    } else if [
        "bench",
        "claims",
        "devices",
        "embed",
        "engines",
        "grid",
        "loss-chart",
        "measure",
        "pool",
        "presenter",
        "probe",
        "served",
    ]
    .iter()
    .any(|page| file.starts_with(page))
        || !is_code
    {
        (Part::Other, "")
    } else if file == "element.js" {
        (Part::Element, "")
    } else if file.starts_with("index.") {
        (Part::Document, "")
    } else if file == "styles-figure.css" {
        (Part::FigureStyles, "")
    } else {
        (Part::Page, "")
    }
}

/// The chunks that no module of a lab nobody touches has a share in, from the script that fetches the other modules
/// (`app-lazy.js`), which has a list of the chunks that each needs.
pub fn apart(script: &str) -> Vec<String> {
    let list = script.split_once("={answers:").map_or("", |(_, list)| list);
    let list = list.split('}').next().unwrap_or_default();
    let list = format!("answers:{list}");
    let modules = list.split(',').filter_map(|row| row.split_once(':'));
    let modules: Vec<(&str, Vec<&str>)> = modules
        .map(|(name, chunks)| (name, chunks.trim_matches('`').split(' ').collect()))
        .collect();
    let is_lazy = |name: &str| part_of(&format!("split_{name}.wasm")).0 == Part::Single;
    let (lazy, others): (Vec<_>, Vec<_>) = modules.iter().partition(|(name, _)| is_lazy(name));
    let wanted: BTreeSet<&str> = lazy
        .iter()
        .flat_map(|(_, chunks)| chunks)
        .copied()
        .collect();
    let all: BTreeSet<&str> = others
        .iter()
        .flat_map(|(_, chunks)| chunks)
        .copied()
        .collect();
    let apart = all.difference(&wanted).filter(|chunk| !chunk.is_empty());
    apart.map(|chunk| format!("chunk_{chunk}.wasm")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_of_one_part() {
        for (file, part) in [
            ("index.html", (Part::Document, "")),
            ("index.js", (Part::Document, "")),
            ("index.css", (Part::Document, "")),
            ("styles-figure.css", (Part::FigureStyles, "")),
            ("split_notices.wasm", (Part::Notices, "")),
            ("app.js", (Part::Page, "")),
            ("app-lazy.js", (Part::Page, "")),
            ("app_bg.wasm", (Part::Page, "")),
            ("worker.js", (Part::Page, "")),
            ("course.js", (Part::Course, "")),
            ("course.css", (Part::Course, "")),
            (
                "en/lessons/noise/index.html",
                (Part::CoursePage, "en/lessons/noise/index.html"),
            ),
            ("element.js", (Part::Element, "")),
            ("lab.js", (Part::Page, "")),
            ("styles.css", (Part::Page, "")),
            ("styles-lab.css", (Part::Page, "")),
            ("styles-later.css", (Part::Lazy, "")),
            ("styles-panels.css", (Part::Apart, "")),
            ("probe.js", (Part::Other, "")),
            ("app-lazy.wasm", (Part::Lazy, "")),
            ("split_words.wasm", (Part::Single, "")),
            ("split_help.wasm", (Part::Asked, "")),
            ("split_grids.wasm", (Part::Grids, "")),
            ("split_measured.wasm", (Part::Measured, "")),
            ("split_compared.wasm", (Part::Compared, "")),
            ("split_watched.wasm", (Part::Watched, "")),
            ("split_classes.wasm", (Part::Classes, "")),
            ("split_taught.wasm", (Part::Taught, "")),
            ("split_devices.wasm", (Part::Devices, "")),
            ("split_numberline.wasm", (Part::NumberLine, "")),
            ("split_cells.wasm", (Part::Cells, "")),
            ("split_backward.wasm", (Part::Backward, "")),
            ("split_fold.wasm", (Part::Fold, "")),
            ("split_frameworks.wasm", (Part::Frameworks, "")),
            ("panels-en.json", (Part::ApartLanguage, "panels-en.json")),
            ("chunk_5.wasm", (Part::Single, "")),
            ("worker-probe.js", (Part::Lazy, "")),
            (
                "lessons/noise.en.json",
                (Part::Lesson, "lessons/noise.en.json"),
            ),
            ("texts-en.json", (Part::Language, "texts-en.json")),
            ("words-en.json", (Part::LazyLanguage, "words-en.json")),
            ("worker-scalar_bg.wasm", (Part::ScalarWorker, "scalar")),
            ("worker-simd128.js", (Part::LightWorker, "simd128")),
            ("worker-full-relaxed_bg.wasm", (Part::FullWorker, "relaxed")),
            ("worker-webgpu.js", (Part::GpuWorker, "webgpu")),
            ("worker-pool-simd128_bg.wasm", (Part::PoolWorker, "simd128")),
            (
                "worker-pool-webgpu_bg.wasm",
                (Part::GpuPoolWorker, "webgpu"),
            ),
            ("pool.js", (Part::Other, "")),
            ("grid.html", (Part::Other, "")),
            ("measure.js", (Part::Other, "")),
            ("bench-scalar_bg.wasm", (Part::Other, "")),
            ("engines.html", (Part::Other, "")),
            ("served.js", (Part::Other, "")),
            ("poster.svg", (Part::Other, "")),
            ("stills/noise.en.svg", (Part::Still, "stills/noise.en.svg")),
            (
                "stills/images.en.narrow.svg",
                (Part::DenseStill, "stills/images.en.narrow.svg"),
            ),
            ("stills/index.json", (Part::Other, "")),
            ("digits/digits.bin", (Part::Other, "")),
        ] {
            assert_eq!(part_of(file), part, "{file}");
        }
    }

    #[test]
    fn a_chunk_is_apart_where_no_module_of_every_page_needs_it() {
        let script = "const a=1,b={answers:`8`,grids:`8 9`,help:`9 10`,words:``};export const c=b;";
        assert_eq!(apart(script), ["chunk_10.wasm", "chunk_9.wasm"]);
    }
}
