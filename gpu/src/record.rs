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

/// The words of a `Call`, each with the name of the member that it is for; `check.rs` holds the names against the file.
#[derive(Clone, Debug, Default)]
pub struct Record {
    words: Vec<u32>,
    #[cfg(test)]
    pub members: Vec<Member>,
}

/// A member of a `Call` as the Rust side writes it.
#[cfg(test)]
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    /// Bytes from the start.
    pub offset: u32,
    pub is_float: bool,
}

impl Record {
    pub fn count(self, name: &'static str, value: usize) -> Self {
        self.word(name, value as u32, false)
    }

    pub fn flag(self, name: &'static str, value: bool) -> Self {
        self.count(name, usize::from(value))
    }

    pub fn place(self, name: &'static str, value: Option<usize>) -> Self {
        self.word(name, value.map_or(NO_PLACE, |value| value as u32), false)
    }

    pub fn number(self, name: &'static str, value: f64) -> Self {
        self.word(name, (value as f32).to_bits(), true)
    }

    /// Two members: the second has the same name and `_rows`.
    pub fn extent(self, name: &'static str, value: Extent) -> Self {
        let fixed = self.word(name, value.fixed, false);
        fixed.word_named(|| format!("{name}_rows"), value.per_row, false)
    }

    fn word(self, name: &'static str, word: u32, is_float: bool) -> Self {
        self.word_named(|| name.to_owned(), word, is_float)
    }

    #[cfg_attr(
        not(test),
        expect(unused_variables, reason = "names are for the check")
    )]
    fn word_named(mut self, name: impl FnOnce() -> String, word: u32, is_float: bool) -> Self {
        #[cfg(test)]
        self.members.push(Member {
            name: name(),
            offset: 4 * self.words.len() as u32,
            is_float,
        });
        self.words.push(word);
        self
    }

    /// Words so far: where the next number will stand.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
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
