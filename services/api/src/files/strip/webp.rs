//! WebP: RIFF chunks. Kept are the picture, its transparency, its movement and its colour profile.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::{bytes, copy, exif, is_turned, malformed, skip};

const KEPT: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// Bits of the first byte of `VP8X`.
const HAS_XMP: u8 = 0x04;
const HAS_EXIF: u8 = 0x08;

pub(super) fn strip(from: &mut impl Read, to: &mut (impl Write + Seek), orientation: u8) -> io::Result<()> {
    let head: [u8; 12] = bytes(from)?;
    if !head.starts_with(b"RIFF") || !head.ends_with(b"WEBP") {
        return Err(malformed("a WebP without its beginning"));
    }
    to.write_all(&head)?;
    let announced = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let mut left = u64::from(announced).checked_sub(4).ok_or_else(|| malformed("a WebP of no length"))?;
    let mut is_extended = false;
    while left >= 8 {
        let name: [u8; 4] = bytes(from)?;
        let length: [u8; 4] = bytes(from)?;
        let padded = u64::from(u32::from_le_bytes(length)).next_multiple_of(2);
        left = (left - 8).checked_sub(padded).ok_or_else(|| malformed("a WebP chunk beyond the end"))?;
        if &name == b"VP8X" && padded >= 10 {
            is_extended = true;
            let [flags] = bytes(from)?;
            let flags = flags & !(HAS_XMP | HAS_EXIF);
            to.write_all(&name)?;
            to.write_all(&length)?;
            to.write_all(&[if is_turned(orientation) { flags | HAS_EXIF } else { flags }])?;
            copy(from, to, padded - 1)?;
        } else if KEPT.contains(&&name) {
            to.write_all(&name)?;
            to.write_all(&length)?;
            copy(from, to, padded)?;
        } else {
            skip(from, padded)?;
        }
    }
    if is_extended && is_turned(orientation) {
        to.write_all(b"EXIF")?;
        to.write_all(&26_u32.to_le_bytes())?;
        to.write_all(&exif(orientation))?;
    }
    let end = to.stream_position()?;
    let length = u32::try_from(end - 8).map_err(|_| malformed("a WebP that is too long"))?;
    to.seek(SeekFrom::Start(4))?;
    to.write_all(&length.to_le_bytes())?;
    to.seek(SeekFrom::Start(end))?;
    Ok(())
}
