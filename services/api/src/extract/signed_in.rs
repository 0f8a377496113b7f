//! The person who asks, by bearer token or cookie. A handler that takes it is closed to everybody else.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use confab_proto::UserId;
use confab_store::Session;

use crate::auth::{Current, FreshCookie, Token, session_cookie, token_from_cookies};
use crate::error::ApiError;
use crate::state::{Api, AppState};

pub(crate) struct SignedIn {
    pub(crate) user: UserId,
    pub(crate) session: Session,
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &AppState) -> Result<Self, ApiError> {
        let token = token(api, &parts.headers).ok_or_else(ApiError::unauthorized)?;
        let current = api.sessions.find(&*api.store, &Token::hash(token)).await?;
        let Current { session, prolonged } = current.ok_or_else(ApiError::unauthorized)?;
        let by_cookie = !parts.headers.contains_key(AUTHORIZATION);
        if let Some(fresh) = parts.extensions.get::<FreshCookie>().filter(|_| prolonged && by_cookie) {
            fresh.set(session_cookie(&api.config, token, session.expires_at));
        }
        Ok(Self { user: session.user, session })
    }
}

/// A bearer token, even a bad one, goes before the cookie: a program says who it is.
fn token<'h>(api: &Api, headers: &'h HeaderMap) -> Option<&'h str> {
    let Some(value) = headers.get(AUTHORIZATION) else { return token_from_cookies(&api.config, headers) };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
