//! How often each claim held: `assets/claims.json`, as badges.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Of each claim: for how many seeds it held, of how many.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(BTreeMap<String, (usize, usize)>);

impl Record {
    /// What the repository has.
    ///
    /// # Errors
    /// The record is not there or is no record.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let path = root.join("assets/claims.json");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let record: Value = serde_json::from_str(&text)?;
        let rows = record["claims"].as_array().context("no claims")?;
        let row = |row: &Value| {
            let margins = row["margins"].as_array()?;
            let held = |margin: &&Value| margin.as_f64().is_some_and(|margin| margin >= 0.0);
            let held = margins.iter().filter(held).count();
            Some((row["name"].as_str()?.to_owned(), (held, margins.len())))
        };
        Ok(Self(rows.iter().filter_map(row).collect()))
    }

    /// HTML with the share written behind each claim that it names.
    pub(crate) fn badged(&self, html: &str) -> String {
        let mut text = html.to_owned();
        for (name, (held, tried)) in &self.0 {
            let begin = format!("data-claim=\"{name}\"");
            let Some(at) = text.find(&begin) else {
                continue;
            };
            let Some(end) = text[at..].find("</a>") else {
                continue;
            };
            let badge = format!("<span class=\"badge\">{held}/{tried}</span>");
            text.insert_str(at + end, &badge);
        }
        text
    }
}
