//! Takes out of an image what it tells beside the picture: where and when it was taken, with what, comments, other pictures.
//!
//! The picture itself is copied byte for byte, so it loses nothing. What a format's reader does not know is left out, and so is
//! whatever stands behind the image. How the picture is turned is kept, as the only metadata.

mod gif;
mod jpeg;
mod png;
mod webp;

#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, SeekFrom, Write};

use image::ImageFormat;

/// Copies the image without its metadata. `orientation` is that of EXIF: 1 is upright.
///
/// # Errors
/// `InvalidData` or `UnexpectedEof`: it is no such image. Others: the files cannot be read or written.
pub(super) fn strip(
    format: ImageFormat,
    from: &mut (impl Read + Seek),
    to: &mut (impl Write + Seek),
    orientation: u8,
) -> io::Result<()> {
    from.seek(SeekFrom::Start(0))?;
    let from = &mut io::BufReader::with_capacity(64 * 1024, from);
    let to = &mut io::BufWriter::with_capacity(64 * 1024, to);
    match format {
        ImageFormat::Jpeg => jpeg::strip(from, to, orientation)?,
        ImageFormat::Png => png::strip(from, to, orientation)?,
        ImageFormat::Gif => gif::strip(from, to)?,
        ImageFormat::WebP => webp::strip(from, to, orientation)?,
        _ => return Err(malformed("another format")),
    }
    to.flush()
}

fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn copy(from: &mut impl Read, to: &mut impl Write, length: u64) -> io::Result<()> {
    if io::copy(&mut from.by_ref().take(length), to)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn skip(from: &mut impl Read, length: u64) -> io::Result<()> {
    copy(from, &mut io::sink(), length)
}

/// EXIF that says how the picture is turned, and nothing else: one entry of a little-endian TIFF.
const fn exif(orientation: u8) -> [u8; 26] {
    [
        b'I',
        b'I',
        42,
        0,
        8,
        0,
        0,
        0, // the first directory is at 8
        1,
        0, // of one entry
        0x12,
        0x01,
        3,
        0,
        1,
        0,
        0,
        0,
        orientation,
        0,
        0,
        0, // Orientation, a short
        0,
        0,
        0,
        0, // and no further directory
    ]
}

/// Whether there is anything to say about it.
const fn is_turned(orientation: u8) -> bool {
    matches!(orientation, 2..=8)
}
