//! Drift over time is drawn within its box whatever the numbers, and a point is found where it is drawn.

use std::sync::LazyLock;

use super::*;
use crate::charts::support::{check, texts};
use crate::measured::Measured;

const SIZE: Point = (640.0, 320.0);

fn side(side: u8, values: &[f32], [depth, states]: [usize; 2]) -> Drift {
    let value = |at: usize| values[at % values.len()];
    let layer = |state: usize, layer: usize| LayerDrift {
        mean: value(state + 3 * layer),
        deviation: value(state + layer + 1).abs(),
        drift: if state == 0 {
            0.0
        } else {
            value(2 * state + layer + usize::from(side)).abs()
        },
    };
    let state = |state: usize| {
        let layers = (0..depth).map(|of| layer(state, of));
        (25 * state as u64, layers.collect())
    };
    Drift {
        side,
        states: (0..states).map(state).collect(),
        back: 10,
        diverged_at: None,
    }
}

fn of(values: &[f32], shape: [usize; 2]) -> Drifts {
    let sides = |shape| vec![side(0, values, shape), side(1, &values[1..], shape)];
    Measured {
        start: sides([shape[0], 1]),
        now: Some((1600, sides(shape))),
    }
}

fn chart(of: Option<&Drifts>) -> DriftOverTime<'_> {
    static LAYERS: LazyLock<Vec<String>> =
        LazyLock::new(|| (1..=20).map(|n| format!("Layer {n}")).collect());
    let depth = of.map_or(0, |of| of.start[0].depth());
    DriftOverTime {
        of,
        names: ["A, none", "B, BatchNorm"],
        band: "mean ± std",
        drift: "drift over 10 steps, std",
        layers: &LAYERS[..depth],
        x_name: "step",
        selected: Some((3, 5)),
    }
}

const VALUES: [f32; 7] = [0.3, -0.2, 1.4, 0.5, 0.7, 2.0, 0.11];

#[test]
fn any_drift_is_drawn_within() {
    let words = [
        "Layer 1",
        "B, BatchNorm · mean ± std",
        "drift over 10 steps, std",
        "step",
        "0",
    ];
    check(160, &words, |case, draw| {
        let of = (case.points.len() > 30).then(|| of(&case.points, [4, 41]));
        draw(&chart(of.as_ref()));
    });
    check(1400, &[], |case, draw| {
        for shape in [[1, 1], [2, 2], [20, 41]] {
            let of = (case.points.len() > 30).then(|| of(&case.points, shape));
            draw(&chart(of.as_ref()));
        }
    });
}

#[test]
fn of_many_layers_as_many_are_named_as_find_room() {
    let of = of(&VALUES, [20, 41]);
    for (size, named) in [((320, 320), 4..=18), ((900, 320), 20..=20)] {
        let texts = texts(&chart(Some(&of)), size);
        // Behind the names of rows and of columns stand the axes' numbers, which begin lower.
        let numbers = texts.iter().filter_map(|text| text.parse::<u32>().ok());
        let numbers: Vec<u32> = numbers.collect();
        let rising = numbers.windows(2).take_while(|pair| pair[0] < pair[1]);
        let layers = 1 + rising.count();
        assert!(named.contains(&layers), "{size:?}: {texts:?}");
    }
}

#[test]
fn a_run_that_explodes_does_not_flatten_the_other() {
    let far: Vec<f32> = VALUES.iter().map(|value| value * 1e6).collect();
    let sides = || vec![side(0, &far, [2, 9]), side(1, &VALUES, [2, 9])];
    let of = Measured {
        start: sides(),
        now: Some((200, sides())),
    };
    let chart = chart(Some(&of));
    let layout = Layout::new(chart.sides(), SIZE, 1.0);
    let y = layout.band(1);
    let height = y.px(0.0) - y.px(1.0);
    assert!(height > 4.0, "{height}");
    let drift = layout.drift();
    assert!(drift.px(0.0) - drift.px(1.0) > 8.0);
}

#[test]
fn a_point_is_found_where_it_is_drawn() {
    let of = of(&VALUES, [4, 33]);
    let chart = chart(Some(&of));
    let layout = Layout::new(chart.sides(), SIZE, 1.0);
    for layer in 0..4 {
        for (place, side) in chart.sides().iter().enumerate() {
            for state in [0, 7, 32] {
                let (step, layers) = &side.states[state];
                let x = layout.x(layer).px(*step as f64);
                for (row, y) in [
                    (place, layout.band(place).px(f64::from(layers[layer].mean))),
                    (2, layout.drift().px(f64::from(layers[layer].drift))),
                ] {
                    let Some(Hover::Cell { place: found }) = chart.locate(SIZE, (x, y)) else {
                        panic!("nothing in row {row} at {x}, {y}");
                    };
                    assert_eq!((found / 8, found % 8 / 2), (state, layer));
                    // Two lines may cross there.
                    let there = &chart.sides()[found % 2].states[state].1[layer];
                    assert!(row < 2 || there.drift == layers[layer].drift);
                    assert!(row == 2 || found % 2 == place);
                }
            }
        }
    }
    assert_eq!(chart.locate(SIZE, (1.0, 1.0)), None);
}
