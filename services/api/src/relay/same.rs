//! Whether a message of the stream and an event of the log are the same one.
//!
//! A store whose files were put back keeps its epoch, so numbers alone do not tell: the log may have grown again past the end of
//! the stream. What is compared is what an event is told by, not the bytes: an older version may have written them otherwise, and
//! an event that was taken back since has lost its content in the store and not in the stream.

use confab_domain::LogEvent;
use confab_proto::Epoch;
use confab_runtime::bus::LogMessage;
use serde::Deserialize;

use super::message::message;

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldBy {
    at: String,
    actor_id: String,
    client_id: Option<String>,
    message_no: u64,
}

/// `false` also for a message that cannot be read.
pub(super) fn same(epoch: Epoch, held: &LogMessage, event: &LogEvent) -> bool {
    let expected = message(epoch, event);
    let place = |one: &LogMessage| (one.position, one.subject.clone(), one.headers.seq, one.headers.event_type.clone());
    let told_by = |one: &LogMessage| serde_json::from_slice::<ToldBy>(&one.body).ok();
    place(held) == place(&expected) && told_by(held).is_some_and(|told| Some(told) == told_by(&expected))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use bytes::Bytes;
    use confab_proto::{ClientId, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
    use serde_json::value::RawValue;
    use uuid::Uuid;

    use super::*;

    const EPOCH: Epoch = Epoch(1);

    fn event() -> LogEvent {
        LogEvent {
            stream: StreamId::from_uuid(Uuid::from_u128(1)),
            seq: Seq(3),
            position: Position(9),
            message_no: MessageNo(2),
            event_type: EventType::MessagePosted,
            version: 1,
            actor: UserId::from_uuid(Uuid::from_u128(2)),
            client_id: Some(ClientId::from_uuid(Uuid::from_u128(3))),
            target_seq: None,
            at: Timestamp(1_000_000),
            data: RawValue::from_string(r#"{"body":"hello"}"#.to_owned()).unwrap(),
            redacted: false,
        }
    }

    #[test]
    fn an_event_is_itself_also_when_it_was_taken_back_or_written_by_another_version() {
        let mut held = message(EPOCH, &event());
        let taken_back = LogEvent { redacted: true, data: RawValue::from_string("{}".to_owned()).unwrap(), ..event() };
        assert!(same(EPOCH, &held, &event()) && same(EPOCH, &held, &taken_back));
        let text = String::from_utf8(held.body.to_vec()).unwrap().replacen('{', r#"{"later":1,"#, 1);
        held.body = Bytes::from(text);
        assert!(same(EPOCH, &held, &event()));
    }

    #[test]
    fn another_event_at_the_same_place_is_another() {
        let held = message(EPOCH, &event());
        let another = [
            LogEvent { stream: StreamId::from_uuid(Uuid::from_u128(9)), ..event() },
            LogEvent { seq: Seq(4), ..event() },
            LogEvent { event_type: EventType::MessageEdited, ..event() },
            LogEvent { event_type: EventType::SessionRevoked, ..event() },
            LogEvent { at: Timestamp(1_000_001), ..event() },
            LogEvent { actor: UserId::from_uuid(Uuid::from_u128(9)), ..event() },
            LogEvent { client_id: None, ..event() },
            LogEvent { message_no: MessageNo(1), ..event() },
        ];
        for event in another {
            assert!(!same(EPOCH, &held, &event), "{event:?}");
        }
        assert!(!same(EPOCH, &LogMessage { body: Bytes::from("{}"), ..held }, &event()));
    }
}
