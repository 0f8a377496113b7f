//! Conversations and who is in them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::{Message, User};
use crate::event_data::{ConversationKind, Posting, Role, Visibility};
use crate::numbers::maybe_u32;
use crate::{ClientId, ConversationId, MessageNo, Seq, UserId};

/// `POST /api/conversations`
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum CreateConversation {
    Direct {
        #[serde(rename = "userId")]
        user_id: UserId,
    },
    Group {
        #[schema(min_length = 1)]
        name: String,
        #[serde(rename = "memberIds")]
        #[schema(value_type = Option<Vec<UserId>>)]
        member_ids: Vec<UserId>,
        /// `public` if absent.
        visibility: Option<Visibility>,
        /// None if absent.
        topic: Option<String>,
        #[serde(rename = "clientId")]
        client_id: Option<ClientId>,
    },
}

/// Read as one flat struct, because a tagged enum cannot say which field is wrong.
impl<'de> Deserialize<'de> for CreateConversation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Fields {
            kind: ConversationKind,
            user_id: Option<UserId>,
            name: Option<String>,
            member_ids: Option<Vec<UserId>>,
            visibility: Option<Visibility>,
            topic: Option<String>,
            client_id: Option<ClientId>,
        }
        let fields = Fields::deserialize(deserializer)?;
        match fields.kind {
            ConversationKind::Direct if fields.name.is_some() => {
                Err(D::Error::custom("a direct conversation has no `name`"))
            }
            ConversationKind::Direct if fields.member_ids.is_some() => {
                Err(D::Error::custom("a direct conversation has no `memberIds`"))
            }
            ConversationKind::Direct if fields.visibility.is_some() => {
                Err(D::Error::custom("a direct conversation has no `visibility`"))
            }
            ConversationKind::Direct if fields.topic.is_some() => {
                Err(D::Error::custom("a direct conversation has no `topic`"))
            }
            // A direct conversation is found by its people, so it needs no clientId; one that is sent does no harm.
            ConversationKind::Direct => {
                let user_id = fields.user_id.ok_or_else(|| D::Error::missing_field("userId"))?;
                Ok(Self::Direct { user_id })
            }
            ConversationKind::Group if fields.user_id.is_some() => Err(D::Error::custom("a group has no `userId`")),
            ConversationKind::Group => Ok(Self::Group {
                name: fields.name.ok_or_else(|| D::Error::missing_field("name"))?,
                member_ids: fields.member_ids.unwrap_or_default(),
                visibility: fields.visibility,
                topic: fields.topic,
                client_id: fields.client_id,
            }),
        }
    }
}

/// Where a conversation's log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    pub seq: Seq,
    pub message_no: MessageNo,
}

/// A conversation as the asking user sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    pub id: ConversationId,
    pub kind: ConversationKind,
    /// Null for a direct conversation.
    #[schema(required = true)]
    pub name: Option<String>,
    /// What a group is about; empty if nobody said.
    pub topic: String,
    pub visibility: Visibility,
    /// Nobody writes here any more.
    pub archived: bool,
    pub posting: Posting,
    /// Between two messages of one member; 0: no slow mode.
    pub slow_mode_seconds: u32,
    /// Without the banned.
    pub member_count: u64,
    /// The other person of a direct conversation; empty for a group.
    pub receivers: Vec<User>,
    /// Null for somebody who is no member.
    #[schema(required = true)]
    pub role: Option<Role>,
    pub head: Head,
    #[schema(required = true)]
    pub last_message: Option<Message>,
    /// Messages after the read mark; 0 for somebody who is no member.
    pub unread: u64,
    /// Messages after the read mark that name the person or everyone; counted a moment after they were sent.
    pub mentions: u64,
    /// How far the person has read.
    pub read_seq: Seq,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationAnswer {
    pub conversation: Conversation,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationList {
    pub conversations: Vec<Conversation>,
    /// `cursor` of the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Member {
    pub user: User,
    pub role: Role,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberList {
    pub members: Vec<Member>,
    /// `cursor` of the next page; null at the end.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// `PATCH /api/conversations/{id}`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeConversation {
    pub name: Option<String>,
    /// Empty: none any more.
    pub topic: Option<String>,
    pub visibility: Option<Visibility>,
    pub archived: Option<bool>,
    pub posting: Option<Posting>,
    /// 0 to 21,600; 0: no slow mode.
    #[serde(default, deserialize_with = "maybe_u32")]
    pub slow_mode_seconds: Option<u32>,
    /// Made by the client, the same on every repeat.
    pub client_id: Option<ClientId>,
}

/// `POST /api/conversations/{id}/members`; without a body the person who asks joins.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMember {
    /// The person who asks if absent.
    pub user_id: Option<UserId>,
    /// `member` if absent; only with `userId`.
    pub role: Option<Role>,
}

/// `PATCH /api/conversations/{id}/members/{userId}`
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    pub role: Role,
}

/// `PUT …/read`
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    pub seq: Seq,
}
