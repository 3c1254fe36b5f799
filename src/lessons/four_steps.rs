//! What four steps of arithmetic make of one mini-batch, each number of which can be moved.

use super::Lesson;

/// Claims in `src/claims/four_steps.rs`: the x̂ of a batch sum to 0, the mean of their squares is σ²/(σ² + ε), none is farther
/// from 0 than √(m − 1), and two clumps stay two.
pub const LESSON: Lesson = Lesson {
    id: "four-steps",
    settings: "data=gauss&layers=4&show=b&batch=8&speed=slow",
    panel: "",
    panels: &["number-line"],
    controls: &["eps", "batch"],
};
