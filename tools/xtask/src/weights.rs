//! What the site may weigh: every limit, and what was measured last. Weighs nothing itself.
//!
//! A build that is more than `ALARM` heavier than the recorded weight gives a warning, one above the limit fails. Who
//! makes something lighter lowers the record; who must make it heavier raises it in the same commit, and says why.

/// How much of a recorded weight may be added in silence.
pub const ALARM: f64 = 0.02;

/// A weight that has a limit; all in bytes of brotli at its strongest level, as a static host would keep the files.
pub struct Budget {
    /// What it is, in the table that is printed.
    pub name: &'static str,
    /// What it is made of.
    pub parts: &'static [Part],
    /// As measured last.
    pub recorded: usize,
    /// The most it may be.
    pub limit: usize,
}

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

/// Which part a file of the site belongs to, and which of its family: empty for a part that has no families.
pub fn part_of(file: &str) -> (Part, &str) {
    let engine = |rest: &'static str| {
        let name = file.strip_prefix(rest)?;
        name.split(['.', '_']).next()
    };
    let is_code = [".html", ".js", ".wasm", ".css"]
        .iter()
        .any(|end| file.ends_with(end));
    if let Some(picture) = file
        .strip_prefix("stills/")
        .filter(|of| of.ends_with(".svg"))
    {
        let is_dense = DENSE_STILLS
            .iter()
            .any(|lesson| picture.starts_with(lesson));
        let part = if is_dense {
            Part::DenseStill
        } else {
            Part::Still
        };
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

/// All limits.
pub const BUDGETS: [Budget; 17] = [
    Budget {
        name: "the first picture",
        parts: &[
            Part::Element,
            Part::Document,
            Part::Page,
            Part::Language,
            Part::LightWorker,
        ],
        recorded: 183_400,
        // 170 kB is aimed at.
        limit: 186_500,
    },
    Budget {
        name: "the first picture of a figure",
        parts: &[
            Part::Element,
            Part::Page,
            Part::FigureStyles,
            Part::Language,
            Part::LightWorker,
        ],
        recorded: 183_800,
        limit: 187_000,
    },
    Budget {
        name: "all that the page fetches",
        parts: &[
            Part::Element,
            Part::Document,
            Part::Page,
            Part::Language,
            Part::LightWorker,
            Part::Lazy,
            Part::LazyLanguage,
        ],
        recorded: 269_910,
        // 255 kB is aimed at.
        limit: 273_000,
    },
    Budget {
        name: "an element at rest",
        parts: &[Part::Element],
        recorded: 2_029,
        limit: 2_048,
    },
    Budget {
        name: "messages",
        parts: &[Part::Notices],
        recorded: 8_380,
        limit: 9_200,
    },
    Budget {
        name: "help and how panels are read",
        parts: &[Part::Asked],
        recorded: 13_480,
        limit: 15_000,
    },
    Budget {
        name: "panels of many networks",
        parts: &[Part::Grids],
        recorded: 22_320,
        limit: 25_000,
    },
    Budget {
        name: "panels of measurements",
        parts: &[Part::Measured],
        recorded: 17_720,
        limit: 19_000,
    },
    Budget {
        name: "what these and help share, with texts",
        parts: &[Part::Apart, Part::ApartLanguage],
        recorded: 9_710,
        limit: 10_400,
    },
    Budget {
        name: "a worker without SIMD",
        parts: &[Part::ScalarWorker],
        recorded: 74_790,
        limit: 78_500,
    },
    Budget {
        name: "a worker with every layer",
        parts: &[Part::FullWorker],
        recorded: 113_480,
        limit: 118_000,
    },
    Budget {
        name: "a worker of a pool",
        parts: &[Part::PoolWorker],
        recorded: 127_660,
        limit: 131_000,
    },
    Budget {
        name: "the worker for a GPU",
        parts: &[Part::GpuWorker],
        recorded: 179_400,
        limit: 185_000,
    },
    Budget {
        name: "the worker of a pool on a GPU",
        parts: &[Part::GpuPoolWorker],
        recorded: 176_120,
        limit: 182_000,
    },
    Budget {
        name: "a lesson, the heaviest: page, script and styles",
        parts: &[Part::CoursePage, Part::Course],
        recorded: 20_000,
        limit: 25_000,
    },
    Budget {
        name: "a still picture, the heaviest",
        parts: &[Part::Still],
        recorded: 3_915,
        limit: 4_096,
    },
    Budget {
        name: "a dense still picture, the heaviest",
        parts: &[Part::DenseStill],
        recorded: 5_055,
        limit: 8_192,
    },
];

/// The chunks that no module of the part `Lazy` has a share in, from the script that fetches the other modules
/// (`app-lazy.js`): each module there is a call that ends with the list of its chunks.
pub fn apart(script: &str) -> Vec<String> {
    let parts: Vec<&str> = script.split("fetch(new URL(`./").collect();
    let fetches = parts.windows(2).filter_map(|pair| {
        let (before, _) = pair[0].rsplit_once("i(()=>")?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_$".contains(c);
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
        let script = "const a=i(()=>{let e=fetch(new URL(`./chunk_8.wasm`,x));return e},[]),\
            $=i(()=>{let e=fetch(new URL(`./chunk_9.wasm`,x));return e},[]),\
            c=i(()=>{let e=fetch(new URL(`./chunk_10.wasm`,x));return e},[]);\
            export const w=r(i(()=>{let e=fetch(new URL(`./split_words.wasm`,x));return e},[a]));\
            export const g=r(i(()=>{let e=fetch(new URL(`./split_grids.wasm`,x));return e},[a,$]));\
            export const h=r(i(()=>{let e=fetch(new URL(`./split_help.wasm`,x));return e},[$,c]));";
        assert_eq!(apart(script), ["chunk_9.wasm", "chunk_10.wasm"]);
    }
}
