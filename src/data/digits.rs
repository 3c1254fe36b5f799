//! Handwritten digits, 8×8, from their packed bytes (`assets/digits`). Reads no file: whoever has the bytes hands them in.
//!
//! Packed are: the number of digits in two bytes, the low one first; then bits, from the highest of each byte down.
//! Each digit is 64 pixels, row by row, and its label in 4 bits. A pixel is ink from 0 to 16: `0` for none, `10` for
//! all, else `11` and 4 bits. Half of all pixels are empty, so a pixel takes 3.2 bits instead of 5.

use super::{Dataset, Split};
use crate::error::Error;
use crate::numeric::rng::Rng;
use crate::settings::Settings;

/// Height and width of a digit.
pub const SIDE: usize = 8;
/// Pixels of a digit.
pub const PIXELS: usize = SIDE * SIDE;
/// Labels are below it.
pub const CLASSES: usize = 10;
/// Ink of a full pixel.
const FULL: u8 = 16;
const BROKEN: Error = Error::Message { what: "digits" };

/// All digits, pixels in 0..=1, in the order of the source.
///
/// # Shapes
/// `x` `[digits, 8, 8]`.
///
/// # Errors
/// The bytes end too early, go on too long, or a label is no digit.
pub fn read(bytes: &[u8]) -> Result<Split, Error> {
    let (count, packed) = bytes.split_at_checked(2).ok_or(BROKEN)?;
    let count = usize::from(u16::from_le_bytes([count[0], count[1]]));
    let mut bits = Bits { packed, at: 0 };
    let mut digits = Split::default();
    for _ in 0..count {
        for _ in 0..PIXELS {
            let ink = if bits.take(1)? == 0 {
                0
            } else if bits.take(1)? == 0 {
                FULL
            } else {
                bits.take(4)?
            };
            digits.x.push(f32::from(ink) / f32::from(FULL));
        }
        let label = bits.take(4)?;
        if usize::from(label) >= CLASSES {
            return Err(BROKEN);
        }
        digits.labels.push(label);
    }
    if bits.at.div_ceil(8) != packed.len() {
        return Err(BROKEN);
    }
    Ok(digits)
}

/// Training and test digits: shuffled by the seed, then as many as the settings say. Noise moves each pixel by up to
/// so much of full ink, up or down.
///
/// # Errors
/// As `read`, or there are fewer than the settings say.
pub fn dataset(bytes: &[u8], settings: &Settings) -> Result<Dataset, Error> {
    let mut all = read(bytes)?;
    let (points, train) = (settings.points(), settings.train_points());
    if points > all.len() {
        return Err(BROKEN);
    }
    let mut rng = Rng::new(u64::from(settings.seed), "digits");
    let mut order: Vec<usize> = (0..all.len()).collect();
    rng.shuffle(&mut order);
    let noise = f64::from(settings.noise) / 100.0;
    if noise > 0.0 {
        for pixel in &mut all.x {
            *pixel += rng.uniform_in(-noise, noise) as f32;
        }
    }
    let pick = |places: &[usize]| Split {
        x: places
            .iter()
            .flat_map(|place| all.x[place * PIXELS..][..PIXELS].iter().copied())
            .collect(),
        labels: places.iter().map(|place| all.labels[*place]).collect(),
        lengths: Vec::new(),
    };
    Ok(Dataset {
        train: pick(&order[..train]),
        test: pick(&order[train..points]),
    })
}

/// The packed bytes of digits given as rows of 64 inks, 0 to 16, and a label.
///
/// # Errors
/// An ink or a label is out of range, or there are more than 65535 digits.
pub fn pack(digits: &[([u8; PIXELS], u8)]) -> Result<Vec<u8>, Error> {
    let count = u16::try_from(digits.len()).map_err(|_| BROKEN)?;
    let mut packed = Packing {
        bytes: count.to_le_bytes().to_vec(),
        free: 0,
    };
    for (pixels, label) in digits {
        for ink in pixels {
            match *ink {
                0 => packed.put(0, 1),
                FULL => packed.put(0b10, 2),
                ink if ink < FULL => packed.put(0b11_0000 | ink, 6),
                _ => return Err(BROKEN),
            }
        }
        if usize::from(*label) >= CLASSES {
            return Err(BROKEN);
        }
        packed.put(*label, 4);
    }
    Ok(packed.bytes)
}

