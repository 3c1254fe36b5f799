//! Packs digits for the lab: `cargo run --example pack_digits -- <digits.csv> <digits.bin>`. A line of the first file is
//! 64 inks from 0 to 16 and a label, separated by commas, without a header.

use std::error::Error;

use batchnorm_lab::data::digits::{PIXELS, pack};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("give the file to read and the file to write".into());
    };
    let mut digits = Vec::new();
    for line in std::fs::read_to_string(from)?.lines() {
        let numbers: Vec<u8> = line.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let (pixels, label) = numbers
            .split_at_checked(PIXELS)
            .ok_or("a line is too short")?;
        let &[label] = label else {
            return Err("a line has no one label".into());
        };
        digits.push((<[u8; PIXELS]>::try_from(pixels)?, label));
    }
    let bytes = pack(&digits)?;
    println!("{} digits in {} bytes", digits.len(), bytes.len());
    std::fs::write(to, bytes)?;
    Ok(())
}
