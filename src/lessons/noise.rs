//! The statistics of a mini-batch scatter: the same point is normalised differently in every company.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: the standard deviation of a pinned point's x̂ follows √((1 + z²/2)/B) within 15 %
/// for B ≥ 8.
/// It follows the article's section 4.
pub const LESSON: Lesson = Lesson {
    id: "noise",
    settings: "data=gauss&noise=50&layers=16-16&act=tanh&show=b&batch=8&speed=10&unit=2&pin=11",
    panel: "batch-noise",
    panels: &["x-hat-noise"],
    controls: &["batch"],
};
