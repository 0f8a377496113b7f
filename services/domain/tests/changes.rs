//! Messages before an event + the event = messages fetched after it, for every event that changes messages. What is fetched after
//! deletions is folded from a log whose content is gone, as the store gives it.
//!
//! The same steps stand in `proto/typescript/message-changes.json`, and the web client folds them in a test of its own.
#![expect(clippy::unwrap_used, reason = "tests")]

use confab_domain::history::messages;
use confab_domain::{LogEvent, NewEvent};
use confab_proto::event_data::{
    Forwarded, MessageDeleted, MessageEdited, MessagePosted, MessageRef, MessageReplied, Reaction,
};
use confab_proto::http::{Attachment, Message};
use confab_proto::{ClientId, Envelope, EventType, FileId, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

const ADA: UserId = UserId::from_uuid(Uuid::from_u128(0xa));
const BOB: UserId = UserId::from_uuid(Uuid::from_u128(0xb));

#[derive(Default)]
struct Log(Vec<LogEvent>);

impl Log {
    fn push(&mut self, actor: UserId, event_type: EventType, target: Option<u64>, data: &impl Serialize) {
        let stream = StreamId::from_uuid(Uuid::from_u128(0xc));
        let new = NewEvent::new(stream, event_type, data);
        let seq = self.0.len() as u64 + 1;
        let said = self.0.iter().filter(|event| event.event_type == EventType::MessagePosted).count() as u64;
        self.0.push(LogEvent {
            stream,
            seq: Seq(seq),
            position: Position(seq),
            message_no: MessageNo(said + u64::from(event_type == EventType::MessagePosted)),
            event_type,
            version: NewEvent::VERSION,
            actor,
            client_id: Some(ClientId::from_uuid(Uuid::from_u128(u128::from(seq)))),
            target_seq: target.map(Seq),
            at: Timestamp(1_795_348_800_000_000).plus_seconds(seq.cast_signed()),
            data: new.data,
            redacted: false,
        });
        if event_type == EventType::MessageDeleted {
            self.blank(target.unwrap());
        }
    }

    /// As the store does it.
    fn blank(&mut self, target: u64) {
        for event in &mut self.0 {
            let is_edit = event.event_type == EventType::MessageEdited && event.target_seq == Some(Seq(target));
            if event.seq == Seq(target) || is_edit {
                event.redacted = true;
                event.data = RawValue::from_string("{}".to_owned()).unwrap();
            }
        }
    }

    fn post(&mut self, actor: UserId, body: &str) {
        let data = MessagePosted { body: body.to_owned(), ..MessagePosted::default() };
        self.push(actor, EventType::MessagePosted, None, &data);
    }

    fn reply(&mut self, actor: UserId, root: u64, body: &str) {
        let message = MessagePosted { body: body.to_owned(), ..MessagePosted::default() };
        let data = MessageReplied { thread_seq: Seq(root), message };
        self.push(actor, EventType::MessageReplied, Some(root), &data);
    }

    fn edit(&mut self, actor: UserId, target: u64, body: &str, mentions: Vec<UserId>) {
        let data = MessageEdited { target_seq: Seq(target), body: body.to_owned(), mentions, everyone: true };
        self.push(actor, EventType::MessageEdited, Some(target), &data);
    }

    fn delete(&mut self, actor: UserId, target: u64, root: Option<u64>) {
        let data = MessageDeleted { target_seq: Seq(target), thread_seq: root.map(Seq) };
        self.push(actor, EventType::MessageDeleted, Some(target), &data);
    }

    fn mark(&mut self, actor: UserId, event_type: EventType, target: u64) {
        self.push(actor, event_type, Some(target), &MessageRef { target_seq: Seq(target) });
    }

    fn react(&mut self, actor: UserId, event_type: EventType, target: u64, emoji: &str) {
        let data = Reaction { target_seq: Seq(target), emoji: emoji.to_owned() };
        self.push(actor, event_type, Some(target), &data);
    }
}

type DoStep = Box<dyn Fn(&mut Log)>;

/// One step of each kind, and those that could go wrong after it.
fn steps() -> Vec<DoStep> {
    use EventType::{MessagePinned, MessageUnpinned, ReactionAdded, ReactionRemoved};
    let rich = |log: &mut Log| {
        let id = FileId::from_uuid(Uuid::from_u128(0xf));
        let (name, media_type) = ("crab.png".to_owned(), "image/png".to_owned());
        let file = Attachment { id, name, size: 7, media_type, width: Some(3), height: Some(2), thumbnail: true };
        let forwarded = Some(Forwarded { actor_id: ADA, at: Timestamp(1_795_348_800_000_000) });
        let data = MessagePosted {
            body: "@ada @everyone".to_owned(),
            reply_to: Some(Seq(1)),
            attachments: vec![file],
            mentions: vec![ADA],
            everyone: true,
            forwarded,
        };
        log.push(BOB, EventType::MessagePosted, None, &data);
    };
    vec![
        Box::new(|log| log.post(ADA, "first")),
        Box::new(rich),
        Box::new(|log| log.react(BOB, ReactionAdded, 1, "👍")),
        Box::new(|log| log.react(ADA, ReactionAdded, 1, "🎉")),
        Box::new(|log| log.react(ADA, ReactionAdded, 1, "👍")),
        Box::new(|log| log.react(BOB, ReactionRemoved, 1, "👍")),
        Box::new(|log| log.react(ADA, ReactionRemoved, 1, "🎉")),
        Box::new(|log| log.mark(ADA, MessagePinned, 1)),
        Box::new(|log| log.edit(ADA, 1, "first, edited", vec![BOB])),
        Box::new(|log| log.reply(BOB, 1, "in the thread")),
        Box::new(|log| log.reply(ADA, 1, "and again")),
        Box::new(|log| log.react(BOB, ReactionAdded, 11, "👍")),
        Box::new(|log| log.delete(BOB, 10, Some(1))),
        Box::new(|log| log.mark(ADA, MessageUnpinned, 1)),
        Box::new(|log| log.mark(ADA, MessagePinned, 2)),
        Box::new(|log| log.delete(ADA, 1, None)),
        Box::new(|log| log.reply(BOB, 1, "under what is gone")),
        Box::new(|log| log.delete(BOB, 2, None)),
        Box::new(|log| log.post(BOB, "last")),
    ]
}

#[derive(Serialize)]
struct Step {
    before: Vec<Message>,
    event: Envelope,
    after: Vec<Message>,
}

/// The timeline, as a page of history has it: with the replies counted, but not among the messages.
fn timeline(log: &[LogEvent]) -> Vec<Message> {
    let mut all = messages(log).unwrap();
    all.retain(|message| message.thread_seq.is_none());
    all
}

#[test]
fn what_is_fetched_before_and_the_event_is_what_is_fetched_after() {
    let mut log = Log::default();
    let mut done = Vec::new();
    for step in steps() {
        let before = timeline(&log.0);
        let old: Vec<LogEvent> = log.0.clone();
        step(&mut log);
        let event = log.0.last().unwrap().clone();
        // What somebody folds who was there: the old events with their content, and the new one.
        let live: Vec<LogEvent> = old.into_iter().chain([event.clone()]).collect();
        let after = timeline(&log.0);
        assert_eq!(timeline(&live), after, "after {} at {}", event.event_type, event.seq);
        done.push(Step { before, event: event.envelope().unwrap().unwrap(), after });
    }
    is_checked_in(&done);
}

#[expect(clippy::disallowed_methods, reason = "no setting of the service: whether to write the file anew")]
fn is_checked_in(steps: &[Step]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/typescript/message-changes.json");
    let fresh = serde_json::to_string_pretty(steps).unwrap() + "\n";
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &fresh).unwrap();
    }
    let shown = std::fs::read_to_string(path).unwrap_or_default();
    assert!(shown == fresh, "proto/typescript/message-changes.json is not as the sources are: run `make generated`");
}
