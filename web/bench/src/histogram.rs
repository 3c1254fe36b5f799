//! Least, greatest and equal bins of many values.

use batchnorm_lab::kernels::histogram::{COPIES, MOST_BINS, count, range};
use batchnorm_lab::lanes::Best;
use wasm_bindgen::prelude::*;

use crate::Cost;

/// Some values and room for their histogram.
#[wasm_bindgen]
pub struct HistogramCase {
    values: Vec<f32>,
    range: (f32, f32),
    counts: Vec<u32>,
    room: Vec<u32>,
}

#[wasm_bindgen]
impl HistogramCase {
    /// # Errors
    /// There are no values, or no bins or too many.
    #[wasm_bindgen(constructor)]
    pub fn new(values: Vec<f32>, bins: usize) -> Result<Self, String> {
        if values.is_empty() {
            return Err("no values".to_owned());
        }
        if bins == 0 || bins > MOST_BINS {
            return Err(format!("{bins} bins, 1 to {MOST_BINS} are possible"));
        }
        Ok(Self {
            values,
            range: (0.0, 0.0),
            counts: vec![0; bins],
            room: vec![0; COPIES * bins],
        })
    }

    /// Does the work so many times.
    pub fn run(&mut self, times: u32) {
        for _ in 0..times {
            self.range = range::<Best>(&self.values);
            let (low, high) = self.range;
            count::<Best>(&self.values, low, high, &mut self.counts, &mut self.room);
        }
    }

    /// Of one call.
    pub fn cost(&self) -> Cost {
        Cost::histogram(self.values.len())
    }

    /// Values in each bin.
    pub fn counts(&self) -> Vec<u32> {
        self.counts.clone()
    }

    /// The least value.
    pub fn low(&self) -> f32 {
        self.range.0
    }

    /// The greatest value.
    pub fn high(&self) -> f32 {
        self.range.1
    }
}
