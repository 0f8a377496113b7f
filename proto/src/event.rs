//! The event types and the envelope, identical on Socket.IO, NATS and `GET …/events`.
//!
//! A type has one name everywhere: in the log, in the NATS subject, as the Socket.IO event name, in TypeScript.
//! `data` is spliced as raw JSON, never parsed and written again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::{ClientId, ConversationId, MessageNo, Position, Seq, Timestamp, UserId};

macro_rules! event_types {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// What happened, past tense. Clients ignore types they do not know, and count their `seq`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum EventType { $(#[serde(rename = $text)] $variant),+ }

        impl EventType {
            /// Every type of version 1.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one name of this type.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl FromStr for EventType {
            type Err = UnknownEventType;

            fn from_str(text: &str) -> Result<Self, UnknownEventType> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(UnknownEventType(text.to_owned())) }
            }
        }
    };
}

event_types! {
    ConversationCreated = "conversation.created",
    ConversationRenamed = "conversation.renamed",
    ConversationVisibilityChanged = "conversation.visibility_changed",
    ConversationArchived = "conversation.archived",
    ConversationUnarchived = "conversation.unarchived",
    ConversationTopicChanged = "conversation.topic_changed",
    ConversationPostingChanged = "conversation.posting_changed",
    ConversationSlowModeChanged = "conversation.slow_mode_changed",
    MemberAdded = "member.added",
    MemberLeft = "member.left",
    MemberRemoved = "member.removed",
    MemberBanned = "member.banned",
    MemberUnbanned = "member.unbanned",
    MemberRoleChanged = "member.role_changed",
    MessagePosted = "message.posted",
    MessageReplied = "message.replied",
    MessageEdited = "message.edited",
    MessageDeleted = "message.deleted",
    MessagePinned = "message.pinned",
    MessageUnpinned = "message.unpinned",
    ReactionAdded = "reaction.added",
    ReactionRemoved = "reaction.removed",
    SessionRevoked = "session.revoked",
    ConversationEntered = "conversation.entered",
    ConversationExited = "conversation.exited",
}

impl EventType {
    /// Whether an event of this type says something: in the timeline, or in a thread under one of its messages.
    #[must_use]
    pub const fn is_message(self) -> bool {
        matches!(self, Self::MessagePosted | Self::MessageReplied)
    }

    /// Whether events of this type stand on a user's own stream, which is nobody else's business. Exhaustive on purpose.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        match self {
            Self::SessionRevoked | Self::ConversationEntered | Self::ConversationExited => true,
            Self::ConversationCreated
            | Self::ConversationRenamed
            | Self::ConversationVisibilityChanged
            | Self::ConversationArchived
            | Self::ConversationUnarchived
            | Self::ConversationTopicChanged
            | Self::ConversationPostingChanged
            | Self::ConversationSlowModeChanged
            | Self::MemberAdded
            | Self::MemberLeft
            | Self::MemberRemoved
            | Self::MemberBanned
            | Self::MemberUnbanned
            | Self::MemberRoleChanged
            | Self::MessagePosted
            | Self::MessageReplied
            | Self::MessageEdited
            | Self::MessageDeleted
            | Self::MessagePinned
            | Self::MessageUnpinned
            | Self::ReactionAdded
            | Self::ReactionRemoved => false,
        }
    }
}

/// By hand: the derive does not see names that come out of a macro.
impl PartialSchema for EventType {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.iter().map(|event_type| event_type.as_str());
        let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        object.description(Some("What happened. Clients ignore types they do not know, and count their `seq`.")).into()
    }
}

impl ToSchema for EventType {}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A type that this version does not know, as found in a stored row or a NATS header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEventType(pub String);

impl fmt::Display for UnknownEventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown event type {:?}", self.0)
    }
}

impl std::error::Error for UnknownEventType {}

/// One event as every reader sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    pub conversation_id: ConversationId,
    pub seq: Seq,
    pub position: Position,
    /// Messages of the conversation up to and including this event.
    pub message_no: MessageNo,
    #[serde(rename = "type")]
    pub event_type: EventType,
    pub actor_id: UserId,
    /// On the first event of a command only.
    #[schema(required = true)]
    pub client_id: Option<ClientId>,
    pub at: Timestamp,
    /// The content was taken back; `data` is empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub redacted: bool,
    /// The event's own fields, by `type`.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub data: Box<RawValue>,
}

impl Envelope {
    /// The one encoding of this event, shared by every way out.
    #[must_use]
    pub fn encode(&self) -> Box<RawValue> {
        serde_json::value::to_raw_value(self).expect("an envelope has string keys only")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_type_has_one_name() {
        for t in EventType::ALL {
            assert_eq!(t.as_str().parse::<EventType>().unwrap(), *t);
            assert_eq!(serde_json::to_string(t).unwrap(), format!("\"{t}\""));
            assert_eq!(t.as_str().split('.').count(), 2, "a type is two subject tokens");
        }
        assert!("message.sent".parse::<EventType>().is_err());
    }

    #[test]
    fn the_envelope_splices_its_data() {
        let id = "0198c0de-0000-7000-8000-00000000000a";
        let envelope = Envelope {
            conversation_id: id.parse().unwrap(),
            seq: Seq(42),
            position: Position(1001),
            message_no: MessageNo(17),
            event_type: EventType::MessagePosted,
            actor_id: id.parse().unwrap(),
            client_id: None,
            at: Timestamp(1_795_348_800_123_456),
            redacted: false,
            data: RawValue::from_string(r#"{"body":"hello",  "replyTo":null}"#.to_owned()).unwrap(),
        };
        insta::assert_snapshot!(envelope.encode().get(), @r#"{"conversationId":"0198c0de-0000-7000-8000-00000000000a","seq":42,"position":1001,"messageNo":17,"type":"message.posted","actorId":"0198c0de-0000-7000-8000-00000000000a","clientId":null,"at":"2026-11-22T12:00:00.123456Z","data":{"body":"hello",  "replyTo":null}}"#);
    }
}
