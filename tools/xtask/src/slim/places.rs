//! Blanks the places that panic messages name: file, line and column of each `core::panic::Location`, which nobody reads
//! where a panic is a trap. Blank bytes compress to nothing. Moves no other data.

use std::collections::HashSet;
use std::ops::Range;

use walrus::{ConstExpr, DataKind, Module, ir::Value};

/// Bytes of a `Location` on this target: address and length of the file's name, line, column.
const LOCATION: usize = 16;
/// Source files have shorter names, fewer lines, shorter lines.
const LONGEST: [u32; 3] = [200, 100_000, 1_000];

/// Blanks them; how many there were.
pub fn blank_places(module: &mut Module) -> usize {
    let memory = Memory::of(module);
    let places: Vec<Place> = memory.places().collect();
    let names: HashSet<Range<u32>> = places.iter().map(|place| place.name.clone()).collect();
    let blank = places
        .iter()
        .map(|place| place.at..place.at + LOCATION as u32)
        .chain(names);
    for range in blank {
        memory.clear(module, range);
    }
    places.len()
}

/// One `Location`: where it lies, and where the name of its file does.
struct Place {
    at: u32,
    name: Range<u32>,
}

/// The data that a module brings, by address.
struct Memory {
    segments: Vec<(walrus::DataId, u32, Vec<u8>)>,
}

impl Memory {
    fn of(module: &Module) -> Self {
        let segments = module.data.iter().filter_map(|data| {
            let DataKind::Active { offset, .. } = &data.kind else {
                return None;
            };
            let ConstExpr::Value(Value::I32(at)) = offset else {
                return None;
            };
            Some((data.id(), *at as u32, data.value.clone()))
        });
        Self {
            segments: segments.collect(),
        }
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        self.segments.iter().flat_map(|(_, start, bytes)| {
            let first = start.next_multiple_of(4);
            (first..start + bytes.len() as u32)
                .step_by(4)
                .filter_map(|at| self.place(at))
        })
    }

    fn place(&self, at: u32) -> Option<Place> {
        let bytes = self.read(at..at.checked_add(LOCATION as u32)?)?;
        let word = |n: usize| {
            let word = &bytes[4 * n..4 * n + 4];
            u32::from_le_bytes([word[0], word[1], word[2], word[3]])
        };
        let fits = (0..3).all(|n| (1..=LONGEST[n]).contains(&word(n + 1)));
        let name = word(0)..word(0).checked_add(word(1))?;
        let text = fits.then(|| self.read(name.clone())).flatten()?;
        let is_file =
            text.ends_with(b".rs") && text.iter().all(|byte| (b'!'..=b'~').contains(byte));
        is_file.then_some(Place { at, name })
    }

    fn read(&self, range: Range<u32>) -> Option<&[u8]> {
        self.segments.iter().find_map(|(_, start, bytes)| {
            let from = range.start.checked_sub(*start)? as usize;
            bytes.get(from..from + range.len())
        })
    }

    fn clear(&self, module: &mut Module, range: Range<u32>) {
        for (id, start, bytes) in &self.segments {
            let Some(from) = range.start.checked_sub(*start).map(|from| from as usize) else {
                continue;
            };
            if from + range.len() <= bytes.len() {
                module.data.get_mut(*id).value[from..from + range.len()].fill(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_and_what_looks_a_little_like_one_stays() {
        const START: u32 = 1024;
        let text = b"src/a.rsother".to_vec();
        let words = |words: [u32; 4]| {
            words
                .iter()
                .flat_map(|w| w.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let mut bytes = [text, vec![7; 3]].concat();
        let place = bytes.len();
        bytes.extend(words([START, 8, 12, 5]));
        for other in [
            // Another text, no line, an address outside.
            [START, 9, 12, 5],
            [START, 8, 0, 5],
            [START - 4, 8, 12, 5],
        ] {
            bytes.extend(words(other));
        }
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(START as i32));
        let kind = DataKind::Active { memory, offset };
        let id = module.data.add(kind, bytes.clone());
        assert_eq!(blank_places(&mut module), 1);
        bytes[..8].fill(0);
        bytes[place..place + LOCATION].fill(0);
        assert_eq!(module.data.get(id).value, bytes);
    }
}
