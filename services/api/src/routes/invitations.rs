//! Links that let people into a group: `/invite#TOKEN`. The token comes in bodies only, never in an address.
//!
//! A token that is guessed, expired, used up or revoked, and any token of somebody who is banned, are answered alike.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::{RequestHash, RuleError, decide};
use confab_proto::http::{
    ConversationAnswer, Invitation, InvitationList, InvitationMade, InvitedTo, NewInvitation, UseInvitation,
};
use confab_proto::{ConversationId, ErrorCode, InvitationId, Timestamp};
use confab_runtime::chance;
use confab_store::{InvitedRow, NewInvitation as NewRow, Overseen};

use super::conversations::shown;
use crate::auth::Token;
use crate::commit::Command;
use crate::error::ApiError;
use crate::extract::{Body, Client, Id, InvitationAt, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

const MAX_USES: u32 = 1_000_000;

fn no_invitation() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such invitation")
}

/// Make a link that lets people in
#[utoipa::path(post, path = "/api/conversations/{id}/invitations", tag = "invitations",
    params(("id" = ConversationId, Path)), request_body = NewInvitation,
    responses((status = 201, body = InvitationMade, description = "With its token, which is shown only now"), Refusals))]
pub(crate) async fn create_invitation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    Body(body): Body<NewInvitation>,
) -> Result<(StatusCode, Json<InvitationMade>), ApiError> {
    let NewInvitation { expires_at, max_uses } = body;
    let created_at = Timestamp::now();
    if expires_at.is_some_and(|at| at <= created_at) {
        return Err(ApiError::invalid("expiresAt", "must be in the future"));
    }
    if max_uses.is_some_and(|uses| !(1..=MAX_USES).contains(&uses)) {
        return Err(ApiError::invalid("maxUses", format!("must be between 1 and {MAX_USES}")));
    }
    let (id, created_by, token) = (InvitationId::new_v7(), who.user, Token::random());
    let hash = Token::hash(token.as_str());
    let new = NewRow { id, conversation, token: hash, created_by, created_at, expires_at, max_uses };
    match api.store.add_invitation(&new).await? {
        Overseen::Done => {}
        Overseen::Refused(rule) => return Err(rule.into()),
        Overseen::TooMany | Overseen::Missing => {
            return Err(ApiError::new(ErrorCode::Conflict, "the group has too many invitations; take one back"));
        }
    }
    let invitation = Invitation { id, created_by, created_at, expires_at, max_uses, uses: 0 };
    let token = token.as_str().to_owned();
    Ok((StatusCode::CREATED, Json(InvitationMade { invitation, token })))
}

/// The invitations that still let somebody in; for admins
#[utoipa::path(get, path = "/api/conversations/{id}/invitations", tag = "invitations",
    params(("id" = ConversationId, Path)),
    responses((status = 200, body = InvitationList, description = "All, the newest first"), Refusals))]
pub(crate) async fn list_invitations(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<Json<InvitationList>, ApiError> {
    let invitations = api.store.invitations_of(id, who.user, Timestamp::now()).await??;
    Ok(Json(InvitationList { invitations }))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/api/conversations/{id}/invitations/{invitationId}", tag = "invitations",
    params(("id" = ConversationId, Path), ("invitationId" = InvitationId, Path)),
    responses((status = 204, description = "It lets nobody in any more"), Refusals))]
pub(crate) async fn revoke_invitation(
    State(api): State<AppState>,
    who: SignedIn,
    at: InvitationAt,
) -> Result<StatusCode, ApiError> {
    let InvitationAt { conversation, invitation } = at;
    match api.store.revoke_invitation(conversation, invitation, who.user, Timestamp::now()).await? {
        Overseen::Done => Ok(StatusCode::NO_CONTENT),
        Overseen::Refused(rule) => Err(rule.into()),
        Overseen::Missing | Overseen::TooMany => Err(no_invitation()),
    }
}

/// The group that a link leads to
#[utoipa::path(post, path = "/api/invitations/look", tag = "invitations", request_body = UseInvitation,
    responses((status = 200, body = InvitedTo, description = "What a guest may know of it"), Refusals))]
pub(crate) async fn look_at_invitation(
    State(api): State<AppState>,
    who: SignedIn,
    client: Client,
    Body(body): Body<UseInvitation>,
) -> Result<Json<InvitedTo>, ApiError> {
    let row = invited(&api, &who, &client, &body).await?;
    Ok(Json(InvitedTo {
        conversation_id: row.rules.stream.conversation(),
        name: row.rules.name.unwrap_or_default(),
        topic: row.rules.topic,
        member_count: row.member_count,
        is_member: row.role.is_some(),
    }))
}

/// Become a member by a link
#[utoipa::path(post, path = "/api/invitations/accept", tag = "invitations", request_body = UseInvitation,
    responses(
        (status = 201, body = ConversationAnswer, description = "Is a member now"),
        (status = 200, body = ConversationAnswer, description = "Was a member already; nothing is used up"),
        Refusals))]
pub(crate) async fn accept_invitation(
    State(api): State<AppState>,
    who: SignedIn,
    client: Client,
    Body(body): Body<UseInvitation>,
) -> Result<(StatusCode, Json<ConversationAnswer>), ApiError> {
    let row = invited(&api, &who, &client, &body).await?;
    let (conversation, invitation) = (row.rules.stream.conversation(), row.invitation);
    let request_hash = RequestHash::of("accept", &invitation);
    let command = Command { conversation, actor: who.user, client_id: chance::client_id(), request_hash };
    let decide = |asker, known: &_| decide::accept_invitation(asker, known, invitation);
    let status = match api.commit(command, decide).await {
        Ok(_) => StatusCode::CREATED,
        Err(refusal) if refusal.broke(RuleError::AlreadyAMember) => StatusCode::OK,
        Err(refusal) if refusal.broke(RuleError::NotThere) => return Err(no_invitation()),
        // Somebody else may have been the last whom it let in.
        Err(refusal) if refusal.code() == ErrorCode::Unavailable => {
            return Err(find(&api, &who, &body).await?.map_or_else(no_invitation, |_| refusal));
        }
        Err(refusal) => return Err(refusal),
    };
    shown(&api, status, conversation, who.user).await
}

/// What the token opens, if this person may try one more.
async fn invited(api: &Api, who: &SignedIn, client: &Client, body: &UseInvitation) -> Result<InvitedRow, ApiError> {
    let attempt = api.throttle.invitation(&*api.store, who.user, client.address).await?;
    let found = find(api, who, body).await?.ok_or_else(no_invitation)?;
    api.throttle.was_right(&*api.store, &attempt).await;
    Ok(found)
}

async fn find(api: &Api, who: &SignedIn, body: &UseInvitation) -> Result<Option<InvitedRow>, ApiError> {
    Ok(api.store.invited_to(&Token::hash(&body.token), who.user, Timestamp::now()).await?)
}
