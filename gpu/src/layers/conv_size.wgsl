// The sizes of a convolution by 3×3 weights; images are [C, H, W, N].
struct Call {
    inputs: u32,
    outputs: u32,
    height: u32,
    width: u32,
    out_height: u32,
    out_width: u32,
    stride: u32,
    pad: u32,
    weight_at: u32,
    // NO_PLACE without one.
    bias_at: u32,
    // Terms of a piece of a weight's sum, NO_PLACE for all.
    split: u32,
}

var<private> piece: u32;

const PLACES: u32 = 9u;

@group(0) @binding(1) var<uniform> call: Call;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

// x of input channel and weight place `from` at output position and row `to`; 0 over the border.
fn read_by_weights(source: u32, goal: u32) -> f32 {
    let channel = source / PLACES;
    let weight_place = source % PLACES;
    let position = goal / step.rows;
    let y = (position / call.out_width) * call.stride + weight_place / 3u;
    let x = (position % call.out_width) * call.stride + weight_place % 3u;
    if y < call.pad || x < call.pad || y - call.pad >= call.height || x - call.pad >= call.width {
        return 0.0;
    }
    let run = (channel * call.height + y - call.pad) * call.width + x - call.pad;
    return b[run * step.rows + goal % step.rows];
}
