//! One event as a channel handles it: its numbers, its one encoding, and the little of its content that a channel acts upon.
//!
//! Built from a live message or from a row of the log; the envelope of both is the same, byte for byte.
//! JSON is read only for rule events, for what targets a message (edits and deletes), and for what is on users' own streams.

use confab_domain::{LogEvent, RuleChange};
use confab_proto::event_data::{ConversationRef, SessionRevoked};
use confab_proto::{ConversationId, EventType, Position, Seq, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An event of a stream, encoded once for all listeners.
#[derive(Clone, Debug)]
pub struct ChannelEvent {
    pub seq: Seq,
    pub position: Position,
    pub event_type: EventType,
    /// The envelope; `None` for what clients do not see.
    pub body: Option<Box<RawValue>>,
    /// Of a rule event.
    pub change: Option<RuleChange>,
    /// The message that is edited or deleted.
    pub target: Option<Seq>,
    /// The session that ended (on user streams).
    pub revoked: Option<SessionId>,
    /// The conversation that the user is in from here on, or is not (on user streams).
    pub own: Option<(ConversationId, bool)>,
}

#[derive(Deserialize)]
struct Carrier<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    target_seq: Seq,
}

/// The envelope with its values left as they are.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Blanked<'a> {
    #[serde(borrow)]
    conversation_id: &'a RawValue,
    #[serde(borrow)]
    seq: &'a RawValue,
    #[serde(borrow)]
    position: &'a RawValue,
    #[serde(borrow)]
    message_no: &'a RawValue,
    #[serde(borrow, rename = "type")]
    event_type: &'a RawValue,
    #[serde(borrow)]
    actor_id: &'a RawValue,
    #[serde(borrow)]
    client_id: &'a RawValue,
    #[serde(borrow)]
    at: &'a RawValue,
    #[serde(skip_deserializing)]
    redacted: bool,
    #[serde(skip_deserializing)]
    data: Nothing,
}

#[derive(Default, Serialize)]
struct Nothing {}

impl ChannelEvent {
    /// From a live message: numbers and type of its headers, and its body.
    ///
    /// # Errors
    /// The body is no envelope, or its `data` does not fit the type; the event then has to come from the store.
    pub fn from_live(
        seq: Seq,
        position: Position,
        event_type: EventType,
        body: &[u8],
    ) -> Result<Self, serde_json::Error> {
        let envelope: Box<RawValue> = serde_json::from_slice(body)?;
        let mut event =
            Self { seq, position, event_type, body: None, change: None, target: None, revoked: None, own: None };
        if Self::is_read(event_type) {
            let carrier: Carrier<'_> = serde_json::from_str(envelope.get())?;
            event.read(carrier.data.get())?;
        }
        event.body = Some(envelope).filter(|_| event_type != EventType::SessionRevoked);
        Ok(event)
    }

    /// From a row of the log.
    ///
    /// # Errors
    /// The row is damaged: its `data` does not fit its type.
    pub fn from_log(row: &LogEvent) -> Result<Self, serde_json::Error> {
        let body = row.envelope()?.map(|envelope| envelope.encode());
        let (seq, position, event_type) = (row.seq, row.position, row.event_type);
        let mut event = Self { seq, position, event_type, body, change: None, target: None, revoked: None, own: None };
        if !row.redacted && Self::is_read(event_type) {
            event.read(row.data.get())?;
        }
        event.target = event.target.or(row.target_seq);
        Ok(event)
    }

