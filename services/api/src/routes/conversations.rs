//! Conversations: create, list, find, look at one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::RequestHash;
use confab_domain::decide::{self, Asker, NewGroup};
use confab_domain::text::{GroupName, GroupTopic};
use confab_proto::event_data::Visibility;
use confab_proto::http::{Conversation, ConversationAnswer, ConversationList, CreateConversation, Head};
use confab_proto::{ClientId, ConversationId, UserId};
use confab_runtime::{chance, clock};
use confab_store::{ConversationRow, Listed, Outcome};

use crate::commit::reused;
use crate::error::{ApiError, field};
use crate::extract::{Body, Id, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

type Created = (StatusCode, Json<ConversationAnswer>);

/// Start a direct conversation or a group; both are there only once, however often it is asked
#[utoipa::path(post, path = "/api/conversations", tag = "conversations", request_body = CreateConversation,
    responses(
        (status = 201, body = ConversationAnswer, description = "Created"),
        (status = 200, body = ConversationAnswer, description = "Was there already"),
        Refusals))]
pub(crate) async fn create_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Body(body): Body<CreateConversation>,
) -> Result<Created, ApiError> {
    match body {
        CreateConversation::Direct { user_id } => create_direct(&api, who.user, user_id).await,
        CreateConversation::Group { name, member_ids, visibility, topic, client_id } => {
            let group = NewGroup {
                name: GroupName::parse(&name).map_err(field("name"))?,
                topic: GroupTopic::parse(topic.as_deref().unwrap_or_default()).map_err(field("topic"))?,
                visibility: visibility.unwrap_or(Visibility::Public),
                members: member_ids,
            };
            create_group(&api, who.user, &group, client_id).await
        }
    }
}

async fn create_direct(api: &Api, actor: UserId, other: UserId) -> Result<Created, ApiError> {
    let id = decide::direct_id(actor, other);
    if actor != other {
        require_users(api, "userId", &[other]).await?;
        if let Some(row) = api.store.conversation(id, actor).await? {
            return Ok((StatusCode::OK, answer(row)));
        }
        may_start(api, actor)?;
    }
    let client_id = chance::client_id();
    for _ in 0..2 {
        let asker = asker(api, actor, client_id).await?;
        let append = decide::create_direct(asker, other)?;
        match api.append(append).await? {
            Outcome::Appended(_) => return shown(api, StatusCode::CREATED, id, actor).await,
            Outcome::Duplicate(_) => return shown(api, StatusCode::OK, id, actor).await,
            Outcome::Reused => return Err(reused()),
            // The other person was quicker, or the epoch changed.
            Outcome::Conflict => {
                if let Some(row) = api.store.conversation(id, actor).await? {
                    return Ok((StatusCode::OK, answer(row)));
                }
            }
        }
    }
    Err(ApiError::unavailable("the store was being restored; try again"))
}

const MAX_FIRST_MEMBERS: usize = 100;

async fn create_group(
    api: &Api,
    actor: UserId,
    group: &NewGroup,
    client_id: Option<ClientId>,
) -> Result<Created, ApiError> {
    if group.members.len() > MAX_FIRST_MEMBERS {
        return Err(ApiError::invalid("memberIds", format!("must be at most {MAX_FIRST_MEMBERS}")));
    }
    let client_id = client_id.unwrap_or_else(chance::client_id);
    let id = decide::group_id(actor, client_id);
    if let Some(repeat) = repeated(api, id, actor, client_id, group.request_hash()).await? {
        return Ok(repeat);
    }
    require_users(api, "memberIds", &group.members).await?;
    may_start(api, actor)?;
    for _ in 0..2 {
        let append = group.create(asker(api, actor, client_id).await?);
        match api.append(append).await? {
            Outcome::Appended(_) => return shown(api, StatusCode::CREATED, id, actor).await,
            Outcome::Duplicate(_) => return shown(api, StatusCode::OK, id, actor).await,
            Outcome::Reused => return Err(reused()),
            Outcome::Conflict => {}
        }
    }
    Err(ApiError::unavailable("the store was being restored; try again"))
}

/// Repeats cost nothing, so this stands behind the look for what is there.
fn may_start(api: &Api, actor: UserId) -> Result<(), ApiError> {
    let now = clock::instant();
    api.conversations.check(&actor, now).map_err(|wait| ApiError::rate_limited("conversations", wait))
}

