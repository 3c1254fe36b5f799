//! For the tests of charts: data of every kind, and a backend that only counts what is drawn.

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::protocol::{
    BINS, BOUNDARY_SIDE, BatchNoiseReport, BatchNoiseRow, Distribution, Frame, LayerStats, Losses,
    SelectedUnit, Side, SweepRow, UnitMoments,
};

use super::{Chart, DARK, draw};
use crate::history::{History, LayerHistory};

/// Counts marks and remembers texts.
#[derive(Default)]
pub(super) struct Counting {
    size: (u32, u32),
    pub(super) marks: usize,
    pub(super) texts: Vec<String>,
    /// What lay outside.
    outside: Vec<String>,
}

impl Counting {
    fn count(&mut self, what: &str, points: &[BackendCoord], margin: i32) {
        self.marks += 1;
        let (w, h) = (self.size.0 as i32, self.size.1 as i32);
        for (x, y) in points {
            let inside = (margin..=w - margin).contains(x) && (margin..=h - margin).contains(y);
            // Anti-aliasing of half a pixel at the very edge is not seen.
            if !inside {
                self.outside.push(format!("{what} {points:?} in {w}x{h}"));
            }
        }
    }
}

type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for Counting {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, _: BackendColor) -> Outcome {
        panic!("a chart drew a single pixel at {point:?}");
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        _: &S,
        fill: bool,
    ) -> Outcome {
        assert!(fill && from.0 <= to.0 && from.1 <= to.1);
        self.count("rectangle", &[from, to], 0);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 2 && path.len() <= 2000);
        self.count("path", &path, style.stroke_width() as i32 / 2);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        _: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 3 && path.len() <= 2 * BINS + 4);
        self.count("polygon", &path, 0);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.count("circle", &[center], radius as i32);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Outcome {
        // An estimate of its own: Helvetica's mean letter, a whole em for Chinese.
        let ems: f64 = text
            .chars()
            .map(|c| if c < '\u{2e80}' { 0.46 } else { 1.0 })
            .sum();
        let (w, h) = ((ems * style.size()) as i32, style.size() as i32);
        let left = match style.anchor().h_pos {
            HPos::Left => x,
            HPos::Center => x - w / 2,
            HPos::Right => x - w,
        };
        let top = match style.anchor().v_pos {
            VPos::Top => y,
            VPos::Center => y - h / 2,
            VPos::Bottom => y - h,
        };
        let right = left
            + if text.chars().count() < 4 {
                w * 3 / 4
            } else {
                w
            };
        self.count(text, &[(left, top), (right, top + h)], 0);
        self.texts.push(text.to_owned());
        Ok(())
    }
}

/// What the numbers of a test are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Like {
    Normal,
    NotFinite,
    Huge,
    Zero,
}

pub(super) fn numbers(like: Like, count: usize, rng: &mut Rng) -> Vec<f32> {
    (0..count)
        .map(|i| match like {
            Like::Normal => rng.normal() as f32,
            Like::NotFinite => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.5][i % 4],
            Like::Huge => [f32::MAX, f32::MIN, 1e30, f32::MIN_POSITIVE][i % 4],
            Like::Zero => 0.0,
        })
        .collect()
}

fn distribution(like: Like, rng: &mut Rng) -> Distribution {
    let v = numbers(like, 4, rng);
    Distribution {
        mean: v[0],
        std: v[1].abs(),
        min: v[2],
        max: v[3],
        low: if like == Like::NotFinite { v[0] } else { -4.0 },
        high: 4.0,
        histogram: (0..BINS)
            .map(|_| match like {
                Like::Zero => 0,
                Like::Huge => u32::MAX,
                _ => rng.below(40) as u32,
            })
            .collect(),
    }
}

fn side(index: u8, like: Like, rng: &mut Rng) -> Side {
    let units = 5;
    let mut list = |positive: bool| -> Vec<f32> {
        let values = numbers(like, units, rng);
        let sign = |v: f32| if positive { v.abs() } else { v };
        values.into_iter().map(sign).collect()
    };
    let mut layer = LayerStats {
        gamma: list(false),
        beta: list(false),
        batch_mean: list(false),
        batch_var: list(true),
        running_mean: list(false),
        running_var: list(true),
        full_mean: list(false),
        full_var: list(true),
        gradient_norm: list(true)[0],
        ..LayerStats::default()
    };
    layer.before = distribution(like, rng);
    layer.normalized = Some(distribution(like, rng));
    layer.after = Some(distribution(like, rng));
    layer.output = distribution(like, rng);
    let losses = numbers(like, 3, rng);
    Side {
        index,
        loss: Losses {
            batch: losses[0].abs(),
            train: losses[1].abs(),
            eval: losses[2].abs(),
        },
        layers: vec![layer.clone(), layer],
        boundary: numbers(like, BOUNDARY_SIDE * BOUNDARY_SIDE, rng),
        selected_unit: SelectedUnit {
            labels: (0..32).map(|i| i % 2).collect(),
            before: numbers(like, 32, rng),
            normalized: numbers(like, 32, rng),
            after: numbers(like, 32, rng),
            // The worker's are round.
            limit: match like {
                Like::Normal => 2.0,
                _ => numbers(like, 1, rng)[0].abs(),
            },
            mean: numbers(like, 1, rng)[0],
            std: numbers(like, 1, rng)[0].abs(),
            gamma: numbers(like, 1, rng)[0],
            moments: [0; 3].map(|_| unit_moments(like, rng)).to_vec(),
            ..SelectedUnit::default()
        },
        ..Side::default()
    }
}

