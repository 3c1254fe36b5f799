//! Which cells of a layer share a mean and a deviation under each normalisation.

use super::Lesson;

/// Claims in `src/claims/which_cells.rs`: Group Normalization with one group is Layer Normalization over channels, height and
/// width, with a group a channel it is Instance Normalization, and between it is neither.
pub const LESSON: Lesson = Lesson {
    id: "which-cells",
    settings: "data=digits&samples=1797&split=80&layers=c8-p-c16-p&act=relu&a=group&init=he-normal&batch=32",
    panel: "",
    panels: &["which-cells"],
    controls: &["batch", "lr"],
};
