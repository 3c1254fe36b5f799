//! Two kinds of noise in training, on few and noisy points: Batch Normalization's and dropout's, alone and together.

use super::Lesson;

/// Claims in `claims/dropout.rs`: both raise the training loss; together they are ahead of the better one in some runs, and
/// either may be ahead of the other.
pub const LESSON: Lesson = Lesson {
    id: "dropout",
    // Few noisy points, so that a network can learn them by heart.
    settings: "noise=50&samples=400&split=20&layers=32-d20-32-d20&act=relu&init=he-normal&sgdm=0&batch=16",
    panel: "accuracy",
    panels: &["compared-runs"],
    controls: &["layers", "samples", "noise"],
};
