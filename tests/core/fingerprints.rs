//! Twelve links and the bits of what they are after a hundred steps: the same natively, in scalar and in simd128 builds.
//! A change that is not meant to change numbers leaves them; relaxed rounds some products once and has bits of its own.

use crate::fingerprint::{LINKS, STEPS, fingerprint};
use crate::reader::{checkpoint, step};
use batchnorm_lab::lanes::{Best, Lanes};
use batchnorm_lab::settings::Settings;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn after_steps(link: &str) -> u64 {
    let (_, errors) = Settings::from_text(link);
    assert_eq!(errors, [], "{link}");
    let mut trainer = crate::reader::open_with_digits(link);
    let frame = step(&mut trainer, STEPS);
    assert_eq!(frame.step, u64::from(STEPS), "{link}");
    assert!(
        frame.sides.iter().all(|side| side.diverged_at.is_none()),
        "{link}"
    );
    fingerprint(&checkpoint(&trainer), &frame)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_has_the_same_bits_in_every_build_that_rounds_alike() {
    if Best::NAME == "relaxed" {
        return;
    }
    let got: Vec<(&str, u64)> = LINKS
        .iter()
        .map(|(link, _)| (*link, after_steps(link)))
        .collect();
    let shown: Vec<String> = got
        .iter()
        .map(|(link, bits)| format!("{bits:#018x} {link}"))
        .collect();
    assert!(got == LINKS, "{}:\n{}", Best::NAME, shown.join("\n"));
}
