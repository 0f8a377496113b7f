//! One event by itself: a known type and version, data that fit the type, a target where the type has one, a request's hash beside
//! its id, and nothing left of what was taken back.

use confab_domain::{LogEvent, NewEvent};
use confab_proto::event_data::{
    ConversationCreated, ConversationPostingChanged, ConversationRef, ConversationRenamed, ConversationSlowModeChanged,
    ConversationTopicChanged, ConversationVisibilityChanged, MemberRef, MemberRole, MessageDeleted, MessageEdited,
    MessagePosted, MessageRef, MessageReplied, Reaction, SessionRevoked,
};
use confab_proto::{EventType, MessageNo, Position, Seq, Timestamp};
use confab_store::EventRow;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::report::{Check, Difference};

/// Bytes of a request's hash.
const HASH: usize = 16;

/// What is wrong with the row; an event that can be read, if it can.
pub(crate) fn check(row: &EventRow) -> (Option<LogEvent>, Vec<Difference>) {
    let mut wrong = Vec::new();
    let mut say = |check, expected: &str, found: String| {
        let difference = Difference::new(check, expected, found);
        wrong.push(difference.at(row.position).in_stream(row.stream_id, Some(row.seq)));
    };
    let Ok(event_type) = row.event_type.parse::<EventType>() else {
        say(Check::EventType, "a type that this version knows", format!("{:?}", row.event_type));
        return (None, wrong);
    };
    if row.version != i64::from(NewEvent::VERSION) {
        say(Check::EventVersion, "a version that this Confab knows", row.version.to_string());
    }
    check_request(row, &mut say);
    if row.redacted_at.is_some() {
        if !event_type.is_message() && event_type != EventType::MessageEdited {
            say(Check::Redaction, "an event whose content can be taken back", event_type.to_string());
        }
        if row.data != "{}" {
            say(Check::Redaction, "empty data of a redacted event", format!("{} bytes", row.data.len()));
        }
    } else {
        match target_in(event_type, row) {
            Err(problem) => say(Check::EventData, &format!("data of {event_type}"), problem),
            Ok(target) if target != row.target_seq => {
                say(Check::Target, &format!("target_seq {}", shown(target)), shown(row.target_seq));
            }
            Ok(_) => {}
        }
    }
    let event = log_event(row, event_type);
    if event.is_none() && !wrong.iter().any(|one: &Difference| one.check == Check::EventData) {
        let difference = Difference::new(Check::EventData, "data that are JSON, and numbers in their range", "others");
        wrong.push(difference.at(row.position).in_stream(row.stream_id, Some(row.seq)));
    }
    (event, wrong)
}

fn check_request(row: &EventRow, say: &mut impl FnMut(Check, &str, String)) {
    let length = row.request_hash.as_ref().map(Vec::len);
    match (row.client_id, row.redacted_at, length) {
        (None, _, None) | (Some(_), Some(_), None) | (Some(_), None, Some(HASH)) => {}
        (None, _, Some(_)) => say(Check::RequestHash, "none where there is no client_id", "one".to_owned()),
        (Some(_), Some(_), Some(_)) => say(Check::RequestHash, "none of a redacted event", "one".to_owned()),
        (Some(_), None, Some(length)) => say(Check::RequestHash, "16 bytes", format!("{length} bytes")),
        (Some(_), None, None) => say(Check::RequestHash, "one beside the client_id", "none".to_owned()),
    }
}

fn shown(seq: Option<i64>) -> String {
    seq.map_or_else(|| "none".to_owned(), |seq| seq.to_string())
}

/// The target that the data name. Exhaustive on purpose: a new type has to say here how its data are read.
fn target_in(event_type: EventType, row: &EventRow) -> Result<Option<i64>, String> {
    fn read<'a, T: Deserialize<'a>>(data: &'a str) -> Result<T, String> {
        // The error of serde names fields and places, and may quote a text.
        serde_json::from_str(data).map_err(|error| format!("data that do not fit at column {}", error.column()))
    }
    let data = row.data.as_str();
    let none = |()| None;
    match event_type {
        EventType::ConversationCreated => read::<ConversationCreated>(data).map(drop).map(none),
        EventType::ConversationRenamed => read::<ConversationRenamed>(data).map(drop).map(none),
        EventType::ConversationVisibilityChanged => read::<ConversationVisibilityChanged>(data).map(drop).map(none),
        EventType::ConversationTopicChanged => read::<ConversationTopicChanged>(data).map(drop).map(none),
        EventType::ConversationPostingChanged => read::<ConversationPostingChanged>(data).map(drop).map(none),
        EventType::ConversationSlowModeChanged => read::<ConversationSlowModeChanged>(data).map(drop).map(none),
        EventType::ConversationArchived | EventType::ConversationUnarchived => {
            read::<serde_json::Map<String, serde_json::Value>>(data).map(drop).map(none)
        }
        EventType::MemberAdded | EventType::MemberRoleChanged => read::<MemberRole>(data).map(drop).map(none),
        EventType::MemberLeft | EventType::MemberRemoved | EventType::MemberBanned | EventType::MemberUnbanned => {
            read::<MemberRef>(data).map(drop).map(none)
        }
        EventType::MessagePosted => read::<MessagePosted>(data).and_then(|data| answers(&data, row)).map(none),
        EventType::MessageReplied => {
            let data = read::<MessageReplied>(data)?;
            answers(&data.message, row)?;
            Ok(Some(data.thread_seq.as_i64()))
        }
        EventType::MessageEdited => read::<MessageEdited>(data).map(|data| Some(data.target_seq.as_i64())),
        EventType::MessageDeleted => read::<MessageDeleted>(data).map(|data| Some(data.target_seq.as_i64())),
        EventType::MessagePinned | EventType::MessageUnpinned => {
            read::<MessageRef>(data).map(|data| Some(data.target_seq.as_i64()))
        }
        EventType::ReactionAdded | EventType::ReactionRemoved => {
            read::<Reaction>(data).map(|data| Some(data.target_seq.as_i64()))
        }
        EventType::SessionRevoked => read::<SessionRevoked>(data).map(drop).map(none),
        EventType::ConversationEntered | EventType::ConversationExited => {
            read::<ConversationRef>(data).map(drop).map(none)
        }
    }
}

fn answers(data: &MessagePosted, row: &EventRow) -> Result<(), String> {
    match data.reply_to {
        Some(reply_to) if reply_to.as_i64() >= row.seq => Err(format!("an answer to {reply_to}, which comes later")),
        _ => Ok(()),
    }
}

/// As readers of the log get it.
fn log_event(row: &EventRow, event_type: EventType) -> Option<LogEvent> {
    let number = |value: i64| u64::try_from(value).ok();
    Some(LogEvent {
        stream: row.stream_id,
        seq: Seq(number(row.seq)?),
        position: Position(number(row.position)?),
        message_no: MessageNo(number(row.message_no)?),
        event_type,
        version: u16::try_from(row.version).ok()?,
        actor: row.actor_id,
        client_id: row.client_id,
        target_seq: row.target_seq.map(number).map(|seq| seq.map(Seq)).unwrap_or_default(),
        at: Timestamp(row.at),
        data: RawValue::from_string(row.data.clone()).ok()?,
        redacted: row.redacted_at.is_some(),
    })
}
