//! Under a handful of values per unit Batch Normalization breaks; at two it passes no gradient on.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: the test error at batch 2 is at least five times the error at batch 64, while the
/// run without normalisation stays within a factor of two or under 4 %; at batch 2 hardly any gradient arrives.
/// It follows Wu and He 2018, Figure 1; the article's section 7.
pub const LESSON: Lesson = Lesson {
    id: "small-batch",
    settings: "layers=32-32-32&act=relu&init=he-normal&lr=0.03&sgdm=0&batch=2",
    panel: "batch-noise",
    panels: &["sweep", "boundary"],
    controls: &["batch", "lr"],
};
