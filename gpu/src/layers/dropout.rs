//! Inverted dropout with the masks that the core draws, bit for bit.

use crate::compile::Stage;
use crate::description::Described;
use crate::kernel::Kernel;
use crate::program::{Grid, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::kernels::dropout::factor;

const DROPOUT: Kernel = Kernel {
    entry: "dropout",
    files: &[include_str!("dropout.wgsl")],
    reads: 1,
    writes: 1,
};

/// The same kernel forward and back: it makes the mask again instead of keeping it.
pub fn stage(
    layer: &Described,
    probability: f64,
    seed: u64,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let units = layer.output.units();
    // A uniform number is k/2⁵³: it is below p where the whole number k is below p·2⁵³, rounded up.
    let bound = (probability * (1_u64 << 53) as f64).ceil() as u64;
    let halves = |value: u64| (value as u32 as usize, (value >> 32) as usize);
    let ((bound_low, bound_high), (seed_low, seed_high)) = (halves(bound), halves(seed));
    let dispatch = move |from: &wgpu::Buffer, to: &wgpu::Buffer| Pending {
        kernel: DROPOUT,
        record: Record::default()
            .count("per_row", units)
            .count("bound_low", bound_low)
            .count("bound_high", bound_high)
            .number("factor", f64::from(factor::<f32>(probability)))
            .count("seed_low", seed_low)
            .count("seed_high", seed_high),
        buffers: vec![from.clone(), to.clone()],
        grid: Grid::Values(Extent::per_row(units)),
        is_for_input: false,
    };
    let forward = vec![dispatch(x, y)];
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| vec![dispatch(d, d_x)];
    Stage::new(forward, Box::new(backward))
}
