//! Draws the lab at rest as SVG on standard output: ridgelines of a real run, without Batch Normalization above and with
//! it below, for the first, a middle and the last hidden layer. `cargo run --example poster > poster.svg`.

use std::fmt::Write as _;

use batchnorm_lab::protocol::{Command, Distribution, Event, Frame};
use batchnorm_lab::trainer::Trainer;

/// Rows of a panel, oldest at the top, and steps from row to row.
const ROWS: usize = 18;
const STEPS_PER_ROW: u32 = 25;
/// Hidden layers shown, from 0, of the six that the first look has.
const LAYERS: [usize; 3] = [0, 2, 5];
/// Size of a panel and of the gaps between them, in SVG units.
const PANEL: (f64, f64) = (184.0, 150.0);
const GAP: f64 = 16.0;
/// Distance of two rows, and the height of the tallest peak.
const ROW: f64 = 6.5;
const PEAK: f64 = 30.0;
/// Half-width of the shared axis. What lies outside is in the outermost bins, as in the lab.
const LIMIT: f64 = 3.0;

fn main() {
    let frames = train();
    let width = LAYERS.len() as f64 * (PANEL.0 + GAP) + GAP;
    let height = 2.0 * (PANEL.1 + GAP) + GAP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\"><style>\
         path{{fill:#fff;stroke-width:1.1;stroke-linejoin:round}}.a{{stroke:#d55e00}}.b{{stroke:#0072b2}}\
         @media(prefers-color-scheme:dark){{path{{fill:#16181c}}.a{{stroke:#f5a35c}}.b{{stroke:#56b4e9}}}}</style>\n"
    );
    for (side, class) in ["a", "b"].iter().enumerate() {
        for (column, layer) in LAYERS.iter().enumerate() {
            let left = GAP + column as f64 * (PANEL.0 + GAP);
            let top = GAP + side as f64 * (PANEL.1 + GAP);
            let rows: Vec<&Distribution> = frames
                .iter()
                .map(|frame| shown(frame, side, *layer))
                .collect();
            panel(&mut svg, class, (left, top), &rows);
        }
    }
    svg.push_str("</svg>\n");
    print!("{svg}");
}

/// The run of the first look, in larger batches for smoother rows, with a frame for each.
fn train() -> Vec<Frame> {
    let mut trainer = Trainer::new();
    trainer.handle(Command::Configure {
        run: 1,
        settings: "stats=batch&batch=250".into(),
        checkpoint: None,
    });
    let mut frames = Vec::with_capacity(ROWS);
    for _ in 0..ROWS {
        trainer.handle(Command::Step {
            steps: STEPS_PER_ROW,
        });
        while trainer.is_training() {
            trainer.step();
        }
        if let Event::Frame(frame) = trainer.frame() {
            frames.push(*frame);
        }
    }
    assert_eq!(frames.len(), ROWS, "every frame is a frame");
    frames
}

/// What goes into the activation: after γ and β where there is normalisation.
fn shown(frame: &Frame, side: usize, layer: usize) -> &Distribution {
    let stats = &frame.sides[side].layers[layer];
    stats.after.as_ref().unwrap_or(&stats.before)
}

fn panel(svg: &mut String, class: &str, (left, top): (f64, f64), rows: &[&Distribution]) {
    let tallest = rows
        .iter()
        .flat_map(|row| densities(row).into_iter().map(|(_, density)| density))
        .fold(0.0, f64::max);
    for (index, row) in rows.iter().enumerate() {
        let base = top + PANEL.1 - (rows.len() - 1 - index) as f64 * ROW;
        let mut points = format!("M{left:.1} {base:.1}");
        for (x, density) in densities(row) {
            let x = left + (x + LIMIT) / (2.0 * LIMIT) * PANEL.0;
            // A root keeps the many low rows readable beside one high peak.
            let y = base - (density / tallest).sqrt() * PEAK;
            let _ = write!(points, "L{x:.1} {y:.1}");
        }
        let _ = writeln!(
            svg,
            "<path class=\"{class}\" d=\"{points}L{:.1} {base:.1}\"/>",
            left + PANEL.0
        );
    }
}

/// Centre of each bin within the axis, and the share of values per unit of length there.
fn densities(row: &Distribution) -> Vec<(f64, f64)> {
    let bins = row.histogram.len() as f64;
    let total: f64 = row.histogram.iter().map(|count| f64::from(*count)).sum();
    let (low, high) = (f64::from(row.low), f64::from(row.high));
    let width = (high - low) / bins;
    row.histogram
        .iter()
        .enumerate()
        .map(|(bin, count)| {
            let centre = low + (bin as f64 + 0.5) * width;
            (centre, f64::from(*count) / (total * width))
        })
        .filter(|(centre, _)| centre.abs() <= LIMIT)
        .collect()
}
