//! With Batch Normalization a wide span of learning rates works; without it a narrow one.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: over a grid of learning rates the usable span is at least ten times wider.
/// It follows Ioffe and Szegedy 2015, section 4.2; the article's section 5.
pub const LESSON: Lesson = Lesson {
    id: "learning-rate",
    settings: "data=spiral&layers=16-16-16-16&act=relu&init=he-normal&lr=1&sgdm=0&batch=32",
    panel: "output",
    panels: &["race-grid", "loss"],
    controls: &["lr", "data"],
};
