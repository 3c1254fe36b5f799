//! At inference a layer and its Batch Normalization are one layer.

use super::Lesson;

/// Claims in `src/claims/fold.rs`: folded, a dense network and a convolutional one give the same to 1e-5 of their largest score.
pub const LESSON: Lesson = Lesson {
    id: "fold",
    // Shown at inference, where folding is.
    settings: "data=spiral&layers=16-16-16&act=relu&show=b&init=he-normal&lr=0.03&batch=32&stats=running",
    panel: "",
    panels: &["fold"],
    controls: &["momentum", "b", "layers"],
};
