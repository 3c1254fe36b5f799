//! Numbers for a kernel's `Call` in the order in which its file lists them, and sizes that grow with the batch.

/// Where nothing stands: `NO_PLACE` of `step.wgsl`.
pub const NO_PLACE: u32 = u32::MAX;

/// `fixed + per_row·N`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub fixed: u32,
    pub per_row: u32,
}

impl Extent {
    pub fn fixed(values: usize) -> Self {
        Self {
            fixed: values as u32,
            per_row: 0,
        }
    }

    pub fn per_row(values: usize) -> Self {
        Self {
            fixed: 0,
            per_row: values as u32,
        }
    }

    pub fn at(self, rows: usize) -> u32 {
        self.fixed + self.per_row * rows as u32
    }
}

/// The words of a `Call`.
#[derive(Clone, Debug, Default)]
pub struct Record(Vec<u32>);

impl Record {
    pub fn count(mut self, value: usize) -> Self {
        self.0.push(value as u32);
        self
    }

    pub fn flag(self, value: bool) -> Self {
        self.count(usize::from(value))
    }

    pub fn place(mut self, value: Option<usize>) -> Self {
        self.0.push(value.map_or(NO_PLACE, |value| value as u32));
        self
    }

    pub fn number(mut self, value: f64) -> Self {
        self.0.push((value as f32).to_bits());
        self
    }

    pub fn extent(mut self, value: Extent) -> Self {
        self.0.extend([value.fixed, value.per_row]);
        self
    }

    /// Words so far: where the next number will stand.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

/// Numbers as the bytes of a buffer.
pub fn bytes_of(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// The bytes of a buffer as numbers.
pub fn numbers_of(bytes: &[u8]) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}
