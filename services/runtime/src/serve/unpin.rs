//! Frees hyper's read buffer from requests that are kept for as long as a socket lives.
//!
//! Header values and the URI of a request are slices of the 16 KiB buffer it was read into, and socketioxide keeps the request's
//! parts with each socket: one short header pins the whole buffer. Put this layer before it:
//! `ServiceBuilder::new().layer(MapRequestLayer::new(unpin_request_buffer)).layer(socketio_layer)`.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Uri};

/// The same request with header values and URI in memory of their own. (hyper copies header names already.)
pub fn unpin_request_buffer<B>(mut request: Request<B>) -> Request<B> {
    let mut headers = HeaderMap::with_capacity(request.headers().keys_len());
    for (name, value) in request.headers() {
        if let Ok(mut copy) = HeaderValue::from_maybe_shared(Bytes::copy_from_slice(value.as_bytes())) {
            copy.set_sensitive(value.is_sensitive());
            headers.append(name.clone(), copy);
        }
    }
    *request.headers_mut() = headers;
    if let Ok(uri) = Uri::from_maybe_shared(Bytes::from(request.uri().to_string())) {
        *request.uri_mut() = uri;
    }
    request
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn keeps_all_and_holds_nothing_of_the_buffer() {
        let buffer = Bytes::from(b"/socket.io/?EIO=4 one two caf\xe9".to_vec());
        let mut request = Request::new(());
        *request.uri_mut() = Uri::from_maybe_shared(buffer.slice(0..17)).unwrap();
        for (name, range) in [("cookie", 18..21), ("cookie", 22..25), ("x-latin", 26..30)] {
            let value = HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap();
            request.headers_mut().append(name, value);
        }
        let before = (request.uri().clone(), request.headers().clone());
        let request = unpin_request_buffer(request);
        assert_eq!((request.uri(), request.headers()), (&before.0, &before.1));
        drop(before);
        assert!(buffer.is_unique(), "nothing else points into the buffer");
    }
}
