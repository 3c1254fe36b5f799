//! Every golden file against the kernels, in f32 and in f64, by the tolerances that the files state.

use crate::common::case::{self, Case};
use crate::golden_kinds::{Answer, check};
use batchnorm_lab::lanes::{Best, Double, Lanes};
use wasm_bindgen_test::wasm_bindgen_test;

/// Checks a case in these lanes; the share of its tolerance used, or `None` if nothing knows its kind.
fn run<L: Lanes>(case: &Case) -> Option<f64> {
    match check::<L>(case) {
        Answer::Outputs(outputs) => Some(outputs.compare(case, L::NAME)),
        Answer::Refused => {
            assert!(case.expects_error, "{} ({}): refused", case.name, L::NAME);
            Some(0.0)
        }
        Answer::Unknown => None,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_golden_case_holds() {
    let mut checked = 0;
    let mut worst = (0.0, String::new());
    for case in case::all() {
        let shares = (run::<Best>(&case), run::<Double>(&case));
        let (Some(single), Some(double)) = shares else {
            panic!("{}: nothing checks kind {}", case.name, case.kind);
        };
        checked += 1;
        // Deviations of f64 would show a wrong formula within a generous tolerance.
        assert!(
            double < 0.9,
            "{}: f64 uses {double:.2} of the tolerance",
            case.name
        );
        if single > worst.0 {
            worst = (single, case.name);
        }
    }
    println!(
        "{checked} checked; {} uses {:.2} of its tolerance",
        worst.1, worst.0
    );
    assert!(checked > 0, "no golden case was found");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_compiled_in_list_is_the_folder() {
    assert_eq!(case::names_compiled_in(), case::names_in_folder());
}
