//! Who is in a conversation; joining and leaving.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::{RequestHash, RuleError, decide};
use confab_proto::http::{ConversationAnswer, MemberList};
use confab_proto::{ConversationId, UserId};
use confab_runtime::chance;

use super::conversations::shown;
use crate::commit::Command;
use crate::error::ApiError;
use crate::extract::{Id, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::AppState;

/// Become a member
#[utoipa::path(post, path = "/api/conversations/{id}/members", tag = "members",
    params(("id" = ConversationId, Path)),
    responses(
        (status = 201, body = ConversationAnswer, description = "Joined"),
        (status = 200, body = ConversationAnswer, description = "Was a member already"),
        Refusals))]
pub(crate) async fn join_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<(StatusCode, Json<ConversationAnswer>), ApiError> {
    let status = match api.commit(command(id, who.user, "join"), decide::join).await {
        Ok(_) => StatusCode::CREATED,
        Err(refusal) if refusal.broke(RuleError::AlreadyAMember) => StatusCode::OK,
        Err(refusal) => return Err(refusal),
    };
    shown(&api, status, id, who.user).await
}

/// Stop being a member
#[utoipa::path(delete, path = "/api/conversations/{id}/members/me", tag = "members",
    params(("id" = ConversationId, Path)),
    responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn leave_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    match api.commit(command(id, who.user, "leave"), decide::leave).await {
        Err(refusal) if !refusal.broke(RuleError::NotAMember) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

fn command(conversation: ConversationId, actor: UserId, kind: &str) -> Command {
    let request_hash = RequestHash::of(kind, &conversation);
    Command { conversation, actor, client_id: chance::client_id(), request_hash }
}

/// The members
#[utoipa::path(get, path = "/api/conversations/{id}/members", tag = "members",
    params(
        ("id" = ConversationId, Path),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 100", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = MemberList, description = "A page"), Refusals))]
pub(crate) async fn list_members(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
    params: Params,
) -> Result<Json<MemberList>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let limit = params.limit(PageLimit { default: 100, max: 200 })?;
    let after: Option<UserId> = params.parsed("cursor", "`next` of the page before")?;
    let page = api.store.members(id, who.user, limit, after).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(MemberList { members: page.rows, next: page.next }))
}
