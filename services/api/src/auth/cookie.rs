//! The session cookie: HttpOnly, SameSite=Lax; behind https also `Secure` and `__Host-`.

use axum::http::{HeaderMap, HeaderValue};
use confab_runtime::config::Config;
use confab_runtime::cookie;

use super::Token;

fn set_cookie(config: &Config, value: &str, max_age_seconds: u64) -> HeaderValue {
    let secure = if config.http.is_https() { "; Secure" } else { "" };
    let name = cookie::name(config.http.is_https());
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
    cookie::find(headers, cookie::name(config.http.is_https()))
}
