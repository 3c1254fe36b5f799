//! The settings that a grid offers as axes, and how their values are read. Trains nothing.

use batchnorm_lab::settings::choice::View;
use batchnorm_lab::settings::{SETTINGS, Scope, Settings};

use super::GridAxis;
use crate::i18n::{Key, Lang};

/// Settings as links name them, and values that are worth a look.
pub const AXES: [(&str, &str); 16] = [
    ("lr", "0.003 0.01 0.03 0.1 0.3 1 3 10 30"),
    (
        "layers",
        "16 16-16 16-16-16 16-16-16-16 16-16-16-16-16 16-16-16-16-16-16",
    ),
    ("gain", "0.05 0.2 1 3 10 30"),
    ("batch", "2 4 8 16 32 64 128"),
    ("act", "sigmoid tanh relu leaky-relu gelu silu"),
    ("init", "he-normal he-uniform xavier-normal xavier-uniform"),
    ("b", "none batch group layer rms"),
    ("opt", "sgd adam adamw"),
    ("sgdm", "0 0.5 0.9 0.99"),
    ("wd", "0 0.0001 0.001 0.01 0.1"),
    ("momentum", "0.001 0.01 0.1 0.5 1"),
    ("eps", "0.00001 0.001 0.1 1"),
    ("data", "circle xor gauss spiral"),
    ("noise", "0 10 20 30 50"),
    ("samples", "100 300 1000 3000"),
    ("seed", "1 2 3 4 5 6 7 8"),
];

/// An axis over that setting with the values that are worth a look.
pub fn suggested(setting: &str) -> GridAxis {
    let row = AXES.iter().find(|(name, _)| *name == setting);
    GridAxis {
        setting: setting.into(),
        values: values_of(row.map_or("", |(_, values)| values)),
    }
}

/// Values apart by spaces or commas, or by what has a meaning in links and is in no value.
pub fn values_of(text: &str) -> Vec<String> {
    let parts = text.split([' ', ',', '\u{ff0c}', '\u{3001}', ';', ':', '&', '#', '%']);
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// A value as it is read: equal layers are counted, words are those of the controls.
pub fn label(lang: Lang, setting: &str, value: &str) -> String {
    let mut layers = value.split('-');
    let first = layers.next().unwrap_or_default();
    let more = layers.clone().count();
    if setting == "layers" && more > 0 && layers.all(|layer| layer == first) {
        return [&(more + 1).to_string(), " × ", first].concat();
    }
    match Key::find(&["choice.", setting, ".", value].concat()) {
        Some(key) => key.text(lang).to_owned(),
        None => value.to_owned(),
    }
}

/// The values of an axis as they are read.
pub fn labels(lang: Lang, axis: &GridAxis) -> Vec<String> {
    let values = axis.values.iter();
    let read = |value: &String| label(lang, &axis.setting, value);
    values.map(read).collect()
}

/// What a setting is called along an axis; nothing where there is none of that name.
pub fn name(lang: Lang, setting: &str) -> &'static str {
    let own = Key::find(&["grid.axis.", setting].concat());
    let key = own.or_else(|| Key::find(&["control.", setting, ".label"].concat()));
    key.map_or("", |key| key.text(lang))
}

/// The text of a link to the settings in force without what axes say, and without how a run is looked at. Where the
/// normalisation of B is an axis, B is all there is.
pub fn base(now: &Settings, axes: &[GridAxis], also: &str) -> String {
    let is_of_view = |name: &str| {
        let row = SETTINGS.iter().find(|row| row.name == name);
        row.is_some_and(|row| row.scope == Scope::View)
    };
    let is_axis = |name: &str| axes.iter().any(|axis| axis.setting == name);
    let mut now = now.clone().afresh();
    if is_axis("b") {
        now.view = View::B;
    }
    let text = now.to_text();
    let mut base = String::new();
    let pairs = text.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !(name.is_empty() || is_axis(name) || is_of_view(name))
    });
    for pair in pairs.chain([also].into_iter().filter(|also| !also.is_empty())) {
        if !base.is_empty() {
            base.push('&');
        }
        base.push_str(pair);
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_says_neither_what_axes_say_nor_how_a_run_is_looked_at() {
        let (now, _) = Settings::from_text("data=spiral&lr=0.3&layer=2&show=b&seed=9&at=30");
        for (axes, also, base) in [
            (&["lr"][..], "", "data=spiral&show=b&seed=9"),
            (&["batch", "b"], "", "data=spiral&lr=0.3&show=b&seed=9"),
            (
                &["lr", "data"],
                "engine=relaxed",
                "show=b&seed=9&engine=relaxed",
            ),
        ] {
            let axes: Vec<GridAxis> = axes.iter().map(|name| suggested(name)).collect();
            let mut pairs: Vec<String> = super::base(&now, &axes, also)
                .split('&')
                .map(str::to_owned)
                .collect();
            let mut wanted: Vec<String> = base.split('&').map(str::to_owned).collect();
            pairs.sort();
            wanted.sort();
            assert_eq!(pairs, wanted);
        }
    }

    #[test]
    fn every_offered_axis_is_a_setting_whose_values_it_takes() {
        for (name, _) in AXES {
            let row = batchnorm_lab::settings::setting(name).expect("a setting");
            for value in suggested(name).values {
                assert!(row.read(&value).is_ok(), "{name}={value}");
            }
        }
    }
}
