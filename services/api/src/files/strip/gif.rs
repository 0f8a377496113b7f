//! GIF: blocks. Kept are the pictures, how they follow each other and how often; comments and what programs added go.

use std::io::{self, BufRead, Write};

use super::{bytes, copy, malformed, skip};

const TRAILER: u8 = 0x3b;
const IMAGE: u8 = 0x2c;
const EXTENSION: u8 = 0x21;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;

pub(super) fn strip(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let head: [u8; 13] = bytes(from)?;
    if !head.starts_with(b"GIF87a") && !head.starts_with(b"GIF89a") {
        return Err(malformed("a GIF without its beginning"));
    }
    to.write_all(&head)?;
    copy(from, to, colours(head[10]))?;
    loop {
        // Some writers forget the trailer.
        let at_end = from.fill_buf()?.is_empty();
        let [block] = if at_end { [TRAILER] } else { bytes(from)? };
        match block {
            TRAILER => return to.write_all(&[TRAILER]),
            IMAGE => {
                let place: [u8; 9] = bytes(from)?;
                to.write_all(&[IMAGE])?;
                to.write_all(&place)?;
                // The colours of its own, and one byte for the width of its codes.
                copy(from, to, colours(place[8]) + 1)?;
                sub_blocks(from, to)?;
            }
            EXTENSION => extension(from, to)?,
            _ => return Err(malformed("a GIF with an unknown block")),
        }
    }
}

/// Bytes of the table of colours that these flags announce.
fn colours(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn extension(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let [label] = bytes(from)?;
    if label == GRAPHIC_CONTROL {
        to.write_all(&[EXTENSION, label])?;
        return sub_blocks(from, to);
    }
    if label != APPLICATION {
        return sub_blocks(from, &mut io::sink());
    }
    let [length] = bytes(from)?;
    if length != 11 {
        skip(from, length.into())?;
        return if length == 0 { Ok(()) } else { sub_blocks(from, &mut io::sink()) };
    }
    let name: [u8; 11] = bytes(from)?;
    if !matches!(&name, b"NETSCAPE2.0" | b"ANIMEXTS1.0") {
        return sub_blocks(from, &mut io::sink());
    }
    to.write_all(&[EXTENSION, APPLICATION, length])?;
    to.write_all(&name)?;
    sub_blocks(from, to)
}

fn sub_blocks(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<()> {
    loop {
        let [length] = bytes(from)?;
        to.write_all(&[length])?;
        if length == 0 {
            return Ok(());
        }
        copy(from, to, length.into())?;
    }
}
