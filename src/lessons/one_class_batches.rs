//! Batches of one class each: what is learned from them, and what Batch Normalization only seems to learn.

use super::Lesson;

/// Its claims: `src/claims/one_class_batches.rs`.
pub const LESSON: Lesson = Lesson {
    id: "one-class-batches",
    settings: "layers=32-32-32&act=relu&a=batch&b=group&init=he-normal&sgdm=0&batch=25&batches=by-class",
    panel: "output",
    panels: &["by-class", "loss", "accuracy"],
    controls: &["batches", "a", "batch"],
};
