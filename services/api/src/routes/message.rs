//! One message: look at it and at what it said before, edit, delete, pin, react.
//!
//! Each change is idempotent by nature: what is so already is answered as if it had just been done, and nothing is written.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::RuleError;
use confab_domain::decide::{self, Change};
use confab_domain::text::MessageBody;
use confab_proto::event_data::MessageEdited;
use confab_proto::http::{EditMessage, Message, MessageAnswer, MessagePage, MessageVersion, MessageVersions, PinList};
use confab_proto::{ClientId, ConversationId, EventType, Seq, UserId};
use confab_runtime::{chance, clock};
use confab_store::{HistoryPage, StoreError};

use super::messages::{mentioned, shown, window};
use crate::commit::Command;
use crate::error::{ApiError, field};
use crate::extract::{Body, Emoji, Id, MessageAt, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Pins that are shown.
const MOST_PINS: usize = 100;

/// A message of the timeline or of a thread
#[utoipa::path(get, path = "/api/conversations/{id}/messages/{seq}", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn get_message(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<MessageAnswer>, ApiError> {
    answer(&api, at, who.user).await
}

/// What a message said, from the first text to the present one
#[utoipa::path(get, path = "/api/conversations/{id}/messages/{seq}/edits", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = MessageVersions, description = "All of them"), Refusals))]
pub(crate) async fn list_edits(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<MessageVersions>, ApiError> {
    let page = page(&api, at, who.user).await?;
    let message = only(&page)?;
    if message.deleted {
        return Err(RuleError::NoSuchMessage.into());
    }
    // The first text is what the events before any edit fold to.
    let first = page.events.iter().filter(|event| event.event_type.is_message());
    let first = confab_domain::history::messages(first).map_err(damaged)?.pop();
    let mut versions: Vec<MessageVersion> =
        first.into_iter().map(|first| MessageVersion { at: first.at, body: first.body }).collect();
    for event in page.events.iter().filter(|event| event.event_type == EventType::MessageEdited) {
        let edited: MessageEdited = serde_json::from_str(event.data.get()).map_err(damaged)?;
        versions.push(MessageVersion { at: event.at, body: edited.body });
    }
    Ok(Json(MessageVersions { versions }))
}

/// Edit a message of one's own; its earlier texts stay readable
#[utoipa::path(patch, path = "/api/conversations/{id}/messages/{seq}", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)), request_body = EditMessage,
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn edit_message(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
    Body(body): Body<EditMessage>,
) -> Result<Json<MessageAnswer>, ApiError> {
    let text = MessageBody::parse(body.body, api.config.limits.message_bytes).map_err(field("body"))?;
    let mentioned = mentioned(&api, at.conversation, who.user, text.as_str()).await?;
    change(&api, who.user, at, body.client_id, Change::Edit { body: text, mentioned }).await?;
    answer(&api, at, who.user).await
}

/// Delete a message; its content is gone for good
#[utoipa::path(delete, path = "/api/conversations/{id}/messages/{seq}", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 204, description = "It is deleted, now or by an earlier call"), Refusals))]
pub(crate) async fn delete_message(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<StatusCode, ApiError> {
    change(&api, who.user, at, None, Change::Delete).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pin a message of the timeline
#[utoipa::path(put, path = "/api/conversations/{id}/messages/{seq}/pin", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn pin_message(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<MessageAnswer>, ApiError> {
    change(&api, who.user, at, None, Change::Pin).await?;
    answer(&api, at, who.user).await
}

/// Unpin a message
#[utoipa::path(delete, path = "/api/conversations/{id}/messages/{seq}/pin", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn unpin_message(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<MessageAnswer>, ApiError> {
    change(&api, who.user, at, None, Change::Unpin).await?;
    answer(&api, at, who.user).await
}

/// React with an emoji, once for each person and emoji
#[utoipa::path(put, path = "/api/conversations/{id}/messages/{seq}/reactions/{emoji}", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path), ("emoji" = String, Path, description = "One emoji")),
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn add_reaction(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
    Emoji(emoji): Emoji,
) -> Result<Json<MessageAnswer>, ApiError> {
    let most = api.config.limits.reactions_per_message;
    change(&api, who.user, at, None, Change::React { emoji: emoji.to_owned(), most }).await?;
    answer(&api, at, who.user).await
}

/// Take a reaction of one's own back
#[utoipa::path(delete, path = "/api/conversations/{id}/messages/{seq}/reactions/{emoji}", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path), ("emoji" = String, Path, description = "One emoji")),
    responses((status = 200, body = MessageAnswer, description = "As it is now"), Refusals))]
