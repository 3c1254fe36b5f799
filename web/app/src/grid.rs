//! A grid of networks as far as it has come: what its charts show and what is told of it. Trains nothing, draws nothing.

mod axes;
pub mod link;
#[cfg(any(test, not(any(target_arch = "wasm32", feature = "split"))))]
pub mod native;

pub use axes::{AXES, base, label, labels, name, suggested, values_of};

use batchnorm_lab::lessons::{Lesson, RACES};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::settings::choice::View;

use crate::small_sort::sort_few;

/// A setting and the values that it takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GridAxis {
    /// Its name in links.
    pub setting: String,
    /// As links write them.
    pub values: Vec<String>,
}

/// What came of a network; of several seeds that in the middle.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Updates made.
    pub step: u64,
    /// Test accuracy under batch, running and full-set statistics, 0..=1.
    pub accuracy: [f32; 3],
    /// Of the training set, in inference mode.
    pub loss: f32,
    /// The step at which numbers stopped being finite.
    pub diverged_at: Option<u64>,
    /// The link that opens it at this step.
    pub state: String,
    /// Losses of mini-batches as means over `stride` steps, oldest first.
    pub losses: Vec<f32>,
    /// Steps of such a mean.
    pub stride: u64,
    /// Lowest and highest accuracy under running averages of several seeds.
    pub range: Option<[f32; 2]>,
}

impl Trained {
    /// Test accuracy as a reader would use the network: under running averages.
    pub fn score(&self) -> f32 {
        self.accuracy[1]
    }
}

/// What is asked for: one axis or two, updates of each network, seeds of each cell.
#[derive(Clone, Debug, PartialEq)]
pub struct GridOptions {
    /// From left to right.
    pub x: GridAxis,
    /// From below to above.
    pub y: Option<GridAxis>,
    /// Updates of each network.
    pub steps: u64,
    /// Seeds of each cell.
    pub seeds: u64,
}

impl GridOptions {
    /// Learning rates and depths, as many steps as the claim of the lesson on learning rates has.
    pub fn race() -> Self {
        Self {
            x: suggested("lr"),
            y: Some(suggested("layers")),
            steps: 1500,
            seeds: 1,
        }
    }

    /// What the race grid of a lesson begins with.
    pub fn race_of(lesson: Option<&Lesson>) -> Self {
        let own = RACES
            .iter()
            .find(|(id, _)| lesson.is_some_and(|of| of.id == *id));
        own.map_or_else(Self::race, |(_, asked)| link::read(asked))
    }

    /// Batch sizes under several normalisations, as in Wu and He 2018, Figure 1, as many steps as the claims of the lesson on
    /// small batches have.
    pub fn sweep() -> Self {
        Self {
            x: suggested("batch"),
            y: Some(suggested("b")),
            steps: 800,
            seeds: 3,
        }
    }

    /// The sides that will be trained, 0 being A.
    pub fn sides(&self, now: &Settings) -> &'static [u8] {
        match now.view {
            _ if self.axes().any(|axis| axis.setting == "b") => &[1],
            View::Twin => &[0, 1],
            View::A => &[0],
            View::B => &[1],
        }
    }

    /// The axes that there are.
    pub fn axes(&self) -> impl Iterator<Item = &GridAxis> {
        std::iter::once(&self.x).chain(&self.y)
    }
}

/// How far a network is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CellState {
    /// Nobody trains it yet.
    #[default]
    Waiting,
    /// In training, at this step.
    At(u64),
    /// Done.
    Done(Box<Trained>),
}

/// Networks over the values of two settings, each for one or both sides of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// From left to right.
    pub x: GridAxis,
    /// From below to above; of a grid with one axis without a name and of one value.
    pub y: GridAxis,
    /// The sides, 0 being A.
    pub sides: Vec<u8>,
    /// Updates of each network.
    pub steps: u64,
    /// Seeds of each cell.
    pub seeds: u64,
    /// What guessing gets right.
    pub chance: f32,
    /// By x slowest, then y, then side.
    pub cells: Vec<CellState>,
}

/// Where the arrow keys lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the value before on the axis from left to right, at its end to the side before.
    Left,
    /// To the value after, at its end to the next side.
    Right,
    /// To the value after on the other axis.
    Up,
    /// To the value before.
    Down,
}

impl Grid {
    /// Nothing is trained yet.
    pub fn new(x: GridAxis, y: Option<GridAxis>, sides: &[u8], steps: u64, seeds: u64) -> Self {
        let y = y.unwrap_or_else(|| GridAxis {
            setting: String::new(),
            values: vec![String::new()],
        });
        let count = x.values.len() * y.values.len() * sides.len();
        Self {
            x,
            y,
            sides: sides.into(),
            steps,
            seeds,
            chance: 0.5,
            cells: vec![CellState::Waiting; count],
        }
    }

