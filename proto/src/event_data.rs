//! The `data` of each event type, version 1, and the words used in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::Attachment;
use crate::word::read_from_word;
use crate::{ConversationId, Seq, SessionId, Timestamp, UserId};

/// What a stream is. `user` streams are internal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConversationKind {
    /// Two people; no name.
    Direct,
    /// Any number of people, with a name.
    Group,
}

/// Who finds and reads a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody signed in who is not banned.
    Public,
    /// Members only.
    Private,
}

/// Whose messages a group takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Posting {
    #[default]
    Members,
    /// An announcement group: members read, admins write.
    Admins,
}

/// What a member may do. A banned person keeps a row, so that a rejoin is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Admin,
    Member,
    Reader,
    Banned,
}

read_from_word!(ConversationKind { Direct = "direct", Group = "group" });
read_from_word!(Visibility { Public = "public", Private = "private" });
read_from_word!(Posting { Members = "members", Admins = "admins" });
read_from_word!(Role { Owner = "owner", Admin = "admin", Member = "member", Reader = "reader", Banned = "banned" });

impl ConversationKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
        }
    }
}

impl Visibility {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

impl Posting {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Admins => "admins",
        }
    }
}

impl Role {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Reader => "reader",
            Self::Banned => "banned",
        }
    }
}

/// `conversation.created`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationCreated {
    pub kind: ConversationKind,
    /// Null for a direct conversation.
    #[schema(required = true)]
    pub name: Option<String>,
    pub visibility: Visibility,
}

/// `conversation.renamed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationRenamed {
    pub name: String,
}

/// `conversation.visibility_changed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationVisibilityChanged {
    pub visibility: Visibility,
}

/// `member.added`, `member.role_changed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberRole {
    pub user_id: UserId,
    pub role: Role,
}

/// `member.left`, `member.removed`, `member.banned`, `member.unbanned`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberRef {
    pub user_id: UserId,
}

/// `conversation.topic_changed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationTopicChanged {
    /// Empty: none any more.
    pub topic: String,
}

/// `conversation.posting_changed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationPostingChanged {
    pub posting: Posting,
}

/// `conversation.slow_mode_changed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationSlowModeChanged {
    /// Between two messages of one member; 0: no slow mode.
    pub seconds: u32,
}

const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// `message.posted`. What is empty is left out, but for the three that were there from the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagePosted {
    pub body: String,
    /// `seq` of the message this one answers.
    #[schema(required = true)]
    pub reply_to: Option<Seq>,
    pub attachments: Vec<Attachment>,
    /// Members whom the text names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// Whether it calls all members.
    #[serde(default, skip_serializing_if = "is_false")]
    pub everyone: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
}

/// Whose words a forwarded message repeats. Not from where: its readers may not know that place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    pub actor_id: UserId,
    pub at: Timestamp,
}

/// `message.replied`: a message in the thread under another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageReplied {
    /// `seq` of the message that the thread stands under.
    pub thread_seq: Seq,
    #[serde(flatten)]
    pub message: MessagePosted,
}

/// `message.edited`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageEdited {
    pub target_seq: Seq,
    pub body: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub everyone: bool,
}

/// `message.deleted`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageDeleted {
    pub target_seq: Seq,
    /// The root of its thread, if it stood in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_seq: Option<Seq>,
}

/// `message.pinned`, `message.unpinned`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageRef {
    pub target_seq: Seq,
}

/// `reaction.added`, `reaction.removed`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    pub target_seq: Seq,
    pub emoji: String,
}

/// `session.revoked` (internal)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRevoked {
    pub session_id: SessionId,
}

/// `conversation.entered`, `conversation.exited` (on the user's own stream)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRef {
    pub conversation_id: ConversationId,
}
