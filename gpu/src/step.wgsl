// What every kernel knows of the step under way; `step.rs` writes it.
struct Step {
    rows: u32,
    mode: u32,
    slot: u32,
    x_at: u32,
    targets_at: u32,
    // NO_PLACE where every row has all its steps.
    lengths_at: u32,
    updates_low: u32,
    updates_high: u32,
    tracked: f32,
    upstream: f32,
    rule: u32,
    nesterov: u32,
    rate: f32,
    joined: f32,
    shrink: f32,
    epsilon: f32,
    keep_1: f32,
    new_1: f32,
    keep_2: f32,
    new_2: f32,
    step_size: f32,
    root: f32,
    // FROZEN_… below; 0 leaves it to each layer's own rule.
    frozen: u32,
}

@group(0) @binding(0) var<uniform> step: Step;

const FROZEN_TOLD: u32 = 1u;
const FROZEN_STATISTICS: u32 = 2u;
const FROZEN_AFFINE: u32 = 4u;
const NO_PLACE: u32 = 0xffffffffu;
const MODE_TRAIN: u32 = 0u;
const MODE_BATCH: u32 = 1u;
const MODE_RUNNING: u32 = 2u;

// A size that may grow with the rows of the batch.
fn extent(fixed: u32, per_row: u32) -> u32 {
    return fixed + per_row * step.rows;
}

// The number of an invocation where workgroups are laid out in two dimensions because one has too few.
fn linear(group: vec3<u32>, groups: vec3<u32>, index: u32) -> u32 {
    return (group.y * groups.x + group.x) * WORKGROUP + index;
}
