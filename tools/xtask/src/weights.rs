//! What the site may weigh: every limit, and what was measured last. Weighs nothing itself.
//!
//! A build that is more than `ALARM` heavier than the recorded weight gives a warning, one above the limit fails. Who
//! makes something lighter lowers the record; who must make it heavier raises it in the same commit, and says why.

mod parts;

pub use parts::{Part, apart, part_of};

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

/// All limits.
pub const BUDGETS: &[Budget] = &[
    Budget {
        name: "the first picture",
        parts: &[
            Part::Element,
            Part::Document,
            Part::Page,
            Part::Language,
            Part::Lesson,
            Part::LightWorker,
        ],
        recorded: 183_669,
        // 170 kB is aimed at.
        limit: 184_500,
    },
    Budget {
        name: "the first picture of a figure",
        parts: &[
            Part::Element,
            Part::Page,
            Part::FigureStyles,
            Part::Language,
            Part::Lesson,
            Part::LightWorker,
        ],
        recorded: 184_062,
        limit: 185_000,
    },
    Budget {
        name: "all that the page fetches",
        parts: &[
            Part::Element,
            Part::Document,
            Part::Page,
            Part::Language,
            Part::Lesson,
            Part::LightWorker,
            Part::Lazy,
            Part::LazyLanguage,
        ],
        recorded: 254_869,
        limit: 255_000,
    },
    Budget {
        name: "what figures fetch for their panels",
        parts: &[Part::Single],
        recorded: 94_245,
        limit: 95_500,
    },
    Budget {
        name: "an element at rest",
        parts: &[Part::Element],
        recorded: 2_047,
        limit: 2_048,
    },
    Budget {
        name: "messages",
        parts: &[Part::Notices],
        recorded: 8_190,
        limit: 9_000,
    },
    Budget {
        name: "help and how panels are read",
        parts: &[Part::Asked],
        recorded: 14_233,
        limit: 15_000,
    },
    Budget {
        name: "panels of many networks",
        parts: &[Part::Grids],
        recorded: 21_829,
        limit: 25_000,
    },
    Budget {
        name: "panels of measurements",
        parts: &[Part::Measured],
        recorded: 16_343,
        limit: 17_500,
    },
    Budget {
        name: "what is passed back",
        parts: &[Part::Backward],
        recorded: 13_836,
        limit: 14_700,
    },
    Budget {
        name: "the words of frameworks",
        parts: &[Part::Frameworks],
        recorded: 10_922,
        limit: 11_600,
    },
    Budget {
        name: "panels of whole runs",
        parts: &[Part::Compared],
        recorded: 17_140,
        limit: 19_000,
    },
    Budget {
        name: "panels over the steps of a run",
        parts: &[Part::Watched],
        recorded: 19_371,
        limit: 20_500,
    },
    Budget {
        name: "the panel of a unit's values by class",
        parts: &[Part::Classes],
        recorded: 9_075,
        limit: 9_700,
    },
    Budget {
        name: "the panel of what sequences share",
        parts: &[Part::Taught],
        recorded: 8_287,
        limit: 8_900,
    },
    Budget {
        name: "the panel of several devices",
        parts: &[Part::Devices],
        recorded: 14_866,
        limit: 16_000,
    },
    Budget {
        name: "the panel of a batch on number lines",
        parts: &[Part::NumberLine],
        recorded: 19_825,
        limit: 21_500,
    },
    Budget {
        name: "the panel of which cells share statistics",
        parts: &[Part::Cells],
        recorded: 12_229,
        limit: 12_900,
    },
    Budget {
        name: "the panel of a folded network",
        parts: &[Part::Fold],
        recorded: 12_712,
        limit: 13_500,
    },
    Budget {
        name: "what these and help share, with texts",
        parts: &[Part::Apart, Part::ApartLanguage],
        recorded: 44_364,
        limit: 45_500,
    },
    Budget {
        name: "a worker without SIMD",
        parts: &[Part::ScalarWorker],
        recorded: 75_250,
        limit: 77_500,
    },
    Budget {
        name: "a worker with every layer",
        parts: &[Part::FullWorker],
        recorded: 114_940,
        limit: 118_000,
    },
    Budget {
        name: "a worker of a pool",
        parts: &[Part::PoolWorker],
        recorded: 157_050,
        limit: 159_500,
    },
    Budget {
        name: "a worker of a pool that knows claims",
        parts: &[Part::ClaimsWorker],
        recorded: 202_318,
        limit: 205_000,
    },
    Budget {
        name: "the worker for a GPU",
        parts: &[Part::GpuWorker],
        recorded: 181_150,
        limit: 185_000,
    },
    Budget {
        name: "the worker of a pool on a GPU",
        parts: &[Part::GpuPoolWorker],
        recorded: 204_373,
        limit: 207_000,
    },
    Budget {
        name: "a lesson, the heaviest: page, script and styles",
        parts: &[Part::CoursePage, Part::Course],
        recorded: 24_130,
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
        recorded: 6_003,
        limit: 8_192,
    },
];
