//! What a setting can hold, what is allowed, and its text in a link: one reader and one writer for each kind of range.
//! Knows no setting by name.

use nanoserde::{DeBin, DeBinErr, SerBin};

use super::{Block, Change, MAX_LAYERS};
use crate::numeric::decimal;

/// The value of one setting, as controls give it and rows take it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Place of the word in its list.
    Choice(u8),
    /// A whole number.
    Integer(u64),
    /// A number.
    Real(f64),
    /// The word that stands instead of a number.
    Word,
    /// On or off.
    Flag(bool),
    /// The blocks of a network. They never change while a run goes on, so they cross in links only.
    Blocks(Vec<Block>),
    /// What was changed while a run went on; likewise.
    Changes(Vec<Change>),
}

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number.
    Integer {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
    },
    /// A number; `word` is a word that may stand instead.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// A word allowed instead of a number.
        word: Option<&'static str>,
    },
    /// `on` or `off`.
    Flag,
    /// Blocks, joined by `-`.
    Blocks,
    /// `step:name=value`, joined by `,`.
    Changes,
}

impl Range {
    /// Whether a value is of this kind and within the bounds.
    pub fn allows(self, value: &Value) -> bool {
        match (self, value) {
            (Range::Choice(names), Value::Choice(place)) => usize::from(*place) < names.len(),
            (Range::Integer { min, max }, Value::Integer(number)) => (min..=max).contains(number),
            (Range::Real { min, max, .. }, Value::Real(number)) => (min..=max).contains(number),
            (Range::Real { word, .. }, Value::Word) => word.is_some(),
            (Range::Blocks, Value::Blocks(blocks)) => {
                let has_column = blocks.iter().any(|block| block.row().is_column);
                has_column && blocks.len() <= MAX_LAYERS
            }
            (Range::Flag, Value::Flag(_)) | (Range::Changes, Value::Changes(_)) => true,
            _ => false,
        }
    }

    /// The value of a link's text; `None` if that is not allowed.
    pub fn read(self, text: &str) -> Option<Value> {
        let value = match self {
            Range::Choice(names) => {
                Value::Choice(names.iter().position(|name| *name == text)? as u8)
            }
            Range::Integer { .. } => Value::Integer(text.parse().ok()?),
            Range::Real { word, .. } if word == Some(text) => Value::Word,
            Range::Real { .. } => Value::Real(decimal::parse(text)?),
            Range::Flag => Value::Flag(match text {
                "on" => true,
                "off" => false,
                _ => return None,
            }),
            Range::Blocks => {
                let blocks = text.split('-').map(Block::from_text);
                Value::Blocks(blocks.collect::<Option<_>>()?)
            }
            Range::Changes => {
                let changes = text.split(',').filter(|part| !part.is_empty());
                Value::Changes(changes.map(Change::from_text).collect::<Option<_>>()?)
            }
        };
        self.allows(&value).then_some(value)
    }

    /// The text of a value in a link.
    pub fn write(self, value: &Value) -> String {
        match (self, value) {
            (Range::Choice(names), Value::Choice(place)) => names[usize::from(*place)].into(),
            (Range::Real { word, .. }, Value::Word) => word.unwrap_or_default().into(),
            (_, Value::Integer(number)) => number.to_string(),
            (_, Value::Real(number)) => decimal::format(*number),
            (_, Value::Flag(is_on)) => if *is_on { "on" } else { "off" }.into(),
            (_, Value::Blocks(blocks)) => join(blocks.iter().map(|b| b.to_text()), '-'),
            (_, Value::Changes(changes)) => join(changes.iter().map(Change::to_text), ','),
            // A word of no list has no text.
            (_, Value::Choice(_) | Value::Word) => String::new(),
        }
    }

    /// What is allowed, in a few characters, the same in every language.
    pub fn to_text(self) -> String {
        match self {
            Range::Choice(names) => names.join(" | "),
            Range::Integer { min, max } => format!("{min}..{max}"),
            Range::Real { min, max, word } => {
                let numbers = format!("{}..{}", decimal::format(min), decimal::format(max));
                match word {
                    Some(word) => format!("{numbers} | {word}"),
                    None => numbers,
                }
            }
            Range::Flag => "on | off".into(),
            Range::Blocks => {
                "1..50 (16 | c8 | c8s2 | p | g | d30 | r16 | t), 1.. (16 | c8 | r16 | t)".into()
            }
            Range::Changes => "step:name=value,step:name=value".into(),
        }
    }
}

fn join(parts: impl Iterator<Item = String>, between: char) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push(between);
        }
        text.push_str(&part);
    }
    text
}

impl SerBin for Value {
    fn ser_bin(&self, output: &mut Vec<u8>) {
        match self {
            Value::Choice(place) => (0_u8, u64::from(*place)).ser_bin(output),
            Value::Integer(number) => (1_u8, *number).ser_bin(output),
            Value::Real(number) => (2_u8, number.to_bits()).ser_bin(output),
            Value::Flag(is_on) => (3_u8, u64::from(*is_on)).ser_bin(output),
            Value::Word => (4_u8, 0_u64).ser_bin(output),
            Value::Blocks(_) | Value::Changes(_) => unreachable!("they cross in links only"),
        }
    }
}

impl DeBin for Value {
    fn de_bin(offset: &mut usize, bytes: &[u8]) -> Result<Self, DeBinErr> {
        let (kind, value) = <(u8, u64)>::de_bin(offset, bytes)?;
        Ok(match kind {
            0 => Value::Choice(value as u8),
            1 => Value::Integer(value),
            2 => Value::Real(f64::from_bits(value)),
            3 => Value::Flag(value != 0),
            4 => Value::Word,
            _ => return Err(DeBinErr::new(*offset, 4, usize::from(kind))),
        })
    }
}
