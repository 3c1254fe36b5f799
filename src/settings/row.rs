//! What a row of the table of settings says: when a change takes effect, what is allowed, how it is shown. Names none.

use super::{Range, SETTINGS, Settings, Value};
use crate::error::Error;

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

/// Where a slider stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stops {
    /// At these values, growing.
    At(&'static [f64]),
    /// From the smallest to the largest by equal steps of so much.
    Every(f64),
    /// At six round numbers a decade.
    Decades,
    /// At powers of two and what is half between, up to the training points.
    BatchSizes,
}

/// What changes a setting on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// A button for each word.
    Buttons,
    /// A list of words that opens.
    Select,
    /// A picture for each data set.
    Thumbnails,
    /// A number on a slider, or typed.
    Slider(Stops),
    /// On or off.
    Switch,
    /// A chip for each block of the network.
    Blocks,
    /// None of its own: a field or a chart elsewhere on the page.
    Elsewhere,
}

/// Groups of the settings panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Always in sight.
    First,
    /// Folded: which sides, and how they are normalised.
    Sides,
    /// Folded: how they learn.
    Learning,
}

/// A place in the settings panel.
#[derive(Clone, Copy)]
pub struct Place {
    /// In which group.
    pub group: Group,
    /// Before which others of the group: growing.
    pub order: u8,
    /// Whether the other settings leave it a meaning; otherwise it is hidden.
    pub is_of_use: fn(&Settings) -> bool,
}

/// A setting.
pub struct Setting {
    /// Its name in links, in the element's attributes and in the texts.
    pub name: &'static str,
    /// When a change takes effect.
    pub scope: Scope,
    /// What is allowed.
    pub range: Range,
    /// What changes it on the page.
    pub control: Control,
    /// Its place in the settings panel, if it stands there.
    pub place: Option<Place>,
    /// `data-part` of its control.
    pub part: &'static str,
    /// The area of the page that it moves, which lights up while it is pointed at; empty for none.
    pub lights: &'static str,
    /// Its value.
    pub get: fn(&Settings) -> Value,
    /// Sets a value that the range allows.
    set: fn(&mut Settings, &Value),
}

impl Setting {
    /// Its place in the table, by which page and worker name it.
    pub fn index(&self) -> u8 {
        let place = SETTINGS.iter().position(|row| row == self);
        place.expect("every setting is a row of the table") as u8
    }

    /// Sets it if that is allowed, and says so; otherwise nothing changes.
    pub fn put(&self, settings: &mut Settings, value: &Value) -> bool {
        let is_allowed = self.range.allows(value);
        if is_allowed {
            (self.set)(settings, value);
        }
        is_allowed
    }

    /// The value of a text of a link or a field.
    ///
    /// # Errors
    /// It is not allowed.
    pub fn read(&self, text: &str) -> Result<Value, Error> {
        self.range.read(text).ok_or_else(|| self.refusal(text))
    }

    /// The error of a text that is not allowed.
    pub fn refusal(&self, text: &str) -> Error {
        Error::InvalidSetting {
            name: self.name,
            value: text.to_owned(),
            allowed: self.range.to_text(),
        }
    }

    /// Its value as in a link.
    pub fn text(&self, settings: &Settings) -> String {
        self.range.write(&(self.get)(settings))
    }

    pub(super) const fn new(
        name: &'static str,
        scope: Scope,
        range: Range,
        get: fn(&Settings) -> Value,
        set: fn(&mut Settings, &Value),
    ) -> Self {
        let control = match range {
            Range::Choice(_) => Control::Buttons,
            Range::Integer { .. } => Control::Slider(Stops::Every(1.0)),
            Range::Real { .. } => Control::Slider(Stops::Decades),
            Range::Flag => Control::Switch,
            Range::Blocks => Control::Blocks,
            Range::Changes => Control::Elsewhere,
        };
        Self {
            name,
            scope,
            range,
            control,
            place: None,
            part: name,
            lights: "",
            get,
            set,
        }
    }

    pub(super) const fn control(mut self, control: Control) -> Self {
        self.control = control;
        self
    }

    pub(super) const fn stops(self, stops: Stops) -> Self {
        self.control(Control::Slider(stops))
    }

    pub(super) const fn part(mut self, part: &'static str) -> Self {
        self.part = part;
        self
    }

    pub(super) const fn lights(mut self, area: &'static str) -> Self {
        self.lights = area;
        self
    }

    pub(super) const fn place(self, group: Group, order: u8) -> Self {
        self.place_if(group, order, |_| true)
    }

    pub(super) const fn place_if(
        mut self,
        group: Group,
        order: u8,
        is_of_use: fn(&Settings) -> bool,
    ) -> Self {
        self.place = Some(Place {
            group,
            order,
            is_of_use,
        });
        self
    }
}

/// Rows are told apart by their names.
impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
