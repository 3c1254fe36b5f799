//! Reads `--name value` options of the small programs here. Refuses what it was not told to expect.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// Options as given.
pub struct Options {
    values: BTreeMap<&'static str, String>,
}

impl Options {
    /// Reads the program's arguments; `known` holds every name with its default, `None` for a plain flag.
    /// `--help` prints `help` and ends the program.
    ///
    /// # Errors
    /// A name is unknown or has no value.
    pub fn from_arguments(help: &str, known: &[(&'static str, Option<&str>)]) -> Result<Self> {
        let mut values: BTreeMap<&'static str, String> = known
            .iter()
            .filter_map(|(name, default)| Some((*name, (*default)?.to_owned())))
            .collect();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if argument == "--help" {
                print!("{help}");
                std::process::exit(0);
            }
            let Some((name, default)) = known
                .iter()
                .find(|(name, _)| argument.strip_prefix("--") == Some(name))
            else {
                bail!("unknown option `{argument}`; --help lists them");
            };
            let value = match default {
                None => String::new(),
                Some(_) => match arguments.next() {
                    Some(value) => value,
                    None => bail!("`{argument}` needs a value"),
                },
            };
            values.insert(name, value);
        }
        Ok(Self { values })
    }

    /// The text of an option.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether a flag was given.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The number of an option.
    ///
    /// # Errors
    /// It is none.
    pub fn number(&self, name: &str) -> Result<f64> {
        match self.text(name).parse() {
            Ok(number) => Ok(number),
            Err(_) => bail!("`--{name} {}` is not a number", self.text(name)),
        }
    }
}
