//! What a lesson's text may name: panels and controls of its figure, claims, lessons, and what the page's script observes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use batchnorm_lab::claims::claims;
use batchnorm_lab::lessons::{LESSONS, Lesson};

/// Names that exist.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What the scripts observe of a whole run: `web/course/observe/<lesson>.js`, a table each.
    pub observations: BTreeSet<String>,
    /// Numbers of a run's state: `web/course/quantities.js`.
    pub quantities: BTreeSet<String>,
    /// Faults that the fault theatre judges: `web/course/faults.js`.
    pub faults: BTreeSet<String>,
    /// Numbers of a whole run by which it does so: `web/course/fault-values.js`.
    pub fault_values: BTreeSet<String>,
    /// Panels that figures may have: those with a text `panel.<name>`.
    pub panels: BTreeSet<String>,
}

impl Names {
    /// Those of the scripts in the repository, of these lessons.
    ///
    /// # Errors
    /// A script cannot be read or has no table.
    pub fn read_of<'a>(root: &Path, lessons: impl Iterator<Item = &'a str>) -> Result<Self> {
        let of = |file: &Path| {
            let text = fs::read_to_string(file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let keys = keys(&text);
            ensure!(!keys.is_empty(), "{} has no table", file.display());
            Ok(keys)
        };
        let folder = root.join("web/course");
        let mut observations = BTreeSet::new();
        for id in lessons {
            for name in of(&folder.join(format!("observe/{id}.js")))? {
                ensure!(
                    observations.insert(name.clone()),
                    "`{name}` is observed in two lessons"
                );
            }
        }
        let path = root.join("assets/i18n/en.json");
        let texts = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let texts: BTreeMap<String, String> = serde_json::from_str(&texts)?;
        let panels = texts.keys().filter_map(|key| key.strip_prefix("panel."));
        Ok(Self {
            panels: panels.map(str::to_owned).collect(),
            observations,
            quantities: of(&folder.join("quantities.js"))?,
            faults: of(&folder.join("faults.js"))?,
            fault_values: of(&folder.join("fault-values.js"))?,
        })
    }
}

/// Lessons that have steps, in teaching order: all but the last, the lab where everything is free.
pub(crate) fn taught() -> &'static [Lesson] {
    &LESSONS[..LESSONS.len() - 1]
}

/// The article's ten sections with the lessons of each, those of a course that is whole.
const PARTS: [(u8, &[&str]); 10] = [
    (1, &["first-look", "drift"]),
    (2, &["four-steps"]),
    (3, &["gamma-beta"]),
    (4, &["landscape", "noise"]),
    (5, &["learning-rate", "initialisation", "gradients"]),
    (6, &["train-vs-inference"]),
    (
        7,
        &["small-batch", "one-class-batches", "images", "sequences"],
    ),
    (8, &["sync-bn", "fine-tuning"]),
    (9, &["which-cells", "dropout", "weight-decay"]),
    (10, &["batch-renorm", "fold"]),
];

/// The lessons that are taught, in their order, with the article's section of each row of neighbours.
pub(crate) fn parts() -> Vec<(u8, Vec<&'static str>)> {
    let mut parts: Vec<(u8, Vec<&'static str>)> = Vec::new();
    for row in taught() {
        let of = PARTS.iter().find(|(_, ids)| ids.contains(&row.id));
        let number = of.map_or(0, |(number, _)| *number);
        match parts.last_mut() {
            Some((last, ids)) if *last == number => ids.push(row.id),
            _ => parts.push((number, vec![row.id])),
        }
    }
    parts
}

/// The claims of a lesson.
pub(crate) fn claims_of(lesson: &str) -> impl Iterator<Item = &'static str> {
    let own = claims().filter(move |claim| claim.lesson == lesson);
    own.map(|claim| claim.name)
}

/// The keys of the first `export const name = {…};`, each on a line of its own, two spaces in.
fn keys(script: &str) -> BTreeSet<String> {
    let begins = |line: &&str| line.starts_with("export const ") && line.ends_with(" = {");
    let lines = script.lines().skip_while(|line| !begins(line));
    let inside = lines.skip(1).take_while(|line| *line != "};");
    let key = |line: &str| {
        let line = line.strip_prefix("  ")?;
        let is_key = line.starts_with(|c: char| c == '\'' || c.is_ascii_lowercase());
        let line = line.strip_prefix('\'').unwrap_or(line);
        let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
        let is_named = line[end..].starts_with(['\'', ':', '(']);
        (is_key && is_named).then(|| line[..end].to_owned())
    };
    inside.filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_is_in_one_part() {
        for row in taught() {
            let of = PARTS.iter().filter(|(_, ids)| ids.contains(&row.id));
            assert_eq!(of.count(), 1, "{}", row.id);
        }
    }

    #[test]
    fn the_home_has_the_lessons_in_their_order() {
        let shown: Vec<&str> = parts().into_iter().flat_map(|(_, ids)| ids).collect();
        let taught: Vec<&str> = taught().iter().map(|row| row.id).collect();
        assert_eq!(shown, taught);
    }

    #[test]
    fn keys_of_a_table_are_read_and_nothing_else() {
        let script = "const other = {\n  no: 1,\n};\nexport const T = {\n  step: (s) => s,\n  'loss-a': (s) => {\n    inner: s;\n  },\n  far(s) {\n  },\n};\n  after: 1\n";
        let wanted = ["far", "loss-a", "step"].map(str::to_owned);
        assert_eq!(keys(script), wanted.into());
        assert!(keys("const other = {\n  no: 1,\n};\n").is_empty());
    }
}
