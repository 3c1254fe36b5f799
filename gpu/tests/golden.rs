//! Every golden file through the kernels of the GPU, by the tolerances that the files state.

use crate::common::case;
use crate::golden_kinds::{Answer, check};

#[test]
fn every_golden_case_holds_on_the_gpu() {
    let Some(device) = crate::gpu::device("every_golden_case_holds_on_the_gpu") else {
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
    assert!(failures.is_empty(), "{failures:?}");
    assert!(checked > 130, "only {checked} golden cases were checked");
    assert_eq!(elsewhere.len(), 2, "cases that only kernels here can take");
}
