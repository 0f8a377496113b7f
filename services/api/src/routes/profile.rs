//! What people say of themselves, and the end of an account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use confab_domain::text::{DisplayName, StatusText};
use confab_proto::ErrorCode;
use confab_proto::http::{ChangeProfile, DeleteAccount, UserAnswer};

use super::sessions::end_all_but;
use crate::auth::cleared_cookie;
use crate::error::{ApiError, field};
use crate::extract::{Body, Client, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Change the display name or the status
#[utoipa::path(patch, path = "/api/me", tag = "users", request_body = ChangeProfile,
    responses((status = 200, body = UserAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn change_profile(
    State(api): State<AppState>,
    who: SignedIn,
    Body(body): Body<ChangeProfile>,
) -> Result<Json<UserAnswer>, ApiError> {
    let name = body.display_name.as_deref().map(DisplayName::parse).transpose().map_err(field("displayName"))?;
    let status = body.status_text.as_deref().map(StatusText::parse).transpose().map_err(field("statusText"))?;
    let (name, status) = (name.as_ref().map(DisplayName::as_str), status.as_ref().map(StatusText::as_str));
    if name.is_none() && status.is_none() {
        return Err(ApiError::new(ErrorCode::Invalid, "displayName or statusText must be given"));
    }
    api.store.set_profile(who.user, name, status).await?;
    let user = api.store.users_by_id(&[who.user]).await?.pop().ok_or_else(ApiError::unauthorized)?;
    Ok(Json(UserAnswer { user }))
}

/// Delete the account. Its messages stay, from a deleted user, or are deleted as well; that may go on for a while
#[utoipa::path(delete, path = "/api/me", tag = "users", request_body = DeleteAccount,
    responses((status = 204, description = "Nobody can sign in with it any more, and all its sessions end"), Refusals))]
pub(crate) async fn delete_account(
    State(api): State<AppState>,
    who: SignedIn,
    client: Client,
    Body(body): Body<DeleteAccount>,
) -> Result<Response, ApiError> {
    let user = api.store.users_by_id(&[who.user]).await?.pop().ok_or_else(ApiError::unauthorized)?;
    let attempt = api.throttle.password(&*api.store, &user.username, client.address).await?;
    let credentials = api.store.credentials(&user.username).await?.ok_or_else(ApiError::unauthorized)?;
    let hash = credentials.password_hash;
    if !api.passwords.verify(body.password, Some(hash.clone())).await? {
        return Err(ApiError::invalid("password", "is not the password of this account"));
    }
    api.throttle.fitted(&*api.store, attempt).await;
    let owned = api.store.owned_alone(who.user).await?;
    if let Some(name) = owned.first() {
        let detail = format!("you alone own the group {name:?}; hand it over first, or remove everybody from it");
        return Err(ApiError::new(ErrorCode::Conflict, detail));
    }
    let (user, messages, work) = (who.user, body.messages, api.clone());
    let end = async move {
        if !work.store.delete_account(user, &hash, messages).await? {
            return Err(ApiError::invalid("password", "is not the password of this account"));
        }
        // After it: nobody can sign in any more, so no session is missed.
        end_all_but(&work, user, None).await?;
        work.departures.notify_one();
        Ok(())
    };
    api.to_its_end("account deletion", end).await?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cleared_cookie(&api.config))]).into_response())
}
