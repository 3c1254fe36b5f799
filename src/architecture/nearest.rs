//! The nearest network that can be built, for settings that describe none: what a reader is offered instead.

use crate::data::{digits, sequences};
use crate::settings::choice::{DatasetKind, Norm};
use crate::settings::{Block, BlockKind, Settings};

/// What flows between two blocks, as far as the next block cares.
#[derive(Clone, Copy, PartialEq)]
enum Flow {
    Features,
    /// Pixels of a side.
    Image(usize),
    Sequence,
}

impl Flow {
    fn of(data: DatasetKind) -> Self {
        match data {
            DatasetKind::Digits => Flow::Image(digits::SIDE),
            DatasetKind::Sequences => Flow::Sequence,
            _ => Flow::Features,
        }
    }

    /// Values of a channel in one row.
    fn positions(self) -> u32 {
        match self {
            Flow::Features => 1,
            Flow::Image(side) => (side * side) as u32,
            Flow::Sequence => sequences::STEPS as u32,
        }
    }

    fn takes(self, kind: BlockKind) -> bool {
        match kind {
            BlockKind::Affine | BlockKind::Dropout => true,
            BlockKind::Conv => matches!(self, Flow::Image(_)),
            BlockKind::MaxPool => matches!(self, Flow::Image(side) if side > 1),
            BlockKind::AveragePool => self != Flow::Features,
            BlockKind::Recurrent | BlockKind::Attention => self == Flow::Sequence,
        }
    }

    fn after(self, block: Block) -> Self {
        match (block.kind, self) {
            (BlockKind::Conv, Flow::Image(side)) => {
                Flow::Image(side.div_ceil(block.stride as usize))
            }
            (BlockKind::MaxPool, Flow::Image(side)) => Flow::Image(side / 2),
            (BlockKind::Affine, Flow::Image(_))
            | (BlockKind::AveragePool | BlockKind::Recurrent, _) => Flow::Features,
            _ => self,
        }
    }
}

impl Settings {
    /// These settings, changed as little as makes a network of them: a block that cannot take what comes to it becomes
    /// dense, or goes where it has no units of its own; groups are made to share the channels; of a batch remains what
    /// there is room for.
    pub fn nearest_buildable(&self) -> Self {
        let mut near = self.clone();
        let mut flow = Flow::of(self.data);
        near.layers.clear();
        // Channels of each column, and the values of one in a row.
        let mut columns = Vec::new();
        let dense = [Block::affine(16)];
        let mut add = |layers: &mut Vec<Block>, blocks: &[Block]| {
            for block in blocks {
                let block = match block.kind {
                    kind if flow.takes(kind) => *block,
                    BlockKind::Conv | BlockKind::Recurrent => Block::affine(block.size),
                    _ => continue,
                };
                flow = flow.after(block);
                layers.push(block);
                if block.row().is_column {
                    let before = columns.last().map_or(0, |(channels, _)| *channels);
                    let channels = if block.size == 0 { before } else { block.size };
                    columns.push((channels, flow.positions()));
                }
            }
        };
        add(&mut near.layers, &self.layers);
        if !near.layers.iter().any(|block| block.row().is_column) {
            add(&mut near.layers, &dense);
        }
        for norm in [&mut near.norm_a, &mut near.norm_b] {
            match norm {
                Norm::Renorm => near.tracks = true,
                Norm::Instance if columns.iter().any(|(_, values)| *values < 2) => {
                    *norm = Norm::Layer;
                }
                Norm::Group => {
                    let shares = |groups: &u32| {
                        columns.iter().all(|(channels, values)| {
                            channels % groups == 0 && channels * values / groups > 1
                        })
                    };
                    match (1..=near.groups).rev().find(shares) {
                        Some(groups) => near.groups = groups,
                        None => *norm = Norm::Layer,
                    }
                }
                _ => {}
            }
        }
        if near.batch_size() as u64 > near.largest_batch() {
            near.batch = near.largest_batch() as u32;
        }
        near
    }
}
