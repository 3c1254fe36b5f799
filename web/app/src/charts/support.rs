//! For the tests of charts: data of every kind, and a backend that only counts what is drawn.

mod cases;
mod counting;

pub(super) use self::cases::{Case, Like, numbers};
use self::counting::Counting;
use super::{Chart, DARK, draw};

/// What a chart draws on a surface of that size, device pixels.
fn drawn(chart: &dyn Chart, size: (u32, u32), scale: f64) -> Counting {
    let mut backend = Counting {
        size,
        ..Counting::default()
    };
    draw(&mut backend, chart, &DARK, scale).expect("a counting backend never fails");
    backend
}

/// The smallest letters that are read without effort, css pixels.
const SMALLEST: f64 = 12.0;

/// The same, nothing of it outside and no letter too small.
pub(super) fn drawn_within(chart: &dyn Chart, size: (u32, u32), scale: f64) -> Counting {
    let drawn = drawn(chart, size, scale);
    assert!(drawn.marks > 2, "only {} marks", drawn.marks);
    assert!(drawn.outside.is_empty(), "{:?}", drawn.outside[0]);
    let is_legible = |size: &f64| *size >= SMALLEST * scale - 1e-9;
    assert!(drawn.sizes.iter().all(is_legible), "{:?}", drawn.sizes);
    drawn
}

/// What a chart says on a surface of that size.
pub(super) fn texts(chart: &dyn Chart, size: (u32, u32)) -> Vec<String> {
    drawn_within(chart, size, 1.0).texts
}

/// Draws the charts that `each` gives for every case: something is seen, all of it inside, whatever the size and the
/// numbers; of usual data it says `words`, and makes few marks: the page redraws about twenty canvases thirty times a
/// second.
pub(super) fn check(
    most_marks: usize,
    words: &[&str],
    each: impl Fn(&Case, &mut dyn FnMut(&dyn Chart)),
) {
    let mut cases = vec![Case::empty()];
    for like in [Like::Normal, Like::NotFinite, Like::Huge, Like::Zero] {
        cases.extend([1, 300].map(|frames| Case::like(like, frames)));
    }
    for case in &cases {
        let mut count = 0;
        each(case, &mut |chart| {
            count += 1;
            println!("chart {count} of {}", case.name);
            for (size, scale) in [
                ((140, 90), 1.0),
                ((360, 200), 1.0),
                ((1600, 640), 2.0),
                ((60, 30), 1.5),
            ] {
                drawn_within(chart, size, scale);
            }
            let seen = drawn_within(chart, (360, 240), 1.0);
            if case.name == "Normal 300" {
                assert!(seen.marks <= most_marks, "{} marks", seen.marks);
                for word in words {
                    assert!(
                        seen.texts.iter().any(|text| text == word),
                        "{word} in {:?}",
                        seen.texts
                    );
                }
            }
        });
        assert!(count > 0);
    }
}
