//! Every claim in the order of the lessons, and the settings that they are of.

use super::{
    Claim, batch_renorm, drift, dropout, fine_tuning, first_look, fold, four_steps, gamma_beta,
    gradients, images, initialisation, landscape, learning_rate, noise, one_class_batches,
    sequences, small_batch, sync_bn, train_vs_inference, weight_decay, which_cells,
};
use crate::lessons::lesson;

/// Each lesson's claims, in teaching order.
const BY_LESSON: [&[Claim]; 21] = [
    first_look::CLAIMS,
    drift::CLAIMS,
    four_steps::CLAIMS,
    gamma_beta::CLAIMS,
    learning_rate::CLAIMS,
    initialisation::CLAIMS,
    gradients::CLAIMS,
    landscape::CLAIMS,
    noise::CLAIMS,
    small_batch::CLAIMS,
    train_vs_inference::CLAIMS,
    one_class_batches::CLAIMS,
    sequences::CLAIMS,
    which_cells::CLAIMS,
    images::CLAIMS,
    sync_bn::CLAIMS,
    fine_tuning::CLAIMS,
    dropout::CLAIMS,
    weight_decay::CLAIMS,
    batch_renorm::CLAIMS,
    fold::CLAIMS,
];

/// All claims.
pub fn claims() -> impl Iterator<Item = &'static Claim> {
    BY_LESSON.into_iter().flatten()
}

/// The link of a lesson's run.
///
/// # Panics
/// If there is no such lesson.
pub(super) fn preset(id: &str) -> &'static str {
    lesson(id).expect("a lesson that has claims").settings
}
