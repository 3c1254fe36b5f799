//! Every golden file through the kernels of the GPU, by the tolerances that the files state.

#[path = "../../tests/common/mod.rs"]
mod common;
mod golden_kinds;
mod gpu;

use common::case;
use golden_kinds::{Answer, check};

/// Values so far from 0 that f32 cannot hold their mean: the lanes take away the rest of it too, these kernels do not yet.
const MEANS_BEYOND_F32: &[&str] = &[
    "bn_nc_large_mean",
    "bn_nc_large_mean_four",
    "bn_nc_large_mean_keras",
    "bn_nc_large_mean_tall",
    "bn_nc_large_mean_two",
    "bn_nchw_large_mean",
    "ghost_nc_large_mean",
    "gn_nchw_large_mean",
    "in_nchw_large_mean",
    "ln_nc_large_mean",
    "renorm_nc_large_mean",
    "sync_nc_large_mean",
];

#[test]
fn every_golden_case_holds_on_the_gpu() {
    let Some(device) = gpu::device("every_golden_case_holds_on_the_gpu") else {
        return;
    };
    println!("adapter: {}", device.adapter);
    let (mut checked, mut elsewhere) = (0, Vec::new());
    let mut worst = (0.0, String::new());
    let mut failures = Vec::new();
    // All cases run before the test fails.
    for case in case::all() {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            match check(&device, &case) {
                Answer::Outputs(outputs) => Some(outputs.compare(&case, "webgpu")),
                Answer::Refused => {
                    assert!(case.expects_error, "{}: refused", case.name);
                    Some(0.0)
                }
                Answer::MaskFromOutside => None,
            }
        }));
        match outcome {
            Ok(Some(share)) => {
                checked += 1;
                if share > worst.0 {
                    worst = (share, case.name);
                }
            }
            Ok(None) => elsewhere.push(case.name),
            Err(_) => failures.push(case.name),
        }
    }
    println!(
        "{checked} checked; {} uses {:.2} of its tolerance",
        worst.1, worst.0
    );
    println!("masks from outside, which no network takes: {elsewhere:?}");
    assert_eq!(failures, MEANS_BEYOND_F32, "what fails is what is known to");
    assert!(checked > 130, "only {checked} golden cases were checked");
    assert_eq!(elsewhere.len(), 2, "cases that only kernels here can take");
}
