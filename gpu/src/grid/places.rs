//! Where the numbers of one network lie: in its workgroup's memory as far as that goes, those first that are read most.

use super::plan::Plan;

/// Addresses below `arena` are in the workgroup's memory; from there on they count the network's part of the room, which
/// begins with its state: parameters, the optimiser's memory, gradients, buffers.
#[derive(Clone, Debug)]
pub struct Places {
    pub parameters: usize,
    pub memory: usize,
    pub buffers: usize,
    pub x: usize,
    pub y: usize,
    pub turns: [usize; 2],
    /// Of each layer, what its product gives.
    pub z: Vec<usize>,
    /// Of each layer, one a unit or `[groups, stride]`.
    pub inverse: Vec<usize>,
    /// Numbers in the workgroup's memory.
    pub in_arena: usize,
    /// Numbers of its part of the room.
    pub in_room: usize,
}

/// Numbers of a network's state.
pub fn state_len(plan: &Plan) -> usize {
    4 * plan.parameters + plan.buffers
}

/// Hands out addresses, one behind the other.
struct Allocator {
    arena: usize,
    used: usize,
    spilled: usize,
}

impl Allocator {
    fn try_arena(&mut self, count: usize) -> Option<usize> {
        let at = self.used;
        if at + count > self.arena {
            return None;
        }
        self.used += count;
        Some(at)
    }

    fn take(&mut self, count: usize) -> usize {
        self.try_arena(count).unwrap_or_else(|| {
            let at = self.arena + self.spilled;
            self.spilled += count;
            at
        })
    }

    /// Of the state, which has its place in the room.
    fn take_state(&mut self, count: usize, place: usize) -> usize {
        self.try_arena(count).unwrap_or(self.arena + place)
    }
}

impl Places {
    /// Places in a workgroup's memory of so many numbers.
    pub fn new(plan: &Plan, arena: usize) -> Self {
        let stride = Plan::stride(plan.most_rows);
        let (last, hidden) = plan.layers.split_last().expect("an output layer");
        let widest = hidden.iter().map(|layer| layer.outputs).max().unwrap_or(1);
        let mut allocator = Allocator {
            arena,
            used: 0,
            spilled: state_len(plan),
        };
        let turns = [(); 2].map(|()| allocator.take(widest * stride));
        let parameters = allocator.take_state(plan.parameters, 0);
        let y = allocator.take(widest * stride);
        let inverse = plan.layers.iter();
        let inverse = inverse
            .map(|layer| allocator.take(layer.inverses(stride)))
            .collect();
        let output = allocator.take(last.outputs * stride);
        let z = hidden.iter();
        let z = z.map(|layer| allocator.take(layer.outputs * stride));
        let z = z.collect::<Vec<_>>().into_iter().chain([output]).collect();
        let buffers = allocator.take_state(plan.buffers, 4 * plan.parameters);
        let memory = allocator.take_state(plan.remembers, plan.parameters);
        let x = allocator.take(plan.features * stride);
        Self {
            parameters,
            memory,
            buffers,
            x,
            y,
            turns,
            z,
            inverse,
            in_arena: allocator.used,
            in_room: allocator.spilled,
        }
    }

    /// Whether all that a step touches lies in the workgroup's memory.
    pub fn is_whole(&self, plan: &Plan) -> bool {
        let of_state = [
            (self.parameters, plan.parameters),
            (self.memory, plan.remembers),
            (self.buffers, plan.buffers),
        ];
        let is_in = |(at, count): (usize, usize)| at + count <= self.in_arena;
        self.in_room == state_len(plan) && of_state.into_iter().all(is_in)
    }
}
