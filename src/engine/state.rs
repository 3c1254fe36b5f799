//! The learned state of a network as plain numbers, out of it and into it. Trains nothing.

use crate::error::Error;
use crate::lanes::Best;
use crate::network::Network;
use crate::numeric::fingerprint::Fingerprint;
use crate::protocol::NetworkState;

/// Everything needed to go on.
pub fn network_state(network: &Network<Best>) -> NetworkState {
    NetworkState {
        parameters: network.parameters().to_vec(),
        optimizer: network.optimizer_memory().to_vec(),
        gradients: network.gradients().to_vec(),
        updates: network.updates(),
        buffers: network.buffers().to_vec(),
        batches_tracked: network.batches_tracked(),
    }
}

/// Puts a state into a network.
///
/// # Errors
/// `Error::Message` if it is the state of another network.
pub fn restore_network(network: &mut Network<Best>, state: &NetworkState) -> Result<(), Error> {
    let fits = state.parameters.len() == network.parameters().len()
        && state.optimizer.len() == network.optimizer_memory().len()
        && state.gradients.len() == network.gradients().len()
        && state.buffers.len() == network.buffers().len();
    if !fits {
        return Err(Error::Message { what: "checkpoint" });
    }
    network.parameters_mut().copy_from_slice(&state.parameters);
    network
        .optimizer_memory_mut()
        .copy_from_slice(&state.optimizer);
    network.gradients_mut().copy_from_slice(&state.gradients);
    network.buffers_mut().copy_from_slice(&state.buffers);
    network.set_updates(state.updates);
    network.set_batches_tracked(state.batches_tracked);
    Ok(())
}

/// The bits of all parameters, the optimiser's memory and the running averages: of two networks that went the same way
/// they are the same.
pub fn take_fingerprint(of: &mut Fingerprint, state: &NetworkState) {
    for numbers in [&state.parameters, &state.optimizer, &state.buffers] {
        of.numbers(numbers);
    }
}
