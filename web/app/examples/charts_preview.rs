//! Draws every chart from a real run into SVG, light and dark, for eyes to judge:
//! `cargo run -p batchnorm-lab-app --example charts_preview -- target/charts`, then open `light.html` and `dark.html`.

use std::error::Error;
use std::fs;
use std::path::Path;

use batchnorm_lab::data::Dataset;
use batchnorm_lab::protocol::{BatchNoiseReport, Command, Event, Frame, SweepReport};
use batchnorm_lab::settings::Settings;
use batchnorm_lab::training::Trainer;
use batchnorm_lab_app::charts::*;
use batchnorm_lab_app::history::{History, Stage};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::prelude::SVGBackend;

/// What there is to draw.
struct Shown {
    settings: Settings,
    history: History,
    frame: Frame,
    noise: BatchNoiseReport,
    ladder: SweepReport,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or("target/charts".into());
    let link = std::env::args().nth(2).unwrap_or_default();
    fs::create_dir_all(&folder)?;
    let shown = train(&link);
    for (name, mut theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        theme.font_scale = 1.24;
        let html = page(&shown, &theme)?;
        fs::write(Path::new(&folder).join(format!("{name}.html")), html)?;
    }
    Ok(())
}

fn train(link: &str) -> Shown {
    let mut trainer = Trainer::new();
    let mut history = History::default();
    let mut frame = Frame::default();
    let mut look = |trainer: &mut Trainer| {
        if let Event::Frame(now) = trainer.frame() {
            history.feed(&now);
            frame = *now;
        }
    };
    trainer.handle(Command::Configure {
        run: 1,
        settings: link.into(),
        checkpoint: None,
    });
    look(&mut trainer);
    for _ in 0..150 {
        trainer.handle(Command::Step { steps: 8 });
        while trainer.is_training() {
            trainer.step();
        }
        look(&mut trainer);
    }
    trainer.handle(Command::MeasureBatchNoise);
    trainer.handle(Command::SweepBatchSizes);
    let (mut noise, mut ladder) = (BatchNoiseReport::default(), SweepReport::default());
    while trainer.has_background() {
        trainer.background();
        for event in trainer.take_events() {
            match event {
                Event::BatchNoise(report) => noise = *report,
                // Not to the end: sizes still to come are shown too.
                Event::BatchSizeSweep(report) if report.done <= 12 => ladder = report,
                Event::BatchSizeSweep(_) => trainer.handle(Command::CancelSweep),
                _ => {}
            }
        }
    }
    Shown {
        settings: Settings::from_text(link).0,
        history,
        frame,
        noise,
        ladder,
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

struct Sheet<'a> {
    html: String,
    theme: &'a Theme,
}

impl Sheet<'_> {
    fn title(&mut self, title: &str) {
        self.html.push_str(&format!("<h2>{title}</h2>"));
    }

    /// One picture of that many css pixels, drawn at two device pixels each.
    fn add(
        &mut self,
        (width, height): (u32, u32),
        draw: impl Fn(&Area, &Theme, f64) -> Drawn<SVGBackend<'static>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut svg = String::new();
        {
            // The buffer outlives the area; both end with this block.
            let area =
                SVGBackend::with_string(&mut svg, (2 * width, 2 * height)).into_drawing_area();
            draw(&area, self.theme, 2.0).map_err(|error| format!("{error:?}"))?;
            area.present().map_err(|error| format!("{error:?}"))?;
        }
        let sized = format!(
            "<svg viewBox=\"0 0 {} {}\" width=\"{width}\" height=\"{height}\" ",
            2 * width,
            2 * height
        );
        let start = svg.find("<svg ").unwrap_or(0);
        let end = svg[start..].find("xmlns").map_or(start, |at| start + at);
        self.html.push_str(&format!("{sized}{}", &svg[end..]));
        Ok(())
    }
}

fn page(shown: &Shown, theme: &Theme) -> Result<String, Box<dyn Error>> {
    let (r, g, b) = theme.background;
    let (tr, tg, tb) = theme.text;
    let mut sheet = Sheet {
        html: format!(
            "<meta charset=utf-8><style>body{{background:rgb({r},{g},{b});color:rgb({tr},{tg},{tb});font:13px sans-serif;\
             width:1240px;margin:16px}}svg{{margin:0 12px 8px 0}}h2{{font-size:14px;margin:12px 0 4px}}</style>"
        ),
        theme,
    };
    ridgelines(&mut sheet, shown)?;
    lenses(&mut sheet, shown)?;
    curves(&mut sheet, shown)?;
    units(&mut sheet, shown)?;
    planes(&mut sheet, shown)?;
    batches(&mut sheet, shown)?;
    extremes(&mut sheet, shown)?;
    Ok(sheet.html)
}

