//! A number made of the bits of many: what two runs that are to be equal are compared by. Knows no network.

/// FNV-1a (Fowler, Noll and Vo 1991) of 64 bits over numbers, byte by byte from the lowest.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Takes in whole numbers.
    pub fn words(&mut self, words: impl IntoIterator<Item = u32>) {
        for byte in words.into_iter().flat_map(u32::to_le_bytes) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Takes in numbers by their bits. Every NaN counts as one: which of them a machine makes is its own affair.
    pub fn numbers(&mut self, numbers: &[f32]) {
        let word = |number: &f32| match number.is_nan() {
            true => f32::NAN.to_bits(),
            false => number.to_bits(),
        };
        self.words(numbers.iter().map(word));
    }

    /// Of all that was taken in.
    pub fn value(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_their_order_count_and_all_nans_are_one() {
        let of = |numbers: &[f32]| {
            let mut fingerprint = Fingerprint::default();
            fingerprint.numbers(numbers);
            fingerprint.value()
        };
        assert_eq!(of(&[]), 0xcbf2_9ce4_8422_2325);
        assert_ne!(of(&[0.0]), of(&[-0.0]));
        assert_ne!(of(&[1.0, 2.0]), of(&[2.0, 1.0]));
        assert_eq!(of(&[f32::NAN]), of(&[-f32::NAN]));
    }
}
