//! Signals: what is told without envelope and without promise, over NATS and as Socket.IO events.
//!
//! The gateway relays a signal as the event named by its `type`, with the whole object as the only argument. One that is lost is
//! not sent again, so nothing may rest on it: what it is about can be fetched by HTTP, or is over soon. Clients ignore types they
//! do not know.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ConversationId, MessageNo, Seq, Timestamp, UserId};

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PresenceState {
    Online,
    /// Connected, but all of its clients say that nobody looks.
    Away,
    Offline,
}

/// All signals that a client may get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Signal {
    /// Somebody types; over when nothing came for 5 s, or with a message of theirs.
    #[serde(rename = "typing.started")]
    TypingStarted {
        conversation_id: ConversationId,
        user_id: UserId,
        /// The root, if it is in a thread.
        #[schema(required = true)]
        thread_seq: Option<Seq>,
    },
    /// Somebody has read up to here; to all in conversations of at most 100 members, to the own devices always.
    #[serde(rename = "read.moved")]
    ReadMoved { conversation_id: ConversationId, user_id: UserId, seq: Seq },
    /// To the own devices: fetch them again; without `conversationId` all.
    #[serde(rename = "preferences.changed")]
    PreferencesChanged {
        #[schema(required = true)]
        conversation_id: Option<ConversationId>,
    },
    /// The name, the status or the picture of somebody is another one.
    #[serde(rename = "profile.changed")]
    ProfileChanged { user_id: UserId },
    /// To those who decide about them: somebody asked to join, or was answered.
    #[serde(rename = "requests.changed")]
    RequestsChanged { conversation_id: ConversationId },
    /// To sockets that watch this person. Made by the gateway.
    #[serde(rename = "presence.changed")]
    PresenceChanged {
        user_id: UserId,
        state: PresenceState,
        #[schema(required = true)]
        last_seen_at: Option<Timestamp>,
    },
    /// There are new messages in a conversation of this member that this socket has not joined. Made by the gateway.
    #[serde(rename = "conversation.activity")]
    ConversationActivity { conversation_id: ConversationId, seq: Seq, message_no: MessageNo },
}

impl Signal {
    /// All names. A client tells by them what is of no log.
    pub const NAMES: [&str; 7] = [
        "typing.started",
        "read.moved",
        "preferences.changed",
        "profile.changed",
        "requests.changed",
        "presence.changed",
        "conversation.activity",
    ];

    /// Its `type`, which is also the name of the Socket.IO event.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TypingStarted { .. } => "typing.started",
            Self::ReadMoved { .. } => "read.moved",
            Self::PreferencesChanged { .. } => "preferences.changed",
            Self::ProfileChanged { .. } => "profile.changed",
            Self::RequestsChanged { .. } => "requests.changed",
            Self::PresenceChanged { .. } => "presence.changed",
            Self::ConversationActivity { .. } => "conversation.activity",
        }
    }

    /// Whose own doing it tells of to others; their own sockets do not need it.
    #[must_use]
    pub const fn author(&self) -> Option<UserId> {
        match self {
            Self::TypingStarted { user_id, .. } | Self::ReadMoved { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}

/// How somebody is, as `watchPresence` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceOf {
    pub user_id: UserId,
    pub state: PresenceState,
    /// `null`: unknown, or there now.
    #[schema(required = true)]
    pub last_seen_at: Option<Timestamp>,
}

/// What gateways tell each other, and the API, on `confab.signal.presence`. A client never gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Beat {
    /// These have sockets at this gateway now. One message has a part of them; whoever is named in none for `lifeMs` is not there.
    #[serde(rename = "presence.beat")]
    Here { gateway: uuid::Uuid, life_ms: u64, online: Vec<UserId>, away: Vec<UserId>, gone: Vec<UserId> },
    /// A gateway knows nothing yet: tell it.
    #[serde(rename = "presence.ask")]
    Ask { gateway: uuid::Uuid },
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const ID: &str = "0198c0de-0000-7000-8000-00000000000a";

    fn all() -> Vec<(Signal, String)> {
        let (conversation_id, user_id) = (ID.parse().unwrap(), ID.parse().unwrap());
        let (seq, at) = (Seq(7), Timestamp(0));
        let person = format!("\"userId\":\"{ID}\"");
        let place = format!("\"conversationId\":\"{ID}\"");
        vec![
            (
                Signal::TypingStarted { conversation_id, user_id, thread_seq: None },
                format!("{{\"type\":\"typing.started\",{place},{person},\"threadSeq\":null}}"),
            ),
            (
                Signal::ReadMoved { conversation_id, user_id, seq },
                format!("{{\"type\":\"read.moved\",{place},{person},\"seq\":7}}"),
            ),
            (
                Signal::PreferencesChanged { conversation_id: None },
                "{\"type\":\"preferences.changed\",\"conversationId\":null}".to_owned(),
            ),
            (Signal::ProfileChanged { user_id }, format!("{{\"type\":\"profile.changed\",{person}}}")),
            (Signal::RequestsChanged { conversation_id }, format!("{{\"type\":\"requests.changed\",{place}}}")),
            (
                Signal::PresenceChanged { user_id, state: PresenceState::Offline, last_seen_at: Some(at) },
                format!(
                    "{{\"type\":\"presence.changed\",{person},\"state\":\"offline\",\
                     \"lastSeenAt\":\"1970-01-01T00:00:00.000000Z\"}}"
                ),
            ),
            (
                Signal::ConversationActivity { conversation_id, seq, message_no: MessageNo(3) },
                format!("{{\"type\":\"conversation.activity\",{place},\"seq\":7,\"messageNo\":3}}"),
            ),
        ]
    }

    #[test]
    fn each_is_spelled_as_documented_and_read_back() {
        for (signal, json) in all() {
            assert_eq!(serde_json::to_string(&signal).unwrap(), json);
            assert_eq!(serde_json::from_str::<Signal>(&json).unwrap(), signal);
            assert!(Signal::NAMES.contains(&signal.name()));
            assert!(json.starts_with(&format!("{{\"type\":\"{}\"", signal.name())), "{json}");
        }
    }

    #[test]
    fn a_field_of_a_later_version_does_no_harm() {
        let json = format!("{{\"type\":\"profile.changed\",\"userId\":\"{ID}\",\"later\":1}}");
        assert!(serde_json::from_str::<Signal>(&json).is_ok());
        assert!(serde_json::from_str::<Signal>("{\"type\":\"unheard.of\"}").is_err());
    }
}
