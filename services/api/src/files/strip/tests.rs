//! What is in an image and what is left of it: the picture, how it is turned, and nothing that tells of people.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Seek as _, Write as _};

use image::metadata::Orientation;
use image::{ColorType, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, RgbImage};

use super::{exif, strip};
use crate::files::picture;

const SECRET: &[u8] = b"52.5200 N 13.4050 E";

/// As cameras write it: how it is turned, and where it was taken.
fn telling(orientation: u8) -> Vec<u8> {
    [&exif(orientation)[..], SECRET].concat()
}

fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 7) as u8, (y * 5) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, content, &jpeg[2..]].concat()
}

fn jpeg(orientation: u8) -> Vec<u8> {
    let jpeg = with_segment(&encoded(ImageFormat::Jpeg, 600, 300), 0xfe, SECRET);
    let jpeg = with_segment(&jpeg, 0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat());
    let jpeg = with_segment(&jpeg, 0xed, SECRET);
    let jpeg = with_segment(&jpeg, 0xe1, &[b"Exif\0\0", &telling(orientation)[..]].concat());
    // As phones put a film behind it.
    [&jpeg, SECRET].concat()
}

fn png(orientation: u8) -> Vec<u8> {
    let image = RgbImage::new(600, 300);
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.set_exif_metadata(telling(orientation)).unwrap();
    encoder.write_image(&image, 600, 300, ColorType::Rgb8.into()).unwrap();
    [&bytes, SECRET].concat()
}

fn webp(orientation: u8) -> Vec<u8> {
    let image = RgbImage::new(600, 300);
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
    encoder.set_exif_metadata(telling(orientation)).unwrap();
    encoder.write_image(&image, 600, 300, ColorType::Rgb8.into()).unwrap();
    [&bytes, SECRET].concat()
}

fn gif() -> Vec<u8> {
    let gif = encoded(ImageFormat::Gif, 600, 300);
    let colours = if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let (head, rest) = gif.split_at(13 + colours);
    let comment = [&[0x21, 0xfe, SECRET.len() as u8][..], SECRET, &[0]].concat();
    let xmp = [&[0x21, 0xff, 11][..], b"XMP DataXMP", &[SECRET.len() as u8], SECRET, &[0]].concat();
    [head, &comment, &xmp, rest, SECRET].concat()
}

fn stripped(format: ImageFormat, content: &[u8], orientation: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    strip(format, &mut Cursor::new(content), &mut bytes, orientation).unwrap();
    bytes.into_inner()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn nothing_is_left_but_the_picture_and_how_it_is_turned() {
    let cases = [
        (ImageFormat::Jpeg, jpeg(6), 6),
        (ImageFormat::Jpeg, jpeg(1), 1),
        (ImageFormat::Png, png(6), 6),
        (ImageFormat::WebP, webp(3), 3),
        (ImageFormat::Gif, gif(), 1),
    ];
    for (format, content, orientation) in cases {
        assert!(contains(&content, SECRET), "{format:?}");
        let left = stripped(format, &content, orientation);
        assert!(!contains(&left, SECRET) && !contains(&left, b"xap"), "{format:?}");
        let pixels = |bytes: &[u8]| image::load_from_memory_with_format(bytes, format).unwrap().into_rgba8();
        assert_eq!(pixels(&content), pixels(&left), "{format:?}: not a pixel is another one");
        let mut decoder = ImageReader::with_format(Cursor::new(&left), format).into_decoder().unwrap();
        assert_eq!(Some(decoder.orientation().unwrap()), Orientation::from_exif(orientation), "{format:?}");
        assert_eq!(stripped(format, &left, orientation), left, "{format:?}: a second time changes nothing");
    }
}

#[test]
fn what_ends_early_or_is_another_format_is_refused() {
    let cases = [
        (ImageFormat::Jpeg, jpeg(6)),
        (ImageFormat::Png, encoded(ImageFormat::Png, 20, 20)),
        (ImageFormat::WebP, encoded(ImageFormat::WebP, 20, 20)),
        (ImageFormat::Gif, encoded(ImageFormat::Gif, 20, 20)),
    ];
    for (format, content) in &cases {
        // Behind the last byte of the picture there may be anything or nothing.
        for length in [0, 5, 12, content.len() / 2] {
            let mut bytes = Cursor::new(Vec::new());
            let refused = strip(*format, &mut Cursor::new(&content[..length]), &mut bytes, 1);
            assert!(refused.is_err(), "{format:?} of {length} bytes");
        }
        for (other, content) in cases.iter().filter(|(other, _)| other != format) {
            let refused = strip(*format, &mut Cursor::new(content), &mut Cursor::new(Vec::new()), 1);
            assert!(refused.is_err(), "{other:?} taken for {format:?}");
        }
    }
}

#[test]
fn a_turned_photo_is_shown_upright() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&jpeg(6)).unwrap();
    file.rewind().unwrap();
    let picture = picture::read(&mut file, ImageFormat::Jpeg, 1_000_000, None).unwrap();
    assert_eq!((picture.width, picture.height), (300, 600));
    let thumbnail = image::load_from_memory(&picture.thumbnail.unwrap()).unwrap();
    assert_eq!((thumbnail.width(), thumbnail.height()), (240, 480));
}
