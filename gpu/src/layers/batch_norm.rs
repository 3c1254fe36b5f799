//! Batch Normalization, Ghost Batch Normalization and Batch Renormalization, with the activation behind them.

use crate::compile::{Context, Stage};
use crate::description::Described;
use crate::functions::{FILE, SUMS, number};
use crate::kernel::{APPLY_SPAN, Kernel, MOMENTS_CHUNK};
use crate::program::{Grid, ONE, Pending};
use crate::record::{Extent, Record};
use batchnorm_lab::kernels::activation::Function;
use batchnorm_lab::kernels::norm::batch::{Convention, Rule};
use batchnorm_lab::kernels::norm::renorm::{Bounds, RunningSpread};
use batchnorm_lab::network::Scale;

const GROUPS: &str = include_str!("batch_groups.wgsl");
const MOMENTS: Kernel = Kernel {
    entry: "batch_moments",
    files: &[GROUPS, SUMS, include_str!("batch_moments.wgsl")],
    reads: 1,
    writes: 1,
};
const FINISH: Kernel = Kernel {
    entry: "batch_finish",
    files: &[GROUPS, include_str!("batch_finish.wgsl")],
    reads: 2,
    writes: 2,
};
const NORMALIZE: Kernel = Kernel {
    entry: "batch_normalize",
    files: &[FILE, GROUPS, SUMS, include_str!("batch_apply.wgsl")],
    reads: 2,
    writes: 1,
};
const BACKWARD_SUMS: Kernel = Kernel {
    entry: "batch_backward_sums",
    reads: 3,
    ..NORMALIZE
};
const BACKWARD_FINISH: Kernel = Kernel {
    entry: "batch_backward_finish",
    files: &[GROUPS, include_str!("batch_backward_finish.wgsl")],
    reads: 1,
    writes: 2,
};
const BACKWARD: Kernel = Kernel {
    entry: "batch_backward",
    reads: 3,
    ..NORMALIZE
};

/// Which normalisation over the batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormForm {
    pub rule: Rule,
    pub scale: Scale,
    pub chunk: Option<usize>,
    pub renorm: Option<(Bounds, (u64, u64), RunningSpread)>,
    /// The activation behind it.
    pub function: Function,
}

/// What a normalisation keeps on the GPU.
#[derive(Clone, Debug)]
pub struct KeptMoments {
    /// What came in.
    pub x: wgpu::Buffer,
    /// `[features, groups, 7]`, then `[features, 4]`: see `batch_groups.wgsl`.
    pub values: wgpu::Buffer,
    pub features: usize,
    /// Values of each in one row.
    pub positions: usize,
    pub most_groups: usize,
    /// Rows of a group.
    pub group_rows: usize,
    /// In which of its calls the share of a new batch stands, and at which word.
    pub share: (usize, usize),
    pub rule: Rule,
}

/// The share of a new batch as the kernels take it: negative averages all batches alike.
pub fn share(rule: &Rule) -> f64 {
    match rule.momentum {
        Some(_) => rule.new_share(1),
        None => -1.0,
    }
}

fn flags(form: &BatchNormForm) -> usize {
    let deviation = matches!(form.renorm, Some((_, _, RunningSpread::Deviation)));
    [
        form.rule.tracks,
        form.rule.freezes_statistics,
        form.rule.convention == Convention::Keras,
        form.scale == Scale::Learned,
        form.scale == Scale::Frozen,
        form.renorm.is_some(),
        deviation,
    ]
    .iter()
    .enumerate()
    .map(|(bit, is_set)| usize::from(*is_set) << bit)
    .sum()
}

/// A workgroup for each chunk of a sum, an invocation for each feature, a workgroup for each span of values.
fn grids(
    form: &BatchNormForm,
    (features, all_positions, most_chunks): (usize, usize, usize),
) -> [Grid; 3] {
    let all = Extent::per_row(all_positions);
    let chunks = match form.chunk {
        Some(_) => (Extent::fixed(most_chunks), 1),
        None => (all, MOMENTS_CHUNK),
    };
    let groups = match form.chunk {
        Some(chunk) => (Extent::per_row(1), chunk as u32),
        None => ONE,
    };
    let by_chunk = Grid::Groups([chunks, groups, (Extent::fixed(features), 1)]);
    let by_feature = Grid::Values(Extent::fixed(features));
    let by_value = Grid::Groups([(all, APPLY_SPAN), (Extent::fixed(features), 1), ONE]);
    [by_chunk, by_feature, by_value]
}

