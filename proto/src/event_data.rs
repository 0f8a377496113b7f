//! The `data` of each event type, version 1, and the words used in it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ConversationId, Seq, SessionId, UserId};

/// What a stream is. `user` streams are internal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConversationKind {
    /// Two people; no name.
    Direct,
    /// Any number of people, with a name.
    Group,
}

/// Who finds and reads a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody signed in who is not banned.
    Public,
    /// Members only.
    Private,
}

/// What a member may do. A banned person keeps a row, so that a rejoin is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Admin,
    Member,
    Reader,
    Banned,
}

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

/// `message.posted`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessagePosted {
    pub body: String,
    /// `seq` of the message this one answers.
    #[schema(required = true)]
    pub reply_to: Option<Seq>,
    /// Always there, so that a reader needs no default.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub attachments: Vec<serde_json::Value>,
}

/// `message.edited`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageEdited {
    pub target_seq: Seq,
    pub body: String,
}

/// `message.deleted`, `message.pinned`, `message.unpinned`
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