/// The group that this `clientId` made before, if it did.
async fn repeated(
    api: &Api,
    id: ConversationId,
    actor: UserId,
    client_id: ClientId,
    hash: RequestHash,
) -> Result<Option<Created>, ApiError> {
    let Some(earlier) = api.store.earlier(id.into(), actor, client_id).await? else { return Ok(None) };
    if earlier.request_hash.is_some_and(|first| first != hash) {
        return Err(reused());
    }
    shown(api, StatusCode::OK, id, actor).await.map(Some)
}

async fn asker(api: &Api, actor: UserId, client_id: ClientId) -> Result<Asker, ApiError> {
    Ok(Asker { actor, client_id, epoch: api.store.log_head().await?.epoch })
}

async fn require_users(api: &Api, name: &'static str, ids: &[UserId]) -> Result<(), ApiError> {
    let found = api.store.users_by_id(ids).await?;
    match ids.iter().all(|id| found.iter().any(|user| user.id == *id && !user.deleted)) {
        true => Ok(()),
        false => Err(ApiError::invalid(name, "names a person who does not exist")),
    }
}

pub(super) async fn shown(
    api: &Api,
    status: StatusCode,
    id: ConversationId,
    viewer: UserId,
) -> Result<Created, ApiError> {
    let row = api.store.conversation(id, viewer).await?.ok_or_else(ApiError::not_found)?;
    Ok((status, answer(row)))
}

/// One conversation
#[utoipa::path(get, path = "/api/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)),
    responses((status = 200, body = ConversationAnswer, description = "The conversation"), Refusals))]
pub(crate) async fn get_conversation(
    State(api): State<AppState>,
    who: SignedIn,
    Id(id): Id,
) -> Result<Json<ConversationAnswer>, ApiError> {
    answer_of(&api, id, who.user).await
}

pub(super) async fn answer_of(
    api: &Api,
    id: ConversationId,
    viewer: UserId,
) -> Result<Json<ConversationAnswer>, ApiError> {
    Ok(answer(api.store.conversation(id, viewer).await?.ok_or_else(ApiError::not_found)?))
}

const LIST: PageLimit = PageLimit { default: 50, max: 200 };

/// My conversations, latest activity first
#[utoipa::path(get, path = "/api/conversations", tag = "conversations",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 200, default 50", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = ConversationList, description = "A page"), Refusals))]
pub(crate) async fn list_conversations(
    State(api): State<AppState>,
    who: SignedIn,
    params: Params,
) -> Result<Json<ConversationList>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let limit = params.limit(LIST)?;
    let page = api.store.conversations_of(who.user, limit, params.text("cursor")).await?;
    listed(page)
}

/// Groups that anyone may join
#[utoipa::path(get, path = "/api/conversations/public", tag = "conversations",
    params(
        ("query" = Option<String>, Query, description = "Part of the name"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 50", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next` of the page before", min_length = 1),
    ),
    responses((status = 200, body = ConversationList, description = "A page"), Refusals))]
pub(crate) async fn list_public_groups(
    State(api): State<AppState>,
    who: SignedIn,
    params: Params,
) -> Result<Json<ConversationList>, ApiError> {
    params.only(&["query", "limit", "cursor"])?;
    let limit = params.limit(LIST)?;
    let query = params.query()?;
    let page = api.store.public_groups(who.user, query, limit, params.text("cursor")).await?;
    listed(page)
}

fn listed(page: Option<Listed<ConversationRow>>) -> Result<Json<ConversationList>, ApiError> {
    let page = page.ok_or_else(|| ApiError::malformed("cursor", "must be `next` of the page before"))?;
    let conversations = page.rows.into_iter().map(conversation).collect();
    Ok(Json(ConversationList { conversations, next: page.next }))
}

/// The one shape of a conversation.
fn conversation(row: ConversationRow) -> Conversation {
    Conversation {
        id: row.rules.stream.conversation(),
        kind: row.rules.kind,
        name: row.rules.name,
        topic: row.rules.topic,
        visibility: row.rules.visibility,
        archived: row.rules.archived,
        posting: row.rules.posting,
        slow_mode_seconds: row.rules.slow_mode_seconds,
        member_count: row.member_count,
        receivers: row.receivers,
        role: row.role,
        head: Head { seq: row.head.seq, message_no: row.head.message_no },
        last_message: row.last_message,
        unread: row.unread,
        mentions: row.mentions,
        read_seq: row.read_seq,
    }
}

fn answer(row: ConversationRow) -> Json<ConversationAnswer> {
    Json(ConversationAnswer { conversation: conversation(row) })
}
