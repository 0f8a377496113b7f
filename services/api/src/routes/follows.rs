//! Who follows a thread: whoever wants to, whoever has replied in it, and the author of the message above it, until they unfollow it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use confab_domain::RuleError;
use confab_proto::http::{Message, ThreadFollow};
use confab_proto::{ConversationId, Seq, Signal, UserId};

use super::message::message_at;
use super::preferences::of_member;
use crate::error::ApiError;
use crate::extract::{MessageAt, SignedIn};
use crate::openapi::Refusals;
use crate::state::{Api, AppState};

/// Whether I follow the thread under a message
#[utoipa::path(get, path = "/api/conversations/{id}/messages/{seq}/thread/follow", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 200, body = ThreadFollow, description = "As it is now"), Refusals))]
pub(crate) async fn get_thread_follow(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<Json<ThreadFollow>, ApiError> {
    let root = root_at(&api, at, who.user).await?.seq;
    let following = api.store.followed(at.conversation, who.user).await?.contains(&root);
    Ok(Json(ThreadFollow { following }))
}

/// Follow the thread under a message: its replies are told by Web Push
#[utoipa::path(put, path = "/api/conversations/{id}/messages/{seq}/thread/follow", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 204, description = "Followed, whether it was before or not"), Refusals))]
pub(crate) async fn follow_thread(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<StatusCode, ApiError> {
    change(&api, at, who.user, true).await
}

/// Do not follow the thread under a message any more
#[utoipa::path(delete, path = "/api/conversations/{id}/messages/{seq}/thread/follow", tag = "messages",
    params(("id" = ConversationId, Path), ("seq" = Seq, Path)),
    responses((status = 204, description = "Not followed, whether it was before or not"), Refusals))]
pub(crate) async fn unfollow_thread(
    State(api): State<AppState>,
    who: SignedIn,
    at: MessageAt,
) -> Result<StatusCode, ApiError> {
    change(&api, at, who.user, false).await
}

async fn change(api: &Api, at: MessageAt, user: UserId, follow: bool) -> Result<StatusCode, ApiError> {
    let root = root_at(api, at, user).await?;
    if follow && root.deleted {
        return Err(RuleError::NoSuchMessage.into());
    }
    set(api, at.conversation, root.seq, user, follow).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Threads stand under messages of the timeline.
async fn root_at(api: &Api, at: MessageAt, user: UserId) -> Result<Message, ApiError> {
    let message = message_at(api, at, user).await?;
    match message.thread_seq {
        None => Ok(message),
        Some(_) => Err(ApiError::invalid("seq", "is a reply in a thread; name the message above it")),
    }
}

async fn set(api: &Api, conversation: ConversationId, root: Seq, user: UserId, follow: bool) -> Result<(), ApiError> {
    if of_member(api.store.follow_thread(conversation, user, root, follow).await?)? {
        api.signals.to_user(user, &Signal::PreferencesChanged { conversation_id: Some(conversation) });
    }
    Ok(())
}

/// After a reply, which stands whatever happens here.
pub(super) async fn follow_after_reply(api: &Api, conversation: ConversationId, root: Seq, users: &[UserId]) {
    for user in users {
        if let Err(error) = set(api, conversation, root, *user, true).await {
            // Whoever has left the conversation follows nothing in it.
            tracing::debug!(%error, "a thread is not followed by whom its reply concerns");
        }
    }
}
