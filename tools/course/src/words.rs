//! The course's own words in one language: `assets/course/<language>.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// By key; `{name}` stands for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words(BTreeMap<String, String>);

impl Words {
    /// Those of a language.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn read(root: &Path, language: &str) -> Result<Self> {
        let path = root.join(format!("assets/course/{language}.json"));
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let words = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(Self(words))
    }

    /// The words of a key.
    ///
    /// # Panics
    /// If there are none: keys are this crate's own.
    pub(crate) fn get(&self, key: &str) -> &str {
        let found = self.0.get(key);
        found.unwrap_or_else(|| panic!("no words for `{key}`"))
    }

    /// The words of a key with values in them.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut text = self.get(key).to_owned();
        for (name, value) in values {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    /// As the page's script reads those that it says itself.
    pub(crate) fn for_script(&self) -> String {
        let said = |key: &&String| {
            !["part-", "hero", "legend"]
                .iter()
                .any(|begin| key.starts_with(begin))
        };
        let said: BTreeMap<&String, &String> = self.0.iter().filter(|(key, _)| said(key)).collect();
        serde_json::to_string(&said)
            .expect("texts are JSON")
            .replace("</", "<\\/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_words_with_the_same_values() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let [one, other] = crate::LANGUAGES.map(|language| Words::read(root, language).unwrap().0);
        let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&one), keys(&other));
        let values = |text: &str| {
            let parts = text.split('{').skip(1);
            let mut names: Vec<String> = parts
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            names.sort();
            names
        };
        for (key, text) in &one {
            assert_eq!(values(text), values(&other[key]), "{key}");
        }
    }
}
