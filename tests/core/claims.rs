//! Claims of the lessons against the record that the site shows: it is of these networks, and every seed of it trains to the
//! margin that it says.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::claims::{Claim, Rate, claims};
use batchnorm_lab::lessons::lesson;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.bin");

/// A seed that is tried again here, of those of the record.
const AGAIN: u32 = 17;

fn record() -> Value {
    let text = include_str!("../../assets/claims.json");
    serde_json::from_str(text).expect("the record is JSON")
}

fn margins(of: &Value) -> Vec<f32> {
    let margins = of["margins"].as_array().expect("margins").iter();
    margins
        .map(|margin| margin.as_f64().expect("a number") as f32)
        .collect()
}

#[test]
fn the_record_is_of_these_claims_and_networks() {
    let record = record();
    assert_eq!(record["seeds"], serde_json::json!([1, 32]));
    let rows = record["claims"].as_array().expect("claims");
    assert_eq!(rows.len(), claims().count(), "run `cargo xtask claims`");
    for (claim, row) in claims().zip(rows) {
        assert_eq!(row["name"], claim.name);
        assert_eq!(row["lesson"], claim.lesson);
        assert_eq!(row["open"], claim.opens());
        let networks = serde_json::json!(claim.described());
        assert_eq!(row["networks"], networks, "run `cargo xtask claims`");
    }
}

#[test]
fn every_claim_holds_as_often_as_it_says() {
    let record = record();
    for (claim, row) in claims().zip(record["claims"].as_array().expect("claims")) {
        let margins = margins(row);
        assert_eq!(margins.len(), 32, "{}", claim.name);
        let held = margins.iter().filter(|margin| **margin >= 0.0).count();
        let share = held as f64 / 32.0;
        match claim.rate {
            Rate::Always => assert!(held >= 31, "{}: {held} of 32", claim.name),
            Rate::Sometimes(low, high) => {
                assert!((low..=high).contains(&share), "{}: {share}", claim.name);
            }
        }
    }
}

#[test]
fn a_seed_comes_to_the_margins_of_the_record() {
    let record = record();
    let rows = record["claims"].as_array().expect("claims");
    let all: Vec<(&Claim, &Value)> = claims().zip(rows).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((claim, row)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            let margin = claim.try_seed(AGAIN, DIGITS, FULL).expect("a possible job");
            let recorded = margins(row)[AGAIN as usize - 1];
            let off = (margin - recorded).abs();
            // The record has six decimals, and of large margins as many digits.
            assert!(
                off <= 2e-6 * recorded.abs().max(1.0),
                "{}: {margin}, recorded {recorded}",
                claim.name
            );
        }
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        for thread in threads {
            thread.join().expect("the margins of the record");
        }
    });
}

#[test]
fn every_lesson_of_the_course_has_claims() {
    let mut lessons: Vec<&str> = claims().map(|claim| claim.lesson).collect();
    lessons.dedup();
    assert_eq!(lessons.len(), 21, "{lessons:?}");
    let mut names: Vec<&str> = claims().map(|claim| claim.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), claims().count(), "a name stands for one claim");
    for claim in claims() {
        let is_known = lesson(claim.lesson).is_some();
        assert!(
            is_known && claim.name.starts_with(claim.lesson),
            "{}",
            claim.name
        );
    }
}
