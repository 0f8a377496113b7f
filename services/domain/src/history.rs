//! The one reducer from events to the messages that people see.
//!
//! A page of history is the message events of the page plus the events that target them, in `seq` order. The web client folds
//! the same events live: see `services/web/src/lib/conversation-log.ts`.

use std::collections::BTreeMap;

use confab_proto::event_data::{MessageDeleted, MessageEdited, MessagePosted, MessageReplied, Reaction};
use confab_proto::http::{Message, ReactionCount, Replies};
use confab_proto::{EventType, Seq};

use crate::event::LogEvent;

/// Folds messages and the events that target them. `events` are in ascending `seq` order; what targets a message that is not
/// among them is left out. Replies in a thread are messages of their own, and are counted in their root if that is there.
///
/// # Errors
/// A stored `data` does not fit its type (a damaged row).
pub fn messages<'a>(events: impl IntoIterator<Item = &'a LogEvent>) -> Result<Vec<Message>, serde_json::Error> {
    let mut shown: BTreeMap<Seq, Message> = BTreeMap::new();
    for event in events {
        if event.event_type.is_message() {
            shown.insert(event.seq, said(event)?);
        }
        if let Some(target) = event.target_seq.and_then(|target| shown.get_mut(&target)) {
            apply(target, event)?;
        }
        if event.event_type == EventType::MessageDeleted {
            let MessageDeleted { thread_seq, .. } = serde_json::from_str(event.data.get())?;
            let root = thread_seq.and_then(|root| shown.get_mut(&root));
            if let Some(replies) = root.and_then(|root| root.replies.as_mut()) {
                replies.count = replies.count.saturating_sub(1);
            }
        }
    }
    Ok(shown.into_values().collect())
}

/// What an event does to the message that it targets.
fn apply(message: &mut Message, event: &LogEvent) -> Result<(), serde_json::Error> {
    match event.event_type {
        EventType::MessageDeleted => delete(message),
        EventType::MessageReplied => {
            let replies = message.replies.get_or_insert(Replies { count: 0, last_at: event.at });
            // One that was taken back is counted off by its deletion, which comes later in the log.
            replies.count += 1;
            replies.last_at = event.at;
        }
        _ if message.deleted => {}
        EventType::MessageEdited if !event.redacted => {
            let edited: MessageEdited = serde_json::from_str(event.data.get())?;
            message.body = edited.body;
            message.mentions = edited.mentions;
            message.everyone = edited.everyone;
            message.edited_at = Some(event.at);
        }
        EventType::MessagePinned => message.pinned = true,
        EventType::MessageUnpinned => message.pinned = false,
        EventType::ReactionAdded => {
            let Reaction { emoji, .. } = serde_json::from_str(event.data.get())?;
            react(message, event, emoji);
        }
        EventType::ReactionRemoved => {
            let Reaction { emoji, .. } = serde_json::from_str(event.data.get())?;
            unreact(message, event, &emoji);
        }
        _ => {}
    }
    Ok(())
}

fn react(message: &mut Message, event: &LogEvent, emoji: String) {
    match message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
        Some(reaction) if reaction.user_ids.contains(&event.actor) => {}
        Some(reaction) => reaction.user_ids.push(event.actor),
        None => message.reactions.push(ReactionCount { emoji, user_ids: vec![event.actor] }),
    }
}

fn unreact(message: &mut Message, event: &LogEvent, emoji: &str) {
    for reaction in message.reactions.iter_mut().filter(|reaction| reaction.emoji == emoji) {
        reaction.user_ids.retain(|user| *user != event.actor);
    }
    message.reactions.retain(|reaction| !reaction.user_ids.is_empty());
}

/// Only its place and its thread are left.
fn delete(message: &mut Message) {
    let Message { seq, message_no, actor_id, at, client_id, thread_seq, replies, .. } = *message;
    *message = Message { client_id, thread_seq, replies, ..empty(seq, message_no, actor_id, at) };
    message.deleted = true;
}

fn empty(
    seq: Seq,
    message_no: confab_proto::MessageNo,
    actor_id: confab_proto::UserId,
    at: confab_proto::Timestamp,
) -> Message {
    Message {
        seq,
        message_no,
        actor_id,
        at,
        body: String::new(),
        reply_to: None,
        client_id: None,
        thread_seq: None,
        edited_at: None,
        deleted: false,
        pinned: false,
        reactions: Vec::new(),
        attachments: Vec::new(),
        mentions: Vec::new(),
        everyone: false,
        forwarded: None,
        replies: None,
    }
}

fn said(event: &LogEvent) -> Result<Message, serde_json::Error> {
    let is_reply = event.event_type == EventType::MessageReplied;
    let mut message = Message {
        client_id: event.client_id,
        thread_seq: event.target_seq.filter(|_| is_reply),
        ..empty(event.seq, event.message_no, event.actor, event.at)
    };
    if event.redacted {
        message.deleted = true;
        return Ok(message);
    }
    let data: MessagePosted = if is_reply {
        serde_json::from_str::<MessageReplied>(event.data.get())?.message
    } else {
        serde_json::from_str(event.data.get())?
    };
    let MessagePosted { body, reply_to, attachments, mentions, everyone, forwarded } = data;
    Ok(Message { body, reply_to, attachments, mentions, everyone, forwarded, ..message })
}
