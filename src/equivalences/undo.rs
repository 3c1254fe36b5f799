//! γ = √(σ² + ε) and β = μ: Batch Normalization that gives back what it was given (Ioffe and Szegedy 2015, section 3).

use crate::architecture::HiddenLayer;
use crate::error::Error;
use crate::lanes::{Lanes, Real};
use crate::network::{Mode, Network};

/// Sets γ and β of every normalisation over the batch so that, on these rows, it gives what it takes: the network then
/// computes on them what it would without normalisation. First to last, as each changes what the next is given.
///
/// # Shapes
/// As `Network::forward`.
///
/// # Errors
/// As `Network::forward` in `Mode::Batch`.
///
/// # Panics
/// If a normalisation has no γ and β, or is none over the batch.
pub fn undo_norms<L: Lanes>(
    network: &mut Network<L>,
    hidden: &[HiddenLayer],
    epsilon: f64,
    x: &[L::Real],
    rows: usize,
) -> Result<(), Error> {
    let norms = hidden.iter().enumerate();
    for (place, norm) in norms.filter_map(|(place, layer)| Some((place, layer.norm?))) {
        network.forward(x, rows, Mode::Batch)?;
        let (mean, variance) = network.batch_moments(norm);
        let epsilon = L::Real::from_f64(epsilon);
        let gammas: Vec<_> = variance.iter().map(|v| (*v + epsilon).sqrt()).collect();
        let betas = mean.to_vec();
        for (name, values) in [("gamma", gammas), ("beta", betas)] {
            let view = network.view(&format!("norm{}.{name}", place + 1));
            network.parameters_mut()[view].copy_from_slice(&values);
        }
    }
    Ok(())
}
