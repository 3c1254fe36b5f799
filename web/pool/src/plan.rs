//! A grid as the page asks for it: which jobs it is, or why it is none. Trains nothing.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::error::Error;
use batchnorm_lab::jobs::{Cell, Grid};
use batchnorm_lab::settings::choice::DatasetKind;
use wasm_bindgen::prelude::*;

use crate::object::refusal;

/// A grid and its cells, by their place in `jobs::Grid::cells`. What is refused is thrown as `object::refusal`.
#[wasm_bindgen]
pub struct GridPlan {
    grid: Grid,
    cells: Vec<Cell>,
}

#[wasm_bindgen]
impl GridPlan {
    /// A grid over the settings of a link.
    ///
    /// # Errors
    /// As `Grid::new`.
    #[wasm_bindgen(constructor)]
    pub fn new(link: &str) -> Result<GridPlan, JsValue> {
        let grid = thrown(Grid::new(link))?;
        Ok(Self {
            grid,
            cells: Vec::new(),
        })
    }

    /// Adds an axis.
    ///
    /// # Errors
    /// As `Grid::add_axis`.
    pub fn add_axis(&mut self, name: &str, values: Vec<String>) -> Result<(), JsValue> {
        thrown(self.grid.add_axis(name, &values))
    }

    /// Makes the cells, and says how many there are.
    ///
    /// # Errors
    /// As `Grid::cells`.
    pub fn make_cells(&mut self, steps: f64, seeds: f64) -> Result<usize, JsValue> {
        self.cells = thrown(self.grid.cells(steps as u64, seeds as u64, FULL))?;
        Ok(self.cells.len())
    }

    /// Which value of each axis.
    pub fn places(&self, cell: usize) -> Vec<u32> {
        let places = self.cells[cell].places.iter();
        places.map(|place| *place as u32).collect()
    }

    /// The run it is a side of.
    pub fn link(&self, cell: usize) -> String {
        self.cells[cell].job.settings.to_text()
    }

    /// 0 is side A, 1 is side B.
    pub fn side(&self, cell: usize) -> u8 {
        self.cells[cell].job.side
    }

    /// The word of its normalisation.
    pub fn norm(&self, cell: usize) -> String {
        self.cells[cell].job.norm().name().into()
    }

    /// Of everything random in it.
    pub fn seed(&self, cell: usize) -> u32 {
        self.cells[cell].job.settings.seed
    }

    /// Multiplications that it takes, about.
    pub fn work(&self, cell: usize) -> f64 {
        self.cells[cell].job.work() as f64
    }

    /// Points of its loss curve at most.
    pub fn curve_points(&self, cell: usize) -> u32 {
        self.cells[cell].job.curve_points
    }

    /// Whether it is trained on the digits.
    pub fn needs_digits(&self, cell: usize) -> bool {
        self.cells[cell].job.settings.data == DatasetKind::Digits
    }
}

/// What is refused, as it is thrown.
pub fn thrown<T>(result: Result<T, Error>) -> Result<T, JsValue> {
    result.map_err(|error| refusal(&error))
}
