//! Messages: say something, read what was said.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::decide::{self, PostMessage};
use confab_domain::may;
use confab_domain::text::MessageBody;
use confab_proto::http::{MessagePage, PostMessage as PostMessageBody, Receipt};
use confab_proto::{ConversationId, Seq, UserId};
use confab_runtime::{chance, clock};
use confab_store::MessageWindow;

use crate::commit::Command;
use crate::error::{ApiError, field};
use crate::extract::{Body, Id, PageLimit, Params, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Post a message; with a `clientId` it can be repeated safely
#[utoipa::path(post, path = "/api/conversations/{id}/messages", tag = "messages",
    params(("id" = ConversationId, Path)), request_body = PostMessageBody,
    responses(
        (status = 201, body = Receipt, description = "In the log"),
        (status = 200, body = Receipt, description = "Was in the log already: the first answer"),
        Refusals))]
pub(crate) async fn post_message(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    Body(body): Body<PostMessageBody>,
) -> Result<(StatusCode, Json<Receipt>), ApiError> {
    let sent = send(&api, who.user, conversation, body).await;
    api.metrics.sends.of(outcome(&sent)).inc();
    sent
}

async fn send(
    api: &Api,
    actor: UserId,
    conversation: ConversationId,
    body: PostMessageBody,
) -> Result<(StatusCode, Json<Receipt>), ApiError> {
    let now = clock::instant();
    api.messages.check(&actor, now).map_err(|wait| ApiError::rate_limited("messages", wait))?;
    let text = MessageBody::parse(body.body, api.config.limits.message_bytes).map_err(field("body"))?;
    let client_id = body.client_id.unwrap_or_else(chance::client_id);
    let post = PostMessage { conversation, body: text, reply_to: body.reply_to };
    let command = Command { conversation, actor, client_id, request_hash: post.request_hash() };
    let done = match answers_nothing(api, &post, actor).await? {
        Some(refusal) => api.earlier_or(&command, refusal).await?,
        None => api.commit(command, |asker, known| decide::post_message(asker, known, &post)).await?,
    };
    let placed = done.placed;
    let receipt =
        Receipt { seq: placed.seq, position: placed.position, message_no: placed.message_no, at: placed.at, client_id };
    Ok((if done.new { StatusCode::CREATED } else { StatusCode::OK }, Json(receipt)))
}

/// For the count of sends.
fn outcome<T>(sent: &Result<(StatusCode, T), ApiError>) -> &'static str {
    match sent {
        Ok((StatusCode::CREATED, _)) => "new",
        Ok(_) => "repeated",
        Err(error) => error.code().as_str(),
    }
}

/// A page of history, ascending; the newest by default
#[utoipa::path(get, path = "/api/conversations/{id}/messages", tag = "messages",
    params(
        ("id" = ConversationId, Path),
        ("before" = Option<Seq>, Query, description = "Only messages with a smaller seq"),
        ("after" = Option<Seq>, Query, description = "Only messages with a greater seq; instead of before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 50", minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = MessagePage, description = "A page"), Refusals))]
pub(crate) async fn list_messages(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    params: Params,
) -> Result<Json<MessagePage>, ApiError> {
    params.only(&["before", "after", "limit"])?;
    let limit = params.limit(PageLimit { default: 50, max: api.config.limits.page_events })?;
    let window = match (params.seq("before")?, params.seq("after")?) {
        (Some(_), Some(_)) => return Err(ApiError::invalid("before", "cannot stand beside after")),
        (Some(before), None) => MessageWindow::Before(before),
        (None, Some(after)) => MessageWindow::After(after),
        (None, None) => MessageWindow::Newest,
    };
    let page = api.store.history(conversation, who.user, window, limit).await?;
    let page = page.ok_or_else(ApiError::not_found)?;
    let messages = page.messages()?;
    Ok(Json(MessagePage { messages, seq: page.head, epoch: page.log.epoch, has_more: page.has_more }))
}

/// The refusal of a reply to what is no message, or to one that the person may not see.
async fn answers_nothing(api: &Api, post: &PostMessage, actor: UserId) -> Result<Option<ApiError>, ApiError> {
    let Some(target) = post.reply_to else { return Ok(None) };
    let known = api.store.known_rules(post.conversation, actor).await?;
    if !known.is_some_and(|known| may::read(&known.rules, known.own.map(|own| own.role))) {
        return Ok(Some(ApiError::not_found()));
    }
    let there = api.store.is_message(post.conversation, target).await?;
    Ok((!there).then(|| ApiError::invalid("replyTo", "must be the seq of a message in this conversation")))
}
