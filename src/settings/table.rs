//! One row per setting: its name, what is allowed, when it takes effect, how it is shown, which field it is. Adding a
//! setting is one row here. Words such as parts and groups of the page are plain data: the core knows no browser.

use super::choice::{
    Activation, BatchOrder, Convention, DatasetKind, Frozen, Initialization, Loss, Norm, Optimizer,
    Speed, Statistics, View,
};
use super::{Control, Group, MAX_LAYERS, MAX_WIDTH, Range, Scope, Setting, Settings, Stops, Value};
use crate::error::Error;

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
        Setting::new(
            $name,
            Scope::$scope,
            Range::Choice($kind::NAMES),
            |s| Value::Choice(s.$field as u8),
            |s, value| {
                if let Value::Choice(place) = value {
                    s.$field = $kind::ALL[usize::from(*place)];
                }
            },
        )
    };
}

macro_rules! integer {
    ($name:literal, $scope:ident, $field:ident, $min:expr, $max:expr) => {
        Setting::new(
            $name,
            Scope::$scope,
            Range::Integer {
                min: $min,
                max: $max,
            },
            |s| Value::Integer(s.$field.into()),
            |s, value| {
                if let Value::Integer(number) = value {
                    s.$field = *number as _;
                }
            },
        )
    };
}

macro_rules! real {
    ($name:literal, $scope:ident, $field:ident, $min:expr, $max:expr) => {
        Setting::new(
            $name,
            Scope::$scope,
            Range::Real {
                min: $min,
                max: $max,
                word: None,
            },
            |s| Value::Real(s.$field),
            |s, value| {
                if let Value::Real(number) = value {
                    s.$field = *number;
                }
            },
        )
    };
}

macro_rules! flag {
    ($name:literal, $scope:ident, $field:ident) => {
        Setting::new(
            $name,
            Scope::$scope,
            Range::Flag,
            |s| Value::Flag(s.$field),
            |s, value| s.$field = *value == Value::Flag(true),
        )
    };
}

macro_rules! list {
    ($name:literal, $scope:ident, $field:ident, $kind:ident) => {
        Setting::new(
            $name,
            Scope::$scope,
            Range::$kind,
            |s| Value::$kind(s.$field.clone()),
            |s, value| {
                if let Value::$kind(list) = value {
                    s.$field.clone_from(list);
                }
            },
        )
    };
}

