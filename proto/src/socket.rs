//! The Socket.IO side: event names in both directions, join arguments, acks, refusals.
//!
//! Log events keep their type as their name and have the envelope as their only argument.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::signal::PresenceOf;
use crate::{ConversationId, Epoch, ErrorCode, Seq};

/// Names of the events that are no log events.
pub mod name {
    pub const JOIN: &str = "joinConversation";
    pub const LEAVE: &str = "leaveConversation";
    pub const TYPING: &str = "typing";
    pub const AWAY: &str = "away";
    pub const WATCH_PRESENCE: &str = "watchPresence";
    pub const COUNT_PRESENCE: &str = "countPresence";
    pub const ERROR: &str = "error";
    pub const RESET: &str = "reset";
    /// Not `disconnecting`: the stock parser keeps that name for itself and closes on it with "parse error".
    pub const CLOSING: &str = "closing";
}

/// The Socket.IO room of a conversation: `chat:{conversationId}`.
#[must_use]
pub fn room(conversation: ConversationId) -> String {
    format!("chat:{conversation}")
}

/// Second argument of `joinConversation`: go on after what the client already has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinOptions {
    pub after: Seq,
    #[serde(default)]
    pub epoch: Option<Epoch>,
}

/// Ack of a join that was granted. With `more` the socket is not joined yet: join again with `after: seq`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    /// Always true.
    pub ok: bool,
    /// The last event contained, or the head: what comes next is `seq + 1`.
    pub seq: Seq,
    pub epoch: Epoch,
    pub more: bool,
    #[schema(value_type = Vec<crate::Envelope>)]
    pub events: Vec<Box<RawValue>>,
}

/// Ack of anything that was refused; without an ack the same comes as event `error` (then with `event`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// Always false.
    pub ok: bool,
    pub code: ErrorCode,
    /// Never repeats what was sent.
    pub message: String,
    /// Seconds, when limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// Head of the store's log, with code `reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// The store's epoch, with code `reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
}

/// Second argument of `typing`: in which thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TypingOptions {
    /// The root's `seq`.
    #[serde(default)]
    pub thread_seq: Option<Seq>,
}

/// Ack of `watchPresence`; from then on `presence.changed` tells of these people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Watched {
    /// Always true.
    pub ok: bool,
    pub presence: Vec<PresenceOf>,
}

/// Ack of `countPresence`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PresenceCount {
    /// Always true.
    pub ok: bool,
    /// Members that are connected, away or not.
    pub online: u64,
}

/// Ack of `leaveConversation`, `typing` and `away`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Left {
    /// Always true.
    pub ok: bool,
}

/// Argument of `error`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SocketError {
    pub code: ErrorCode,
    pub message: String,
    /// Name of the event that was refused, of a long one its first 64 characters.
    #[schema(required = true)]
    pub event: Option<String>,
}

/// Argument of `reset`: the socket is in no conversation any more.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Reset {
    pub epoch: Epoch,
}

/// Argument of `closing`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Closing {
    pub code: ErrorCode,
}