pub(crate) async fn remove_reaction(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
    Emoji(emoji): Emoji,
) -> Result<Json<MessageAnswer>, ApiError> {
    change(&api, who.user, at, None, Change::Unreact { emoji: emoji.to_owned() }).await?;
    answer(&api, at, who.user).await
}

/// The replies under a message, ascending; the newest by default
#[utoipa::path(get, path = "/api/conversations/{id}/messages/{seq}/thread", tag = "messages",
    params(
        ("id" = ConversationId, Path),
        ("seq" = Seq, Path),
        ("before" = Option<Seq>, Query, description = "Only replies with a smaller seq"),
        ("after" = Option<Seq>, Query, description = "Only replies with a greater seq; instead of before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 50", minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = MessagePage, description = "A page"), Refusals))]
pub(crate) async fn list_replies(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
    params: Params,
) -> Result<Json<MessagePage>, ApiError> {
    params.only(&["before", "after", "limit"])?;
    let limit = params.limit(PageLimit { default: 50, max: api.config.limits.page_events })?;
    let window = window(&params)?;
    only(&page(&api, at, who.user).await?)?;
    let page = api.store.thread(at.conversation, who.user, at.seq, window, limit).await?;
    shown(&page.ok_or_else(ApiError::not_found)?)
}

/// What is pinned, the last pinned first; at most 100
#[utoipa::path(get, path = "/api/conversations/{id}/pins", tag = "messages", params(("id" = ConversationId, Path)),
    responses((status = 200, body = PinList, description = "The messages"), Refusals))]
pub(crate) async fn list_pins(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
) -> Result<Json<PinList>, ApiError> {
    let found = api.store.pins(conversation, who.user, MOST_PINS).await?;
    let (page, order) = found.ok_or_else(ApiError::not_found)?;
    let mut messages = page.messages()?;
    messages.retain(|message| message.pinned);
    messages.sort_by_key(|message| order.iter().position(|seq| *seq == message.seq));
    Ok(Json(PinList { messages }))
}

async fn change(
    api: &Api,
    actor: UserId,
    at: MessageAt,
    client_id: Option<ClientId>,
    change: Change,
) -> Result<(), ApiError> {
    api.messages.check(&actor, clock::instant()).map_err(|wait| ApiError::rate_limited("messages", wait))?;
    let client_id = client_id.unwrap_or_else(chance::client_id);
    let request_hash = change.request_hash(at.seq);
    let command = Command { conversation: at.conversation, actor, client_id, request_hash };
    let decide = |asker, known: &_, target: &_| decide::change_message(asker, known, target, &change);
    match api.commit_change(command, at.seq, decide).await {
        Err(refusal) if !refusal.broke(RuleError::Unchanged) => Err(refusal),
        _ => Ok(()),
    }
}

async fn answer(api: &Api, at: MessageAt, viewer: UserId) -> Result<Json<MessageAnswer>, ApiError> {
    Ok(Json(MessageAnswer { message: only(&page(api, at, viewer).await?)? }))
}

/// A message as it is now, which may be deleted.
pub(super) async fn message_at(api: &Api, at: MessageAt, viewer: UserId) -> Result<Message, ApiError> {
    only(&page(api, at, viewer).await?)
}

async fn page(api: &Api, at: MessageAt, viewer: UserId) -> Result<HistoryPage, ApiError> {
    api.store.message(at.conversation, viewer, at.seq).await?.ok_or_else(ApiError::not_found)
}

fn only(page: &HistoryPage) -> Result<Message, ApiError> {
    page.messages()?.pop().ok_or_else(|| RuleError::NoSuchMessage.into())
}

fn damaged(error: serde_json::Error) -> ApiError {
    StoreError::Damaged(error.to_string()).into()
}