/// Every setting, in the order in which links name them.
pub static SETTINGS: &[Setting] = &[
    choice!("data", Restart, data, DatasetKind)
        .control(Control::Thumbnails)
        .place(Group::First, 0)
        .lights("boundary"),
    integer!("noise", Restart, noise, 0, 50)
        .stops(Stops::Every(5.0))
        .place(Group::First, 1)
        .part("data-noise")
        .lights("boundary"),
    integer!("samples", Restart, samples, 40, 4000)
        .stops(Stops::At(&[
            40.0, 100.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 1500.0, 2000.0, 3000.0, 4000.0,
        ]))
        .place(Group::Learning, 7)
        .lights("boundary"),
    integer!("split", Restart, split, 10, 90)
        .stops(Stops::Every(10.0))
        .place(Group::Learning, 8)
        .lights("boundary"),
    integer!("seed", Restart, seed, 0, 999_999).control(Control::Elsewhere),
    list!("layers", Restart, layers, Blocks)
        .place(Group::First, 5)
        .lights("layers"),
    choice!("act", Restart, activation, Activation)
        .place(Group::First, 6)
        .lights("layers"),
    choice!("a", Restart, norm_a, Norm)
        .control(Control::Select)
        .place(Group::Sides, 1)
        .lights("layers"),
    choice!("b", Restart, norm_b, Norm)
        .control(Control::Select)
        .place(Group::Sides, 2)
        .lights("layers"),
    choice!("show", Restart, view, View)
        .place(Group::Sides, 0)
        .lights("layers"),
    real!("eps", Restart, epsilon, 1e-12, 1.0)
        .place(Group::Sides, 3)
        .lights("layers"),
    Setting::new(
        "momentum",
        Scope::Live,
        Range::Real {
            min: 0.0001,
            max: 1.0,
            word: Some("cumulative"),
        },
        |s| s.momentum.map_or(Value::Word, Value::Real),
        |s, value| {
            s.momentum = match value {
                Value::Real(number) => Some(*number),
                _ => None,
            };
        },
    )
    .place_if(Group::Sides, 4, Settings::mixes_rows)
    .lights("moments"),
    flag!("affine", Restart, affine)
        .place_if(Group::Sides, 7, Settings::normalises)
        .lights("gamma-beta"),
    integer!("groups", Restart, groups, 1, 64)
        .place_if(Group::Sides, 9, |s| s.has_norm(Norm::Group)),
    integer!("ghost", Restart, ghost, 1, 256)
        .place_if(Group::Sides, 10, |s| s.has_norm(Norm::Ghost)),
    integer!("shards", Restart, shards, 1, 8)
        .place_if(Group::Sides, 11, |s| s.has_norm(Norm::Sync)),
    real!("rmax", Restart, r_max, 1.0, 10.0)
        .place_if(Group::Sides, 12, |s| s.has_norm(Norm::Renorm)),
    real!("dmax", Restart, d_max, 0.0, 10.0)
        .stops(Stops::Every(0.5))
        .place_if(Group::Sides, 13, |s| s.has_norm(Norm::Renorm)),
    real!("inject", Restart, inject, 0.0, 2.0)
        .stops(Stops::At(&[0.0, 0.1, 0.25, 0.5, 1.0, 2.0]))
        .place_if(Group::Sides, 14, |s| s.has_norm(Norm::Noisy)),
    choice!("convention", Restart, convention, Convention).place_if(
        Group::Sides,
        5,
        Settings::mixes_rows,
    ),
    flag!("track", Restart, tracks).place_if(Group::Sides, 6, Settings::mixes_rows),
    choice!("frozen", Live, frozen, Frozen).place_if(Group::Sides, 8, Settings::normalises),
    choice!("loss", Restart, loss, Loss)
        .place(Group::Learning, 6)
        .lights("loss"),
    choice!("init", Restart, initialization, Initialization)
        .place(Group::Learning, 4)
        .lights("layers"),
    real!("gain", Restart, gain, 0.01, 100.0)
        .place(Group::Learning, 5)
        .lights("layers"),
    choice!("opt", Restart, optimizer, Optimizer)
        .place(Group::Learning, 0)
        .lights("loss"),
    real!("lr", Live, learning_rate, 0.0001, 30.0)
        .place(Group::First, 3)
        .part("learning-rate")
        .lights("loss"),
    real!("sgdm", Live, sgd_momentum, 0.0, 0.99)
        .stops(Stops::At(&[
            0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99,
        ]))
        .place_if(Group::Learning, 1, |s| s.optimizer == Optimizer::Sgd)
        .lights("loss"),
    flag!("nesterov", Live, nesterov)
        .place_if(Group::Learning, 2, |s| s.optimizer == Optimizer::Sgd),
    real!("wd", Live, weight_decay, 0.0, 0.1)
        .stops(Stops::At(&[
            0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1,
        ]))
        .place(Group::Learning, 3)
        .lights("loss"),
    integer!("batch", Live, batch, 1, 4000)
        .stops(Stops::BatchSizes)
        .place(Group::First, 2)
        .lights("batch-noise"),
    choice!("batches", Live, batches, BatchOrder)
        .place(Group::Learning, 10)
        .lights("batch-noise"),
    real!("shift", Live, shift, 0.0, 1.0)
        .stops(Stops::Every(0.1))
        .place_if(Group::Learning, 11, |s| s.data != DatasetKind::Sequences)
        .lights("boundary"),
    choice!("stats", View, statistics, Statistics)
        .place(Group::First, 4)
        .part("statistics-switch")
        .lights("accuracy"),
    choice!("speed", View, speed, Speed).lights("layers"),
    integer!("layer", View, selected_layer, 0, MAX_LAYERS as u64 - 1).control(Control::Elsewhere),
    integer!("unit", View, selected_unit, 0, MAX_WIDTH as u64 - 1).control(Control::Elsewhere),
    integer!("pin", View, pin, 0, 3999)
        .control(Control::Elsewhere)
        .lights("batch-noise"),
    // As far as a number in JavaScript counts: a run that is left alone for a night must be able to name its step.
    integer!("at", View, at, 0, (1 << 53) - 1).control(Control::Elsewhere),
    #[cfg(test)]
    integer!("throwaway", Live, throwaway, 1, 9)
        .place(Group::Learning, 9)
        .lights("loss"),
    list!("changes", View, changes, Changes),
];

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
    fn a_new_row_is_a_setting_in_links_in_changes_and_on_the_page() {
        let row = setting("throwaway").unwrap();
        let link = "throwaway=5&changes=4:throwaway=7";
        let (settings, errors) = Settings::from_text(link);
        assert_eq!((errors.len(), settings.to_text().as_str()), (0, link));
        assert_eq!([3, 4].map(|step| settings.in_force(step).throwaway), [5, 7]);
        let error = Settings::default().set("throwaway", "10").unwrap_err();
        assert!(error.to_string().contains("1..9"), "{error}");
        assert_eq!(row.control, Control::Slider(Stops::Every(1.0)));
        assert_eq!((row.part, row.lights), ("throwaway", "loss"));
        assert_eq!(SETTINGS[usize::from(row.index())].name, row.name);
    }

    #[test]
    fn rows_of_the_panel_have_a_control_and_an_order_of_their_own() {
        let placed = SETTINGS.iter().filter_map(|row| Some((row, row.place?)));
        let placed: Vec<_> = placed.collect();
        for (row, place) in &placed {
            assert_ne!(row.control, Control::Elsewhere, "{}", row.name);
            let same = placed
                .iter()
                .filter(|(_, other)| (other.group, other.order) == (place.group, place.order));
            assert_eq!(same.count(), 1, "{}", row.name);
        }
    }
}
