//! A run's model in the words of PyTorch and Keras: its code to copy, and what each keeps of a unit. Draws nothing, trains
//! nothing.

mod kept;
mod keras;
mod model;
mod torch;

pub use self::kept::{Kept, kept};
pub use self::model::{Kind, Part, parts};

use batchnorm_lab::network::Shape;
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::{Convention, Norm};

use crate::format;

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// PyTorch 2.4 or later, which has RMSNorm.
    Torch,
    /// Keras 3.
    Keras,
}

/// The code of a side's model, or of one hidden layer of it, from 0.
pub fn code(framework: Framework, now: &Settings, side: u8, layer: Option<usize>) -> String {
    let norm = [now.norm_a, now.norm_b][usize::from(side.min(1))];
    let mut all = parts(now, norm);
    if let Some(layer) = layer {
        all.retain(|part| part.column == Some(layer));
    }
    let is_whole = layer.is_none();
    match framework {
        Framework::Torch => torch::code(now, norm, &all, is_whole),
        Framework::Keras => keras::code(now, norm, &all, is_whole),
    }
}

/// Share of the newest batch in the running averages, as PyTorch counts; `None` is the average of all batches.
pub fn share(now: &Settings) -> Option<f64> {
    let share = match now.convention {
        Convention::Torch => now.momentum?,
        Convention::Keras => 1.0 - now.momentum?,
    };
    Some(rounded(share))
}

/// Without the last digits, which a difference from 1 makes.
fn rounded(number: f64) -> f64 {
    (number * 1e12).round() / 1e12
}

/// A number as both languages read it.
fn number(x: f64) -> String {
    format::setting(x)
}

/// Whether its statistics are of the batch, with running averages.
pub fn keeps_batches(norm: Norm) -> bool {
    matches!(
        norm,
        Norm::Batch | Norm::Sync | Norm::Noisy | Norm::Renorm | Norm::Ghost
    )
}

/// What a normalisation of such values is called in PyTorch, Keras and its paper.
pub fn class_names(norm: Norm, input: Shape) -> [&'static str; 3] {
    let batch = match input {
        Shape::Image { .. } => "nn.BatchNorm2d",
        _ => "nn.BatchNorm1d",
    };
    match norm {
        Norm::None => ["–", "–", "–"],
        Norm::Batch => [batch, "BatchNormalization", "Ioffe & Szegedy 2015"],
        Norm::Renorm => ["–", "–", "Ioffe 2017"],
        Norm::Ghost => ["–", "–", "Hoffer et al. 2017"],
        Norm::Noisy => ["–", "–", "Santurkar et al. 2018"],
        Norm::Sync => [
            "nn.SyncBatchNorm",
            "BatchNormalization(synchronized=True)",
            "–",
        ],
        Norm::Layer => ["nn.LayerNorm", "LayerNormalization", "Ba et al. 2016"],
        Norm::Rms => ["nn.RMSNorm", "RMSNormalization", "Zhang & Sennrich 2019"],
        Norm::Group => ["nn.GroupNorm", "GroupNormalization", "Wu & He 2018"],
        Norm::Instance => match input {
            Shape::Image { .. } => [
                "nn.InstanceNorm2d",
                "GroupNormalization(-1)",
                "Ulyanov et al. 2016",
            ],
            _ => [
                "nn.InstanceNorm1d",
                "GroupNormalization(-1)",
                "Ulyanov et al. 2016",
            ],
        },
    }
}

/// Whether it has γ and β.
fn has_affine(now: &Settings, norm: Norm) -> bool {
    now.affine || matches!(norm, Norm::Renorm | Norm::Ghost)
}

/// Lines of code with helpers before them, in the order in which they are first needed.
#[derive(Default)]
struct Code {
    helpers: Vec<&'static str>,
    lines: Vec<String>,
}

impl Code {
    fn need(&mut self, helper: &'static str) {
        if !self.helpers.contains(&helper) {
            self.helpers.push(helper);
        }
    }

    /// A layer.
    fn line(&mut self, text: String) {
        self.lines.push(["    ", &text, ",\n"].concat());
    }

    /// What has to be said of the next one, unless it was said.
    fn note(&mut self, text: &str) {
        let note = ["    # ", text, "\n"].concat();
        if !self.lines.contains(&note) {
            self.lines.push(note);
        }
    }

    fn text(&self, head: &str, begin: &str, end: &str, after: &str) -> String {
        let mut text = String::from(head);
        for helper in &self.helpers {
            text.push('\n');
            text.push_str(helper);
        }
        text.push('\n');
        text.push_str(begin);
        for line in &self.lines {
            text.push_str(line);
        }
        text.push_str(end);
        text.push_str(after);
        text
    }
}

#[cfg(test)]
mod tests;
