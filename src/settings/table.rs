//! One row per setting: its name, its bounds, when it takes effect, how it is read and written. Adding a setting is one row here.

use super::choice::{
    Activation, Convention, DatasetKind, Frozen, Initialization, Loss, Norm, Optimizer, Speed,
    Statistics, View,
};
use super::{Block, Change, MAX_LAYERS, MAX_WIDTH, Settings};
use crate::error::Error;
use crate::numeric::decimal;

/// When a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It starts a new run.
    Restart,
    /// The run goes on with it from the next step; it is written into `changes`.
    Live,
    /// It changes what is shown, never what is learned.
    View,
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
    /// A number; `logarithmic` says how a slider should run, `word` is a word that may stand instead.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Whether a slider should be logarithmic.
        logarithmic: bool,
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
    /// What is allowed, in a few characters, the same in every language.
    pub fn to_text(self) -> String {
        match self {
            Range::Choice(names) => names.join(" | "),
            Range::Integer { min, max } => format!("{min}..{max}"),
            Range::Real { min, max, word, .. } => {
                let numbers = format!("{}..{}", decimal::format(min), decimal::format(max));
                match word {
                    Some(word) => format!("{numbers} | {word}"),
                    None => numbers,
                }
            }
            Range::Flag => "on | off".into(),
            Range::Blocks => "16 | c8 | c8s2 | p | g | d30 | r16 | t, joined by `-`, at most 20; one of 16, c8, r16, t".into(),
            Range::Changes => "step:name=value, joined by `,`".into(),
        }
    }
}

/// A setting.
pub struct Setting {
    /// Its name in links, in the element's attributes and in the texts.
    pub name: &'static str,
    /// When a change takes effect.
    pub scope: Scope,
    /// What is allowed.
    pub range: Range,
    /// Its value as text.
    pub read: fn(&Settings) -> String,
    /// Sets it from text; `None` is not allowed, and nothing has changed.
    pub write: fn(&mut Settings, &str) -> Option<()>,
}

/// The row of that name.
///
/// # Errors
/// There is none.
pub fn setting(name: &str) -> Result<&'static Setting, Error> {
    SETTINGS
        .iter()
        .find(|row| row.name == name)
        .ok_or_else(|| Error::UnknownSetting {
            name: name.to_owned(),
        })
}

macro_rules! choice {
    ($name:literal, $scope:ident, $field:ident, $kind:ident) => {
        Setting {
            name: $name,
            scope: Scope::$scope,
            range: Range::Choice($kind::NAMES),
            read: |s| s.$field.name().into(),
            write: |s, text| {
                s.$field = $kind::from_name(text)?;
                Some(())
            },
        }
    };
}

macro_rules! integer {
    ($name:literal, $scope:ident, $field:ident, $min:expr, $max:expr) => {
        Setting {
            name: $name,
            scope: Scope::$scope,
            range: Range::Integer {
                min: $min,
                max: $max,
            },
            read: |s| s.$field.to_string(),
            write: |s, text| {
                let value: u64 = text.parse().ok()?;
                (($min)..=($max)).contains(&value).then_some(())?;
                s.$field = value.try_into().ok()?;
                Some(())
            },
        }
    };
}

macro_rules! real {
    ($name:literal, $scope:ident, $field:ident, $min:expr, $max:expr, $logarithmic:expr) => {
        Setting {
            name: $name,
            scope: Scope::$scope,
            range: Range::Real {
                min: $min,
                max: $max,
                logarithmic: $logarithmic,
                word: None,
            },
            read: |s| decimal::format(s.$field),
            write: |s, text| {
                s.$field = real(text, $min, $max)?;
                Some(())
            },
        }
    };
}

macro_rules! flag {
    ($name:literal, $scope:ident, $field:ident) => {
        Setting {
            name: $name,
            scope: Scope::$scope,
            range: Range::Flag,
            read: |s| if s.$field { "on" } else { "off" }.into(),
            write: |s, text| {
                s.$field = match text {
                    "on" => true,
                    "off" => false,
                    _ => return None,
                };
                Some(())
            },
        }
    };
}

fn real(text: &str, min: f64, max: f64) -> Option<f64> {
    let value = decimal::parse(text)?;
    (min..=max).contains(&value).then_some(value)
}

