//! A deep sigmoid network with and without Batch Normalization: one learns, one does not.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: at 200 steps the run with Batch Normalization is above 0.95 on the test set,
/// the run without stays under 0.6, at every learning rate offered.
/// It follows Ioffe and Szegedy 2015, section 4.1; the article's sections 1 and 5.
pub const LESSON: Lesson = Lesson {
    id: "first-look",
    settings: "",
    panel: "layers",
    panels: &["layers", "boundary", "loss"],
    controls: &["data", "batch", "lr"],
};
