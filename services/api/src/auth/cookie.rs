//! The session cookie: HttpOnly, SameSite=Lax; behind https also `Secure` and `__Host-`.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use confab_runtime::config::Config;

use super::Token;

const NAME: &str = "confab_session";
const NAME_HTTPS: &str = "__Host-confab_session";

fn name(config: &Config) -> &'static str {
    if config.http.is_https() { NAME_HTTPS } else { NAME }
}

fn set_cookie(config: &Config, value: &str, max_age_seconds: u64) -> HeaderValue {
    let secure = if config.http.is_https() { "; Secure" } else { "" };
    let name = name(config);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}");
    HeaderValue::from_str(&text).expect("names and base64url are header characters")
}

/// Keeps the token in the browser as long as the session lasts.
pub(crate) fn session_cookie(config: &Config, token: &Token) -> HeaderValue {
    set_cookie(config, token.as_str(), config.auth.session.as_secs())
}

/// Takes the token out of the browser.
pub(crate) fn cleared_cookie(config: &Config) -> HeaderValue {
    set_cookie(config, "", 0)
}

/// The token in a request's cookies.
pub(crate) fn token_from_cookies<'h>(config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
    let name = name(config);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value).next()
}