fn unit_moments(like: Like, rng: &mut Rng) -> UnitMoments {
    UnitMoments {
        mean: numbers(like, 1, rng)[0],
        std: numbers(like, 1, rng)[0].abs(),
    }
}

fn frame(step: u64, like: Like, rng: &mut Rng) -> Frame {
    Frame {
        run: 1,
        step,
        axis_limits: match like {
            Like::NotFinite => [f32::NAN; 3],
            _ => [4.0; 3],
        },
        sides: vec![side(0, like, rng), side(1, like, rng)],
        ..Frame::default()
    }
}

fn noise(like: Like, rng: &mut Rng) -> BatchNoiseReport {
    let rows = [2, 8, 32, 128].map(|batch| BatchNoiseRow {
        batch,
        means: numbers(like, 50, rng),
        variances: numbers(like, 50, rng),
        x_hats: numbers(like, 50, rng),
        mean_sd: numbers(like, 1, rng)[0].abs(),
        variance_sd: numbers(like, 2, rng)[1].abs(),
        x_hat_sd: numbers(like, 1, rng)[0].abs(),
        x_hat_sd_theory: 1.0 / (batch as f32).sqrt(),
        ..BatchNoiseRow::default()
    });
    BatchNoiseReport {
        side: 1,
        z: numbers(like, 1, rng)[0],
        rows: rows.into(),
        ..BatchNoiseReport::default()
    }
}

/// Everything a test draws from.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) history: History,
    pub(super) frame: Frame,
    pub(super) noise: BatchNoiseReport,
    pub(super) sweep: Vec<SweepRow>,
    pub(super) points: Vec<f32>,
}

impl Case {
    /// Nothing yet.
    fn empty() -> Self {
        Self {
            name: "empty".into(),
            history: History::default(),
            frame: Frame::default(),
            noise: BatchNoiseReport::default(),
            sweep: vec![],
            points: vec![],
        }
    }

    /// A run of `frames` frames of such numbers.
    pub(super) fn like(like: Like, frames: u64) -> Self {
        let mut rng = Rng::new(5, "charts");
        let mut history = History::default();
        for step in 0..frames {
            history.feed(&frame(step * 7, like, &mut rng));
        }
        let row = |batch, side, diverged| SweepRow {
            batch,
            side,
            accuracy_running: 0.9,
            accuracy_full: f32::NAN,
            diverged,
        };
        Self {
            name: format!("{like:?} {frames}"),
            history,
            frame: frame(frames * 7, like, &mut rng),
            noise: noise(like, &mut rng),
            sweep: vec![row(2, 0, false), row(2, 1, true), row(8, 1, false)],
            points: numbers(like, 400, &mut rng),
        }
    }

    /// A usual run.
    pub(super) fn regular() -> Self {
        Self::like(Like::Normal, 300)
    }

    /// The first hidden layer of a run; nothing where there is none.
    pub(super) fn layer(&self, side: usize) -> LayerHistory {
        let layers = &self.history.sides[side].layers;
        layers.first().cloned().unwrap_or_default()
    }

    /// Gradient norms of a run's layers.
    pub(super) fn gradients(&self, side: usize) -> Vec<f32> {
        let layers = self.frame.sides.get(side).map_or(&[][..], |s| &s.layers);
        layers.iter().map(|layer| layer.gradient_norm).collect()
    }
}

/// What a chart draws on a surface of that size, device pixels.
fn drawn(chart: &dyn Chart, size: (u32, u32), scale: f64) -> Counting {
    let mut backend = Counting {
        size,
        ..Counting::default()
    };
    draw(&mut backend, chart, &DARK, scale).expect("a counting backend never fails");
    backend
}

/// The same, and nothing of it outside.
pub(super) fn drawn_within(chart: &dyn Chart, size: (u32, u32), scale: f64) -> Counting {
    let drawn = drawn(chart, size, scale);
    assert!(drawn.marks > 2, "only {} marks", drawn.marks);
    assert!(drawn.outside.is_empty(), "{:?}", drawn.outside[0]);
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