/// What the kernels are told of the shape; see `batch_groups.wgsl`.
struct Sizes {
    features: usize,
    positions: usize,
    row_factor: usize,
    group_rows: usize,
    most_groups: usize,
    most_chunks: usize,
}

/// The call of all kernels, and the word of the share in it.
fn record(layer: &Described, form: &BatchNormForm, sizes: Sizes) -> (Record, usize) {
    let (function, slope) = number(form.function);
    let (bounds, opens, _) = form.renorm.unwrap_or((
        Bounds {
            r_max: 1.0,
            d_max: 0.0,
        },
        (0, 0),
        RunningSpread::Variance,
    ));
    let until_share = Record::default()
        .count("features", sizes.features)
        .count("positions", sizes.positions)
        .count("row_factor", sizes.row_factor)
        .count("group_rows", sizes.group_rows)
        .count("most_groups", sizes.most_groups)
        .count("most_chunks", sizes.most_chunks)
        .count("function", function)
        .number("slope", slope)
        .number("epsilon", form.rule.epsilon);
    let share_word = until_share.len();
    let record = until_share
        .number("share", share(&form.rule))
        .count("flags", flags(form))
        .count("parameters_at", layer.parameters.start)
        .count("buffers_at", layer.buffers.start)
        .count(
            "frozen_at",
            layer.buffers.end.saturating_sub(2 * sizes.features),
        )
        .count("gradients_at", layer.parameters.start)
        .number("r_max", bounds.r_max)
        .number("d_max", bounds.d_max)
        .number("opens_from", opens.0 as f64)
        .number("opens_to", opens.1 as f64);
    (record, share_word)
}

pub fn stage(
    context: &Context<'_>,
    layer: &Described,
    form: BatchNormForm,
    x: &wgpu::Buffer,
    y: &wgpu::Buffer,
) -> Stage {
    let (features, all_positions) = (layer.input.channels(), layer.input.positions());
    // The chunks of Ghost Batch Normalization cut every run of rows; else a feature is one run.
    let (positions, row_factor) = match form.chunk {
        Some(_) => (all_positions, 1),
        None => (1, all_positions),
    };
    let most_run = context.max_rows * row_factor;
    let group_rows = form.chunk.unwrap_or((u32::MAX >> 1) as usize);
    let most_groups = most_run.div_ceil(group_rows);
    let most_chunks = (group_rows.min(most_run) * positions).div_ceil(MOMENTS_CHUNK as usize);
    let partials = context
        .gpu
        .storage("partials", features * most_groups * most_chunks * 3);
    let values = context
        .gpu
        .storage("kept", features * (most_groups * 7 + 4));
    let sizes = Sizes {
        features,
        positions,
        row_factor,
        group_rows,
        most_groups,
        most_chunks,
    };
    let (record, share_word) = record(layer, &form, sizes);
    let dispatch = move |kernel, buffers: &[&wgpu::Buffer], grid| Pending {
        kernel,
        record: record.clone(),
        buffers: buffers.iter().copied().cloned().collect(),
        grid,
        is_for_input: false,
    };
    let [by_chunk, by_feature, by_value] = grids(&form, (features, all_positions, most_chunks));
    let (parameters, buffers) = (context.parameters, context.buffers);
    let forward = vec![
        dispatch(MOMENTS, &[x, &partials], by_chunk),
        dispatch(
            FINISH,
            &[&partials, parameters, buffers, &values],
            by_feature,
        ),
        dispatch(NORMALIZE, &[x, &values, y], by_value),
    ];
    let kept = KeptMoments {
        x: x.clone(),
        values: values.clone(),
        features,
        positions: all_positions,
        most_groups,
        group_rows,
        share: (1, share_word),
        rule: form.rule,
    };
    let (x, gradients) = (x.clone(), context.gradients.clone());
    let backward = move |d: &wgpu::Buffer, d_x: &wgpu::Buffer| {
        vec![
            dispatch(BACKWARD_SUMS, &[&x, &values, d, &partials], by_chunk),
            dispatch(
                BACKWARD_FINISH,
                &[&partials, &values, &gradients],
                by_feature,
            ),
            dispatch(BACKWARD, &[&x, &values, d, d_x], by_value),
        ]
    };
    Stage {
        batch_norm: Some(kept),
        ..Stage::new(forward, Box::new(backward))
    }
}
