//! What can be wrong with what came from outside. Holds no text for readers: the page words each case itself.

use std::fmt;

/// A wrong input: which field, what came, what is allowed.
#[derive(Clone, PartialEq)]
pub enum Error {
    /// A setting's name is not known.
    UnknownSetting {
        /// The name that came.
        name: String,
    },
    /// A setting's value cannot be used.
    InvalidSetting {
        /// The setting's name as in the URL.
        name: &'static str,
        /// The text that came.
        value: String,
        /// What is allowed, in the URL's own words, e.g. `0..50`.
        allowed: String,
    },
    /// Training statistics of a single value per channel do not exist (PyTorch refuses them too).
    TooFewValues {
        /// The layer's name, e.g. `norm1`.
        layer: String,
        /// Values per channel that came.
        values: usize,
        /// Rows of the whole batch.
        batch: usize,
        /// Rows of a full chunk, where the batch is cut into chunks of which the last is too small.
        chunk: Option<usize>,
        /// The nearest batch sizes that the layer takes, below and above; none where no size would do.
        nearest: [Option<usize>; 2],
    },
    /// A layer cannot take what the layer before it gives.
    Shape {
        /// The layer's name.
        layer: String,
        /// What came in.
        got: String,
        /// What it needs.
        needs: String,
    },
    /// An engine that computes elsewhere has failed; the run can go on here.
    Engine {
        /// What happened, as `Error::code` says it.
        code: &'static str,
        /// What the machine said.
        detail: String,
    },
    /// A message or a checkpoint that does not decode, or belongs to another network.
    Message {
        /// What was being read.
        what: &'static str,
    },
}

impl Error {
    /// A short stable code; the page's texts are looked up by it.
    pub fn code(&self) -> &'static str {
        match self {
            Error::UnknownSetting { .. } => "unknown-setting",
            Error::InvalidSetting { .. } => "invalid-setting",
            Error::TooFewValues { .. } => "too-few-values",
            Error::Shape { .. } => "shape",
            Error::Engine { code, .. } => code,
            Error::Message { .. } => "message",
        }
    }

    /// The setting, layer or message concerned; empty if none is.
    pub fn field(&self) -> &str {
        match self {
            Error::UnknownSetting { name } => name,
            Error::InvalidSetting { name, .. } => name,
            Error::TooFewValues { layer, .. } | Error::Shape { layer, .. } => layer,
            Error::Engine { .. } => "",
            Error::Message { what } => what,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnknownSetting { name } => write!(f, "unknown setting `{name}`"),
            Error::InvalidSetting {
                name,
                value,
                allowed,
            } => write!(f, "setting `{name}`: `{value}` is not in {allowed}"),
            Error::TooFewValues {
                layer,
                values,
                batch,
                chunk,
                ..
            } => {
                write!(
                    f,
                    "{layer}: expected more than 1 value per channel when training, got {values}"
                )?;
                match chunk {
                    Some(chunk) => {
                        write!(f, " in the last chunk of a batch of {batch} by {chunk}")
                    }
                    None => Ok(()),
                }
            }
            Error::Shape { layer, got, needs } => write!(f, "{layer}: got {got}, needs {needs}"),
            Error::Engine { code, detail } => write!(f, "{code}: {detail}"),
            Error::Message { what } => write!(f, "cannot read {what}"),
        }
    }
}

/// As for people: the names of fields would drag the formatting of every kind of text into each module.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({self})", self.code())
    }
}

impl std::error::Error for Error {}
