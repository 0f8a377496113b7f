//! What a file is, by its content: what the sender says of it counts for nothing.

use image::ImageFormat;

/// How much of the beginning is looked at.
pub(super) const HEAD_BYTES: usize = 8 * 1024;

/// What tells nothing else.
pub(super) const PLAIN: &str = "application/octet-stream";

/// What a browser may show or play by itself: it can hold no program. Images are such only after they were read as a whole.
const INLINE: [&str; 14] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "audio/aac",
    "audio/m4a",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-flac",
    "audio/x-wav",
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/x-m4v",
];

pub(super) fn is_inline(media_type: &str) -> bool {
    INLINE.contains(&media_type)
}

/// The kinds of images that are read: all others are files like any.
pub(super) fn image_format(head: &[u8]) -> Option<ImageFormat> {
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
    image::guess_format(head).ok().filter(|format| known.contains(format))
}

/// By the first bytes of what is no such image. Nothing that a browser would show as an image comes out of this.
pub(super) fn media_type(head: &[u8]) -> &'static str {
    match infer::get(head).map(|found| found.mime_type()) {
        Some(found) if found.starts_with("image/") && is_inline(found) => PLAIN,
        Some(found) => found,
        None if is_text(head) => "text/plain",
        None => PLAIN,
    }
}

fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_it_is() {
        let cases: [(&[u8], &str); 9] = [
            (b"", PLAIN),
            (b"hello\n", "text/plain"),
            ("gr\u{fc}n".as_bytes(), "text/plain"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", "text/plain"),
            (b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"PK\x03\x04rest", "application/zip"),
            (b"\xff\xff\xff\xff", PLAIN),
            (b"a\0b", PLAIN),
        ];
        for (content, media_type) in cases {
            assert_eq!(super::media_type(content), media_type, "{}", content.escape_ascii());
            assert!(image_format(content).is_none() && !is_inline(media_type));
        }
        // What fails as an image is not called one afterwards.
        assert_eq!(super::media_type(b"\x89PNG\r\n\x1a\nnothing"), PLAIN);
        assert_eq!(super::media_type(b"BM\x46\0\0\0\0\0\0\0"), "image/bmp");
        assert_eq!(super::media_type(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), "video/mp4");
    }
}