fn ridgelines(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    for (side, stage) in [
        (0, Stage::Before),
        (1, Stage::Before),
        (1, Stage::Normalized),
        (1, Stage::After),
    ] {
        sheet.title(&format!("run {side}, {stage:?}"));
        for (index, layer) in shown.history.sides[side].layers.iter().enumerate() {
            let data = RidgelineData {
                rows: layer.ridge(stage),
                side,
                stage,
                limit: shown.history.limit(stage),
                form: if index == 5 {
                    RidgeForm::Bars
                } else {
                    RidgeForm::Ridges
                },
                ticks: stage == Stage::After || side == 0,
                rescaled: side == 0,
                reference: stage == Stage::Normalized,
            };
            let text = RidgelineText {
                axis: "value",
                oldest: if index == 0 { "step 0" } else { "" },
            };
            sheet.add((180, 130), |area, theme, scale| {
                draw_ridgeline(area, &data, theme, &text, scale)
            })?;
        }
    }
    Ok(())
}

fn lenses(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("lens");
    let text = LensText {
        rails: ["before", "x̂", "γx̂ + β"],
        operations: ["− μ", "÷ σ", "× γ", "+ β"],
        axis: "value",
    };
    for phase in [0.0, 0.2, 0.4, 0.7, 1.0] {
        let side = &shown.frame.sides[1];
        let data = LensData {
            points: &side.selected_unit,
            phase,
        };
        sheet.add((230, 240), |area, theme, scale| {
            draw_lens(area, &data, theme, &text, scale)
        })?;
    }
    let side = &shown.frame.sides[0];
    let data = LensData {
        points: &side.selected_unit,
        phase: 0.0,
    };
    sheet.add((320, 120), |area, theme, scale| {
        draw_lens(area, &data, theme, &text, scale)
    })
}

fn curves(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("curves");
    for (kind, y_name) in [(CurveKind::Loss, "loss"), (CurveKind::Accuracy, "accuracy")] {
        let data = CurvesData {
            curves: &shown.history.curves,
            shown: [true, true],
            kind,
            cursor: (kind == CurveKind::Loss).then_some(600),
            labelled: true,
        };
        let text = CurvesText {
            y_name,
            x_name: "step",
            train: ["A train", "B train"],
            test: ["A test", "B test"],
            full: ["", ""],
            beyond: "",
        };
        sheet.add((380, 200), |area, theme, scale| {
            draw_curves(area, &data, theme, &text, scale)
        })?;
    }
    let data = CurvesData {
        curves: &shown.history.curves,
        shown: [false, true],
        kind: CurveKind::Accuracy,
        cursor: None,
        labelled: true,
    };
    let text = CurvesText {
        y_name: "test accuracy of run B",
        x_name: "step",
        train: ["", "batch"],
        test: ["", "running"],
        full: ["", "full set"],
        beyond: "",
    };
    sheet.add((380, 200), |area, theme, scale| {
        draw_three_accuracies(area, &data, theme, &text, scale)
    })?;
    let norms = [0, 1].map(|side| {
        let layers = &shown.frame.sides[side].layers;
        layers.iter().map(|l| l.gradient_norm).collect::<Vec<f32>>()
    });
    let data = GradientsData {
        norms: [&norms[0], &norms[1]],
        ended: [false; 2],
        focus: Some(2),
    };
    let text = GradientsText {
        y_name: "gradient norm ‖∂L/∂W‖",
        x_name: "layer",
        runs: ["without", "with"],
    };
    sheet.add((380, 180), |area, theme, scale| {
        draw_gradients(area, &data, theme, &text, scale)
    })?;
    sheet.add((200, 120), |area, theme, scale| {
        draw_gradients(area, &data, theme, &text, scale)
    })
}

fn units(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("γ, β and the three statistics");
    let layer = &shown.history.sides[1].layers[0];
    for (kind, y_name) in [(AffineKind::Gamma, "γ"), (AffineKind::Beta, "β")] {
        let data = GammaBetaData {
            layer,
            kind,
            focus: 0,
            hovered: None,
            cursor: None,
            labelled: true,
        };
        let text = GammaBetaText {
            y_name,
            x_name: "step",
            focus: "unit 1",
            start: "start",
        };
        sheet.add((290, 160), |area, theme, scale| {
            draw_gamma_beta(area, &data, theme, &text, scale)
        })?;
    }
    for (moment, y_name) in [(Moment::Mean, "mean"), (Moment::Variance, "variance")] {
        let data = MomentsData {
            layer,
            side: 1,
            unit: 0,
            moment,
            cursor: None,
            labelled: true,
        };
        let text = MomentsText {
            y_name,
            x_name: "step",
            lines: ["batch", "running", "full set"],
        };
        sheet.add((290, 160), |area, theme, scale| {
            draw_moments(area, &data, theme, &text, scale)
        })?;
    }
    for (moment, y_name) in [(Moment::Mean, "mean"), (Moment::Variance, "variance")] {
        let data = SnapshotData {
            layer,
            side: 1,
            focus: 0,
            moment,
        };
        let text = MomentsText {
            y_name,
            x_name: "unit",
            lines: ["", "", ""],
        };
        sheet.add((290, 160), |area, theme, scale| {
            draw_snapshot(area, &data, theme, &text, scale)
        })?;
    }
    Ok(())
}

