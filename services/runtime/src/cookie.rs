//! The session cookie as API and gateway find it: its name, and its value among the cookies of a request.

use http::HeaderMap;
use http::header::COOKIE;

/// Over TLS the browser binds it to this very host.
pub fn name(https: bool) -> &'static str {
    if https { "__Host-confab_session" } else { "confab_session" }
}

/// The first value that is not empty. Other programs of the host share the header: what they put in need not be ASCII.
pub fn find<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut pairs = pairs.filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("theme=dark; confab_session_old=1; confab_session="));
        let odd = HeaderValue::from_bytes(b"name=Ren\xc3\xa9; latin=\xe9;confab_session=abc; z");
        headers.append(COOKIE, odd.expect("no control characters"));
        assert_eq!(find(&headers, name(false)), Some("abc"));
        assert_eq!(find(&headers, name(true)), None);
    }
}
