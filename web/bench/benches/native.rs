//! The rows of `bench.html`, timed natively by criterion on one core: `cargo bench --package batchnorm-lab-bench`.
//!
//! Lanes are `scalar` here, which the compiler turns into whatever vectors the target has.

use std::time::Duration;

use batchnorm_lab_bench::rows::rows;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn bench_rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("native");
    group.warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    group.sample_size(20);
    for row in rows().expect("rows.json is a list of rows") {
        let (cost, mut run) = row.make().expect("rows.json describes what can be made");
        // Elements a second are floating-point operations a second.
        group.throughput(Throughput::Elements(cost.flops as u64));
        group.bench_function(&row.id, |bencher| bencher.iter(|| run(1)));
    }
    group.finish();
}

criterion_group!(benches, bench_rows);
criterion_main!(benches);