fn planes(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("boundary");
    let dataset = Dataset::new(&shown.settings);
    for (side, size) in [(0, 240), (1, 240), (1, 150), (1, 380)] {
        let data = BoundaryData {
            logits: &shown.frame.sides[side].boundary,
            train: &dataset.train.x,
            train_labels: &dataset.train.labels,
            test: &dataset.test.x,
            test_labels: &dataset.test.labels,
            pin: Some(0),
        };
        let text = BoundaryText {
            x1: "x₁",
            x2: "x₂",
            flat: "no boundary",
        };
        sheet.add((size, size), |area, theme, scale| {
            draw_boundary(area, &data, theme, &text, scale)
        })?;
    }
    Ok(())
}

fn batches(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("small batches");
    let text = NoiseText {
        x_name: "batch mean (standard deviations)",
        y_name: "batch size",
        truth: "full set",
        ..NoiseText::default()
    };
    for (kind, x_name) in [
        (NoiseKind::Means, "batch mean (standard deviations)"),
        (NoiseKind::Variances, "batch variance ÷ full-set variance"),
    ] {
        let data = NoiseData {
            report: &shown.noise,
            kind,
            current: Some(32),
        };
        let text = NoiseText { x_name, ..text };
        sheet.add((380, 240), |area, theme, scale| {
            draw_noise(area, &data, theme, &text, scale)
        })?;
    }
    let data = NoiseData {
        report: &shown.noise,
        kind: NoiseKind::XHats,
        current: Some(32),
    };
    let text = NoiseText {
        x_name: "batch size",
        y_name: "standard deviation of x̂",
        measured: "measured",
        gaussian: "√((1+z²/2)/B)",
        own_moments: "own moments",
        ..NoiseText::default()
    };
    sheet.add((380, 240), |area, theme, scale| {
        draw_x_hat_noise(area, &data, theme, &text, scale)
    })?;
    let batches = [2, 4, 8, 16, 32, 64, 128, 256];
    let data = LadderData {
        batches: &batches,
        rows: &shown.ladder.rows,
        shown: [true, true],
        current: Some(32),
    };
    let text = LadderText {
        y_name: "test accuracy",
        x_name: "batch size",
        runs: ["without", "with"],
        chance: "chance",
        diverged: "×",
    };
    sheet.add((380, 220), |area, theme, scale| {
        draw_ladder(area, &data, theme, &text, scale)
    })?;
    sheet.add((220, 160), |area, theme, scale| {
        draw_ladder(area, &data, theme, &text, scale)
    })
}

/// The narrowest and the widest the page may ask for.
fn extremes(sheet: &mut Sheet, shown: &Shown) -> Result<(), Box<dyn Error>> {
    sheet.title("narrow and wide, Chinese");
    for size in [(140, 110), (800, 220)] {
        let data = CurvesData {
            curves: &shown.history.curves,
            shown: [true, true],
            kind: CurveKind::Loss,
            cursor: None,
            labelled: size.0 > 300,
        };
        let text = CurvesText {
            y_name: "损失",
            x_name: "步",
            train: ["A 训练集", "B 训练集"],
            test: ["A 测试集", "B 测试集"],
            full: ["", ""],
            beyond: "",
        };
        sheet.add(size, |area, theme, scale| {
            draw_curves(area, &data, theme, &text, scale)
        })?;
    }
    let layer = shown.history.sides[1]
        .layers
        .last()
        .ok_or("a run has layers")?;
    for size in [(140, 100), (400, 260)] {
        let data = RidgelineData {
            rows: layer.ridge(Stage::Normalized),
            side: 1,
            stage: Stage::Normalized,
            limit: 4.0,
            form: RidgeForm::Ridges,
            ticks: true,
            rescaled: false,
            reference: true,
        };
        let text = RidgelineText {
            axis: "标准差",
            oldest: "第 0 步",
        };
        sheet.add(size, |area, theme, scale| {
            draw_ridgeline(area, &data, theme, &text, scale)
        })?;
    }
    for size in [(160, 160), (400, 260)] {
        let data = NoiseData {
            report: &shown.noise,
            kind: NoiseKind::Means,
            current: None,
        };
        let text = NoiseText {
            x_name: "批均值(标准差)",
            y_name: "批大小",
            truth: "全集",
            ..NoiseText::default()
        };
        sheet.add(size, |area, theme, scale| {
            draw_noise(area, &data, theme, &text, scale)
        })?;
    }
    Ok(())
}
