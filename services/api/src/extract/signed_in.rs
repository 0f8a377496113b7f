//! The person who asks, by bearer token or cookie. A handler that takes it is closed to everybody else.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use confab_proto::UserId;
use confab_store::Session;

use crate::auth::{Current, FreshCookie, Token, session_cookie, token_from_cookies};
use crate::error::ApiError;
use crate::state::{Api, AppState};

pub(crate) struct SignedIn {
    pub(crate) user: UserId,
    pub(crate) session: Session,
    /// The cookie of a session that lives longer than its first one, by which this request came.
    renewed: Option<(FreshCookie, HeaderValue)>,
}

impl SignedIn {
    /// Lets the answer carry the renewed cookie, also when an earlier one did: that one may have been lost.
    pub(crate) fn renew_cookie(&self) {
        if let Some((fresh, cookie)) = &self.renewed {
            fresh.set(cookie.clone());
        }
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let token = token(api, &parts.headers).ok_or_else(ApiError::unauthorized)?;
        let current = api.sessions.find(&*api.store, &Token::hash(token)).await?;
        let Current { session, prolonged, outlives_cookie } = current.ok_or_else(ApiError::unauthorized)?;
        api.last_seen.note(session.user);
        let by_cookie = !parts.headers.contains_key(AUTHORIZATION);
        let fresh = parts.extensions.get::<FreshCookie>().filter(|_| (prolonged || outlives_cookie) && by_cookie);
        let renewed = fresh.map(|fresh| (fresh.clone(), session_cookie(&api.config, token, session.expires_at)));
        let who = Self { user: session.user, session, renewed };
        if prolonged {
            who.renew_cookie();
        }
        Ok(who)
    }
}

/// A bearer token, even a bad one, goes before the cookie: a program says who it is.
fn token<'h>(api: &Api, headers: &'h HeaderMap) -> Option<&'h str> {
    let Some(value) = headers.get(AUTHORIZATION) else { return token_from_cookies(&api.config, headers) };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
