//! Signing in and out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use confab_domain::decide::{self, Asker};
use confab_proto::http::{SignIn, SignedIn as SignedInAnswer};
use confab_proto::{ClientId, ErrorCode};
use confab_store::Outcome;

use super::users::{new_session, signed_in};
use crate::auth::{Token, cleared_cookie};
use crate::error::ApiError;
use crate::extract::{Body, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Sign in
#[utoipa::path(post, path = "/api/sessions", tag = "sessions", security(()), request_body = SignIn,
    responses((status = 200, body = SignedInAnswer, description = "Signed in"), Refusals))]
pub(crate) async fn sign_in(State(api): State<AppState>, Body(body): Body<SignIn>) -> Result<Response, ApiError> {
    let username = body.username.trim().to_ascii_lowercase();
    let found = match username.contains('\0') {
        true => None,
        false => api.store.credentials(&username).await?,
    };
    let (user, hash) = found.map(|c| (c.user, c.password_hash)).unzip();
    let fits = api.passwords.verify(body.password, hash).await?;
    let Some(user) = user.filter(|_| fits) else {
        return Err(ApiError::new(ErrorCode::InvalidCredentials, "username and password do not fit"));
    };
    let (session, token) = new_session(&api, user.id);
    api.store.add_session(&session, &Token::hash(token.as_str())).await?;
    Ok(signed_in(&api, StatusCode::OK, user, &session, &token))
}

/// Sign out: ends the session that asks; its sockets close
#[utoipa::path(delete, path = "/api/sessions/current", tag = "sessions", responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn sign_out(State(api): State<AppState>, who: SignedIn) -> Result<Response, ApiError> {
    end_session(&api, &who).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cleared_cookie(&api.config))]).into_response())
}

async fn end_session(api: &Api, who: &SignedIn) -> Result<(), ApiError> {
    let client_id = ClientId::new_v7();
    // It rests on no rule, so a conflict can only be a new epoch, read here again.
    for _ in 0..2 {
        let epoch = api.store.log_head().await?.epoch;
        let asker = Asker { actor: who.user, client_id, epoch };
        if api.append(decide::revoke_session(asker, who.session.id)).await? != Outcome::Conflict {
            api.sessions.forget(&who.session);
            return Ok(());
        }
    }
    Err(ApiError::unavailable("the store was being restored; try again"))
}
