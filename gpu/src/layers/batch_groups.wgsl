// How a normalisation over the batch is laid out: every feature has groups of rows (one, or the chunks of Ghost Batch
// Normalization), and every group chunks of MOMENTS_CHUNK values, which one workgroup adds up.
struct Call {
    features: u32,
    // Runs of a feature that groups cut; 1 where a feature is one run.
    positions: u32,
    // A run has so many times the rows of the batch.
    row_factor: u32,
    // Rows of a group.
    group_rows: u32,
    most_groups: u32,
    most_chunks: u32,
    function: u32,
    slope: f32,
    epsilon: f32,
    // Share of a new batch in the running averages; negative averages all alike.
    share: f32,
    flags: u32,
    parameters_at: u32,
    buffers_at: u32,
    // Of γ and β that do not learn, among the buffers.
    frozen_at: u32,
    gradients_at: u32,
    r_max: f32,
    d_max: f32,
    opens_from: f32,
    opens_to: f32,
}

const TRACKS: u32 = 1u;
const FREEZES_STATISTICS: u32 = 2u;
const BIASED_RUNNING: u32 = 4u;
const LEARNED: u32 = 8u;
const FROZEN: u32 = 16u;
const RENORMALISES: u32 = 32u;
const RUNNING_IS_DEVIATION: u32 = 64u;

// What is kept of a group: mean and inverse deviation that were used, mean and variance of the batch itself, and the
// two ways back through mean and variance, and what is left of the mean that was used beyond its first part; then of a feature γ′, β′, r and d.
const OF_GROUP: u32 = 7u;
const OF_FEATURE: u32 = 4u;

@group(0) @binding(1) var<uniform> call: Call;

fn has(flag: u32) -> bool {
    return (call.flags & flag) != 0u;
}

fn run_length() -> u32 {
    return step.rows * call.row_factor;
}

// Rows of group g.
fn rows_of(g: u32) -> u32 {
    return min(call.group_rows, run_length() - g * call.group_rows);
}

fn groups_now() -> u32 {
    return (run_length() + call.group_rows - 1u) / call.group_rows;
}

fn chunks_of(g: u32) -> u32 {
    return (rows_of(g) * call.positions + MOMENTS_CHUNK - 1u) / MOMENTS_CHUNK;
}

// Where value j of group g of a feature stands.
fn place(feature: u32, g: u32, j: u32) -> u32 {
    let first = g * call.group_rows;
    if call.positions == 1u {
        return feature * run_length() + first + j;
    }
    let rows = rows_of(g);
    return (feature * call.positions + j / rows) * run_length() + first + j % rows;
}

fn places(feature: u32, g: u32, j: vec4<u32>) -> vec4<u32> {
    return vec4<u32>(place(feature, g, j.x), place(feature, g, j.y), place(feature, g, j.z), place(feature, g, j.w));
}

// The four values from j on, WORKGROUP apart, that stand before `end`; the last one again instead of those beyond.
fn four_from(j: u32, end: u32) -> vec4<u32> {
    return min(vec4<u32>(j, j + WORKGROUP, j + 2u * WORKGROUP, j + 3u * WORKGROUP), vec4<u32>(end - 1u));
}

fn are_before(j: u32, end: u32) -> vec4<bool> {
    return vec4<u32>(j, j + WORKGROUP, j + 2u * WORKGROUP, j + 3u * WORKGROUP) < vec4<u32>(end);
}

fn kept_group(feature: u32, g: u32) -> u32 {
    return (feature * call.most_groups + g) * OF_GROUP;
}

fn kept_feature(feature: u32) -> u32 {
    return call.features * call.most_groups * OF_GROUP + feature * OF_FEATURE;
}

fn partial_place(feature: u32, g: u32, chunk: u32) -> u32 {
    return ((feature * call.most_groups + g) * call.most_chunks + chunk) * 3u;
}

// The step may overrule the layer.
fn freezes_statistics() -> bool {
    if (step.frozen & FROZEN_TOLD) != 0u {
        return (step.frozen & FROZEN_STATISTICS) != 0u;
    }
    return has(FREEZES_STATISTICS);
}

fn uses_batch() -> bool {
    if !has(TRACKS) || step.mode == MODE_BATCH {
        return true;
    }
    return step.mode == MODE_TRAIN && !freezes_statistics();
}
