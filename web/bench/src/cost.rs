//! What a call of a case must compute and move at least, from its shapes alone. Measures nothing.
//!
//! A figure is held against the machine's own peak (`roof.rs`) by these two numbers. N rows, I inputs, K outputs,
//! P positions, U values of a row at a layer; 4 bytes a value.
//!
//! - Products, the operations that a training step is counted by: `y = W·x` takes 2·N·I·K, its weights' gradient the
//!   same, and its inputs' gradient the same unless it is the first layer. A 3×3 convolution takes I = 9·channels at
//!   each of its P positions, those that read the zeros around included. Everything else of a step is not counted, so
//!   that the share of the peak that a step reaches is never flattered.
//! - Bytes of a step: each layer reads and writes its arrays once in each of its passes. Products: forward x, W, y;
//!   weights' gradient x, d_y, d_W; inputs' gradient d_y, W, d_x; update W twice and d_W. Batch Normalization: x, x̂, y
//!   and d_y, x̂, d_x. An activation: x, y and y, d_y, d_x.
//! - Batch Normalization alone, of V values: forward 2 for the mean, 3 for the variance, 4 for x̂ and y; backward 3 for
//!   the sums, 4 for d_x. It moves three arrays forward and three backward; the second and third reading of a feature
//!   finds it near. Inference: 4, two arrays.
//! - A histogram of V values: two comparisons, a difference and a product; each value is read twice.

use wasm_bindgen::prelude::*;

/// Bytes of a value.
const VALUE: f64 = 4.0;

/// Operations and bytes of one call.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Floating-point additions, multiplications and comparisons.
    pub flops: f64,
    /// Read and written, each array once in a pass.
    pub bytes: f64,
}

/// One layer with a product, as `Cost` counts it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    /// Values of a row that come in and go out.
    pub units: (usize, usize),
    /// Multiplications for a row.
    pub products: usize,
    pub weights: usize,
    pub is_first: bool,
}

impl Cost {
    /// Training step of a product.
    pub(crate) fn product(layer: Product, rows: usize) -> Self {
        let Product {
            units: (inputs, outputs),
            products,
            weights,
            is_first,
        } = layer;
        let passes = if is_first { 2.0 } else { 3.0 };
        Self {
            flops: passes * 2.0 * (rows * products) as f64,
            bytes: VALUE
                * (passes * (rows * (inputs + outputs) + weights) as f64 + 3.0 * weights as f64),
        }
    }

    /// Training step of a Batch Normalization that stands among products.
    pub(crate) fn norm_between(units: usize, rows: usize) -> Self {
        Self::moved(6 * units * rows)
    }

    /// Training step of an activation.
    pub(crate) fn activation(units: usize, rows: usize) -> Self {
        Self::moved(5 * units * rows)
    }

    /// Batch Normalization alone, output and statistics.
    pub(crate) fn norm_forward(values: usize) -> Self {
        Self::of(9 * values, 3 * values)
    }

    /// Its gradients.
    pub(crate) fn norm_backward(values: usize) -> Self {
        Self::of(7 * values, 3 * values)
    }

    /// Its output from running averages.
    pub(crate) fn norm_inference(values: usize) -> Self {
        Self::of(4 * values, 2 * values)
    }

    /// Least, greatest and bins.
    pub(crate) fn histogram(values: usize) -> Self {
        Self::of(4 * values, 2 * values)
    }

    /// Operations, and values read and written.
    pub(crate) fn of(flops: usize, moved: usize) -> Self {
        Self {
            flops: flops as f64,
            bytes: VALUE * moved as f64,
        }
    }

    fn moved(values: usize) -> Self {
        Self::of(0, values)
    }
}

impl std::ops::Add for Cost {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            flops: self.flops + other.flops,
            bytes: self.bytes + other.bytes,
        }
    }
}
