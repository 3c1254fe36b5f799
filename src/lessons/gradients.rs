//! Through twenty layers: forward Batch Normalization keeps the signal at its size, backward the gradient grows.

use super::Lesson;

/// Claims in `tests/core/measured_claims.rs`: at a gain of 0.7 the deviation of what the last activation is given falls below a
/// hundredth of the second's without normalisation and is 1 in every layer with it; its gradient grows by a factor of 1.17
/// to 1.32 a layer towards the first, and training takes that away.
/// It follows Ioffe and Szegedy 2015, section 3.3; Yang et al. 2019; the article's section 5.
pub const LESSON: Lesson = Lesson {
    id: "gradients",
    settings: "data=spiral&layers=32-32-32-32-32-32-32-32-32-32-32-32-32-32-32-32-32-32-32-32&act=relu&init=he-normal&gain=0.7&sgdm=0",
    panel: "gradients",
    panels: &["depth-profile"],
    controls: &["gain", "layers", "act"],
};
