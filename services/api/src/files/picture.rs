//! Images: how large they are, a small picture of them, and their content without its metadata.
//!
//! Limits stand before decoding, and what cannot be read as a whole is no image: it is kept as a file that is only downloaded.

use std::fs::File;
use std::io::{BufReader, Cursor, Seek as _, SeekFrom};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::spool;
use super::strip;

/// Of the longer side of the small picture. An image that is no larger needs none.
const THUMBNAIL_PIXELS: u32 = 480;
const THUMBNAIL_QUALITY: u8 = 80;
/// Of a decoder, beside its picture.
const DECODER_BYTES: u64 = 64 << 20;
/// Of one pixel of the deepest kind.
const PIXEL_BYTES: u64 = 8;

pub(super) struct Picture {
    /// The image without its metadata.
    pub(super) file: File,
    pub(super) media_type: &'static str,
    /// As it is shown.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) thumbnail: Option<Vec<u8>>,
}

/// Why something is no image after all.
#[derive(Debug)]
pub(super) enum NoPicture {
    /// Not to be read as what it begins like, or too large.
    Content,
    /// The disk failed.
    Disk(std::io::Error),
}

impl From<image::ImageError> for NoPicture {
    fn from(error: image::ImageError) -> Self {
        match error {
            image::ImageError::IoError(error) => error.into(),
            _ => Self::Content,
        }
    }
}

impl From<std::io::Error> for NoPicture {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            // As those say it who read images.
            std::io::ErrorKind::InvalidData
            | std::io::ErrorKind::InvalidInput
            | std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::Other => Self::Content,
            _ => Self::Disk(error),
        }
    }
}

/// Reads the image in `file`; the copy is made in `folder`. Blocks for long.
pub(super) fn read(
    file: &mut File,
    format: ImageFormat,
    max_pixels: u64,
    folder: Option<&Path>,
) -> Result<Picture, NoPicture> {
    let mut decoder = decoder(file, format, max_pixels)?;
    let orientation = decoder.orientation()?;
    drop(decoder);
    let mut stripped = spool::temporary(folder)?;
    strip::strip(format, file, &mut stripped, orientation.to_exif())?;

    // What is kept is what must be readable.
    let mut decoder = self::decoder(&mut stripped, format, max_pixels)?;
    let orientation = decoder.orientation()?;
    let image = DynamicImage::from_decoder(decoder)?;
    let (width, height) = match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (image.height(), image.width())
        }
        _ => (image.width(), image.height()),
    };
    let is_large = width.max(height) > THUMBNAIL_PIXELS;
    let thumbnail = is_large.then(|| thumbnail(&image, orientation)).transpose()?;
    Ok(Picture { file: stripped, media_type: format.to_mime_type(), width, height, thumbnail })
}

/// A decoder that has read the head of an image of an acceptable size.
fn decoder(file: &mut File, format: ImageFormat, max_pixels: u64) -> Result<impl ImageDecoder, NoPicture> {
    file.seek(SeekFrom::Start(0))?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels.saturating_mul(PIXEL_BYTES).saturating_add(DECODER_BYTES));
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > max_pixels { Err(NoPicture::Content) } else { Ok(decoder) }
}

fn thumbnail(image: &DynamicImage, orientation: Orientation) -> Result<Vec<u8>, NoPicture> {
    let mut small = image.thumbnail(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS);
    small.apply_orientation(orientation);
    let mut bytes = Cursor::new(Vec::new());
    if image.color().has_alpha() {
        DynamicImage::from(small.to_rgba8()).write_to(&mut bytes, ImageFormat::Png)?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, THUMBNAIL_QUALITY);
        small.to_rgb8().write_with_encoder(encoder)?;
    }
    Ok(bytes.into_inner())
}

/// Of a small picture, which is one of the two.
pub(super) fn thumbnail_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }
}
