//! Messages: say something, read what was said.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::decide::{self, Asker, Known, Mentioned, PostMessage};
use confab_domain::text::{MessageBody, names_called};
use confab_domain::{Append, RuleError};
use confab_proto::event_data::Forwarded;
use confab_proto::http::{Message, MessagePage, PostMessage as PostMessageBody, Receipt};
use confab_proto::{ConversationId, Epoch, Seq, Timestamp, UserId};
use confab_runtime::{chance, clock};
use confab_store::{HistoryPage, MessageWindow, Rate, RateKey};
use sha2::{Digest as _, Sha256};

use super::follows::follow_after_reply;
use crate::commit::{Command, Committed};
use crate::error::{ApiError, field};
use crate::extract::{Body, Id, MessageAt, PageLimit, Params, SignedIn};
use crate::files;
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
    let client_id = body.client_id.unwrap_or_else(chance::client_id);
    let mut post = asked(api, conversation, body)?;
    let request_hash = post.request_hash();
    let command = || Command { conversation, actor, client_id, request_hash };
    let done = match complete(api, &mut post, actor).await {
        Err(refusal) => api.earlier_or(&command(), refusal).await?,
        Ok(Seen { epoch, follow }) => {
            let root = post.thread.map(|(_, root)| root);
            let done = match api.commit(command(), |asker, known| decided(asker, known, &post, epoch)).await {
                Err(refusal) if refusal.broke(RuleError::SlowMode) => slowly(api, command(), post, epoch).await?,
                done => done?,
            };
            if let Some(root) = root.filter(|_| done.new) {
                follow_after_reply(api, conversation, root, &follow).await;
            }
            done
        }
    };
    let placed = done.placed;
    let receipt =
        Receipt { seq: placed.seq, position: placed.position, message_no: placed.message_no, at: placed.at, client_id };
    Ok((if done.new { StatusCode::CREATED } else { StatusCode::OK }, Json(receipt)))
}

/// What is to be said, as far as the request tells.
fn asked(api: &Api, conversation: ConversationId, body: PostMessageBody) -> Result<PostMessage, ApiError> {
    let PostMessageBody { body: text, reply_to, thread_seq, forward, attachments, .. } = body;
    if forward.is_some() && !attachments.is_empty() {
        return Err(ApiError::invalid("forward", "cannot stand beside attachments"));
    }
    let attachments = files::asked(&api.config.files, &attachments)?;
    let text = match (text, forward) {
        (Some(_), Some(_)) => return Err(ApiError::invalid("forward", "cannot stand beside body")),
        (None, Some(_)) => MessageBody::empty(),
        (None, None) if !attachments.is_empty() => MessageBody::empty(),
        (Some(text), None) if !attachments.is_empty() && text.trim().is_empty() => MessageBody::empty(),
        (Some(text), None) => MessageBody::parse(text, api.config.limits.message_bytes).map_err(field("body"))?,
        (None, None) => return Err(ApiError::invalid("body", "is missing")),
    };
    // Who wrote what is forwarded is looked up later.
    let nobody = Forwarded { actor_id: UserId::from_uuid(uuid::Uuid::nil()), at: Timestamp(0) };
    let forward = forward.map(|source| (source, nobody));
    let thread = thread_seq.map(|seq| (seq, seq));
    Ok(PostMessage { reply_to, thread, forward, attachments, ..PostMessage::text(conversation, text) })
}

/// What was looked up counts in its epoch only: in another life of the store the same numbers name other messages.
fn decided(asker: Asker, known: &Known, post: &PostMessage, seen: Option<Epoch>) -> Result<Append, RuleError> {
    let append = decide::post_message(asker, known, post)?;
    Ok(Append { epoch: seen.unwrap_or(append.epoch), ..append })
}

/// What was looked up beside what goes into the message.
#[derive(Default)]
struct Seen {
    /// Of the messages that the request names, if it names some.
    epoch: Option<Epoch>,
    /// Who follows the thread from now on.
    follow: Vec<UserId>,
}

/// Looks up what the request names: the message that is answered, the thread, what is forwarded, whom the text calls, files.
async fn complete(api: &Api, post: &mut PostMessage, actor: UserId) -> Result<Seen, ApiError> {
    let mut seen = Seen::default();
    if let Some(target) = post.reply_to {
        let at = MessageAt { conversation: post.conversation, seq: target };
        seen.epoch = Some(live_message(api, at, actor, "replyTo").await?.1);
    }
    if let Some((asked, root)) = &mut post.thread {
        let at = MessageAt { conversation: post.conversation, seq: *asked };
        let (under, epoch) = live_message(api, at, actor, "threadSeq").await?;
        *root = under.thread_seq.unwrap_or(*asked);
        seen.epoch = seen.epoch.or(Some(epoch));
        seen.follow.push(actor);
        if under.thread_seq.is_none() && under.replies.is_none() && under.actor_id != actor {
            seen.follow.push(under.actor_id);
        }
    }
    if let Some((source, forwarded)) = &mut post.forward {
        let at = MessageAt { conversation: source.conversation_id, seq: source.seq };
        let (message, epoch) = live_message(api, at, actor, "forward").await?;
        seen.epoch = seen.epoch.or(Some(epoch));
        *forwarded = message.forwarded.unwrap_or(Forwarded { actor_id: message.actor_id, at: message.at });
        post.body = MessageBody::parse(message.body, usize::MAX).unwrap_or(MessageBody::empty());
        post.attachments = message.attachments;
    } else {
        post.mentioned = mentioned(api, post.conversation, actor, post.body.as_str()).await?;
        files::look_up(api, actor, &mut post.attachments).await?;
    }
    Ok(seen)
}

