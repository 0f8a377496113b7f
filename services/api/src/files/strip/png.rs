//! PNG: chunks, each with a name and a sum. Kept are those that say how the picture looks and moves.

use std::io::{self, Read, Write};

use super::{bytes, copy, exif, is_turned, malformed, skip};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

const KEPT: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
    b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

pub(super) fn strip(from: &mut impl Read, to: &mut impl Write, orientation: u8) -> io::Result<()> {
    if bytes(from)? != SIGNATURE {
        return Err(malformed("a PNG without its beginning"));
    }
    to.write_all(&SIGNATURE)?;
    let mut is_first = true;
    loop {
        let length: [u8; 4] = bytes(from)?;
        let name: [u8; 4] = bytes(from)?;
        if is_first != (&name == b"IHDR") {
            return Err(malformed("a PNG whose chunks are out of order"));
        }
        let with_sum = u64::from(u32::from_be_bytes(length)) + 4;
        if KEPT.contains(&&name) {
            to.write_all(&length)?;
            to.write_all(&name)?;
            copy(from, to, with_sum)?;
        } else {
            skip(from, with_sum)?;
        }
        if is_first && is_turned(orientation) {
            chunk(to, *b"eXIf", &exif(orientation))?;
        }
        is_first = false;
        if &name == b"IEND" {
            return Ok(());
        }
    }
}

fn chunk(to: &mut impl Write, name: [u8; 4], content: &[u8; 26]) -> io::Result<()> {
    let summed = [&name[..], content].concat();
    to.write_all(&26_u32.to_be_bytes())?;
    to.write_all(&summed)?;
    to.write_all(&crc32(&summed).to_be_bytes())
}

/// The sum of PNG, bit by bit: it is taken over some thirty bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _: u32| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_png() {
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
    }
}
