//! The texts of the site: those of the element, and of each language those that the page needs at once, later and apart.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::site::{files, read};

#[path = "../../../web/app/texts.rs"]
pub mod texts;

/// The texts under `element.` of each language.
pub fn own_texts(root: &Path) -> Result<Vec<(String, Map<String, Value>)>> {
    let mut locales = Vec::new();
    for path in files(&root.join("assets/i18n"), "json")? {
        let texts: Map<String, Value> = serde_json::from_slice(&read(&path)?)
            .with_context(|| format!("{} is not an object of texts", path.display()))?;
        let own = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.strip_prefix("element.")?.to_owned(), text)))
            .collect();
        let locale = path.file_stem().unwrap_or_default().to_string_lossy();
        locales.push((locale.into_owned(), own));
    }
    Ok(locales)
}

/// What the element says before anything else has come: the name of its button, and that nothing came.
pub fn start_texts(root: &Path) -> Result<String> {
    let texts = own_texts(root)?.into_iter().map(|(locale, own)| {
        let word = |key: &str| own.get(key).cloned().unwrap_or_default();
        (locale, json!([word("start"), word("retry")]))
    });
    Ok(format!(
        "export default {};\n",
        Value::Object(texts.collect())
    ))
}

/// What it says where the page cannot.
pub fn element_texts(root: &Path) -> Result<String> {
    let texts = own_texts(root)?.into_iter().map(|(locale, mut own)| {
        own.retain(|key, _| !matches!(key.as_str(), "start" | "retry"));
        (locale, Value::Object(own))
    });
    Ok(format!(
        "export default {};\n",
        Value::Object(texts.collect())
    ))
}

/// Three times the number by which the page knows its own texts, then those of a language that are needed at once, later, and
/// apart, in the order in which the page's build script numbers them.
pub fn page_texts(path: &Path) -> Result<[Vec<u8>; 3]> {
    let own = texts::of_page(read_texts(path)?);
    let fingerprint = texts::fingerprint(&own);
    let list = |file: usize| {
        let keys = texts::in_order(&own).into_iter();
        let keys = keys.filter(|key| texts::file(texts::group(key)) == file);
        let list = std::iter::once(json!(fingerprint)).chain(keys.map(|key| json!(own[key])));
        serde_json::to_vec(&list.collect::<Vec<_>>())
    };
    Ok([list(0)?, list(1)?, list(2)?])
}

pub fn read_texts(path: &Path) -> Result<texts::Texts> {
    serde_json::from_slice(&read(path)?)
        .with_context(|| format!("{} is not an object of texts", path.display()))
}
