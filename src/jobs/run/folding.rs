//! The folded network of a job at its step, and, where somebody has a clock, how long both take. Trains nothing.

use crate::architecture::{HiddenLayer, NetworkFactory};
use crate::data::Split;
use crate::equivalences::fold_network;
use crate::jobs::UnitPlan;
use crate::lanes::Best;
use crate::measure::{CallTime, CallTimer, Folded, MOST_FOLDED_POINTS};
use crate::network::{Mode, Network, Scratch};
use crate::settings::Settings;

/// Points of the calls that are timed: many at once, and one alone.
const CALLS: [usize; 2] = [256, 1];

/// See the module.
pub(super) struct Folding {
    plan: UnitPlan,
    factory: NetworkFactory,
    taken: Option<Taken>,
}

/// What was taken at the step.
struct Taken {
    of: Folded,
    /// The network as it was, and folded.
    networks: [Network<Best>; 2],
    /// Points for the largest call, `[rows, inputs]`, and the lengths of their sequences.
    x: Vec<f32>,
    lengths: Vec<usize>,
    timers: [CallTimer; CALLS.len()],
}

impl Folding {
    /// Nothing is folded yet.
    pub fn new(plan: UnitPlan, factory: NetworkFactory) -> Self {
        Self {
            plan,
            factory,
            taken: None,
        }
    }

    /// Whether it is to be folded after so many updates.
    pub fn is_due(&self, step: u64) -> bool {
        self.taken.is_none() && self.plan.at == step
    }

    /// Folds a copy.
    pub fn take(
        &mut self,
        network: &Network<Best>,
        hidden: &[HiddenLayer],
        test: &Split,
        now: &Settings,
    ) {
        let folded = fold_network(network, hidden, now, self.factory);
        let folded = folded.expect("a job that was checked");
        let layer = &hidden[(self.plan.layer as usize).min(hidden.len() - 1)];
        let points = test.points(0..test.len().min(MOST_FOLDED_POINTS));
        let of = (layer, self.plan.unit as usize);
        let networks = [network, &folded];
        let of = Folded::of(networks, of, now.epsilon, points, self.factory.infer);
        let of = of.expect("running averages are there");
        // The same points over and over: how long they take is no matter of what they are.
        let inputs = network.inputs();
        let x = points.x.chunks(inputs).cycle().take(CALLS[0]);
        let lengths = points.lengths.iter().copied().cycle();
        self.taken = Some(Taken {
            of,
            x: x.flatten().copied().collect(),
            lengths: match points.lengths.is_empty() {
                true => Vec::new(),
                false => lengths.take(CALLS[0]).collect(),
            },
            networks: [network.clone(), folded],
            timers: Default::default(),
        });
    }

    /// A slice of calls of each, by this clock in milliseconds. Whether all have their time.
    pub fn time(&mut self, now: &dyn Fn() -> f64) -> bool {
        let Some(of) = &mut self.taken else {
            return true;
        };
        let due = of.of.times.len();
        let Some(points) = CALLS.get(due).copied() else {
            return true;
        };
        let (x, infer) = (
            &of.x[..points * of.networks[0].inputs()],
            self.factory.infer,
        );
        let lengths = &of.lengths[..points.min(of.lengths.len())];
        let mut scratches = [Scratch::default(), Scratch::default()];
        let [own, folded] = &of.networks;
        let call = |network: &Network<Best>, scratch: &mut Scratch<Best>| {
            let scores = infer(network, x, points, lengths, Mode::Running, scratch);
            // What nobody reads is not computed.
            std::hint::black_box(scores.is_ok());
        };
        let [first, second] = &mut scratches;
        let (mut own, mut folded) = (|| call(own, first), || call(folded, second));
        if !of.timers[due].advance([&mut own, &mut folded], now) {
            return false;
        }
        let micros = of.timers[due].micros().unwrap_or([f64::NAN; 2]);
        of.of.times.push(CallTime { points, micros });
        of.of.times.len() == CALLS.len()
    }

    /// What is there: the updates made before, and both networks.
    pub fn folded(&self) -> Option<(u64, Folded)> {
        let taken = self.taken.as_ref()?;
        Some((self.plan.at, taken.of.clone()))
    }
}
