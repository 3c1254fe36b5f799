//! Sequences of unequal length: what Batch Normalization shares between them, Layer Normalization and RMSNorm do not.

use super::Lesson;

/// Its claims: `src/claims/sequences.rs`.
pub const LESSON: Lesson = Lesson {
    id: "sequences",
    settings: "data=sequences&samples=2000&layers=8-r16-16&act=tanh&a=batch&b=layer&init=he-normal&opt=adam&lr=0.003&batch=2",
    panel: "output",
    panels: &["sharing", "boundary"],
    controls: &["batch", "a", "layers"],
};
