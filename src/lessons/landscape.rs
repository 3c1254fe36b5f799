//! How far the gradient can be trusted, with and without Batch Normalization.

use super::Lesson;

/// Claims in `tests/core/measured_claims.rs`, both halves: after 200 steps of a network whose weights are too large a step of 128
/// learning rates leads from one of the last 20 states to a loss at least five times as high without normalisation as with
/// it; where weights are well scaled, one of eight changes the loss of half of the states less without.
/// It follows Santurkar et al. 2018, Figure 4; the article's section 4.
pub const LESSON: Lesson = Lesson {
    id: "landscape",
    settings: "data=spiral&layers=16-16-16-16-16-16-16-16-16-16&act=relu&init=he-normal&gain=1.4&lr=0.01&sgdm=0&batch=32",
    panel: "output",
    panels: &["landscape"],
    controls: &["gain", "lr"],
};
