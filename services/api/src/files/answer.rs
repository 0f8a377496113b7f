//! A file on its way out: only what a browser may show comes as what it is, all else to be saved, and nothing of it may run.

use std::ops::Range;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use confab_proto::ErrorCode;
use confab_proto::http::Attachment;
use futures_util::StreamExt as _;

use super::content;
use super::objects::Object;
use super::picture::thumbnail_type;
use crate::error::ApiError;
use crate::state::Api;

/// Nothing loads, nothing runs, and the page has an origin of its own. Media that is opened by itself may show itself.
const POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The right to it was checked in this request.
pub(crate) async fn answer(
    api: &Api,
    file: &Attachment,
    object: Object,
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    let tag = etag(file, object);
    // The content never changes: whoever has it, and still has the right to it, need not get it again.
    if asked.get(IF_NONE_MATCH).is_some_and(|known| knows(known, &tag)) {
        return Ok((StatusCode::NOT_MODIFIED, caching(&tag)).into_response());
    }
    match object {
        Object::Content => content(api, file, asked, &tag).await,
        Object::Thumbnail => thumbnail(api, file, &tag).await,
    }
}

/// A small picture of what is an image.
pub(crate) async fn answer_small(api: &Api, file: &Attachment, asked: &HeaderMap) -> Result<Response, ApiError> {
    let object = if file.thumbnail { Object::Thumbnail } else { Object::Content };
    answer(api, file, object, asked).await
}

async fn content(api: &Api, file: &Attachment, asked: &HeaderMap, tag: &str) -> Result<Response, ApiError> {
    let range = asked.get(RANGE).and_then(|range| range.to_str().ok()).and_then(|range| parse_range(range, file.size));
    let pieces = read(api, file, Object::Content, range.clone()).await?;
    let is_inline = content::is_inline(&file.media_type);
    let media_type = if is_inline { file.media_type.as_str() } else { content::PLAIN };
    let mut headers = safe(media_type, tag);
    headers.insert(CONTENT_DISPOSITION, disposition(is_inline, &file.name));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let status = match range {
        None => {
            headers.insert(CONTENT_LENGTH, file.size.into());
            StatusCode::OK
        }
        Some(Range { start, end }) => {
            headers.insert(CONTENT_LENGTH, (end - start).into());
            headers.insert(CONTENT_RANGE, ascii(&format!("bytes {start}-{}/{}", end - 1, file.size)));
            StatusCode::PARTIAL_CONTENT
        }
    };
    Ok((status, headers, Body::from_stream(pieces)).into_response())
}

/// It is small, and of a type that only its bytes tell.
async fn thumbnail(api: &Api, file: &Attachment, tag: &str) -> Result<Response, ApiError> {
    let mut pieces = read(api, file, Object::Thumbnail, None).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece.map_err(|error| ApiError::internal(&error))?);
    }
    let mut headers = safe(thumbnail_type(&bytes), tag);
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    Ok((headers, bytes).into_response())
}

type Pieces = futures_util::stream::BoxStream<'static, Result<bytes::Bytes, std::io::Error>>;

async fn read(api: &Api, file: &Attachment, object: Object, range: Option<Range<u64>>) -> Result<Pieces, ApiError> {
    // Of no bytes there is no object store that gives a range.
    match api.files.objects.read(file.id, object, range).await {
        Ok(Some(pieces)) => Ok(pieces.map(|piece| piece.map_err(std::io::Error::other)).boxed()),
        Ok(None) => {
            tracing::error!(file.id = %file.id, "the content of a file is not in the object store");
            Err(ApiError::new(ErrorCode::NotFound, "the content of this file is gone"))
        }
        Err(away) => {
            tracing::warn!(error = %away, "a file cannot be read");
            Err(ApiError::unavailable("files cannot be read at the moment; try again later"))
        }
    }
}

fn etag(file: &Attachment, object: Object) -> String {
    match object {
        Object::Content => format!("\"{}\"", file.id),
        Object::Thumbnail => format!("\"{}-thumbnail\"", file.id),
    }
}

fn knows(known: &HeaderValue, tag: &str) -> bool {
    known.to_str().is_ok_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}

/// Kept by the browser of the one who asked, who asks again before showing it.
fn caching(tag: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(ETAG, ascii(tag));
    headers
}

fn safe(media_type: &str, tag: &str) -> HeaderMap {
    let mut headers = caching(tag);
    headers.insert(CONTENT_TYPE, ascii(media_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("made of what a header may hold")
}

/// One range of bytes that there are. All else is answered with the whole: RFC 9110 leaves that to the server.
fn parse_range(text: &str, size: u64) -> Option<Range<u64>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let range = match (from, to) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (from, "") => number(from)?..size,
        (from, to) => number(from)?..number(to)?.saturating_add(1).min(size),
    };
    (range.start < range.end).then_some(range)
}

/// RFC 6266: the name in ASCII for those that know no better, and as it is (RFC 8187).
fn disposition(is_inline: bool, name: &str) -> HeaderValue {
    let kind = if is_inline { "inline" } else { "attachment" };
    let plain = |c: char| if c == ' ' || (c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%')) { c } else { '_' };
    let plain: String = name.chars().map(plain).collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    ascii(&format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_of_bytes_that_there_are() {
        let cases = [
            ("bytes=0-9", Some(0..10)),
            ("bytes=90-", Some(90..100)),
            ("bytes=-5", Some(95..100)),
            ("bytes=-500", Some(0..100)),
            ("bytes=90-500", Some(90..100)),
            ("bytes=100-", None),
            ("bytes=9-8", None),
            ("bytes=-0", None),
            ("bytes=-", None),
            ("bytes=0-1,3-4", None),
            ("bytes=+1-2", None),
            ("lines=0-1", None),
            ("bytes=0-99999999999999999999", None),
        ];
        for (text, range) in cases {
            assert_eq!(parse_range(text, 100), range, "{text}");
        }
        assert_eq!(parse_range("bytes=0-", 0), None);
    }

    #[test]
    fn names_are_said_twice() {
        let said = disposition(false, "a \"b\"; 100% gr\u{fc}n.txt");
        let expected =
            "attachment; filename=\"a _b_; 100_ gr_n.txt\"; filename*=UTF-8''a%20%22b%22%3B%20100%25%20gr%C3%BCn.txt";
        assert_eq!(said, expected);
    }
}
