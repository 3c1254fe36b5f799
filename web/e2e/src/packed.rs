//! Bytes in brotli at its strongest level, as a static host keeps files. Reads and writes no file.

use std::io::Write;

/// The bytes packed.
///
/// # Errors
/// The packer refuses, which it does not while there is memory.
pub fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(packed)
}
