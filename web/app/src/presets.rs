//! The lessons of the menu: each is a settings text and the part of the figure to look at. Their words are in assets/i18n.

/// A starting point.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name in links, in the element's `lesson` attribute and in the texts.
    pub id: &'static str,
    /// `Settings::to_text` over the defaults.
    pub settings: &'static str,
    /// The area of the figure that is lit, as in `data-area`.
    pub lit: &'static str,
}

/// Every lesson in the order of the menu; the first is where a bare link begins.
pub static PRESETS: &[Preset] = &[
    Preset {
        id: "first-look",
        settings: "",
        lit: "layers",
    },
    Preset {
        id: "gamma-beta",
        settings: "layers=8-8-8&lr=1&speed=10&show=b",
        lit: "gamma-beta",
    },
    Preset {
        id: "train-vs-inference",
        settings: "data=spiral&layers=16-16-16-16&act=relu&init=he-normal&momentum=0.001&lr=0.1&show=b",
        lit: "accuracy",
    },
    Preset {
        id: "small-batch",
        settings: "data=spiral&noise=5&layers=16-16-16&act=relu&init=he-normal&lr=0.1&batch=4&stats=batch",
        lit: "noise",
    },
    Preset {
        id: "learning-rate",
        settings: "data=spiral&layers=16-16-16-16&act=relu&init=he-normal&lr=1",
        lit: "output",
    },
    Preset {
        id: "sandbox",
        settings: "",
        lit: "",
    },
];

/// The lesson of that name.
pub fn preset(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use batchnorm_lab::settings::Settings;

    #[test]
    fn every_preset_is_a_settings_text() {
        for preset in PRESETS {
            let (_, errors) = Settings::from_text(preset.settings);
            assert_eq!(errors, [], "{}", preset.id);
        }
    }
}
