// First level of a distribution: bins, mean, Σ(x − mean)², least and greatest of a chunk. Counts are whole numbers, so
// adding them in any order gives the same; sums of floats run in one fixed order.
struct Call {
    units: u32,
    // 0: values as they are; 1: x̂ of a normalisation over the batch; 2: γ·x̂ + β.
    transform: u32,
    features: u32,
    positions: u32,
    most_groups: u32,
    group_rows: u32,
    limit: f32,
    // Where its results stand: mean, deviation, least and greatest, BINS counts, and how many values are flat.
    at: u32,
    // The activation that is given these values, and the slope under which it is flat there.
    function: u32,
    slope: f32,
    flat_slope: f32,
}

const OF_GROUP: u32 = 7u;
const OF_FEATURE: u32 = 4u;

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> kept: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;
@group(0) @binding(5) var<storage, read_write> results: array<atomic<u32>>;

const BINS_AT: u32 = 4u;
// Behind the bins.
const COUNTS: u32 = BINS + 1u;

var<workgroup> own_counts: array<atomic<u32>, COUNTS>;
var<workgroup> range_room: array<vec2<f32>, WORKGROUP>;

const BEYOND: f32 = 3.4e38;

fn value_at(i: u32) -> f32 {
    if call.transform == 0u {
        return x[i];
    }
    let feature = i / (call.positions * step.rows);
    let g = (i % step.rows) / call.group_rows;
    let of_group = (feature * call.most_groups + min(g, call.most_groups - 1u)) * OF_GROUP;
    let x_hat = ((x[i] - kept[of_group]) - kept[of_group + 6u]) * kept[of_group + 1u];
    if call.transform == 1u {
        return x_hat;
    }
    let of_feature = call.features * call.most_groups * OF_GROUP + feature * OF_FEATURE;
    return fma(kept[of_feature], x_hat, kept[of_feature + 1u]);
}

@compute @workgroup_size(WORKGROUP)
fn histogram(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
    for (var bin = index; bin < COUNTS; bin += WORKGROUP) {
        atomicStore(&own_counts[bin], 0u);
    }
    workgroupBarrier();
    let start = group.x * MOMENTS_CHUNK;
    let end = min(call.units * step.rows, start + MOMENTS_CHUNK);
    let per_unit = f32(BINS) / (2.0 * call.limit);
    let shift = value_at(start);
    var sum = 0.0;
    var range = vec2<f32>(BEYOND, -BEYOND);
    for (var i = start + index; i < end; i += WORKGROUP) {
        let value = value_at(i);
        sum += value - shift;
        // By its bits, as a comparison with itself may be taken for true: all ones in the exponent is no number.
        if (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u {
            range = vec2<f32>(min(range.x, value), max(range.y, value));
            let bin = clamp((value + call.limit) * per_unit, 0.0, f32(BINS - 1u));
            atomicAdd(&own_counts[u32(bin)], 1u);
            if abs(slope_at(call.function, call.slope, value)) < call.flat_slope {
                atomicAdd(&own_counts[BINS], 1u);
            }
        }
    }
    let count = f32(end - start);
    let mean = shift + total(sum, index) / count;
    var squares = 0.0;
    for (var i = start + index; i < end; i += WORKGROUP) {
        let distance = value_at(i) - mean;
        squares = fma(distance, distance, squares);
    }
    let all_squares = total(squares, index);
    range_room[index] = range;
    workgroupBarrier();
    for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
        if index < half {
            let other = range_room[index + half];
            let own = range_room[index];
            range_room[index] = vec2<f32>(min(own.x, other.x), max(own.y, other.y));
        }
        workgroupBarrier();
    }
    if index == 0u {
        let at = group.x * 4u;
        partials[at] = mean;
        partials[at + 1u] = all_squares;
        partials[at + 2u] = range_room[0].x;
        partials[at + 3u] = range_room[0].y;
    }
    for (var bin = index; bin < COUNTS; bin += WORKGROUP) {
        atomicAdd(&results[call.at + BINS_AT + bin], atomicLoad(&own_counts[bin]));
    }
}