struct Bits<'a> {
    packed: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Result<u8, Error> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.packed.get(self.at / 8).ok_or(BROKEN)?;
            value = value << 1 | (byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(value)
    }
}

struct Packing {
    bytes: Vec<u8>,
    /// Bits free in the last byte.
    free: usize,
}

impl Packing {
    fn put(&mut self, value: u8, count: usize) {
        for place in (0..count).rev() {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            self.free -= 1;
            if let Some(last) = self.bytes.last_mut() {
                *last |= (value >> place & 1) << self.free;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSET: &[u8] = include_bytes!("../../assets/digits/digits.bin");

    #[test]
    fn the_asset_holds_the_digits_of_its_source() {
        let digits = read(ASSET).expect("the asset");
        assert_eq!(digits.len(), 1797);
        assert_eq!(digits.x.len(), 1797 * PIXELS);
        let count = |label| digits.labels.iter().filter(|l| **l == label).count();
        let counts: Vec<usize> = (0..10).map(count).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        // The second row of the first digit, as in the source.
        let want = [0.0, 0.0, 13.0, 15.0, 10.0, 15.0, 5.0, 0.0].map(|ink: f32| ink / 16.0);
        assert_eq!(digits.x[8..16], want);
        assert_eq!(digits.labels[..3], [0, 1, 2]);
        for empty in [0, 32, 39] {
            assert!(
                digits
                    .x
                    .iter()
                    .skip(empty)
                    .step_by(PIXELS)
                    .all(|x| *x == 0.0)
            );
        }
    }

    #[test]
    fn packing_turns_back_and_broken_bytes_are_refused() {
        let mut rng = Rng::new(1, "pack");
        let digits: Vec<([u8; PIXELS], u8)> = (0..20)
            .map(|_| {
                (
                    std::array::from_fn(|_| rng.below(17) as u8),
                    rng.below(10) as u8,
                )
            })
            .collect();
        let bytes = pack(&digits).expect("inks and labels");
        let read_back = read(&bytes).expect("what was packed");
        for (place, (pixels, label)) in digits.iter().enumerate() {
            let inks = read_back.x[place * PIXELS..][..PIXELS]
                .iter()
                .map(|x| (x * 16.0) as u8);
            assert_eq!(inks.collect::<Vec<_>>(), pixels);
            assert_eq!(read_back.labels[place], *label);
        }
        assert_eq!(read(&bytes[..bytes.len() - 1]), Err(BROKEN));
        assert_eq!(read(&[&bytes[..], &[0]].concat()), Err(BROKEN));
        assert_eq!(read(&[1]), Err(BROKEN));
        assert_eq!(pack(&[([17; PIXELS], 0)]), Err(BROKEN));
        assert_eq!(pack(&[([0; PIXELS], 10)]), Err(BROKEN));
    }

    #[test]
    fn a_split_follows_its_seed_and_loses_no_digit() {
        let with = |text: &str| {
            let (settings, errors) = Settings::from_text(text);
            assert_eq!(errors, []);
            dataset(ASSET, &settings)
        };
        let of =
            |seed| with(&format!("data=digits&samples=4000&split=80&seed={seed}")).expect("digits");
        let first = of(1);
        assert_eq!((first.train.len(), first.test.len()), (1437, 360));
        assert_eq!(first, of(1));
        assert_ne!(first.test.labels, of(2).test.labels);
        let ones = |split: &Split| split.labels.iter().filter(|l| **l == 1).count();
        assert_eq!(ones(&first.train) + ones(&first.test), 182);
        let few = with("data=digits&samples=100&noise=10").expect("digits");
        assert_eq!((few.train.len(), few.test.len()), (50, 50));
        let strays = few.train.x.iter().filter(|x| !(0.0..=1.0).contains(*x));
        assert!(strays.count() > 0, "noise has moved pixels");
        assert!(few.train.x.iter().all(|x| (-0.1..=1.1).contains(x)));
    }
}
