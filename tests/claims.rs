//! Claims of the lessons against the record that the site shows: it is of these networks, and every seed of it trains to the
//! margin that it says.

use batchnorm_lab::architecture::FULL;
use batchnorm_lab::claims::{CLAIMS, Claim, Rate};
use batchnorm_lab::lessons::lesson;
use serde_json::Value;

const DIGITS: &[u8] = include_bytes!("../assets/digits/digits.bin");

/// Seeds that are trained again here, of those of the record.
const AGAIN: [u32; 2] = [3, 17];

fn record() -> Value {
    let text = include_str!("../assets/claims.json");
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
    assert_eq!(rows.len(), CLAIMS.len(), "run `cargo xtask claims`");
    for (claim, row) in CLAIMS.iter().zip(rows) {
        assert_eq!(row["name"], claim.name);
        assert_eq!(row["lesson"], claim.lesson);
        assert!(lesson(claim.lesson).is_some(), "{}", claim.name);
        let networks = serde_json::json!(claim.described());
        assert_eq!(row["networks"], networks, "run `cargo xtask claims`");
    }
}

#[test]
fn every_claim_holds_as_often_as_it_says() {
    let record = record();
    for (claim, row) in CLAIMS
        .iter()
        .zip(record["claims"].as_array().expect("claims"))
    {
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
fn seeds_train_to_the_margins_of_the_record() {
    let record = record();
    let check = |claim: &Claim, row: &Value| {
        for seed in AGAIN {
            let margin = claim.try_seed(seed, DIGITS, FULL).expect("a possible job");
            let recorded = margins(row)[seed as usize - 1];
            let off = (margin - recorded).abs();
            assert!(
                off <= 2e-6,
                "{}, seed {seed}: {margin}, recorded {recorded}",
                claim.name
            );
        }
    };
    for (claim, row) in CLAIMS
        .iter()
        .zip(record["claims"].as_array().expect("claims"))
    {
        check(claim, row);
    }
}
