//! Whom a group keeps out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::{RuleError, decide};
use confab_proto::http::BanList;
use confab_proto::{ConversationId, UserId};

use super::members::{is_there, people_page};
use crate::error::ApiError;
use crate::extract::{Id, Params, PersonAt, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// The banned; for admins
#[utoipa::path(get, path = "/api/conversations/{id}/bans", tag = "members",
    params(
        ("id" = ConversationId, Path),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 100", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = BanList, description = "A page"), Refusals))]
pub(crate) async fn list_bans(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
    params: Params,
) -> Result<Json<BanList>, ApiError> {
    let (limit, after) = people_page(&params)?;
    let page = api.store.bans_of(id, who.user, limit, after).await??;
    Ok(Json(BanList { users: page.rows, next: page.next }))
}

/// Send somebody away for good, member or not
#[utoipa::path(put, path = "/api/conversations/{id}/bans/{userId}", tag = "members",
    params(("id" = ConversationId, Path), ("userId" = UserId, Path)),
    responses((status = 204, description = "Is banned"), Refusals))]
pub(crate) async fn ban(State(api): State<AppState>, who: SignedIn, at: PersonAt) -> Result<StatusCode, ApiError> {
    let is_there = is_there(&api, at.user).await?;
    let banned = api.commit_person(at.conversation, who.user, at.user, |asker, known, other| {
        let append = decide::ban(asker, known, other)?;
        if is_there { Ok(append) } else { Err(RuleError::NoSuchPerson) }
    });
    match banned.await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Let a banned person be like everybody who is no member
#[utoipa::path(delete, path = "/api/conversations/{id}/bans/{userId}", tag = "members",
    params(("id" = ConversationId, Path), ("userId" = UserId, Path)),
    responses((status = 204, description = "Is not banned"), Refusals))]
pub(crate) async fn unban(State(api): State<AppState>, who: SignedIn, at: PersonAt) -> Result<StatusCode, ApiError> {
    match api.commit_person(at.conversation, who.user, at.user, decide::unban).await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
