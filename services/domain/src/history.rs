//! The one reducer from events to the messages that people see.
//!
//! A page of history is the message events of the page plus the events that target them, in `seq` order.

use std::collections::BTreeMap;

use confab_proto::event_data::{MessageEdited, MessagePosted};
use confab_proto::http::Message;
use confab_proto::{EventType, Seq};

use crate::event::LogEvent;

/// Folds message events and the events that target them. `events` are in ascending `seq` order; a deleted message is
/// left out, an edit without its target too (its message is on another page).
///
/// # Errors
/// A stored `data` does not fit its type (a damaged row).
pub fn messages<'a>(events: impl IntoIterator<Item = &'a LogEvent>) -> Result<Vec<Message>, serde_json::Error> {
    let mut shown: BTreeMap<Seq, Message> = BTreeMap::new();
    for event in events {
        match event.event_type {
            EventType::MessagePosted if !event.redacted => {
                shown.insert(event.seq, posted(event)?);
            }
            EventType::MessageEdited if !event.redacted => {
                let edited: MessageEdited = serde_json::from_str(event.data.get())?;
                if let Some(message) = shown.get_mut(&edited.target_seq) {
                    message.body = edited.body;
                }
            }
            EventType::MessageDeleted => {
                if let Some(target) = event.target_seq {
                    shown.remove(&target);
                }
            }
            _ => {}
        }
    }
    Ok(shown.into_values().collect())
}

fn posted(event: &LogEvent) -> Result<Message, serde_json::Error> {
    let data: MessagePosted = serde_json::from_str(event.data.get())?;
    Ok(Message {
        seq: event.seq,
        message_no: event.message_no,
        actor_id: event.actor,
        at: event.at,
        body: data.body,
        reply_to: data.reply_to,
        client_id: event.client_id,
    })
}
