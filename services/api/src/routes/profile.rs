//! What people say and show of themselves, and the end of an account.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use confab_domain::text::{DisplayName, StatusText};
use confab_proto::http::{ChangeProfile, DeleteAccount, UserAnswer};
use confab_proto::{ErrorCode, FileId, Signal, UserId};

use super::sessions::end_all_but;
use crate::auth::cleared_cookie;
use crate::error::{ApiError, field};
use crate::extract::{Body, Client, Id, Params, SignedIn};
use crate::files;
use crate::openapi::{Bytes, Refusals};
use crate::state::{Api, AppState};

/// In how many conversations a change is told; everybody else sees it when they look again.
const TOLD_IN: usize = 200;

/// Change the display name, the status or the picture
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
    if name.is_none() && status.is_none() && body.avatar.is_none() {
        return Err(ApiError::new(ErrorCode::Invalid, "displayName, statusText or avatar must be given"));
    }
    // First what may be refused.
    if let Some(picture) = body.avatar
        && !api.store.set_picture(who.user, picture).await?
    {
        return Err(ApiError::invalid("avatar", "must be an image that you sent and that no message carries"));
    }
    api.store.set_profile(who.user, name, status).await?;
    let user = api.store.users_by_id(&[who.user]).await?.pop().ok_or_else(ApiError::unauthorized)?;
    tell(&api, who.user).await?;
    Ok(Json(UserAnswer { user }))
}

/// Others see the change at once where they see this person.
async fn tell(api: &Api, user: UserId) -> Result<(), ApiError> {
    let changed = Signal::ProfileChanged { user_id: user };
    api.signals.to_user(user, &changed);
    for conversation in api.store.seen_in(user, TOLD_IN).await? {
        api.signals.to_conversation(conversation, &changed);
    }
    Ok(())
}

/// The picture of a person, made small
#[utoipa::path(get, path = "/api/users/{id}/avatar", tag = "users",
    params(
        ("id" = UserId, Path),
        ("file" = Option<FileId>, Query, description = "The `avatar` of the person, if it shall be that one and no later one"),
    ),
    responses(
        (status = 200, description = "The picture", content((inline(Bytes) = "image/jpeg"), (inline(Bytes) = "image/png"),
            (inline(Bytes) = "image/gif"), (inline(Bytes) = "image/webp"))),
        (status = 304, description = "What the request names by its ETag is still right"),
        Refusals))]
pub(crate) async fn get_avatar(
    State(api): State<AppState>,
    _: SignedIn,
    Id(id): Id<UserId>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["file"])?;
    let wanted: Option<FileId> = params.parsed("file", "a UUID")?;
    let row = api.store.picture_of(id).await?.filter(|row| wanted.is_none_or(|wanted| wanted == row.file.id));
    let row = row.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such picture"))?;
    files::answer_small(&api, &row.file, &headers).await
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
