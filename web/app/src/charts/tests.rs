//! Every chart on a backend that only counts: something is drawn, nothing outside, no data makes it panic.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::prelude::DrawingBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind,
};

use batchnorm_lab::data::sequences::{SHORTEST, STEPS};
use batchnorm_lab::numeric::rng::Rng;
use batchnorm_lab::protocol::{
    BINS, BOUNDARY_SIDE, BatchNoiseReport, BatchNoiseRow, Distribution, Frame, LayerStats, Losses,
    SelectedUnit, Side, SweepRow, UnitMoments,
};

use super::*;
use crate::history::{History, LayerHistory, Stage};

#[derive(Default)]
struct Seen {
    size: (u32, u32),
    marks: usize,
    texts: Vec<String>,
    outside: Vec<String>,
}

struct Counting(Rc<RefCell<Seen>>);

impl Counting {
    fn look(&mut self, what: &str, points: &[BackendCoord], margin: i32) {
        let mut seen = self.0.borrow_mut();
        seen.marks += 1;
        let (w, h) = (seen.size.0 as i32, seen.size.1 as i32);
        for (x, y) in points {
            let inside = (margin..=w - margin).contains(x) && (margin..=h - margin).contains(y);
            // Anti-aliasing of half a pixel at the very edge is not seen.
            if !inside {
                seen.outside.push(format!("{what} {points:?} in {w}x{h}"));
            }
        }
    }
}

type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for Counting {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.0.borrow().size
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
        self.look("rectangle", &[from, to], 0);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 2 && path.len() <= 2000);
        self.look("path", &path, style.stroke_width() as i32 / 2);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        _: &S,
    ) -> Outcome {
        let path: Vec<BackendCoord> = path.into_iter().collect();
        assert!(path.len() >= 3 && path.len() <= 2 * BINS + 4);
        self.look("polygon", &path, 0);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.look("circle", &[center], radius as i32);
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
        self.look(text, &[(left, top), (right, top + h)], 0);
        self.0.borrow_mut().texts.push(text.to_owned());
        Ok(())
    }
}

/// What the numbers of a test are like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Like {
    Normal,
    NotFinite,
    Huge,
    Zero,
}

fn numbers(like: Like, count: usize, rng: &mut Rng) -> Vec<f32> {
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
            limit: numbers(like, 1, rng)[0].abs(),
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
struct Case {
    name: String,
    history: History,
    frame: Frame,
    noise: BatchNoiseReport,
    ladder: Vec<SweepRow>,
    points: Vec<f32>,
}

fn cases() -> Vec<Case> {
    let mut cases = vec![Case {
        name: "empty".into(),
        history: History::default(),
        frame: Frame::default(),
        noise: BatchNoiseReport::default(),
        ladder: vec![],
        points: vec![],
    }];
    for like in [Like::Normal, Like::NotFinite, Like::Huge, Like::Zero] {
        for frames in [1, 300] {
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
            cases.push(Case {
                name: format!("{like:?} {frames}"),
                history,
                frame: frame(frames * 7, like, &mut rng),
                noise: noise(like, &mut rng),
                ladder: vec![row(2, 0, false), row(2, 1, true), row(8, 1, false)],
                points: numbers(like, 400, &mut rng),
            });
        }
    }
    cases
}

type Area = DrawingArea<Counting, Shift>;
type Named<'a> = (
    String,
    Box<dyn Fn(&Area, &Theme, f64) -> Drawn<Counting> + 'a>,
);

