//! A store in memory for these tests: sessions, users' own streams, conversations. It can be away.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use confab_domain::{Conversation, LogEvent, MemberRow, Rules};
use confab_proto::event_data::{ConversationKind, Role, Visibility};
use confab_proto::{
    ConversationId, Epoch, EventType, MessageNo, Position, Seq, SessionId, StreamId, Timestamp, UserId,
};
use confab_store::{EventPage, LogHead, Moved, Reader, Session, Snapshot, StoreError, StreamHead, Sweep, TokenHash};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

#[derive(Default)]
pub(crate) struct Store {
    away: AtomicBool,
    /// Reads of sessions never end.
    silent: AtomicBool,
    silent_reads: AtomicU64,
    epoch: AtomicU64,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    sessions: HashMap<TokenHash, Session>,
    conversations: HashMap<StreamId, Conversation>,
    events: Vec<LogEvent>,
}

pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) token: String,
}

impl Store {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    pub(crate) fn set_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    pub(crate) fn silent_reads(&self) -> u64 {
        self.silent_reads.load(Ordering::SeqCst)
    }

    /// Another life of the store begins, which ended this session without an event after the new heads.
    pub(crate) fn fail_over_without(&self, person: &Person) {
        self.rows().sessions.remove(&hash(&person.token));
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// A person with one session that lasts for `seconds`.
    pub(crate) fn person(&self, seconds: i64) -> Person {
        let (user, session) = (UserId::new_v7(), SessionId::new_v7());
        let token = format!("token-of-{user}");
        let row = Session { id: session, user, expires_at: Timestamp::now().plus_seconds(seconds) };
        self.rows().sessions.insert(hash(&token), row);
        self.append(
            user.into(),
            EventType::ConversationEntered,
            "{\"conversationId\":\"0198c0de-0000-7000-8000-000000000001\"}",
            user,
        );
        Person { user, session, token }
    }

    pub(crate) fn end_session(&self, person: &Person) {
        self.rows().sessions.remove(&hash(&person.token));
        let data = format!("{{\"sessionId\":\"{}\"}}", person.session);
        self.append(person.user.into(), EventType::SessionRevoked, &data, person.user);
    }

    pub(crate) fn prolong(&self, person: &Person, seconds: i64) {
        let expires_at = Timestamp::now().plus_seconds(seconds);
        if let Some(session) = self.rows().sessions.get_mut(&hash(&person.token)) {
            session.expires_at = expires_at;
        }
    }

    /// A private group of one person.
    pub(crate) fn group(&self, owner: &Person) -> ConversationId {
        let stream = StreamId::from(UserId::new_v7());
        let id = stream.conversation();
        let (kind, visibility) = (ConversationKind::Group, Visibility::Private);
        let rules = Rules::created(stream, kind, Some("group".to_owned()), visibility, Seq(1));
        let owner_row = MemberRow { role: Role::Owner, since: Seq(1), guard: Seq(1) };
        let members = BTreeMap::from([(owner.user, owner_row)]);
        self.rows().conversations.insert(stream, Conversation { rules, members });
        let data = "{\"kind\":\"group\",\"name\":\"group\",\"visibility\":\"private\"}";
        self.append(stream, EventType::ConversationCreated, data, owner.user);
        id
    }

    pub(crate) fn post(&self, conversation: ConversationId, author: &Person, body: &str) {
        let data = format!("{{\"body\":\"{body}\",\"replyTo\":null,\"attachments\":[]}}");
        self.append(conversation.into(), EventType::MessagePosted, &data, author.user);
    }

    /// The last event of all.
    pub(crate) fn last(&self) -> LogEvent {
        self.rows().events.last().cloned().expect("there is an event")
    }

    pub(crate) fn enter(&self, conversation: ConversationId, person: &Person) {
        let data = format!("{{\"conversationId\":\"{conversation}\"}}");
        self.append(person.user.into(), EventType::ConversationEntered, &data, person.user);
    }

    fn append(&self, stream: StreamId, event_type: EventType, data: &str, actor: UserId) {
        let mut rows = self.rows();
        let before = rows.events.iter().filter(|event| event.stream == stream);
        let (seq, messages) = before.fold((0, 0), |(seq, messages), event| {
            (seq + 1, messages + u64::from(event.event_type == EventType::MessagePosted))
        });
        let position = Position(rows.events.len() as u64 + 1);
        rows.events.push(LogEvent {
            stream,
            seq: Seq(seq + 1),
            position,
            message_no: MessageNo(messages + u64::from(event_type == EventType::MessagePosted)),
            event_type,
            version: 1,
            actor,
            client_id: None,
            target_seq: None,
            at: Timestamp::now(),
            data: RawValue::from_string(data.to_owned()).unwrap(),
            redacted: false,
        });
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    fn read(&self) -> Result<MutexGuard<'_, Rows>, StoreError> {
        if self.away.load(Ordering::SeqCst) {
            return Err(StoreError::Damaged("away".to_owned()));
        }
        Ok(self.rows())
    }

    fn log(&self, rows: &Rows) -> LogHead {
        LogHead { epoch: Epoch(self.epoch.load(Ordering::SeqCst)), position: Position(rows.events.len() as u64) }
    }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token).into()
}

impl Rows {
    fn head(&self, stream: StreamId) -> StreamHead {
        let last = self.events.iter().rev().find(|event| event.stream == stream);
        last.map(|event| StreamHead { seq: event.seq, message_no: event.message_no }).unwrap_or_default()
    }
}

#[async_trait]
impl Reader for Store {
    async fn log_head(&self) -> Result<LogHead, StoreError> {
        Ok(self.log(&*self.read()?))
    }

    async fn snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        let rows = self.read()?;
        let head = rows.head(stream);
        let conversation = rows.conversations.get(&stream).cloned();
        Ok((head.seq > Seq::ZERO).then(|| Snapshot { log: self.log(&rows), head, conversation }))
    }

    async fn events_after(
        &self,
        stream: StreamId,
        after: Seq,
        limit: usize,
        _: usize,
    ) -> Result<EventPage, StoreError> {
        let rows = self.read()?;
        let events = rows.events.iter().filter(|event| event.stream == stream && event.seq > after);
        let events = events.take(limit).cloned().collect();
        Ok(EventPage { log: self.log(&rows), head: rows.head(stream).seq, events })
    }

    async fn sweep(&self, position: Option<Position>) -> Result<Sweep, StoreError> {
        let rows = self.read()?;
        let mut moved = BTreeMap::new();
        if let Some(position) = position {
            for event in rows.events.iter().filter(|event| event.position > position) {
                let last = moved.entry(event.stream).or_insert((event.seq, None));
                let posted = (event.event_type == EventType::MessagePosted).then_some(event.message_no);
                *last = (event.seq, posted.or(last.1));
            }
        }
        let log = self.log(&rows);
        let moved = moved.into_iter().map(|(stream, (seq, message_no))| Moved { stream, seq, message_no });
        Ok(Sweep { log, to: log.position, moved: moved.collect() })
    }

    async fn conversations_joined(&self, user: UserId) -> Result<Vec<ConversationId>, StoreError> {
        let rows = self.read()?;
        let is_in = |known: &Conversation| known.role(user).is_some();
        Ok(rows.conversations.iter().filter(|(_, known)| is_in(known)).map(|(id, _)| id.conversation()).collect())
    }

    async fn last_seen(&self, _: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        Ok(Vec::new())
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<Session>, StoreError> {
        if self.silent.load(Ordering::SeqCst) {
            self.silent_reads.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        Ok(self.read()?.sessions.get(token).copied())
    }
}
