//! A trained network in a new domain: what of its normalisation may still move, and that re-estimation needs no gradient.

use super::Lesson;

/// Claims in `claims/fine_tuning.rs`: frozen averages lose more than 20 points when the points move, statistics of the new
/// domain bring all but 3 of them back, and so do averages that are free.
pub const LESSON: Lesson = Lesson {
    id: "fine-tuning",
    // 1500 steps of training, then a new domain and small batches with frozen averages.
    settings: "data=spiral&layers=32-32-32&act=relu&show=b&init=he-normal&sgdm=0&batch=32&stats=running&changes=1500:lr=0.0001,1500:batch=8,1500:shift=1,1500:frozen=statistics",
    panel: "accuracy",
    panels: &["compared-runs", "accuracy"],
    controls: &["frozen", "momentum", "stats"],
};