/// Every drawing of a case.
fn drawings(case: &Case) -> Vec<Named<'_>> {
    let mut all: Vec<Named> = Vec::new();
    let empty: &'static LayerHistory = Box::leak(Box::default());
    let layer = move |side: usize| -> &LayerHistory {
        case.history.sides[side].layers.first().unwrap_or(empty)
    };
    for stage in Stage::ALL {
        for form in [RidgeForm::Ridges, RidgeForm::Bars] {
            let data = RidgelineData {
                rows: layer(1).ridge(stage),
                side: 1,
                stage,
                limit: case.frame.axis_limits[0],
                form,
                ticks: true,
                rescaled: form == RidgeForm::Bars,
                reference: stage == Stage::Normalized,
            };
            let text = RidgelineText {
                axis: "值 value",
                oldest: "step 0",
            };
            all.push((
                format!("ridgeline {stage:?} {form:?}"),
                Box::new(move |area, theme, scale| {
                    draw_ridgeline(area, &data, theme, &text, scale)
                }),
            ));
        }
    }
    for phase in [0.0, 0.15, 0.4, 0.6, 0.85, 1.0, f64::NAN] {
        all.push((
            format!("lens {phase}"),
            Box::new(move |area, theme, scale| {
                let text = LensText {
                    rails: ["before", "normalized", "after"],
                    operations: ["− μ", "÷ σ", "× γ", "+ β"],
                    axis: "value",
                };
                let none = Side::default();
                let side = case.frame.sides.first().unwrap_or(&none);
                let data = LensData {
                    points: &side.selected_unit,
                    phase,
                };
                draw_lens(area, &data, theme, &text, scale)
            }),
        ));
    }
    for kind in [CurveKind::Loss, CurveKind::Accuracy] {
        let data = CurvesData {
            curves: &case.history.curves,
            shown: [true, true],
            kind,
            cursor: Some(700),
            labelled: true,
        };
        let text = CurvesText {
            y_name: "loss",
            x_name: "step",
            train: ["A train", "B train"],
            test: ["A test", "B test"],
            full: ["A full", "B full"],
            beyond: "up to",
        };
        all.push((
            format!("curves {kind:?}"),
            Box::new(move |area, theme, scale| draw_curves(area, &data, theme, &text, scale)),
        ));
        all.push((
            format!("three accuracies {kind:?}"),
            Box::new(move |area, theme, scale| {
                draw_three_accuracies(area, &data, theme, &text, scale)
            }),
        ));
    }
    for kind in [AffineKind::Gamma, AffineKind::Beta] {
        let data = GammaBetaData {
            layer: layer(1),
            kind,
            focus: 2,
            hovered: Some(1),
            cursor: Some(70),
            labelled: true,
        };
        let text = GammaBetaText {
            y_name: "γ",
            x_name: "step",
            focus: "unit 3",
            start: "start",
        };
        all.push((
            format!("{kind:?}"),
            Box::new(move |area, theme, scale| draw_gamma_beta(area, &data, theme, &text, scale)),
        ));
    }
    for moment in [Moment::Mean, Moment::Variance] {
        let data = MomentsData {
            layer: layer(1),
            side: 1,
            unit: 2,
            moment,
            cursor: Some(70),
            labelled: true,
        };
        let now = SnapshotData {
            layer: layer(1),
            side: 1,
            focus: 2,
            moment,
        };
        let text = MomentsText {
            y_name: "mean",
            x_name: "step",
            lines: ["batch", "running", "full"],
        };
        all.push((
            format!("moments {moment:?}"),
            Box::new(move |area, theme, scale| draw_moments(area, &data, theme, &text, scale)),
        ));
        all.push((
            format!("snapshot {moment:?}"),
            Box::new(move |area, theme, scale| draw_snapshot(area, &now, theme, &text, scale)),
        ));
    }
    all.push((
        "boundary".into(),
        Box::new(move |area, theme, scale| {
            let labels: Vec<u8> = (0..case.points.len() / 2).map(|i| (i % 2) as u8).collect();
            let data = BoundaryData {
                logits: case.frame.sides.first().map_or(&[], |s| &s.boundary),
                train: &case.points,
                train_labels: &labels,
                test: &case.points,
                test_labels: &labels,
                pin: Some(3),
            };
            let text = BoundaryText {
                x1: "x₁",
                x2: "x₂",
                flat: "no boundary",
            };
            draw_boundary(area, &data, theme, &text, scale)
        }),
    ));
    all.push((
        "sequences".into(),
        Box::new(move |area, theme, scale| {
            let rows = case.points.len() / (2 * STEPS);
            let lengths: Vec<usize> = (0..rows).map(|i| SHORTEST + i % 9).collect();
            let guesses: Vec<u8> = (0..rows).map(|i| (i % 3) as u8).collect();
            let labels: Vec<u8> = (0..rows).map(|i| (i % 2) as u8).collect();
            let data = SequencesData {
                guesses: &guesses,
                test: &case.points,
                labels: &labels,
                lengths: &lengths,
                side: 1,
                length: "steps",
            };
            draw_sequences(area, &data, theme, scale)
        }),
    ));
    all.push((
        "gradients".into(),
        Box::new(move |area, theme, scale| {
            let norms = [0, 1].map(|side| {
                let sides: &[Side] = &case.frame.sides;
                let layers = sides.get(side).map_or(&[][..], |s| &s.layers);
                layers.iter().map(|l| l.gradient_norm).collect::<Vec<f32>>()
            });
            let data = GradientsData {
                norms: [&norms[0], &norms[1]],
                ended: [false; 2],
                focus: Some(1),
            };
            let text = GradientsText {
                y_name: "‖∂L/∂W‖",
                x_name: "layer",
                runs: ["A", "B"],
            };
            draw_gradients(area, &data, theme, &text, scale)
        }),
    ));
    let text = NoiseText {
        x_name: "standard deviations",
        y_name: "batch size",
        truth: "truth",
        measured: "measured",
        gaussian: "Gaussian",
        own_moments: "its own",
    };
    for kind in [NoiseKind::Means, NoiseKind::Variances, NoiseKind::XHats] {
        let data = NoiseData {
            report: &case.noise,
            kind,
            current: Some(8),
        };
        all.push((
            format!("noise {kind:?}"),
            Box::new(move |area, theme, scale| draw_noise(area, &data, theme, &text, scale)),
        ));
        all.push((
            format!("x̂ noise {kind:?}"),
            Box::new(move |area, theme, scale| draw_x_hat_noise(area, &data, theme, &text, scale)),
        ));
    }
    all.push((
        "ladder".into(),
        Box::new(move |area, theme, scale| {
            let data = LadderData {
                batches: &[2, 8, 32, 128],
                rows: &case.ladder,
                shown: [true, true],
                current: Some(32),
            };
            let text = LadderText {
                y_name: "test accuracy",
                x_name: "batch size",
                runs: ["A", "B"],
                chance: "chance",
                diverged: "div.",
            };
            draw_ladder(area, &data, theme, &text, scale)
        }),
    ));
    all
}

