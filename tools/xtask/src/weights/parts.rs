//! What each file of the site is a part of: what is fetched together. Knows no limit.

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
    /// A worker for dense networks, one for each engine: module and glue.
    LightWorker,
    /// The same for browsers without SIMD, which none of today's is.
    ScalarWorker,
    /// The page's other modules and styles that a lab nobody touches fetches once its first frame is there
    /// (`web/e2e/tests/site/untouched.rs`); a figure fetches those of its panels.
    Lazy,
    /// The module of messages about a run or a link, fetched with the first of them.
    Notices,
    /// The module that is fetched when help or a panel's sheet is opened.
    Asked,
    /// The module of panels that train many networks, fetched with such a panel.
    Grids,
    /// The module of panels that measure on copies of the networks, fetched with such a panel.
    Measured,
    /// The module of the panel that shows what Batch Normalization passes back, fetched with it.
    Backward,
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
const LAZY: [&str; 4] = ["split_", "chunk_", "worker-probe.js", "styles-later.css"];

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
    } else if file == "split_help.wasm" {
        (Part::Asked, "")
    } else if file == "split_notices.wasm" {
        (Part::Notices, "")
    } else if file == "split_grids.wasm" {
        (Part::Grids, "")
    } else if file == "split_measured.wasm" {
        (Part::Measured, "")
    } else if file == "split_backward.wasm" {
        (Part::Backward, "")
    } else if file == "split_frameworks.wasm" {
        (Part::Frameworks, "")
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

/// The chunks that no module of the part `Lazy` has a share in, from the script that fetches the other modules
/// (`app-lazy.js`): each module there is a call that ends with the list of its chunks.
pub fn apart(script: &str) -> Vec<String> {
    let parts: Vec<&str> = script.split("fetch(new URL(`./").collect();
    let fetches = parts.windows(2).filter_map(|pair| {
        let (before, _) = pair[0].rsplit_once("(()=>")?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_$".contains(c);
        // Whatever the function is called that makes each be fetched once.
        let before = before.trim_end_matches(is_name);
        let name = before.strip_suffix('=').unwrap_or_default();
        let name = name.rsplit(|c| !is_name(c)).next()?;
        let (file, rest) = pair[1].split_once('`')?;
        let list = rest.split_once("},[")?.1.split(']').next()?;
        Some((name, file, list))
    });
    let fetches: Vec<(&str, &str, &str)> = fetches.collect();
    let is_lazy = |file: &str| file.starts_with("split_") && part_of(file).0 == Part::Lazy;
    let wanted: Vec<&str> = fetches
        .iter()
        .filter(|(_, file, _)| is_lazy(file))
        .flat_map(|(.., list)| list.split(','))
        .collect();
    let is_apart = |(name, file, _): &&(&str, &str, &str)| {
        file.starts_with("chunk_") && !wanted.contains(name)
    };
    let chunks = fetches.iter().filter(is_apart);
    chunks.map(|(_, file, _)| (*file).to_owned()).collect()
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
            ("probe.js", (Part::Other, "")),
            ("split_words.wasm", (Part::Lazy, "")),
            ("split_help.wasm", (Part::Asked, "")),
            ("split_grids.wasm", (Part::Grids, "")),
            ("split_measured.wasm", (Part::Measured, "")),
            ("split_backward.wasm", (Part::Backward, "")),
            ("split_frameworks.wasm", (Part::Frameworks, "")),
            ("panels-en.json", (Part::ApartLanguage, "panels-en.json")),
            ("chunk_5.wasm", (Part::Lazy, "")),
            ("worker-probe.js", (Part::Lazy, "")),
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
        let script = "const a=r(()=>{let e=fetch(new URL(`./chunk_8.wasm`,x));return e},[]),\
            $=i(()=>{let e=fetch(new URL(`./chunk_9.wasm`,x));return e},[]),\
            c=i(()=>{let e=fetch(new URL(`./chunk_10.wasm`,x));return e},[]);\
            export const w=r(i(()=>{let e=fetch(new URL(`./split_words.wasm`,x));return e},[a]));\
            export const g=r(i(()=>{let e=fetch(new URL(`./split_grids.wasm`,x));return e},[a,$]));\
            export const h=r(i(()=>{let e=fetch(new URL(`./split_help.wasm`,x));return e},[$,c]));";
        assert_eq!(apart(script), ["chunk_9.wasm", "chunk_10.wasm"]);
    }
}
