//! What a person signs in with, in words that tell one place from another: `Firefox on Linux`, or a program's own name.
//!
//! Made from the `User-Agent`, which says more than anybody needs to keep; at most 64 characters of it ever stay.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

const MAX_CHARS: usize = 64;

/// By the first mark found: most browsers also carry the marks of others.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Empty if the client does not say.
pub(crate) fn client_name(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (agent.starts_with("Mozilla/").then(|| found(&BROWSERS)).flatten(), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        // A program: its first word, such as `curl/8.5.0`.
        (None, _) => agent.split_whitespace().next().unwrap_or_default().chars().take(MAX_CHARS).collect(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tells_places_apart_in_few_words() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("node", "node"),
            ("", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_static(agent));
            assert_eq!(client_name(&headers), name);
        }
        assert_eq!(client_name(&HeaderMap::new()), "");
    }

    #[test]
    fn keeps_little_of_what_it_does_not_know() {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_str(&"x".repeat(8000)).expect("letters"));
        assert_eq!(client_name(&headers).len(), MAX_CHARS);
        headers.insert(USER_AGENT, HeaderValue::from_bytes(b"\xff\xfe").expect("opaque bytes"));
        assert_eq!(client_name(&headers), "");
    }
}
