//! Asking to join a private group, and what its admins make of it.
//!
//! Whoever asks is answered the same whether there is such a group or not.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::{RuleError, decide};
use confab_proto::event_data::Role;
use confab_proto::http::{JoinRequestList, JudgeRequest, OwnJoinRequestList};
use confab_proto::{ConversationId, ErrorCode, Signal, Timestamp, UserId};
use confab_runtime::clock;
use confab_store::{Asked, Overseen};

use super::members::{is_there, people_page};
use crate::error::ApiError;
use crate::extract::{Body, Id, Params, PersonAt, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Ask to join a private group
#[utoipa::path(put, path = "/api/conversations/{id}/requests/me", tag = "requests",
    params(("id" = ConversationId, Path)),
    responses(
        (status = 202, description = "If there is such a group, its admins see it"),
        (status = 200, description = "Is a member already"),
        Refusals))]
pub(crate) async fn ask_to_join(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    let limited = api.conversations.check(&who.user, clock::instant());
    limited.map_err(|wait| ApiError::rate_limited("conversations", wait))?;
    match api.store.ask_to_join(id, who.user, Timestamp::now()).await? {
        Asked::Member => Ok(StatusCode::OK),
        Asked::Public => Err(ApiError::new(ErrorCode::Conflict, "everybody may join this group without asking")),
        Asked::TooMany => Err(ApiError::new(ErrorCode::Conflict, "you ask for too much at once; take a request back")),
        Asked::Stands { new } => {
            if new {
                tell_admins(&api, id).await?;
            }
            Ok(StatusCode::ACCEPTED)
        }
    }
}

/// Take the own request back
#[utoipa::path(delete, path = "/api/conversations/{id}/requests/me", tag = "requests",
    params(("id" = ConversationId, Path)),
    responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn withdraw_request(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    if api.store.withdraw_request(id, who.user).await? {
        tell_admins(&api, id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What I ask for
#[utoipa::path(get, path = "/api/me/requests", tag = "requests",
    responses((status = 200, body = OwnJoinRequestList, description = "All requests that stand"), Refusals))]
pub(crate) async fn list_own_requests(
    State(api): State<AppState>,
    who: SignedIn,
) -> Result<Json<OwnJoinRequestList>, ApiError> {
    Ok(Json(OwnJoinRequestList { requests: api.store.requests_of(who.user).await? }))
}

/// Who asks to join; for admins
#[utoipa::path(get, path = "/api/conversations/{id}/requests", tag = "requests",
    params(
        ("id" = ConversationId, Path),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 100", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = JoinRequestList, description = "A page"), Refusals))]
pub(crate) async fn list_requests(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
    params: Params,
) -> Result<Json<JoinRequestList>, ApiError> {
    let (limit, after) = people_page(&params)?;
    let page = api.store.requests_for(id, who.user, limit, after).await??;
    Ok(Json(JoinRequestList { requests: page.rows, next: page.next }))
}

/// Let in whoever asked, or not
#[utoipa::path(post, path = "/api/conversations/{id}/requests/{userId}", tag = "requests",
    params(("id" = ConversationId, Path), ("userId" = UserId, Path)), request_body = JudgeRequest,
    responses((status = 204, description = "Done"), Refusals))]
pub(crate) async fn judge_request(
    State(api): State<AppState>,
    who: SignedIn,
    at: PersonAt,
    Body(JudgeRequest { approve }): Body<JudgeRequest>,
) -> Result<StatusCode, ApiError> {
    if approve {
        approve_request(&api, who.user, at).await?;
    } else {
        match api.store.refuse_request(at.conversation, at.user, who.user).await? {
            Overseen::Done => {}
            Overseen::Refused(rule) => return Err(rule.into()),
            Overseen::Missing | Overseen::TooMany => return Err(RuleError::NoSuchRequest.into()),
        }
    }
    tell_admins(&api, at.conversation).await?;
    // The person's other devices show what they ask for.
    api.signals.to_user(at.user, &Signal::RequestsChanged { conversation_id: at.conversation });
    Ok(StatusCode::NO_CONTENT)
}

async fn approve_request(api: &Api, actor: UserId, at: PersonAt) -> Result<(), ApiError> {
    let asked = api.store.has_asked(at.conversation, at.user).await? && is_there(api, at.user).await?;
    let added = api.commit_person(at.conversation, actor, at.user, |asker, known, other| {
        let append = decide::add_member(asker, known, other, Role::Member)?;
        if asked { Ok(append) } else { Err(RuleError::NoSuchRequest) }
    });
    match added.await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => Ok(()),
    }
}

/// That the list of requests is another one.
async fn tell_admins(api: &Api, conversation: ConversationId) -> Result<(), ApiError> {
    for admin in api.store.admins_of(conversation).await? {
        api.signals.to_user(admin, &Signal::RequestsChanged { conversation_id: conversation });
    }
    Ok(())
}
