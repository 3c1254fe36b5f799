//! What a network answers, and how long its gradient is, once all weights that a normalisation follows are times the same:
//! the same output, a gradient so many times as short (van Laarhoven 2017). Works on copies.

use crate::architecture::HiddenLayer;
use crate::equivalences::{scale_weights, weight_norm};
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network, Scratch, Targets};

/// Before and after, of one mini-batch by its own statistics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    /// ‖W‖ of these weights, before and after.
    pub norm: [f32; 2],
    /// The largest output, without its sign, before.
    pub output: f32,
    /// How far the output that has changed most has changed.
    pub change: f32,
    /// Rows whose answer is another one.
    pub turned: u32,
    /// Rows.
    pub rows: u32,
    /// Euclidean norm of the loss's gradient by these weights, before and after.
    pub gradient: [f32; 2],
}

/// One side of the comparison.
struct Look {
    norm: f64,
    /// By output and row.
    output: Vec<Vec<f64>>,
    gradient: f64,
}

/// Of these rows, by a factor.
///
/// # Shapes
/// As `Network::train_step`.
///
/// # Errors
/// A normalisation would have to use the moments of a single row.
pub fn scaled<L: Lanes>(
    network: Network<L>,
    hidden: &[HiddenLayer],
    x: &[L::Real],
    targets: Targets<'_, L::Real>,
    rows: usize,
    factor: f64,
) -> Result<Scaled, Error> {
    let mut other = network.clone();
    scale_weights(&mut other, hidden, factor);
    let before = look(network, hidden, x, targets, rows)?;
    let after = look(other, hidden, x, targets, rows)?;
    let [own, other] = [&before, &after].map(|of| of.output.iter().flatten());
    let pairs = own.zip(other);
    let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max) as f32;
    let both = |of: fn(&Look) -> f64| [of(&before) as f32, of(&after) as f32];
    let answers = [&before.output, &after.output].map(|output| answers(output, rows));
    let turned = answers[0].iter().zip(&answers[1]).filter(|(a, b)| a != b);
    Ok(Scaled {
        norm: both(|of| of.norm),
        output: largest(&mut before.output.iter().flatten().map(|v| v.abs())),
        change: largest(&mut pairs.map(|(a, b)| (a - b).abs())),
        turned: turned.count() as u32,
        rows: rows as u32,
        gradient: both(|of| of.gradient),
    })
}

fn look<L: Lanes>(
    mut network: Network<L>,
    hidden: &[HiddenLayer],
    x: &[L::Real],
    targets: Targets<'_, L::Real>,
    rows: usize,
) -> Result<Look, Error> {
    let norm = weight_norm(&network, hidden);
    let mut scratch = Scratch::default();
    let output = network.infer(x, rows, Mode::Batch, &mut scratch)?;
    let output = output
        .units()
        .map(|values| values.iter().map(|v| v.to_f64()).collect());
    let output = output.collect();
    network.differentiate(x, targets, rows, |_, _| {})?;
    let layers = hidden.iter().filter(|layer| layer.norm.is_some());
    let gradients = layers.flat_map(|layer| network.gradient(&layer.weight));
    let squares: f64 = gradients.map(|g| g.to_f64() * g.to_f64()).sum();
    Ok(Look {
        norm,
        output,
        gradient: squares.sqrt(),
    })
}

/// Which output of each row is the largest; of a single one, whether it is above 0.
fn answers(output: &[Vec<f64>], rows: usize) -> Vec<usize> {
    let of = |row: usize| {
        let score = |class: usize| output[class][row];
        match output.len() {
            1 => usize::from(score(0) > 0.0),
            classes => (1..classes).fold(0, |best, class| {
                if score(class) > score(best) {
                    class
                } else {
                    best
                }
            }),
        }
    };
    (0..rows).map(of).collect()
}
