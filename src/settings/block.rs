//! A network in a few characters: blocks joined by `-`, one table row a kind. Says nothing of what a block computes:
//! that is `architecture`.

use super::MAX_WIDTH;

/// The kinds of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// An affine layer, normalisation, activation.
    Affine,
    /// A convolution by 3×3 with a border of one, normalisation, activation.
    Conv,
    /// The largest of each 2×2.
    MaxPool,
    /// The mean of each channel.
    AveragePool,
    /// Dropout.
    Dropout,
    /// An Elman recurrence, of which the last state goes on, and a normalisation.
    Recurrent,
    /// Self-attention with a residual around it, and a normalisation.
    Attention,
}

/// What a kind of block looks like in a link.
#[derive(Clone, Copy, Debug)]
pub struct BlockRow {
    /// The kind.
    pub kind: BlockKind,
    /// The letter before its size.
    pub prefix: &'static str,
    /// The smallest and largest size (units, channels, percent); `None` where it has none.
    pub sizes: Option<(u32, u32)>,
    /// Largest stride; 1 where it has none.
    pub strides: u32,
    /// Whether it has statistics of its own: a column of the figure.
    pub is_column: bool,
    /// Whether every build of the worker has it.
    pub in_light_build: bool,
}

/// Every kind. Adding one is one row here, and its layers in `architecture`.
pub static BLOCKS: &[BlockRow] = &[
    BlockRow::new(BlockKind::Affine, "", Some((1, MAX_WIDTH)))
        .column()
        .everywhere(),
    BlockRow::new(BlockKind::Conv, "c", Some((1, 64)))
        .column()
        .strides(2),
    BlockRow::new(BlockKind::MaxPool, "p", None),
    BlockRow::new(BlockKind::AveragePool, "g", None),
    BlockRow::new(BlockKind::Dropout, "d", Some((1, 90))),
    BlockRow::new(BlockKind::Recurrent, "r", Some((1, MAX_WIDTH))).column(),
    BlockRow::new(BlockKind::Attention, "t", None).column(),
];

impl BlockRow {
    const fn new(kind: BlockKind, prefix: &'static str, sizes: Option<(u32, u32)>) -> Self {
        Self {
            kind,
            prefix,
            sizes,
            strides: 1,
            is_column: false,
            in_light_build: false,
        }
    }

    const fn column(mut self) -> Self {
        self.is_column = true;
        self
    }

    const fn everywhere(mut self) -> Self {
        self.in_light_build = true;
        self
    }

    const fn strides(mut self, strides: u32) -> Self {
        self.strides = strides;
        self
    }

    fn read(&self, text: &str) -> Option<Block> {
        let rest = text.strip_prefix(self.prefix)?;
        let (size, stride) = match rest.split_once('s') {
            Some((size, stride)) => (size, stride.parse().ok().filter(|s| *s > 1)?),
            None => (rest, 1),
        };
        let size = match self.sizes {
            Some((min, max)) => size.parse().ok().filter(|s| (min..=max).contains(s))?,
            None => size.is_empty().then_some(0)?,
        };
        (stride <= self.strides).then_some(Block {
            kind: self.kind,
            size,
            stride,
        })
    }
}

/// One block of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its kind.
    pub kind: BlockKind,
    /// Units, channels or percent; 0 for a kind without a size.
    pub size: u32,
    /// Positions from one output to the next.
    pub stride: u32,
}

impl Block {
    /// An affine block of so many units.
    pub fn affine(size: u32) -> Self {
        Self {
            kind: BlockKind::Affine,
            size,
            stride: 1,
        }
    }

    /// Reads one; `None` if it is none.
    pub fn from_text(text: &str) -> Option<Self> {
        BLOCKS.iter().find_map(|row| row.read(text))
    }

    /// As in a link.
    pub fn to_text(self) -> String {
        let mut text = String::from(self.row().prefix);
        if self.row().sizes.is_some() {
            text.push_str(&self.size.to_string());
        }
        if self.stride > 1 {
            text.push('s');
            text.push_str(&self.stride.to_string());
        }
        text
    }

    /// Its kind's row.
    pub fn row(self) -> &'static BlockRow {
        // The rows stand in the order of the kinds.
        &BLOCKS[self.kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_kinds_and_read_what_they_write() {
        for (place, row) in BLOCKS.iter().enumerate() {
            assert_eq!(row.kind as usize, place);
            let sizes = row.sizes.map_or(vec![0], |(min, max)| vec![min, max]);
            for (size, stride) in sizes
                .iter()
                .flat_map(|s| (1..=row.strides).map(move |t| (*s, t)))
            {
                let block = Block {
                    kind: row.kind,
                    size,
                    stride,
                };
                assert_eq!(Block::from_text(&block.to_text()), Some(block));
            }
        }
    }

    #[test]
    fn what_is_no_block_is_none() {
        for text in [
            "", "0", "129", "c", "c0", "c65", "c8s1", "c8s3", "p2", "g1", "d", "d91", "r0", "t4",
            "16s2", "x",
        ] {
            assert_eq!(Block::from_text(text), None, "{text}");
        }
    }
}
