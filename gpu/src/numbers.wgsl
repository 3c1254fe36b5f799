// What is no number. A shader's compiler may take for granted that there is none and fold `x != x` to false, and minima,
// maxima and comparisons of it may give anything; its bits it has to look at.
fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