    /// Columns, rows, sides.
    pub fn shape(&self) -> [usize; 3] {
        [self.x.values.len(), self.y.values.len(), self.sides.len()]
    }

    /// The place among the cells of a column, a row and the place of a side.
    pub fn place(&self, [x, y, side]: [usize; 3]) -> usize {
        (x * self.y.values.len() + y) * self.sides.len() + side
    }

    /// Column, row and the place of the side of a cell.
    pub fn at(&self, place: usize) -> [usize; 3] {
        let (sides, rows) = (self.sides.len().max(1), self.y.values.len().max(1));
        [place / (rows * sides), place / sides % rows, place % sides]
    }

    /// What came of a cell, if it is done.
    pub fn trained(&self, place: usize) -> Option<&Trained> {
        match self.cells.get(place) {
            Some(CellState::Done(trained)) => Some(trained),
            _ => None,
        }
    }

    /// How many are done.
    pub fn done(&self) -> usize {
        let is_done = |cell: &&CellState| matches!(cell, CellState::Done(_));
        self.cells.iter().filter(is_done).count()
    }

    /// The cell to which an arrow key leads; the same where there is none.
    pub fn walk(&self, place: usize, direction: Direction) -> usize {
        let [columns, rows, sides] = self.shape();
        let [x, y, side] = self.at(place);
        let to = match direction {
            Direction::Left if x > 0 => [x - 1, y, side],
            Direction::Left if side > 0 => [columns - 1, y, side - 1],
            Direction::Right if x + 1 < columns => [x + 1, y, side],
            Direction::Right if side + 1 < sides => [0, y, side + 1],
            Direction::Up if y + 1 < rows => [x, y + 1, side],
            Direction::Down if y > 0 => [x, y - 1, side],
            _ => return place,
        };
        self.place(to)
    }
}

/// The one in the middle of these, by accuracy, with the range of all: what is told of several seeds.
pub fn middle(mut all: Vec<Trained>) -> Option<Trained> {
    // What has diverged is below all others.
    let rank = |one: &Trained| match one.score() {
        score if score >= 0.0 => score,
        _ => -1.0,
    };
    sort_few(&mut all, |a, b| rank(a) > rank(b));
    let ends = [all.first()?.score(), all.last()?.score()];
    let mut chosen = all.swap_remove((all.len() - 1) / 2);
    chosen.range = (!all.is_empty()).then_some(ends);
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(values: &[&str]) -> GridAxis {
        GridAxis {
            setting: "lr".into(),
            values: values.iter().map(|value| (*value).into()).collect(),
        }
    }

    #[test]
    fn places_are_read_back_and_arrows_reach_every_cell() {
        for (rows, sides) in [(1, &[1][..]), (3, &[0, 1])] {
            let y = (rows > 1).then(|| axis(&["1", "2", "3"]));
            let grid = Grid::new(axis(&["1", "2", "3", "4"]), y, sides, 10, 1);
            assert_eq!(grid.cells.len(), 4 * rows * sides.len());
            for place in 0..grid.cells.len() {
                assert_eq!(grid.place(grid.at(place)), place);
            }
            let mut reached = vec![0];
            let mut next = 0;
            while next < reached.len() {
                for direction in [
                    Direction::Left,
                    Direction::Right,
                    Direction::Up,
                    Direction::Down,
                ] {
                    let to = grid.walk(reached[next], direction);
                    if !reached.contains(&to) {
                        reached.push(to);
                    }
                }
                next += 1;
            }
            assert_eq!(reached.len(), grid.cells.len());
            // At the end there is no further.
            let last = grid.cells.len() - 1;
            assert_eq!(grid.walk(last, Direction::Right), last);
            assert_eq!(grid.walk(0, Direction::Left), 0);
        }
    }

    #[test]
    fn several_seeds_are_told_by_the_one_in_the_middle() {
        let one = |score: f32| Trained {
            step: 1,
            accuracy: [0.0, score, 0.0],
            loss: 0.0,
            diverged_at: None,
            state: String::new(),
            losses: vec![],
            stride: 1,
            range: None,
        };
        for (scores, middle_one, range) in [
            (&[0.9][..], 0.9, None),
            (&[0.9, 0.5, 0.7], 0.7, Some([0.5, 0.9])),
            (&[0.9, 0.5], 0.5, Some([0.5, 0.9])),
        ] {
            let all = scores.iter().map(|score| one(*score)).collect();
            let told = middle(all).expect("there are some");
            assert_eq!((told.score(), told.range), (middle_one, range));
        }
        let all = [0.9, f32::NAN, 0.8].map(one).to_vec();
        assert_eq!(middle(all).expect("three").score(), 0.8);
        assert_eq!(middle(vec![]), None);
    }
}
