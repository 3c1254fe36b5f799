//! γ and β learn away from 1 and 0, and the bias before them does not learn at all.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: γ and β move; a bias in front of Batch Normalization gets no gradient.
/// It follows Ioffe and Szegedy 2015, section 3; the article's section 3.
pub const LESSON: Lesson = Lesson {
    id: "gamma-beta",
    settings: "data=xor&layers=8-8&show=b",
    panel: "gamma-beta",
    panels: &["gamma-beta", "layers"],
    controls: &["affine", "lr", "act"],
};
