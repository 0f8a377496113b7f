//! One event as it stands in the log, and its translation into what clients see.

use confab_proto::event_data::ConversationRef;
use confab_proto::{
    ClientId, ConversationId, Envelope, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId,
};
use serde_json::value::RawValue;

/// A row of `events`.
#[derive(Clone, Debug)]
pub struct LogEvent {
    pub stream: StreamId,
    pub seq: Seq,
    pub position: Position,
    /// Messages of the stream up to and including this event.
    pub message_no: MessageNo,
    pub event_type: EventType,
    /// Version of `data`; 1 so far.
    pub version: u16,
    pub actor: UserId,
    /// On the first event of a command only.
    pub client_id: Option<ClientId>,
    /// The message that this event edits, deletes, pins or reacts to, or stands under in a thread.
    pub target_seq: Option<Seq>,
    pub at: Timestamp,
    /// JSON, as it was written.
    pub data: Box<RawValue>,
    /// The content was taken back: `data` is `{}`.
    pub redacted: bool,
}

impl LogEvent {
    /// What clients see of it; `None` for what stays inside.
    ///
    /// # Errors
    /// The stored `data` does not fit its type (a damaged row).
    pub fn envelope(&self) -> Result<Option<Envelope>, serde_json::Error> {
        Ok(self.shown_conversation()?.map(|conversation| self.envelope_as(conversation)))
    }

    fn envelope_as(&self, conversation_id: ConversationId) -> Envelope {
        Envelope {
            conversation_id,
            seq: self.seq,
            position: self.position,
            message_no: self.message_no,
            event_type: self.event_type,
            actor_id: self.actor,
            client_id: self.client_id,
            at: self.at,
            redacted: self.redacted,
            data: self.data.clone(),
        }
    }

    /// What the live path carries: the envelope, for internal events too, since gateways act upon them. An internal one
    /// has its stream's id as `conversationId` and is sent to no client.
    ///
    /// # Errors
    /// The stored `data` does not fit its type.
    pub fn live_body(&self) -> Result<Box<RawValue>, serde_json::Error> {
        let conversation_id = self.shown_conversation()?.unwrap_or(self.stream.conversation());
        Ok(self.envelope_as(conversation_id).encode())
    }

    /// What the downstream log carries: the envelope. Of an internal event only its type, time and position are left.
    #[must_use]
    pub fn log_body(&self) -> Box<RawValue> {
        if !self.event_type.is_internal() {
            return self.envelope_as(self.stream.conversation()).encode();
        }
        let nobody = uuid::Uuid::nil();
        let blank = Envelope {
            conversation_id: ConversationId::from_uuid(nobody),
            seq: Seq::ZERO,
            position: self.position,
            message_no: MessageNo::ZERO,
            event_type: self.event_type,
            actor_id: UserId::from_uuid(nobody),
            client_id: None,
            at: self.at,
            redacted: false,
            data: RawValue::from_string("{}".to_owned()).expect("an empty object is JSON"),
        };
        blank.encode()
    }

    /// Exhaustive on purpose: a new type has to say here what it shows.
    fn shown_conversation(&self) -> Result<Option<ConversationId>, serde_json::Error> {
        match self.event_type {
            EventType::SessionRevoked => Ok(None),
            EventType::ConversationEntered | EventType::ConversationExited => {
                let entered: ConversationRef = serde_json::from_str(self.data.get())?;
                Ok(Some(entered.conversation_id))
            }
            EventType::ConversationCreated
            | EventType::ConversationRenamed
            | EventType::ConversationVisibilityChanged
            | EventType::ConversationArchived
            | EventType::ConversationUnarchived
            | EventType::ConversationTopicChanged
            | EventType::ConversationPostingChanged
            | EventType::ConversationSlowModeChanged
            | EventType::MemberAdded
            | EventType::MemberLeft
            | EventType::MemberRemoved
            | EventType::MemberBanned
            | EventType::MemberUnbanned
            | EventType::MemberRoleChanged
            | EventType::MessagePosted
            | EventType::MessageReplied
            | EventType::MessageEdited
            | EventType::MessageDeleted
            | EventType::MessagePinned
            | EventType::MessageUnpinned
            | EventType::ReactionAdded
            | EventType::ReactionRemoved => Ok(Some(self.stream.conversation())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn event(event_type: EventType, data: &str) -> LogEvent {
        let id = "0198c0de-0000-7000-8000-00000000000a";
        LogEvent {
            stream: StreamId::from_uuid(id.parse().unwrap()),
            seq: Seq(42),
            position: Position(1001),
            message_no: MessageNo(17),
            event_type,
            version: 1,
            actor: id.parse().unwrap(),
            client_id: Some(id.parse().unwrap()),
            target_seq: None,
            at: Timestamp(1_795_348_800_123_456),
            data: RawValue::from_string(data.to_owned()).unwrap(),
            redacted: false,
        }
    }

    #[test]
    fn the_downstream_log_carries_the_envelope() {
        let posted = event(EventType::MessagePosted, r#"{"body":"hello","replyTo":null,"attachments":[]}"#);
        assert_eq!(posted.log_body().get(), posted.envelope().unwrap().unwrap().encode().get());
    }

    #[test]
    fn nothing_of_an_internal_event_reaches_the_downstream_log() {
        for event_type in EventType::ALL.iter().filter(|event_type| event_type.is_internal()) {
            let body = event(*event_type, r#"{"sessionId":"0198c0de-0000-7000-8000-00000000000a"}"#).log_body();
            assert!(!body.get().contains("0198c0de"), "{body}");
            assert!(body.get().contains(r#""position":1001"#) && body.get().contains(r#""data":{}"#), "{body}");
        }
    }
}
