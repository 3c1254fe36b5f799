//! One batch on several devices: what they must send each other for Batch Normalization, and what comes of sending less.

use super::Lesson;

/// Claims in `src/claims/sync_bn.rs`: synchronised statistics train the network of the whole batch, averaged ones another;
/// what a device sends for either, and that Group Normalization sends none.
pub const LESSON: Lesson = Lesson {
    id: "sync-bn",
    settings: "data=spiral&layers=16-16-16&act=relu&show=b&groups=1&init=he-normal&batch=32",
    panel: "devices",
    panels: &["devices"],
    controls: &["batch", "lr"],
};
