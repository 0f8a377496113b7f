//! The model of the store: one stream, its whole past, and what anybody may read of it at any `seq`.

use std::collections::BTreeMap;
use std::sync::Arc;

use confab_domain::{Conversation, LogEvent, NewEvent, RuleChange, may};
use confab_gateway::channel::{ChannelEvent, Opened, Page, Source};
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{
    ConversationId, Epoch, EventType, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId,
};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const EPOCH: Epoch = Epoch(7);
pub(crate) const USERS: u64 = 5;

pub(crate) fn user(n: u64) -> UserId {
    UserId::from_uuid(Uuid::from_u128(u128::from(1000 + n)))
}

pub(crate) fn session(n: u64) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(u128::from(2000 + n)))
}

/// What the store holds.
pub(crate) struct Log {
    pub(crate) source: Source,
    pub(crate) rows: Vec<LogEvent>,
    /// Rules and members after each event; empty for a user's stream.
    states: Vec<Conversation>,
    /// The envelope as it was first written.
    originals: Vec<Option<String>>,
    deleted: BTreeMap<Seq, Seq>,
    revoked: BTreeMap<SessionId, Seq>,
    position: u64,
}

impl Log {
    pub(crate) fn new(rng: &mut StdRng) -> Self {
        let id = Uuid::from_u128(1000);
        let of_a_user = rng.random_bool(0.2);
        let source = if of_a_user {
            Source::User(UserId::from_uuid(id))
        } else {
            Source::Conversation(ConversationId::from_uuid(id))
        };
        let mut log = Self {
            source,
            rows: Vec::new(),
            states: Vec::new(),
            originals: Vec::new(),
            deleted: BTreeMap::new(),
            revoked: BTreeMap::new(),
            position: 0,
        };
        if !of_a_user {
            let visibility = if rng.random_bool(0.7) { "public" } else { "private" };
            let data = json!({"kind": "group", "name": "x", "visibility": visibility});
            log.push(rng, EventType::ConversationCreated, None, &data);
            for n in 0..rng.random_range(1..USERS) {
                log.push(rng, EventType::MemberAdded, None, &json!({"userId": user(n), "role": "member"}));
            }
        }
        for _ in 0..rng.random_range(0..60) {
            log.append(rng);
        }
        log
    }

    pub(crate) fn head(&self) -> Seq {
        Seq(self.rows.len() as u64)
    }

    /// One more event, of any kind that fits.
    pub(crate) fn append(&mut self, rng: &mut StdRng) {
        if matches!(self.source, Source::User(_)) {
            return self.append_to_user(rng);
        }
        let who = user(rng.random_range(0..USERS));
        let target = Seq(rng.random_range(1..=self.head().0));
        let is_message = self.rows[target.0 as usize - 1].event_type == EventType::MessagePosted;
        let editable = is_message && !self.deleted.contains_key(&target);
        match rng.random_range(0..100) {
            0..=9 if editable => {
                let data = json!({"targetSeq": target, "body": "edited"});
                self.push(rng, EventType::MessageEdited, Some(target), &data);
            }
            10..=19 if editable => self.delete(rng, target),
            20..=29 => self.push(rng, EventType::MemberAdded, None, &json!({"userId": who, "role": "member"})),
            30..=33 => self.push(rng, EventType::MemberRemoved, None, &json!({"userId": who})),
            34..=37 => self.push(rng, EventType::MemberBanned, None, &json!({"userId": who})),
            38..=42 => self.push(rng, EventType::MemberUnbanned, None, &json!({"userId": who})),
            43..=47 => {
                let visibility = if rng.random_bool(0.6) { "public" } else { "private" };
                let data = json!({ "visibility": visibility });
                self.push(rng, EventType::ConversationVisibilityChanged, None, &data);
            }
            n => {
                let body = "word ".repeat(n as usize % 20);
                let data = json!({"body": body, "replyTo": null, "attachments": []});
                self.push(rng, EventType::MessagePosted, None, &data);
            }
        }
    }

    fn append_to_user(&mut self, rng: &mut StdRng) {
        let other = ConversationId::from_uuid(Uuid::from_u128(rng.random()));
        if rng.random_bool(0.04) {
            let ended = session(rng.random_range(0..USERS));
            self.push(rng, EventType::SessionRevoked, None, &json!({"sessionId": ended}));
            let seq = self.head();
            self.revoked.entry(ended).or_insert(seq);
        } else {
            self.push(rng, EventType::ConversationEntered, None, &json!({"conversationId": other}));
        }
    }

    fn delete(&mut self, rng: &mut StdRng, target: Seq) {
        self.push(rng, EventType::MessageDeleted, Some(target), &json!({"targetSeq": target}));
        let seq = self.head();
        let taken = |row: &LogEvent| {
            row.seq == target || (row.event_type == EventType::MessageEdited && row.target_seq == Some(target))
        };
        for row in self.rows.iter_mut().filter(|row| taken(row)) {
            row.redacted = true;
            row.data = serde_json::from_str("{}").unwrap();
            self.deleted.insert(row.seq, seq);
        }
    }

