//! Who is in a conversation; joining and leaving, letting in and sending away.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::{RequestHash, RuleError, decide};
use confab_proto::event_data::Role;
use confab_proto::http::{AddMember, ChangeRole, ConversationAnswer, MemberList};
use confab_proto::{ConversationId, UserId};
use confab_runtime::chance;
use confab_store::MemberFilter;
use serde::Deserialize as _;
use serde::de::value::{Error as WordError, StrDeserializer};

use super::conversations::shown;
use crate::commit::Command;
use crate::error::ApiError;
use crate::extract::{Body, Id, MaybeBody, PageLimit, Params, PersonAt, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

type Entered = (StatusCode, Json<ConversationAnswer>);

/// Become a member; with a body let somebody else in
#[utoipa::path(post, path = "/api/conversations/{id}/members", tag = "members",
    params(("id" = ConversationId, Path)), request_body = Option<AddMember>,
    responses(
        (status = 201, body = ConversationAnswer, description = "Is a member now"),
        (status = 200, body = ConversationAnswer, description = "Was a member already, whatever the role"),
        Refusals))]
pub(crate) async fn join_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
    MaybeBody(body): MaybeBody<AddMember>,
) -> Result<Entered, ApiError> {
    let AddMember { user_id, role } = body.unwrap_or_default();
    match (user_id, role) {
        (None, None) => join(&api, id, who.user).await,
        (None, Some(_)) => Err(ApiError::invalid("role", "needs a userId")),
        (Some(user), role) => add(&api, id, who.user, user, role.unwrap_or(Role::Member)).await,
    }
}

async fn join(api: &Api, id: ConversationId, actor: UserId) -> Result<Entered, ApiError> {
    let status = match api.commit(command(id, actor, "join"), decide::join).await {
        Ok(_) => StatusCode::CREATED,
        Err(refusal) if refusal.broke(RuleError::AlreadyAMember) => StatusCode::OK,
        Err(refusal) => return Err(refusal),
    };
    shown(api, status, id, actor).await
}

async fn add(api: &Api, id: ConversationId, actor: UserId, user: UserId, role: Role) -> Result<Entered, ApiError> {
    no_ban(role)?;
    let is_there = is_there(api, user).await?;
    let added = api.commit_person(id, actor, user, |asker, known, other| {
        let append = decide::add_member(asker, known, other, role)?;
        if is_there { Ok(append) } else { Err(RuleError::NoSuchPerson) }
    });
    let status = match added.await {
        Ok(()) => StatusCode::CREATED,
        Err(refusal) if refusal.broke(RuleError::Unchanged) => StatusCode::OK,
        Err(refusal) => return Err(refusal),
    };
    shown(api, status, id, actor).await
}

fn no_ban(role: Role) -> Result<(), ApiError> {
    match role {
        Role::Banned => Err(ApiError::invalid("role", "is not given like this; ban the person")),
        _ => Ok(()),
    }
}

/// Whether somebody has an account.
pub(super) async fn is_there(api: &Api, user: UserId) -> Result<bool, ApiError> {
    Ok(api.store.users_by_id(&[user]).await?.iter().any(|user| !user.deleted))
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
    leave(&api, id, who.user).await
}

async fn leave(api: &Api, id: ConversationId, actor: UserId) -> Result<StatusCode, ApiError> {
    match api.commit(command(id, actor, "leave"), decide::leave).await {
        Err(refusal) if !refusal.broke(RuleError::NotAMember) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

fn command(conversation: ConversationId, actor: UserId, kind: &str) -> Command {
    let request_hash = RequestHash::of(kind, &conversation);
    Command { conversation, actor, client_id: chance::client_id(), request_hash }
}

/// Send a member away, who may come back
#[utoipa::path(delete, path = "/api/conversations/{id}/members/{userId}", tag = "members",
    params(("id" = ConversationId, Path), ("userId" = UserId, Path)),
    responses((status = 204, description = "Is no member"), Refusals))]
pub(crate) async fn remove_member(
    State(api): State<AppState>,
    who: SignedIn,
    at: PersonAt,
) -> Result<StatusCode, ApiError> {
    if at.user == who.user {
        return leave(&api, at.conversation, who.user).await;
    }
    match api.commit_person(at.conversation, who.user, at.user, decide::remove_member).await {
        Err(refusal) if !refusal.broke(RuleError::NoSuchMember) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Give a member another role; an owner hands a group over by making somebody else an owner
#[utoipa::path(patch, path = "/api/conversations/{id}/members/{userId}", tag = "members",
    params(("id" = ConversationId, Path), ("userId" = UserId, Path)), request_body = ChangeRole,
    responses((status = 204, description = "Has this role"), Refusals))]
pub(crate) async fn change_role(
    State(api): State<AppState>,
    who: SignedIn,
    at: PersonAt,
    Body(ChangeRole { role }): Body<ChangeRole>,
) -> Result<StatusCode, ApiError> {
    no_ban(role)?;
    let decide = |asker, known: &_, other| decide::change_role(asker, known, other, role);
    match api.commit_person(at.conversation, who.user, at.user, decide).await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// The members, by id
#[utoipa::path(get, path = "/api/conversations/{id}/members", tag = "members",
    params(
        ("id" = ConversationId, Path),
        ("query" = Option<String>, Query, description = "Prefix of username or of a word of the display name",
            pattern = "^[^\\x00]*$"),
        ("role" = Option<Role>, Query, description = "Those with this role only; not `banned`"),
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
    params.only(&["query", "role", "limit", "cursor"])?;
    let filter = MemberFilter { query: params.query()?, role: role_filter(&params)? };
    let (limit, after) = page(&params)?;
    let page = api.store.members(id, who.user, filter, limit, after).await?.ok_or_else(ApiError::not_found)?;
    Ok(Json(MemberList { members: page.rows, next: page.next }))
}

fn role_filter(params: &Params) -> Result<Option<Role>, ApiError> {
    let Some(word) = params.text("role") else { return Ok(None) };
    match Role::deserialize(StrDeserializer::<WordError>::new(word)) {
        Ok(Role::Banned) => {
            Err(ApiError::invalid("role", "is not among the members; the banned have a list of their own"))
        }
        Ok(role) => Ok(Some(role)),
        Err(_) => Err(ApiError::malformed("role", "must be owner, admin, member or reader")),
    }
}

/// Which page of a list of people, by user id.
pub(super) fn people_page(params: &Params) -> Result<(usize, Option<UserId>), ApiError> {
    params.only(&["limit", "cursor"])?;
    page(params)
}

fn page(params: &Params) -> Result<(usize, Option<UserId>), ApiError> {
    let limit = params.limit(PageLimit { default: 100, max: 200 })?;
    Ok((limit, params.parsed("cursor", "`next` of the page before")?))
}
