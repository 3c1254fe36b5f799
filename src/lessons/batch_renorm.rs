//! Batch Renormalization: a batch's own statistics, corrected towards the running ones as far as bounds allow.

use super::Lesson;

/// Claims in `claims/batch_renorm.rs`: with closed bounds it is Batch Normalization, with open ones its training output is
/// that of inference, and at batches of four it is more than 10 points ahead.
pub const LESSON: Lesson = Lesson {
    id: "batch-renorm",
    // Batch Normalization beside Batch Renormalization at batches of four.
    settings: "data=spiral&layers=32-32-32&act=relu&a=batch&b=renorm&momentum=0.01&init=he-normal&sgdm=0&batch=4",
    panel: "accuracy",
    panels: &["compared-runs", "r-and-d"],
    controls: &["rmax", "dmax"],
};
