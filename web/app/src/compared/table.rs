//! Which runs each lesson compares: one row a lesson, one line a run. A run is the lesson's with other settings.

use batchnorm_lab::settings::Settings;

use crate::i18n::{Key, key};

/// The runs of a lesson.
#[derive(Debug, PartialEq)]
pub struct Comparison {
    /// The lesson's id; empty for runs without one of these.
    pub lesson: &'static str,
    /// Updates of each run.
    pub steps: u64,
    /// Updates from one look at the accuracy to the next.
    pub every: u64,
    /// How they are drawn.
    pub form: Form,
    /// The runs.
    pub variants: &'static [Variant],
}

/// How runs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Training loss and test accuracy over the steps.
    Curves,
    /// Test accuracy at the end.
    Bars,
}

/// One run.
#[derive(Debug, PartialEq)]
pub struct Variant {
    /// What it is called.
    pub name: Key,
    /// The heading above it, where it is the first of its group.
    pub group: Option<Key>,
    /// 0 is side A, 1 is side B.
    pub side: u8,
    /// Settings over those of the link.
    pub over: &'static str,
    /// The letter of a block that it has none of; a space for none.
    pub without: char,
    /// A setting that changes on the way, and to what it changes here.
    pub changed: Option<(&'static str, &'static str)>,
    /// By which statistics its test points are answered.
    pub by: By,
    /// How its line looks.
    pub line: Line,
}

/// Statistics of inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Running averages.
    Running,
    /// Those of the whole training set.
    Full,
}

/// A line's colour is that of the side whose normalisation it has; what else is different is dashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As side A.
    A,
    /// As side A, with something added.
    DashedA,
    /// As side B.
    B,
    /// As side B, with something added.
    DashedB,
    /// As neither.
    Other,
}

/// A run as most are: one side of the link as it is.
const PLAIN: Variant = Variant {
    name: key::COMPARED_A,
    group: None,
    side: 0,
    over: "",
    without: ' ',
    changed: None,
    by: By::Running,
    line: Line::A,
};

/// A run of side B that goes on in another domain.
const FINE: Variant = Variant {
    side: 1,
    line: Line::B,
    ..PLAIN
};

/// Every comparison; the last is of whatever run.
static COMPARISONS: &[Comparison] = &[
    Comparison {
        lesson: "dropout",
        steps: 2000,
        every: 50,
        form: Form::Curves,
        variants: &[
            Variant {
                name: key::COMPARED_NEITHER,
                without: 'd',
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_DROPOUT,
                line: Line::DashedA,
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_BATCH,
                side: 1,
                without: 'd',
                line: Line::B,
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_BOTH,
                side: 1,
                line: Line::DashedB,
                ..PLAIN
            },
        ],
    },
    Comparison {
        lesson: "fine-tuning",
        steps: 1700,
        every: 50,
        form: Form::Bars,
        variants: &[
            Variant {
                name: key::COMPARED_FREE,
                changed: Some(("frozen", "none")),
                ..FINE
            },
            Variant {
                name: key::COMPARED_AFFINE,
                changed: Some(("frozen", "affine")),
                ..FINE
            },
            Variant {
                name: key::COMPARED_STATISTICS,
                changed: Some(("frozen", "statistics")),
                ..FINE
            },
            Variant {
                name: key::COMPARED_FROZEN,
                changed: Some(("frozen", "both")),
                ..FINE
            },
            Variant {
                name: key::COMPARED_ESTIMATED,
                changed: Some(("frozen", "statistics")),
                by: By::Full,
                ..FINE
            },
        ],
    },
    Comparison {
        lesson: "batch-renorm",
        steps: 1500,
        every: 50,
        form: Form::Bars,
        variants: &[
            Variant {
                name: key::COMPARED_BATCH,
                group: Some(key::COMPARED_SMALL),
                over: "batch=4",
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_RENORM,
                side: 1,
                over: "batch=4",
                line: Line::B,
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_GHOST,
                over: "batch=4&a=ghost&ghost=4",
                line: Line::Other,
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_BATCH,
                group: Some(key::COMPARED_LARGE),
                over: "batch=64",
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_RENORM,
                side: 1,
                over: "batch=64",
                line: Line::B,
                ..PLAIN
            },
            Variant {
                name: key::COMPARED_GHOST,
                over: "batch=64&a=ghost&ghost=4",
                line: Line::Other,
                ..PLAIN
            },
        ],
    },
    Comparison {
        lesson: "",
        steps: 1000,
        every: 25,
        form: Form::Curves,
        variants: &[
            PLAIN,
            Variant {
                name: key::COMPARED_B,
                side: 1,
                line: Line::B,
                ..PLAIN
            },
        ],
    },
];

/// What a lesson compares.
pub fn comparison(lesson: &str) -> &'static Comparison {
    let own = COMPARISONS.iter().find(|row| row.lesson == lesson);
    own.unwrap_or(&COMPARISONS[COMPARISONS.len() - 1])
}

impl Variant {
    /// The settings of its run, over those of a link.
    pub fn settings(&self, link: &Settings) -> Settings {
        let text = link.to_text();
        let (settings, _) = Settings::from_text(&text);
        let mut over = self.over.to_owned();
        if let Some(layers) = text
            .split('&')
            .find_map(|pair| pair.strip_prefix("layers="))
        {
            let kept = layers
                .split('-')
                .filter(|block| !block.starts_with(self.without));
            let kept: Vec<&str> = kept.collect();
            // What has nothing else stays as it is: a network has a layer.
            if !kept.is_empty() {
                over.push_str("&layers=");
                over.push_str(&kept.join("-"));
            }
        }
        let (mut settings, _) = settings.with_text(&over);
        if let Some((name, value)) = self.changed {
            let changes = settings.changes.iter_mut();
            for change in changes.filter(|change| change.setting.name == name) {
                if let Ok(value) = change.setting.read(value) {
                    change.value = value;
                }
            }
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_that_of_the_link_with_other_settings() {
        let (link, errors) = Settings::from_text("layers=8-d20-4-d50&batch=16&seed=9");
        assert_eq!(errors, []);
        let [neither, dropout, ..] = comparison("dropout").variants else {
            panic!("four runs");
        };
        assert_eq!(
            neither.settings(&link).to_text(),
            "seed=9&layers=8-4&batch=16"
        );
        assert_eq!(dropout.settings(&link), link);
        let (only, _) = Settings::from_text("layers=d20");
        assert_eq!(neither.settings(&only), only);
    }

    #[test]
    fn every_row_is_of_runs_that_can_be_trained_and_its_looks_end_with_them() {
        for row in COMPARISONS {
            assert_eq!(row.steps % row.every, 0, "{}", row.lesson);
            let lesson = batchnorm_lab::lessons::lesson(row.lesson);
            assert_eq!(lesson.is_none(), row.lesson.is_empty(), "{}", row.lesson);
            let (link, _) = Settings::from_text(lesson.map_or("", |lesson| lesson.settings));
            for variant in row.variants {
                let (_, errors) = link.clone().with_text(variant.over);
                assert_eq!(errors, [], "{}", row.lesson);
                let settings = variant.settings(&link);
                let steps = settings.changes.iter().map(|change| change.step);
                assert!(steps.fold(0, u64::max) < row.steps, "{}", row.lesson);
            }
        }
    }
}
