//! Signing in and out, and the places where one is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use confab_proto::http::{Session, SessionList, SignIn, SignedIn as SignedInAnswer};
use confab_proto::{ErrorCode, SessionId, UserId};
use confab_store::SessionRow;

use super::users::{new_session, signed_in};
use crate::auth::cleared_cookie;
use crate::error::ApiError;
use crate::extract::{Body, Client, Id, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Sign in
#[utoipa::path(post, path = "/api/sessions", tag = "sessions", security(()), request_body = SignIn,
    responses((status = 200, body = SignedInAnswer, description = "Signed in"), Refusals))]
pub(crate) async fn sign_in(
    State(api): State<AppState>,
    client: Client,
    Body(body): Body<SignIn>,
) -> Result<Response, ApiError> {
    let username = body.username.trim().to_ascii_lowercase();
    let attempt = api.throttle.password(&*api.store, &username, client.address).await?;
    let found = match username.contains('\0') {
        true => None,
        false => api.store.credentials(&username).await?,
    };
    let (user, hash) = found.map(|c| (c.user, c.password_hash)).unzip();
    let fits = api.passwords.verify(body.password, hash.clone()).await?;
    let (Some(user), Some(hash)) = (user.filter(|_| fits), hash) else {
        return Err(do_not_fit());
    };
    api.throttle.fitted(&*api.store, attempt).await;
    let (session, token) = new_session(&api, user.id, client);
    if !api.store.add_session(&session, &hash).await? {
        return Err(do_not_fit());
    }
    make_room(&api, user.id).await?;
    Ok(signed_in(&api, StatusCode::OK, user, &session.session, &token))
}

fn do_not_fit() -> ApiError {
    ApiError::new(ErrorCode::InvalidCredentials, "username and password do not fit")
}

/// One place more than allowed ends the one that was unused for the longest time.
async fn make_room(api: &Api, user: UserId) -> Result<(), ApiError> {
    let mut sessions = api.store.sessions_of(user).await?;
    let Some(over) = sessions.len().checked_sub(api.config.auth.sessions_per_user).filter(|over| *over > 0) else {
        return Ok(());
    };
    sessions.sort_by_key(|row| row.last_seen_at);
    api.revoke_all(user, &sessions[..over]).await
}

/// Where the person is signed in
#[utoipa::path(get, path = "/api/sessions", tag = "sessions",
    responses((status = 200, body = SessionList, description = "All places, the newest first"), Refusals))]
pub(crate) async fn list_sessions(State(api): State<AppState>, who: SignedIn) -> Result<Json<SessionList>, ApiError> {
    let rows = api.store.sessions_of(who.user).await?;
    Ok(Json(SessionList { sessions: rows.into_iter().map(|row| shown(row, who.session.id)).collect() }))
}

fn shown(row: SessionRow, current: SessionId) -> Session {
    Session {
        id: row.session.id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.session.expires_at,
        current: row.session.id == current,
        client: Some(row.client).filter(|client| !client.is_empty()),
    }
}

/// Sign out: ends the session that asks; its sockets close
#[utoipa::path(delete, path = "/api/sessions/current", tag = "sessions", responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn sign_out(State(api): State<AppState>, who: SignedIn) -> Result<Response, ApiError> {
    api.revoke(who.user, who.session.id).await?;
    Ok(signed_out(&api))
}

/// Sign out elsewhere: ends one of the person's sessions; its sockets close
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "sessions",
    params(("id" = SessionId, Path, description = "Of the session")),
    responses((status = 204, description = "It has ended, now or by an earlier call"), Refusals))]
pub(crate) async fn end_session(
    State(api): State<AppState>,
    who: SignedIn,
    Id(session): Id<SessionId>,
) -> Result<Response, ApiError> {
    let stands = api.store.sessions_of(who.user).await?.iter().any(|row| row.session.id == session);
    if !stands && !api.was_revoked(who.user, session).await? {
        return Err(ApiError::new(ErrorCode::NotFound, "there is no such session"));
    }
    api.revoke(who.user, session).await?;
    match session == who.session.id {
        true => Ok(signed_out(&api)),
        false => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Sign out everywhere: ends all of the person's sessions, or all but the one that asks; their sockets close
#[utoipa::path(delete, path = "/api/sessions", tag = "sessions",
    params(("except" = Option<String>, Query, description = "`current` keeps the session that asks", pattern = "^current$")),
    responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn end_sessions(
    State(api): State<AppState>,
    who: SignedIn,
    params: Params,
) -> Result<Response, ApiError> {
    params.only(&["except"])?;
    let keeps = match params.text("except") {
        None => None,
        Some("current") => Some(who.session.id),
        Some(_) => return Err(ApiError::invalid("except", "must be current")),
    };
    end_all_but(&api, who.user, keeps).await?;
    match keeps {
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Ok(signed_out(&api)),
    }
}

pub(super) async fn end_all_but(api: &Api, user: UserId, keeps: Option<SessionId>) -> Result<(), ApiError> {
    let mut sessions = api.store.sessions_of(user).await?;
    sessions.retain(|row| Some(row.session.id) != keeps);
    api.revoke_all(user, &sessions).await
}

fn signed_out(api: &Api) -> Response {
    (StatusCode::NO_CONTENT, [(SET_COOKIE, cleared_cookie(&api.config))]).into_response()
}