    /// What it weighs in pages and in the tail.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.get().len())
    }

    /// Whether deleting `target` takes the content of this event back.
    #[must_use]
    pub fn shows(&self, target: Seq) -> bool {
        self.seq == target || (self.event_type == EventType::MessageEdited && self.target == Some(target))
    }

    /// The same event after its content was taken back, as the store gives it from then on.
    #[must_use]
    pub fn blanked(&self) -> Self {
        let blank = |body: &RawValue| {
            let mut envelope: Blanked<'_> = serde_json::from_str(body.get()).ok()?;
            envelope.redacted = true;
            serde_json::value::to_raw_value(&envelope).ok()
        };
        // A body that is no envelope is shown to nobody.
        Self { body: self.body.as_deref().and_then(blank), ..self.clone() }
    }

    const fn is_read(event_type: EventType) -> bool {
        RuleChange::is_rule(event_type)
            || matches!(
                event_type,
                EventType::MessageDeleted
                    | EventType::MessageEdited
                    | EventType::SessionRevoked
                    | EventType::ConversationEntered
                    | EventType::ConversationExited
            )
    }

    fn read(&mut self, data: &str) -> Result<(), serde_json::Error> {
        match self.event_type {
            EventType::MessageDeleted | EventType::MessageEdited => {
                self.target = Some(serde_json::from_str::<Target>(data)?.target_seq);
            }
            EventType::SessionRevoked => {
                self.revoked = Some(serde_json::from_str::<SessionRevoked>(data)?.session_id);
            }
            EventType::ConversationEntered | EventType::ConversationExited => {
                let place = serde_json::from_str::<ConversationRef>(data)?.conversation_id;
                self.own = Some((place, self.event_type == EventType::ConversationEntered));
            }
            _ => self.change = RuleChange::read(self.event_type, data)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use confab_domain::NewEvent;
    use confab_proto::{MessageNo, StreamId, Timestamp, UserId};
    use serde_json::json;

    use super::*;

    fn row(event_type: EventType, data: &serde_json::Value, redacted: bool) -> LogEvent {
        let id = uuid::Uuid::from_u128(7);
        let new = NewEvent::new(StreamId::from_uuid(id), event_type, data);
        LogEvent {
            stream: new.stream,
            seq: Seq(3),
            position: Position(9),
            message_no: MessageNo(2),
            event_type,
            version: 1,
            actor: UserId::from_uuid(id),
            client_id: None,
            target_seq: None,
            at: Timestamp(1_795_348_800_123_456),
            data: new.data,
            redacted,
        }
    }

    fn live(row: &LogEvent) -> ChannelEvent {
        let body = row.envelope().unwrap().unwrap().encode();
        ChannelEvent::from_live(row.seq, row.position, row.event_type, body.get().as_bytes()).unwrap()
    }

    #[test]
    fn live_and_stored_are_the_same() {
        let id = "0198c0de-0000-7000-8000-00000000000a";
        for (event_type, data) in [
            (EventType::MessagePosted, json!({"body": "hello", "replyTo": null, "attachments": []})),
            (EventType::MemberAdded, json!({"userId": id, "role": "member"})),
            (EventType::MessageDeleted, json!({"targetSeq": 2})),
            (EventType::ConversationEntered, json!({"conversationId": id})),
        ] {
            let row = row(event_type, &data, false);
            let (stored, live) = (ChannelEvent::from_log(&row).unwrap(), live(&row));
            assert_eq!(format!("{stored:?}"), format!("{live:?}"));
        }
    }

    #[test]
    fn a_blanked_event_is_what_the_store_gives_after_the_deletion() {
        let posted = row(EventType::MessagePosted, &json!({"body": "secret"}), false);
        let redacted = row(EventType::MessagePosted, &json!({}), true);
        let blanked = live(&posted).blanked();
        let stored = ChannelEvent::from_log(&redacted).unwrap();
        assert_eq!(blanked.body.unwrap().get(), stored.body.as_ref().unwrap().get());
        assert_eq!(stored.blanked().body.unwrap().get(), stored.body.unwrap().get());
    }

    #[test]
    fn an_ended_session_stays_inside() {
        let id = "0198c0de-0000-7000-8000-00000000000a";
        let row = row(EventType::SessionRevoked, &json!({"sessionId": id}), false);
        let event = ChannelEvent::from_log(&row).unwrap();
        assert_eq!(event.revoked, Some(id.parse().unwrap()));
        assert!(event.body.is_none());
        let body = json!({"data": {"sessionId": id}}).to_string();
        let live = ChannelEvent::from_live(row.seq, row.position, row.event_type, body.as_bytes()).unwrap();
        assert_eq!(live.revoked, event.revoked);
        assert!(live.body.is_none());
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        for (event_type, body) in [
            (EventType::MessagePosted, &b"\xff"[..]),
            (EventType::MessagePosted, b"{"),
            (EventType::MemberAdded, b"{\"data\":{}}"),
            (EventType::SessionRevoked, b"{}"),
        ] {
            assert!(ChannelEvent::from_live(Seq(1), Position(1), event_type, body).is_err());
        }
    }
}
