//! Grids: values of one or two settings over the same base, a job for each place, side and seed. Refuses what cannot be
//! made before anything is trained. Trains nothing.

use super::{Job, MOST_STEPS, Measure, Until, settings_of, within};
use crate::architecture::NetworkFactory;
use crate::error::Error;
use crate::settings::choice::View;
use crate::settings::{SETTINGS, Scope, Setting, Settings, Value, setting};

/// The most cells of a grid: places times sides.
pub const MOST_CELLS: u64 = 400;
/// The most seeds of a cell.
pub const MOST_SEEDS: u64 = 32;
/// Multiplications that all jobs of a grid may take together (`Job::work`): about a minute of two cores, which make ten
/// thousand million a second each.
pub const MOST_WORK: u64 = 1_000_000_000_000;
/// Axes at most.
const MOST_AXES: u64 = 2;
/// Points of each loss curve: enough for one that is an inch wide.
const CURVE_POINTS: u32 = 64;

/// One setting and its values.
#[derive(Clone, Debug)]
struct Axis {
    setting: &'static Setting,
    values: Vec<Value>,
}

/// A base and what is varied of it.
#[derive(Clone, Debug)]
pub struct Grid {
    base: Settings,
    axes: Vec<Axis>,
}

/// One network of a grid.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Which value of each axis, from 0.
    pub places: Vec<usize>,
    /// What to train.
    pub job: Job,
}

impl Grid {
    /// A grid over the settings of a link, which may name a lesson whose settings are its base.
    ///
    /// # Errors
    /// The first of what the link says that cannot be used.
    pub fn new(link: &str) -> Result<Self, Error> {
        Ok(Self {
            base: settings_of(link)?,
            axes: Vec::new(),
        })
    }

    /// Adds an axis, the slower one first.
    ///
    /// # Errors
    /// The setting is not known, only changes what is shown, or is an axis already; a value is not allowed, or there is
    /// none.
    pub fn add_axis(&mut self, name: &str, values: &[impl AsRef<str>]) -> Result<(), Error> {
        let row = setting(name)?;
        let refuse = |value: String, allowed: String| {
            Err(Error::InvalidSetting {
                name: row.name,
                value,
                allowed,
            })
        };
        if row.scope == Scope::View {
            let trained = SETTINGS.iter().filter(|row| row.scope != Scope::View);
            let names: Vec<&str> = trained.map(|row| row.name).collect();
            return refuse("an axis".into(), names.join(" | "));
        }
        if self.axes.iter().any(|axis| axis.setting == row) {
            return refuse("two axes".into(), "two different settings".into());
        }
        within("axes", self.axes.len() as u64 + 1, 1, MOST_AXES)?;
        if values.is_empty() {
            return refuse("no value".into(), row.range.to_text());
        }
        let values = values.iter().map(|text| row.read(text.as_ref()));
        self.axes.push(Axis {
            setting: row,
            values: values.collect::<Result<_, _>>()?,
        });
        Ok(())
    }

    /// The sides that its settings show: 0 is A, 1 is B.
    pub fn sides(&self) -> &'static [u8] {
        match self.base.view {
            View::Twin => &[0, 1],
            View::A => &[0],
            View::B => &[1],
        }
    }

    /// Every network: the first axis slowest, then the second, the sides, the seeds, which count on from the base's.
    ///
    /// # Errors
    /// There is no axis, a number is out of its bounds, the cells or all jobs' work are too many, or a value makes no
    /// network.
    pub fn cells(
        &self,
        steps: u64,
        seeds: u64,
        factory: NetworkFactory,
    ) -> Result<Vec<Cell>, Error> {
        within("axes", self.axes.len() as u64, 1, MOST_AXES)?;
        within("steps", steps, 1, MOST_STEPS)?;
        within("seeds", seeds, 1, MOST_SEEDS)?;
        let lengths = self.axes.iter().map(|axis| axis.values.len() as u64);
        let count = lengths.fold(self.sides().len() as u64, u64::saturating_mul);
        within("cells", count, 1, MOST_CELLS)?;
        let mut cells = Vec::with_capacity((count * seeds) as usize);
        for places in self.places() {
            let settings = self.at(&places);
            for side in self.sides() {
                let mut job = Job {
                    settings: settings.clone(),
                    side: *side,
                    steps,
                    until: Until::Diverged,
                    curve_points: CURVE_POINTS,
                    measure: Measure::default(),
                };
                if let Err(error) = job.check(factory) {
                    return Err(self.refusal(&places, *side, error, factory));
                }
                for _ in 0..seeds {
                    let (places, job_now) = (places.clone(), job.clone());
                    cells.push(Cell {
                        places,
                        job: job_now,
                    });
                    job.settings.seed = (job.settings.seed + 1) % 1_000_000;
                }
            }
        }
        let work = cells.iter().map(|cell| cell.job.work());
        let work = work.fold(0, u64::saturating_add);
        within("work", work, 1, MOST_WORK)?;
        Ok(cells)
    }

    /// Every choice of values, the last axis fastest.
    fn places(&self) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new()];
        for axis in &self.axes {
            places = places
                .iter()
                .flat_map(|before| {
                    (0..axis.values.len()).map(move |place| [&before[..], &[place]].concat())
                })
                .collect();
        }
        places
    }

    fn at(&self, places: &[usize]) -> Settings {
        let mut settings = self.base.clone();
        for (axis, place) in self.axes.iter().zip(places) {
            axis.setting.put(&mut settings, &axis.values[*place]);
        }
        settings
    }

    /// Names the axis whose value makes no network: the first that does so by itself, else the last, for the two do not
    /// go together. Where the base is none already, its own error stands.
    fn refusal(&self, places: &[usize], side: u8, error: Error, factory: NetworkFactory) -> Error {
        let fails = |settings: Settings| {
            let job = Job {
                settings,
                side,
                steps: 1,
                until: Until::Diverged,
                curve_points: 1,
                measure: Measure::default(),
            };
            job.check(factory).is_err()
        };
        if fails(self.base.clone()) {
            return error;
        }
        let mut each = self.axes.iter().zip(places);
        let alone = each.find(|(axis, place)| {
            let mut settings = self.base.clone();
            axis.setting.put(&mut settings, &axis.values[**place]);
            fails(settings)
        });
        let last = self.axes.iter().zip(places).next_back();
        let Some((axis, place)) = alone.or(last) else {
            return error;
        };
        let row = axis.setting;
        Error::InvalidSetting {
            name: row.name,
            value: row.range.write(&axis.values[*place]),
            allowed: nearest(&self.at(places), row, &error),
        }
    }
}

/// What would make a network, in a few words, and why the value does not.
fn nearest(settings: &Settings, row: &Setting, error: &Error) -> String {
    if let Error::TooFewValues { nearest, .. } = error {
        let sizes: Vec<String> = nearest.iter().flatten().map(usize::to_string).collect();
        if row.name == "batch" && !sizes.is_empty() {
            return format!("{}: {error}", sizes.join(" | "));
        }
    }
    let near = row.text(&settings.nearest_buildable());
    if near == row.text(settings) {
        return format!("what makes a network: {error}");
    }
    format!("{near}: {error}")
}
