//! What the size of weights means before a normalisation: nothing for the function, everything for the rate of learning.

use super::Lesson;

/// Claims in `src/claims/weight_decay.rs`.
pub const LESSON: Lesson = Lesson {
    id: "weight-decay",
    settings: "data=spiral&layers=32-32-32&act=relu&show=b&init=he-normal&sgdm=0&wd=0.01&batch=32",
    panel: "output",
    panels: &["weight-norm"],
    controls: &["wd", "lr", "eps"],
};
