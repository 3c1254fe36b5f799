//! How far what each layer is given moves while the layers before it learn, and whether stilling that is why Batch
//! Normalization helps.

use super::Lesson;

/// Claims in `src/claims/drift.rs`.
pub const LESSON: Lesson = Lesson {
    id: "drift",
    settings: "data=spiral&layers=16-16-16-16&act=relu&inject=0.1&init=he-normal&lr=0.3&sgdm=0&batch=32",
    panel: "layers",
    panels: &["drift"],
    controls: &["lr", "b", "inject"],
};
