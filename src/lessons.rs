//! The lessons in teaching order, one row each. A lesson is data: it only names settings, panels and claims; its text
//! lives with the page's texts under the same id. No control and no chart knows a lesson.

mod batch_renorm;
mod drift;
mod dropout;
mod fine_tuning;
mod first_look;
mod fold;
mod four_steps;
mod gamma_beta;
mod gradients;
mod images;
mod initialisation;
mod landscape;
mod learning_rate;
mod noise;
mod one_class_batches;
mod sequences;
mod small_batch;
mod sync_bn;
mod train_vs_inference;
mod weight_decay;
mod which_cells;

/// A guided view of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// Its name in links and texts.
    pub id: &'static str,
    /// `Settings::to_text` of its run.
    pub settings: &'static str,
    /// The part of the figure to light; empty lights none.
    pub panel: &'static str,
    /// The panels of its figure, by name, at most three.
    pub panels: &'static [&'static str],
    /// The settings whose controls stand in front, at most five.
    pub controls: &'static [&'static str],
}

/// Every lesson; the last is the free sandbox.
pub const LESSONS: &[Lesson] = &[
    first_look::LESSON,
    drift::LESSON,
    four_steps::LESSON,
    gamma_beta::LESSON,
    learning_rate::LESSON,
    initialisation::LESSON,
    gradients::LESSON,
    landscape::LESSON,
    noise::LESSON,
    small_batch::LESSON,
    train_vs_inference::LESSON,
    one_class_batches::LESSON,
    sequences::LESSON,
    which_cells::LESSON,
    images::LESSON,
    sync_bn::LESSON,
    fine_tuning::LESSON,
    dropout::LESSON,
    weight_decay::LESSON,
    batch_renorm::LESSON,
    fold::LESSON,
    SANDBOX,
];

const SANDBOX: Lesson = Lesson {
    id: "sandbox",
    settings: "data=spiral&layers=16-16-16&act=relu&init=he-normal&lr=0.03",
    panel: "",
    panels: &["layers", "boundary", "loss"],
    controls: &["data", "batch", "lr"],
};

/// What the race grid of a lesson is asked for, as a link says it behind `race=`; another lesson's begins as any does.
pub const RACES: &[(&str, &str)] = &[("initialisation", initialisation::RACE)];

/// The lesson of that id.
pub fn lesson(id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.id == id)
}
