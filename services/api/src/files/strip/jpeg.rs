//! JPEG: segments, each with a marker. Kept are those that a decoder needs, JFIF without its thumbnail, the colour profile and Adobe's
//! word on the colours.

use std::io::{self, BufRead, Write};

use super::{bytes, copy, exif, is_turned, malformed, skip};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COMMENT: u8 = 0xfe;

pub(super) fn strip(from: &mut impl BufRead, to: &mut impl Write, orientation: u8) -> io::Result<()> {
    if bytes(from)? != [0xff, SOI] {
        return Err(malformed("a JPEG without its beginning"));
    }
    to.write_all(&[0xff, SOI])?;
    let mut turned = is_turned(orientation).then_some(orientation);
    let mut marker = next_marker(from)?;
    loop {
        // JFIF wants to be the first.
        if marker != APP0
            && let Some(orientation) = turned.take()
        {
            let exif = exif(orientation);
            segment(to, APP1, &[b"Exif\0\0", &exif[..]].concat())?;
        }
        match marker {
            EOI => return to.write_all(&[0xff, EOI]),
            SOS => {
                copy_segment(from, to, marker)?;
                marker = copy_scan(from, to)?;
                continue;
            }
            APP0..=APP15 | COMMENT => application(from, to, marker)?,
            // They stand alone.
            0x01 | 0xd0..=0xd7 => to.write_all(&[0xff, marker])?,
            0xc0..=0xfd => copy_segment(from, to, marker)?,
            _ => return Err(malformed("a JPEG with an unknown marker")),
        }
        marker = next_marker(from)?;
    }
}

fn next_marker(from: &mut impl BufRead) -> io::Result<u8> {
    let [first, mut marker] = bytes(from)?;
    if first != 0xff {
        return Err(malformed("a JPEG without a marker where one should be"));
    }
    // Any number of them may stand before the marker.
    while marker == 0xff {
        [marker] = bytes(from)?;
    }
    Ok(marker)
}

/// The length of what follows the length.
fn length(from: &mut impl BufRead) -> io::Result<u16> {
    u16::from_be_bytes(bytes(from)?).checked_sub(2).ok_or_else(|| malformed("a JPEG segment without a length"))
}

fn segment(to: &mut impl Write, marker: u8, content: &[u8]) -> io::Result<()> {
    let length = u16::try_from(content.len() + 2).map_err(|_| malformed("a JPEG segment that is too long"))?;
    to.write_all(&[0xff, marker])?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(content)
}

fn copy_segment(from: &mut impl BufRead, to: &mut impl Write, marker: u8) -> io::Result<()> {
    let length = length(from)?;
    to.write_all(&[0xff, marker])?;
    to.write_all(&(length + 2).to_be_bytes())?;
    copy(from, to, length.into())
}

fn application(from: &mut impl BufRead, to: &mut impl Write, marker: u8) -> io::Result<()> {
    let length = length(from)?;
    if !matches!(marker, APP0 | APP2 | APP14) {
        return skip(from, length.into());
    }
    let mut content = vec![0; length.into()];
    from.read_exact(&mut content)?;
    match marker {
        APP0 if content.starts_with(b"JFIF\0") && content.len() >= 14 => {
            content.truncate(14);
            // Width and height of the thumbnail that stood behind.
            content[12..].fill(0);
            segment(to, marker, &content)
        }
        APP2 if content.starts_with(b"ICC_PROFILE\0") => segment(to, marker, &content),
        APP14 if content.starts_with(b"Adobe") => segment(to, marker, &content),
        _ => Ok(()),
    }
}

/// Copies what stands behind the head of a scan, up to the next marker, which is returned.
fn copy_scan(from: &mut impl BufRead, to: &mut impl Write) -> io::Result<u8> {
    loop {
        let buffer = from.fill_buf()?;
        if buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let plain = buffer.iter().position(|byte| *byte == 0xff).unwrap_or(buffer.len());
        to.write_all(&buffer[..plain])?;
        let at_marker = plain < buffer.len();
        from.consume(plain);
        if !at_marker {
            continue;
        }
        let marker = next_marker(from)?;
        // An escaped 0xff, or a restart within the scan.
        if !matches!(marker, 0 | 0xd0..=0xd7) {
            return Ok(marker);
        }
        to.write_all(&[0xff, marker])?;
    }
}
