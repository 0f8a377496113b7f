//! A store in memory with the read side of the port: one lock, so every read is of one snapshot. It can go away and be restored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use confab_domain::{Conversation, LogEvent, NewEvent, RuleChange};
use confab_proto::event_data::{ConversationKind, Visibility};
use confab_proto::{ConversationId, Epoch, EventType, MessageNo, Position, Seq, StreamId, Timestamp, UserId};
use confab_runtime::bus::{Bus, LiveHeaders, Message};
use confab_store::{EventPage, LogHead, Moved, Reader, Session, Snapshot, StoreError, StreamHead, Sweep, TokenHash};
use serde_json::Value;

#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<State>>);

#[derive(Clone, Default)]
pub(crate) struct State {
    epoch: u64,
    pub(crate) away: bool,
    position: u64,
    streams: HashMap<StreamId, Stream>,
    pub(crate) page_reads: u64,
    /// Most events that a sweep looks at.
    pub(crate) sweep_span: Option<u64>,
}

#[derive(Clone, Default)]
struct Stream {
    events: Vec<LogEvent>,
    conversation: Option<Conversation>,
}

impl Memory {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    /// Adds an event that no bus hears of. The first event of a conversation has to be its creation.
    pub(crate) fn append(&self, stream: impl Into<StreamId>, event_type: EventType, data: &Value) -> LogEvent {
        let stream = stream.into();
        self.with(|state| state.append(NewEvent::new(stream, event_type, data)))
    }

    /// Adds a user's stream without events.
    pub(crate) fn add_user(&self, user: UserId) {
        self.with(|state| state.streams.insert(user.into(), Stream::default()));
    }

    /// Adds an event and publishes it, as the API does.
    pub(crate) fn publish(&self, bus: &dyn Bus, stream: impl Into<StreamId>, event_type: EventType, data: &Value) {
        let event = self.append(stream, event_type, data);
        bus.publish(live(&event, self.epoch(), subject_of(&event)));
    }

    pub(crate) fn epoch(&self) -> Epoch {
        self.with(|state| Epoch(state.epoch))
    }

    /// Goes back to an earlier copy, in a new epoch.
    pub(crate) fn restore(&self, copy: State) {
        self.with(|state| {
            let epoch = state.epoch + 1;
            *state = State { epoch, ..copy };
        });
    }

    fn reading<T>(&self, read: impl FnOnce(&mut State) -> T) -> Result<T, StoreError> {
        self.with(|state| match state.away {
            true => Err(StoreError::Damaged("away".to_owned())),
            false => Ok(read(state)),
        })
    }
}

fn subject_of(event: &LogEvent) -> String {
    use confab_proto::subject;
    match event.event_type {
        EventType::SessionRevoked | EventType::ConversationEntered | EventType::ConversationExited => {
            subject::live_user(event.stream.user())
        }
        _ => subject::live(event.stream.conversation()),
    }
}

pub(crate) fn live(event: &LogEvent, epoch: Epoch, subject: String) -> Message {
    let headers = LiveHeaders {
        seq: event.seq.0,
        position: event.position.0,
        event_type: event.event_type.to_string(),
        epoch: epoch.to_string(),
        traceparent: None,
    };
    let body = event.live_body().unwrap();
    Message { subject, headers: Some(headers), body: Bytes::copy_from_slice(body.get().as_bytes()) }
}

impl State {
    fn append(&mut self, new: NewEvent) -> LogEvent {
        self.position += 1;
        let stream = self.streams.entry(new.stream).or_default();
        let seq = Seq(stream.events.len() as u64 + 1);
        if let Some(change) = RuleChange::read(new.event_type, new.data.get()).unwrap() {
            let nothing = || Conversation::created(new.stream, ConversationKind::Group, None, Visibility::Private, seq);
            stream.conversation.get_or_insert_with(nothing).apply(&change, seq);
        }
        let event = LogEvent {
            stream: new.stream,
            seq,
            position: Position(self.position),
            message_no: MessageNo(0),
            event_type: new.event_type,
            version: 1,
            actor: UserId::from_uuid(uuid::Uuid::nil()),
            client_id: None,
            target_seq: None,
            at: Timestamp(0),
            data: new.data,
            redacted: false,
        };
        stream.events.push(event.clone());
        event
    }

    fn log(&self) -> LogHead {
        LogHead { epoch: Epoch(self.epoch), position: Position(self.position) }
    }
}

fn head(stream: &Stream) -> Seq {
    Seq(stream.events.len() as u64)
}

#[async_trait]
impl Reader for Memory {
    async fn log_head(&self) -> Result<LogHead, StoreError> {
        self.reading(|state| state.log())
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        self.reading(|state| {
            let found = state.streams.get(&stream)?;
            let head = StreamHead { seq: head(found), message_no: MessageNo(0) };
            Some(Snapshot { log: state.log(), head, conversation: found.conversation.clone() })
        })
    }

    async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
        _max_bytes: usize,
    ) -> Result<EventPage, StoreError> {
        self.reading(|state| {
            state.page_reads += 1;
            let found = state.streams.get(&stream).cloned().unwrap_or_default();
            let events = found.events.iter().skip(after.0 as usize).take(limit).cloned().collect();
            EventPage { log: state.log(), head: head(&found), events }
        })
    }

    async fn sweep(&self, position: Option<Position>) -> Result<Sweep, StoreError> {
        self.reading(|state| {
            let log = state.log();
            let from = position.unwrap_or(log.position);
            let to = state.sweep_span.map_or(log.position, |span| log.position.min(Position(from.0 + span)));
            let within = |e: &&LogEvent| e.position > from && e.position <= to;
            let moved = state.streams.iter().filter_map(|(id, stream)| {
                let seq = stream.events.iter().rfind(within)?.seq;
                let posted = stream.events.iter().filter(within).rfind(|e| e.event_type == EventType::MessagePosted);
                Some(Moved { stream: *id, seq, message_no: posted.map(|e| e.message_no) })
            });
            let moved = moved.collect();
            Sweep { log, to, moved }
        })
    }

    async fn conversations_joined(&self, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
        self.reading(|state| {
            let is_in = |stream: &Stream| stream.conversation.as_ref().is_some_and(|known| known.role(user).is_some());
            let joined = state.streams.iter().filter(|(_, stream)| is_in(stream));
            joined.map(|(id, _)| id.conversation()).collect()
        })
    }

    async fn last_seen(&self, _: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        self.reading(|_| Vec::new())
    }

    async fn session(&self, _token: &TokenHash) -> Result<Option<Session>, StoreError> {
        self.reading(|_| None)
    }
}
