//! The bodies of the HTTP API, in both directions. Field names are camelCase in JSON.
//!
//! A conversation and a message have one shape each, wherever they appear.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::event_data::{ConversationKind, Role, Visibility};
use crate::{ClientId, ConversationId, Epoch, MessageNo, Position, Seq, SessionId, Timestamp, UserId};

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub display_name: String,
}

/// `POST /api/users`
// No `Debug`, as with all that holds a password or a token: it must not get into a log.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUp {
    #[schema(min_length = 2)]
    pub username: String,
    #[schema(min_length = 1)]
    pub password: String,
    /// The username if absent.
    #[serde(default)]
    #[schema(min_length = 1)]
    pub display_name: Option<String>,
}

/// `POST /api/sessions`
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub username: String,
    pub password: String,
}

/// Answer to signing up and signing in; the token also comes as a cookie.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    pub user: User,
    /// For programs: `Authorization: Bearer …` and the Socket.IO handshake's `auth.token`.
    pub token: String,
    pub expires_at: Timestamp,
}

/// One place where a person is signed in. No address is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: SessionId,
    pub created_at: Timestamp,
    /// Of a request, to the minute; a socket that only listens does not move it.
    pub last_seen_at: Timestamp,
    /// Moves on while the session is used.
    pub expires_at: Timestamp,
    /// The one that asks.
    pub current: bool,
    /// Such as `Firefox on Linux`; null if the program did not say.
    #[schema(required = true)]
    pub client: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// The newest first.
    pub sessions: Vec<Session>,
}

/// `PUT /api/me/password`
#[derive(Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    pub current_password: String,
    #[schema(min_length = 1)]
    pub new_password: String,
}

/// Whether people make their own accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignUpMode {
    Open,
    /// The operator makes them.
    Closed,
}

/// What everybody may know of this server.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    pub version: String,
    pub sign_up: SignUpMode,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserAnswer {
    pub user: User,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    pub users: Vec<User>,
}

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
        #[serde(rename = "clientId")]
        client_id: Option<ClientId>,
    },
}

/// From a string only: serde also takes `{"direct": null}` for an enum.
fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConversationKind, D::Error> {
    const KINDS: [ConversationKind; 2] = [ConversationKind::Direct, ConversationKind::Group];
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    let known = KINDS.into_iter().find(|kind| kind.as_str() == text);
    known.ok_or_else(|| D::Error::unknown_variant(&text, &["direct", "group"]))
}

/// Read as one flat struct, because a tagged enum cannot say which field is wrong.
impl<'de> Deserialize<'de> for CreateConversation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Fields {
            #[serde(deserialize_with = "kind")]
            kind: ConversationKind,
            user_id: Option<UserId>,
            name: Option<String>,
            member_ids: Option<Vec<UserId>>,
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
            // A direct conversation is found by its people, so it needs no clientId; one that is sent does no harm.
            ConversationKind::Direct => {
                let user_id = fields.user_id.ok_or_else(|| D::Error::missing_field("userId"))?;
                Ok(Self::Direct { user_id })
            }
            ConversationKind::Group if fields.user_id.is_some() => Err(D::Error::custom("a group has no `userId`")),
            ConversationKind::Group => Ok(Self::Group {
                name: fields.name.ok_or_else(|| D::Error::missing_field("name"))?,
                member_ids: fields.member_ids.unwrap_or_default(),
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

/// A message as history shows it.
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
    pub visibility: Visibility,
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

/// `POST /api/conversations/{id}/messages`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostMessage {
    #[schema(min_length = 1)]
    pub body: String,
    /// Made by the client, the same on every repeat; the server makes one if absent.
    #[serde(default)]
    pub client_id: Option<ClientId>,
    #[serde(default)]
    pub reply_to: Option<Seq>,
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
    /// More messages in the direction asked.
    pub has_more: bool,
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

/// `PUT …/read`
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    pub seq: Seq,
}