    fn push(&mut self, rng: &mut StdRng, event_type: EventType, target: Option<Seq>, data: &Value) {
        self.position += rng.random_range(1..4);
        let new = NewEvent::new(self.source.stream(), event_type, data);
        let seq = self.head().next();
        let row = LogEvent {
            stream: new.stream,
            seq,
            position: Position(self.position),
            message_no: MessageNo(0),
            event_type,
            version: 1,
            actor: user(0),
            client_id: None,
            target_seq: target,
            at: Timestamp(1_795_348_800_123_456),
            data: new.data,
            redacted: false,
        };
        self.originals.push(shown(&row));
        if let Some(change) = RuleChange::read(event_type, row.data.get()).unwrap() {
            let mut state = self.states.last().cloned().unwrap_or_else(|| nothing(row.stream));
            state.apply(&change, seq);
            self.states.push(state);
        } else if let Some(state) = self.states.last().cloned() {
            self.states.push(state);
        }
        self.rows.push(row);
    }

    pub(crate) fn snapshot(&self) -> Option<Opened> {
        let conversation = self.states.last().cloned();
        Some(Opened { epoch: EPOCH, position: Position(self.position), head: self.head(), conversation })
    }

    pub(crate) fn page(&self, after: Seq, limit: usize) -> Page {
        let rows = self.rows.iter().skip(after.0 as usize).take(limit);
        let events = rows.map(|row| Arc::new(ChannelEvent::from_log(row).unwrap())).collect();
        Page { epoch: EPOCH, position: Position(self.position), head: self.head(), events }
    }

    /// The event as the live path carries it: published right after the commit.
    pub(crate) fn live(&self, seq: Seq) -> Arc<ChannelEvent> {
        let row = &self.rows[seq.0 as usize - 1];
        let body = match &self.originals[seq.0 as usize - 1] {
            Some(envelope) => envelope.clone(),
            None => format!("{{\"data\":{}}}", row.data),
        };
        Arc::new(ChannelEvent::from_live(seq, row.position, row.event_type, body.as_bytes()).unwrap())
    }

    /// An event that this log never had.
    pub(crate) fn of_another_life(&self) -> Arc<ChannelEvent> {
        let seq = Seq(self.head().0 + 1);
        let body = b"{\"data\":{\"body\":\"of another life\"}}";
        Arc::new(ChannelEvent::from_live(seq, Position(1), EventType::MessagePosted, body).unwrap())
    }

    /// Whether this person, with this session, may be sent what follows `seq`.
    pub(crate) fn may(&self, user: UserId, session: SessionId, seq: Seq) -> bool {
        match (self.source, seq.0.checked_sub(1)) {
            (Source::User(_), _) => self.revoked.get(&session).is_none_or(|ended| *ended > seq),
            (Source::Conversation(_), Some(index)) => {
                let state = &self.states[index as usize];
                may::read(&state.rules, state.role(user))
            }
            (Source::Conversation(_), None) => false,
        }
    }

    /// The next event after `seq` that clients see.
    pub(crate) fn next_shown(&self, seq: Seq) -> Option<Seq> {
        let rest = self.originals.iter().enumerate().skip(seq.0 as usize);
        rest.filter(|(_, original)| original.is_some()).map(|(index, _)| Seq(index as u64 + 1)).next()
    }

    /// Whether `body` is what clients may be shown for `seq` by a reader that has applied all up to `head`.
    pub(crate) fn is_body(&self, seq: Seq, body: &str, head: Seq) -> bool {
        let index = seq.0 as usize - 1;
        let original = self.originals[index].as_deref() == Some(body);
        match self.deleted.get(&seq) {
            None => original,
            Some(deletion) if *deletion <= head => shown(&self.rows[index]).as_deref() == Some(body),
            Some(_) => original || shown(&self.rows[index]).as_deref() == Some(body),
        }
    }
}

fn shown(row: &LogEvent) -> Option<String> {
    row.envelope().unwrap().map(|envelope| envelope.encode().get().to_owned())
}

fn nothing(stream: StreamId) -> Conversation {
    Conversation::created(stream, ConversationKind::Group, None, Visibility::Private, Seq::ZERO)
}

/// The roles that these histories give are all the same to a reader.
#[test]
fn a_banned_person_may_not_read() {
    let mut state = nothing(StreamId::from_uuid(Uuid::nil()));
    state.apply(&RuleChange::MemberBanned(user(1)), Seq(1));
    assert_eq!(state.role(user(1)), Some(Role::Banned));
    assert!(!may::read(&state.rules, state.role(user(1))));
}
