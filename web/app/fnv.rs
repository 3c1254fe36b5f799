//! A number for a text. Shared by the page and by the build scripts that write what it reads.

/// FNV-1a (Fowler, Noll and Vo 1991) of 32 bits.
pub const START: u32 = 0x811c_9dc5;

/// Of one text, in three bytes: numbers do not pack, and a page has hundreds.
#[allow(dead_code)]
pub fn short(text: &str) -> [u8; 3] {
    let [a, b, c, d] = hash(START, text).to_le_bytes();
    [a ^ d, b, c]
}

/// Takes a text into the number so far.
pub fn hash(mut so_far: u32, text: &str) -> u32 {
    for byte in text.bytes() {
        so_far = (so_far ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    so_far
}
