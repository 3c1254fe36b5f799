//! One network, three sets of statistics: the batch's, the running averages, the whole training set's.

use super::Lesson;

/// Claims in `tests/core/lessons.rs`: with momentum 0.001 inference lags far behind at 500 steps, statistics re-estimated
/// on the training set close the gap, and the prediction of one point does not depend on its company.
/// It follows Ioffe and Szegedy 2015, section 3.1; Wu and Johnson 2021, section 3; the article's section 6.
pub const LESSON: Lesson = Lesson {
    id: "train-vs-inference",
    settings: "data=spiral&layers=32-32-32&act=relu&show=b&momentum=0.001&init=he-normal&gain=3&sgdm=0&batch=32&stats=running",
    panel: "accuracy",
    panels: &["boundary", "three-accuracies", "moments"],
    controls: &["stats", "momentum", "batch"],
};
