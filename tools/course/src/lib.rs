//! Turns the lessons' Markdown (`assets/lessons/<id>/<language>.md`) into static pages that a script makes live, and checks
//! that both languages say the same and name nothing that is not there. Trains nothing.
//!
//! What a lesson's file looks like is told in `assets/lessons/README.md`.

mod blocks;
mod card;
mod check;
mod extras;
mod faults;
mod frame;
mod home;
mod inline;
mod lesson;
mod names;
mod origins;
mod page;
mod parse;
mod questions;
mod record;
mod site;
mod words;

pub use check::{check_inventories, check_inventory, check_lesson, check_pair};
pub use lesson::{Answer, Asked, Inventory, Item, Lesson, Mark, Question, Section, StepKind};
pub use names::Names;
pub use parse::{parse, parse_items};
pub use site::{Course, LANGUAGES, write_course};