/// Whom a text calls: members only. A text without `@` costs nothing.
pub(super) async fn mentioned(
    api: &Api,
    conversation: ConversationId,
    actor: UserId,
    text: &str,
) -> Result<Mentioned, ApiError> {
    let (names, everyone) = names_called(text);
    if names.is_empty() {
        return Ok(Mentioned::default());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut users = api.store.named_members(conversation, &names).await?;
    users.retain(|user| *user != actor);
    Ok(Mentioned { users, everyone })
}

/// In slow mode each member has a pause of their own, the same at all replicas.
async fn slowly(
    api: &Api,
    command: Command,
    mut post: PostMessage,
    seen: Option<Epoch>,
) -> Result<Committed, ApiError> {
    let known = api.store.known_rules(command.conversation, command.actor).await?;
    let pause = known.map_or(0, |known| known.rules.slow_mode_seconds).max(1);
    let rate = Rate { burst: 1, interval: Duration::from_secs(u64::from(pause)) };
    let mut hash = Sha256::new();
    hash.update(b"slow mode");
    hash.update(command.conversation.uuid());
    hash.update(command.actor.uuid());
    let key: RateKey = hash.finalize().into();
    if let Err(wait) = api.store.take_token(&key, rate, clock::now()).await? {
        return Err(ApiError::rate_limited("slow_mode", wait));
    }
    post.has_waited = true;
    let done = api.commit(command, |asker, known| decided(asker, known, &post, seen)).await;
    if !done.as_ref().is_ok_and(|done| done.new) {
        api.store.give_back(&[(key, rate)]).await?;
    }
    done
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
        ("around" = Option<Seq>, Query, description = "Half of them up to this seq, the others above it; instead of before"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 50", minimum = 1, maximum = 200),
    ),
    responses((status = 200, body = MessagePage, description = "A page"), Refusals))]
pub(crate) async fn list_messages(
    State(api): State<AppState>,
    who: SignedIn,
    Id(conversation): Id,
    params: Params,
) -> Result<Json<MessagePage>, ApiError> {
    params.only(&["before", "after", "around", "limit"])?;
    let limit = params.limit(PageLimit { default: 50, max: api.config.limits.page_events })?;
    let window = window(&params)?;
    let page = api.store.history(conversation, who.user, window, limit).await?;
    let page = page.ok_or_else(ApiError::not_found)?;
    shown(&page)
}

/// The one of `before`, `after` and `around` that is there.
pub(super) fn window(params: &Params) -> Result<MessageWindow, ApiError> {
    match (params.seq("before")?, params.seq("after")?, params.seq("around")?) {
        (None, None, None) => Ok(MessageWindow::Newest),
        (Some(before), None, None) => Ok(MessageWindow::Before(before)),
        (None, Some(after), None) => Ok(MessageWindow::After(after)),
        (None, None, Some(around)) => Ok(MessageWindow::Around(around)),
        (Some(_), ..) => Err(ApiError::invalid("before", "cannot stand beside after or around")),
        (None, Some(_), Some(_)) => Err(ApiError::invalid("after", "cannot stand beside around")),
    }
}

pub(super) fn shown(page: &HistoryPage) -> Result<Json<MessagePage>, ApiError> {
    let HistoryPage { log, head, has_more, has_newer, .. } = *page;
    Ok(Json(MessagePage { messages: page.messages()?, seq: head, epoch: log.epoch, has_more, has_newer }))
}

/// A message that was not taken back, in a conversation that the person may see, and the epoch in which it is this one.
async fn live_message(api: &Api, at: MessageAt, actor: UserId, named: &str) -> Result<(Message, Epoch), ApiError> {
    let page = api.store.message(at.conversation, actor, at.seq).await?.ok_or_else(ApiError::not_found)?;
    let message = page.messages()?.pop().filter(|message| !message.deleted);
    message
        .map(|message| (message, page.log.epoch))
        .ok_or_else(|| ApiError::invalid(named, "must be the seq of a message in this conversation"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_domain::{MemberRow, Rules};
    use confab_proto::ClientId;
    use confab_proto::event_data::{ConversationKind, Role, Visibility};

    use super::*;

    #[test]
    fn an_answer_counts_in_the_epoch_in_which_its_message_was_looked_up() {
        let conversation = ConversationId::from_uuid(uuid::Uuid::from_u128(7));
        let (kind, visibility) = (ConversationKind::Group, Visibility::Public);
        let rules = Rules::created(conversation.into(), kind, None, visibility, Seq(1));
        let own = Some(MemberRow { role: Role::Member, since: Seq(2), guard: Seq(2) });
        let known = Known { rules, own, other_owner: true };
        let client_id = ClientId::from_uuid(uuid::Uuid::from_u128(9));
        let asker = Asker { actor: UserId::new_v7(), client_id, epoch: Epoch(2) };
        let body = MessageBody::parse("hello".to_owned(), 100).unwrap();
        let post = PostMessage { thread: Some((Seq(3), Seq(3))), ..PostMessage::text(conversation, body) };
        let epoch = |seen| decided(asker, &known, &post, seen).unwrap().epoch;
        assert_eq!(epoch(None), Epoch(2));
        assert_eq!(epoch(Some(Epoch(2))), Epoch(2));
        assert_eq!(epoch(Some(Epoch(1))), Epoch(1), "the store refuses it, and the message is looked up again");
    }
}