/// Every setting, in the order in which links name them.
pub static SETTINGS: &[Setting] = &[
    choice!("data", Restart, data, DatasetKind),
    integer!("noise", Restart, noise, 0, 50),
    integer!("samples", Restart, samples, 40, 4000),
    integer!("split", Restart, split, 10, 90),
    integer!("seed", Restart, seed, 0, 999_999),
    Setting {
        name: "layers",
        scope: Scope::Restart,
        range: Range::Blocks,
        read: |s| {
            let blocks: Vec<String> = s.layers.iter().map(|block| block.to_text()).collect();
            blocks.join("-")
        },
        write: |s, text| {
            let blocks: Vec<Block> = text
                .split('-')
                .map(Block::from_text)
                .collect::<Option<_>>()?;
            let has_column = blocks.iter().any(|block| block.row().is_column);
            (has_column && blocks.len() <= MAX_LAYERS).then_some(())?;
            s.layers = blocks;
            Some(())
        },
    },
    choice!("act", Restart, activation, Activation),
    choice!("a", Restart, norm_a, Norm),
    choice!("b", Restart, norm_b, Norm),
    choice!("show", Restart, view, View),
    real!("eps", Restart, epsilon, 1e-12, 1.0, true),
    Setting {
        name: "momentum",
        scope: Scope::Live,
        range: Range::Real {
            min: 0.0001,
            max: 1.0,
            logarithmic: true,
            word: Some("cumulative"),
        },
        read: |s| {
            s.momentum
                .map_or_else(|| "cumulative".into(), decimal::format)
        },
        write: |s, text| {
            s.momentum = match text {
                "cumulative" => None,
                _ => Some(real(text, 0.0001, 1.0)?),
            };
            Some(())
        },
    },
    flag!("affine", Restart, affine),
    integer!("groups", Restart, groups, 1, 64),
    integer!("ghost", Restart, ghost, 1, 256),
    integer!("shards", Restart, shards, 1, 8),
    real!("rmax", Restart, r_max, 1.0, 10.0, false),
    real!("dmax", Restart, d_max, 0.0, 10.0, false),
    choice!("convention", Restart, convention, Convention),
    flag!("track", Restart, tracks),
    choice!("frozen", Live, frozen, Frozen),
    choice!("loss", Restart, loss, Loss),
    choice!("init", Restart, initialization, Initialization),
    real!("gain", Restart, gain, 0.01, 100.0, true),
    choice!("opt", Restart, optimizer, Optimizer),
    real!("lr", Live, learning_rate, 0.0001, 30.0, true),
    real!("sgdm", Live, sgd_momentum, 0.0, 0.99, false),
    flag!("nesterov", Live, nesterov),
    real!("wd", Live, weight_decay, 0.0, 0.1, false),
    integer!("batch", Live, batch, 1, 4000),
    choice!("stats", View, statistics, Statistics),
    choice!("speed", View, speed, Speed),
    integer!("layer", View, selected_layer, 0, MAX_LAYERS as u64 - 1),
    integer!("unit", View, selected_unit, 0, MAX_WIDTH as u64 - 1),
    integer!("pin", View, pin, 0, 3999),
    integer!("at", View, at, 0, 10_000_000),
    Setting {
        name: "changes",
        scope: Scope::View,
        range: Range::Changes,
        read: |s| {
            let changes: Vec<String> = s.changes.iter().map(Change::to_text).collect();
            changes.join(",")
        },
        write: |s, text| {
            s.changes = text
                .split(',')
                .filter(|part| !part.is_empty())
                .map(Change::from_text)
                .collect::<Option<_>>()?;
            Some(())
        },
    },
];

impl Change {
    fn to_text(&self) -> String {
        format!("{}:{}={}", self.step, self.name, self.value)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (step, rest) = text.split_once(':')?;
        let (name, value) = rest.split_once('=')?;
        let row = setting(name).ok().filter(|row| row.scope == Scope::Live)?;
        // A change is applied later, far from the link: what it says is checked here.
        (row.write)(&mut Settings::default(), value)?;
        Some(Self {
            step: step.parse().ok()?,
            name: row.name,
            value: value.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_gives_back_what_was_written() {
        for text in [
            "",
            "data=spiral&noise=12&layers=4-8-2&lr=0.03",
            "momentum=cumulative&affine=off&batch=2&stats=running&at=240",
            "eps=0.001&changes=120:lr=0.3,240:batch=8",
            "data=digits&layers=c8-p-c16s2-g-d30-12&a=group&b=ghost&groups=2&ghost=8",
            "a=sync&b=ghost&ghost=4&shards=8",
            "layers=r16-t&a=layer&b=renorm&rmax=2&dmax=0.5&convention=keras&track=off&frozen=both",
            "loss=mse&opt=adamw&nesterov=on&changes=3:frozen=statistics,4:nesterov=on",
        ] {
            let (settings, errors) = Settings::from_text(text);
            assert_eq!(errors, [], "{text}");
            assert_eq!(settings.to_text(), text);
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_and_left_at_its_default() {
        for (text, code) in [
            ("lr=fast", "invalid-setting"),
            ("lr=NaN", "invalid-setting"),
            ("lr=inf", "invalid-setting"),
            ("layers=16-0", "invalid-setting"),
            ("layers=", "invalid-setting"),
            ("layers=p-g", "invalid-setting"),
            ("layers=8-x", "invalid-setting"),
            ("frozen=half", "invalid-setting"),
            ("ghost=0", "invalid-setting"),
            ("shards=9", "invalid-setting"),
            ("batch=0", "invalid-setting"),
            ("noise=51", "invalid-setting"),
            ("colour=red", "unknown-setting"),
            ("seed", "invalid-setting"),
            ("changes=5:data=xor", "invalid-setting"),
            ("changes=5:lr=-1", "invalid-setting"),
        ] {
            let (settings, errors) = Settings::from_text(text);
            assert_eq!(settings, Settings::default(), "{text}");
            assert_eq!(errors.len(), 1, "{text}");
            assert_eq!(errors[0].code(), code, "{text}");
        }
    }

    #[test]
    fn only_what_the_network_is_made_of_restarts_a_run() {
        let base = Settings::default();
        for (text, restarts) in [
            ("lr=1", false),
            ("batch=8", false),
            ("stats=running", false),
            ("layers=4", true),
            ("seed=8", true),
            ("eps=0.1", true),
        ] {
            let (next, _) = base.clone().with_text(text);
            assert_eq!(base.restarts(&next), restarts, "{text}");
        }
    }
}
