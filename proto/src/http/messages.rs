//! Messages, their receipts, and pages of history and of the log.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Attachment;
use crate::event_data::Forwarded;
use crate::{ClientId, ConversationId, Epoch, FileId, MessageNo, Position, Seq, Timestamp, UserId};

/// A message as history shows it: what was posted, and what came of it up to the `seq` of the page.
///
/// A deleted one stays in its place, empty, with `deleted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub seq: Seq,
    pub message_no: MessageNo,
    pub actor_id: UserId,
    pub at: Timestamp,
    pub body: String,
    #[schema(required = true)]
    pub reply_to: Option<Seq>,
    #[schema(required = true)]
    pub client_id: Option<ClientId>,
    /// `seq` of the message that its thread stands under; null in the timeline.
    #[schema(required = true)]
    pub thread_seq: Option<Seq>,
    /// When it last got another text.
    #[schema(required = true)]
    pub edited_at: Option<Timestamp>,
    pub deleted: bool,
    pub pinned: bool,
    /// By the time of the first of each emoji.
    pub reactions: Vec<ReactionCount>,
    pub attachments: Vec<Attachment>,
    /// Members whom the text names.
    pub mentions: Vec<UserId>,
    /// Whether it calls all members.
    pub everyone: bool,
    #[schema(required = true)]
    pub forwarded: Option<Forwarded>,
    /// What was said in the thread under it; null if nothing was.
    #[schema(required = true)]
    pub replies: Option<Replies>,
}

/// Who reacted with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReactionCount {
    pub emoji: String,
    /// In the order in which they did. Never empty.
    pub user_ids: Vec<UserId>,
}

/// The thread under a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replies {
    /// Without the deleted ones.
    pub count: u64,
    /// Of the last one ever said, deleted or not.
    pub last_at: Timestamp,
}

/// `POST /api/conversations/{id}/messages`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostMessage {
    /// Empty only beside attachments; absent only when something is forwarded.
    #[serde(default)]
    pub body: Option<String>,
    /// Made by the client, the same on every repeat; the server makes one if absent.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    #[serde(default)]
    pub reply_to: Option<Seq>,
    /// Says it in the thread under this message.
    #[serde(default)]
    pub thread_seq: Option<Seq>,
    /// Files that were uploaded before.
    #[serde(default)]
    pub attachments: Vec<FileId>,
    /// Repeats another message instead of a body of its own.
    #[serde(default)]
    pub forward: Option<MessageAddress>,
}

/// A message of some conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageAddress {
    pub conversation_id: ConversationId,
    pub seq: Seq,
}

/// `PATCH /api/conversations/{id}/messages/{seq}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditMessage {
    pub body: String,
    #[serde(default)]
    pub client_id: Option<ClientId>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageAnswer {
    pub message: Message,
}

/// What a message said at some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageVersion {
    pub at: Timestamp,
    pub body: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MessageVersions {
    /// From the first to the present one.
    pub versions: Vec<MessageVersion>,
}

/// The message is in the log; a repeat gets the same receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    pub seq: Seq,
    pub position: Position,
    pub message_no: MessageNo,
    pub at: Timestamp,
    pub client_id: ClientId,
}

/// A page of history, ascending, folded to its state at `seq`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagePage {
    pub messages: Vec<Message>,
    /// Head of the snapshot: join with `{after: seq, epoch}` to go on from here.
    pub seq: Seq,
    pub epoch: Epoch,
    /// More messages in the direction asked; of a page around a message, more older ones.
    pub has_more: bool,
    /// More newer messages than the page has.
    pub has_newer: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PinList {
    /// The last pinned first.
    pub messages: Vec<Message>,
}

/// A page of the log. `events` are envelopes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventPage {
    #[schema(value_type = Vec<crate::Envelope>)]
    pub events: Vec<Box<RawValue>>,
    /// The last one contained, or `after`: the next call is `after: seq`.
    pub seq: Seq,
    pub epoch: Epoch,
    pub more: bool,
}