fn draw_on_counting(
    drawing: &dyn Fn(&Area, &Theme, f64) -> Drawn<Counting>,
    size: (u32, u32),
    scale: f64,
) -> Rc<RefCell<Seen>> {
    let seen = Rc::new(RefCell::new(Seen {
        size,
        ..Seen::default()
    }));
    let area = Counting(seen.clone()).into_drawing_area();
    drawing(&area, &Theme::dark(), scale).expect("a counting backend never fails");
    seen
}

#[test]
fn every_chart_draws_any_data_within_its_area() {
    for case in cases() {
        for (name, drawing) in drawings(&case) {
            for (size, scale) in [
                ((140, 90), 1.0),
                ((360, 200), 1.0),
                ((1600, 640), 2.0),
                ((60, 30), 1.5),
            ] {
                let seen = draw_on_counting(&*drawing, size, scale);
                let seen = seen.borrow();
                let context = format!("{name}, {}, {size:?}", case.name);
                assert!(seen.marks > 2, "{context}: only {} marks", seen.marks);
                assert!(seen.outside.is_empty(), "{context}: {:?}", seen.outside[0]);
            }
        }
    }
}

#[test]
fn axes_are_named_and_ticked() {
    for case in cases() {
        for (name, drawing) in drawings(&case) {
            let seen = draw_on_counting(&*drawing, (360, 240), 1.0);
            let texts = &seen.borrow().texts;
            let expected: &[&str] = match name.split(' ').next() {
                Some("ridgeline") => &["−4", "0"],
                Some("lens") => &["before", "0"],
                Some("curves") => &["loss", "step"],
                Some("Gamma") => &["γ", "step"],
                Some("boundary") if case.name.contains("Zero") => &["no boundary", "x₂"],
                Some("boundary") => &["x₁", "x₂"],
                Some("noise") => &["batch size", "standard deviations"],
                Some("ladder") => &["test accuracy", "batch size", "chance", "…"],
                Some("gradients") => &["layer"],
                Some("sequences") => &["steps", "4", "12"],
                _ => &[],
            };
            let regular = !case.name.contains("NotFinite") && case.name != "empty";
            for text in expected {
                let is_there = texts.iter().any(|t| t == text);
                let is_limit = *text == "−4";
                assert!(
                    is_there || (is_limit && !regular),
                    "{name}, {}: {text} in {texts:?}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn variances_stand_around_one() {
    // How far they scatter, and where the axis begins.
    for (scatter, first) in [(0.02_f32, "0.98"), (3.0, "0")] {
        let row = BatchNoiseRow {
            batch: 8,
            variances: [1.0 - scatter, 1.0 + scatter].map(|v| v.max(0.0)).into(),
            ..BatchNoiseRow::default()
        };
        let report = BatchNoiseReport {
            rows: vec![row],
            ..BatchNoiseReport::default()
        };
        let data = NoiseData {
            report: &report,
            kind: NoiseKind::Variances,
            current: None,
        };
        let text = NoiseText::default();
        let draw = |area: &Area, theme: &Theme, scale| draw_noise(area, &data, theme, &text, scale);
        let seen = draw_on_counting(&draw, (360, 200), 1.0);
        let texts = &seen.borrow().texts;
        let label = texts.iter().find(|text| text.starts_with('0'));
        assert_eq!(label.map(String::as_str), Some(first), "{texts:?}");
    }
}

/// The page redraws about twenty canvases thirty times a second.
#[test]
fn charts_make_few_marks() {
    let case = cases().into_iter().find(|case| case.name == "Normal 300");
    let case = case.expect("the case is in the table");
    for (name, drawing) in drawings(&case) {
        let marks = draw_on_counting(&*drawing, (360, 220), 1.0).borrow().marks;
        let most = match name.split(' ').next() {
            // Random logits: no two cells are alike.
            Some("boundary") => 3200,
            Some("noise" | "lens") => 420,
            Some("curves" | "three" | "moments") => 460,
            // Fourteen rows of three marks, and the dots of the normal density.
            Some("ridgeline") => 170,
            _ => 120,
        };
        assert!(marks <= most, "{name}: {marks}");
    }
}

/// What a chart says when A has exploded and B learns.
fn texts_beside_an_explosion(shown: [bool; 2]) -> Vec<String> {
    let mut history = History::default();
    for step in 0..40_u64 {
        let side = |index: u8, loss: f32| Side {
            index,
            loss: Losses {
                batch: loss,
                train: loss,
                eval: loss,
            },
            diverged_at: (index == 0 && step > 30).then_some(30),
            ..Side::default()
        };
        history.feed(&Frame {
            step,
            sides: vec![
                side(0, 10_f32.powi(step as i32)),
                side(1, 0.7 / (step + 1) as f32),
            ],
            ..Frame::default()
        });
    }
    let data = CurvesData {
        curves: &history.curves,
        shown,
        kind: CurveKind::Loss,
        cursor: None,
        labelled: false,
    };
    let text = CurvesText {
        beyond: "up to",
        ..CurvesText::default()
    };
    let drawing =
        |area: &Area, theme: &Theme, scale: f64| draw_curves(area, &data, theme, &text, scale);
    let seen = draw_on_counting(&drawing, (284, 110), 1.0);
    let seen = seen.borrow();
    assert!(seen.outside.is_empty(), "{:?}", seen.outside);
    seen.texts.clone()
}

#[test]
fn a_run_that_explodes_leaves_the_axis_and_says_how_far_it_went() {
    let texts = texts_beside_an_explosion([true; 2]);
    assert!(texts.iter().any(|text| text == "up to 10³⁰"), "{texts:?}");
    assert!(texts.iter().any(|text| text == "0.5"), "{texts:?}");
    let powers = texts.iter().filter(|text| text.contains(['²', '³']));
    assert_eq!(powers.count(), 1, "{texts:?}");
    // Alone it has the axis for itself.
    let alone = texts_beside_an_explosion([true, false]);
    assert!(
        !alone.iter().any(|text| text.contains("up to")),
        "{alone:?}"
    );
    assert!(
        alone.iter().any(|text| text == "10³⁰" || text == "10²⁴"),
        "{alone:?}"
    );
}

#[test]
fn gradients_of_a_run_that_has_ended_stay_and_leave_the_axis_to_the_other() {
    let texts = |ended: [bool; 2], b: &[f32]| {
        let data = GradientsData {
            norms: [&[2e20, 3e25], b],
            ended,
            focus: None,
        };
        let text = GradientsText {
            runs: ["A", "B"],
            ..GradientsText::default()
        };
        let drawing = |area: &Area, theme: &Theme, scale: f64| {
            draw_gradients(area, &data, theme, &text, scale)
        };
        draw_on_counting(&drawing, (140, 96), 1.0)
            .borrow()
            .texts
            .clone()
    };
    let has = |texts: &[String], wanted: &str| texts.iter().any(|text| text == wanted);
    let beside = texts([true, false], &[0.2, 0.5]);
    assert!(
        has(&beside, "A") && has(&beside, "0.1") && has(&beside, "1"),
        "{beside:?}"
    );
    // Where no run goes on, or none is shown beside it, the axis is that of what has ended.
    for alone in [texts([true; 2], &[0.2, 0.5]), texts([true, false], &[])] {
        assert!(has(&alone, "A") && has(&alone, "10²⁶"), "{alone:?}");
    }
}

#[test]
fn pointing_finds_what_was_drawn() {
    let case = cases().into_iter().find(|case| case.name == "Normal 300");
    let case = case.expect("the case is in the table");
    let size = (320.0, 200.0);
    let layer = &case.history.sides[1].layers[0];

    let curves = CurvesData {
        curves: &case.history.curves,
        shown: [true, true],
        kind: CurveKind::Loss,
        cursor: None,
        labelled: false,
    };
    // The plot begins at 36 and ends 10 before the edge.
    let last = case.history.curves.len() - 1;
    for (x, row) in [(36.0, 0), (310.0, last)] {
        let found = locate_curves(&curves, size, (x, 100.0));
        let step = curves.curves.steps()[row];
        assert_eq!(found, Some(Hover::Step { row, step }));
    }
    assert_eq!(locate_curves(&curves, size, (5.0, 100.0)), None);

    let units = SnapshotData {
        layer,
        side: 1,
        focus: 0,
        moment: Moment::Mean,
    };
    for unit in 0..layer.width {
        let x = 36.0 + (310.0 - 36.0) * (unit as f64 + 0.5) / layer.width as f64;
        match locate_snapshot(&units, size, (x, 90.0)) {
            Some(Hover::Unit { unit: found, .. }) => assert_eq!(found, unit),
            other => panic!("{other:?}"),
        }
    }

    let strips = NoiseData {
        report: &case.noise,
        kind: NoiseKind::Means,
        current: None,
    };
    for (index, row) in case.noise.rows.iter().enumerate() {
        let y = 22.0 + (166.0 - 22.0) * (index as f64 + 0.5) / case.noise.rows.len() as f64;
        let batch = row.batch;
        let found = locate_noise(&strips, size, (100.0, y));
        assert_eq!(found, Some(Hover::Batch { index, batch }));
    }

    let ridge = RidgelineData {
        rows: layer.ridge(Stage::Before),
        side: 1,
        stage: Stage::Before,
        limit: 4.0,
        form: RidgeForm::Ridges,
        ticks: true,
        rescaled: false,
        reference: false,
    };
    match locate_ridgeline(&ridge, size, (160.0, 170.0)) {
        Some(Hover::Distribution {
            row, value, bin, ..
        }) => {
            assert_eq!(row, ridge.rows.len() - 1);
            assert!(value.abs() < 1e-9);
            assert_eq!(bin, Some(BINS / 2));
        }
        other => panic!("{other:?}"),
    }
    match locate_ridgeline(&ridge, size, (160.0, 6.0)) {
        Some(Hover::Distribution { row, .. }) => assert!(row <= 1, "{row}"),
        other => panic!("{other:?}"),
    }
}

/// The unit under the pointer is the one whose newest dot was drawn there.
#[test]
fn pointing_at_a_dot_of_gamma_finds_its_unit() {
    let case = cases().into_iter().find(|case| case.name == "Normal 300");
    let case = case.expect("the case is in the table");
    let layer = &case.history.sides[1].layers[0];
    let size = (320.0, 200.0);
    let data = GammaBetaData {
        layer,
        kind: AffineKind::Gamma,
        focus: 0,
        hovered: None,
        cursor: None,
        labelled: false,
    };
    let newest = |unit| {
        layer
            .units
            .newest()
            .map(|row| row[crate::history::UnitColumn::Gamma.column(unit)])
    };
    let mut found = Vec::new();
    for y in 22..180 {
        if let Some(Hover::Unit { unit, .. }) =
            locate_gamma_beta(&data, size, (310.0, f64::from(y)))
            && found.last() != Some(&unit)
        {
            found.push(unit);
        }
    }
    let mut expected: Vec<usize> = (0..layer.width).collect();
    expected.sort_by(|a, b| newest(*b).partial_cmp(&newest(*a)).expect("finite"));
    assert_eq!(found, expected);
}
