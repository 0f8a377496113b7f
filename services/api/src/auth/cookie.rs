//! The session cookie: HttpOnly, SameSite=Lax; behind https also `Secure` and `__Host-`.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use confab_proto::Timestamp;
use confab_runtime::config::Config;
use confab_runtime::cookie;

fn set_cookie(config: &Config, value: &str, max_age_seconds: u64) -> HeaderValue {
    let secure = if config.http.is_https() { "; Secure" } else { "" };
    let name = cookie::name(config.http.is_https());
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}");
    HeaderValue::from_str(&text).expect("names and base64url are header characters")
}

/// Keeps the token in the browser as long as the session lasts.
pub(crate) fn session_cookie(config: &Config, token: &str, expires_at: Timestamp) -> HeaderValue {
    let seconds = expires_at.0.saturating_sub(Timestamp::now().0).saturating_add(500_000) / 1_000_000;
    set_cookie(config, token, u64::try_from(seconds).unwrap_or(0))
}

/// Takes the token out of the browser.
pub(crate) fn cleared_cookie(config: &Config) -> HeaderValue {
    set_cookie(config, "", 0)
}

/// The token in a request's cookies.
pub(crate) fn token_from_cookies<'h>(config: &Config, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie::find(headers, cookie::name(config.http.is_https()))
}

/// Carries the cookie of a session that was prolonged from the place where that was seen to the answer.
#[derive(Clone, Default)]
pub(crate) struct FreshCookie(Arc<OnceLock<HeaderValue>>);

impl FreshCookie {
    /// The first one stays: a request has one session.
    pub(crate) fn set(&self, cookie: HeaderValue) {
        self.0.get_or_init(|| cookie);
    }
}

/// Puts the cookie of a session that this request prolonged on its answer, unless the answer sets one itself.
pub(crate) async fn renew_cookie(mut request: Request, next: Next) -> Response {
    let fresh = FreshCookie::default();
    request.extensions_mut().insert(fresh.clone());
    let mut response = next.run(request).await;
    if let Some(cookie) = fresh.0.get() {
        response.headers_mut().entry(SET_COOKIE).or_insert_with(|| cookie.clone());
    }
    response
}
