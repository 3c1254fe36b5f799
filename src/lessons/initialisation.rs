//! With Batch Normalization a ReLU network learns from weights of any size; a tanh network does not.

use super::Lesson;

/// Its claims: `src/claims/initialisation.rs`.
pub const LESSON: Lesson = Lesson {
    id: "initialisation",
    settings: "data=spiral&layers=32-32-32-32&act=relu&init=he-normal&gain=0.05&sgdm=0&batch=32",
    panel: "output",
    panels: &["race-grid", "loss"],
    controls: &["gain", "act", "lr"],
};

/// Sizes of the weights that its claims are about, and two activations.
pub const RACE: &str = "gain:0.05,0.2,1,3,5,10,30;act:tanh,relu;3000;1";
