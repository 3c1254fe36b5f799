// A sum over a workgroup in one fixed order, so that a run repeats.
var<workgroup> sum_room: array<f32, WORKGROUP>;

fn total(value: f32, index: u32) -> f32 {
    sum_room[index] = value;
    workgroupBarrier();
    for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
        if index < half {
            sum_room[index] += sum_room[index + half];
        }
        workgroupBarrier();
    }
    let sum = sum_room[0];
    workgroupBarrier();
    return sum;
}
