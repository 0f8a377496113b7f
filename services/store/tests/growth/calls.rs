//! The hot calls of the store, each through its port, and what it must answer on a filled store of any size.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use confab_domain::decide::{self, Asker};
use confab_domain::{Append, Expect, NewEvent, RequestHash};
use confab_proto::event_data::{MessageEdited, MessagePosted, Reaction};
use confab_proto::{ClientId, ConversationId, EventType, Position, Seq, UserId};
use confab_store::{HistoryPage, MemberFilter, MessageWindow, Mine, Outcome, ReadMark, Store};
use uuid::Uuid;

use crate::filling::{MANY, Size, person, room, token};

/// A store and how far a call has come in it.
pub(crate) struct Scene {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) size: Size,
    /// Counts the calls that write, so that each has messages of its own to change.
    turn: Arc<AtomicU64>,
}

type Answers<'s> = Pin<Box<dyn Future<Output = usize> + Send + 's>>;

pub(crate) struct Call {
    pub(crate) name: &'static str,
    /// Statements at the most: on Postgres, with what begins and ends a transaction, and on SQLite, without.
    pub(crate) statements: [usize; 2],
    /// How many things it gives or writes.
    pub(crate) answers: usize,
    pub(crate) ask: fn(&Scene) -> Answers<'_>,
}

const VIEWER: u64 = 0;
/// A conversation like most.
const SMALL: u64 = 7;
const PAGE: usize = 50;

macro_rules! call {
    ($name:literal, $postgres:literal | $sqlite:literal, $answers:expr, |$scene:ident| $ask:expr) => {
        Call {
            name: $name,
            statements: [$postgres, $sqlite],
            answers: $answers,
            ask: |$scene| Box::pin(async move { $ask }),
        }
    };
}

/// What a client, a gateway and the API's writer ask all day.
pub(crate) const CALLS: &[Call] = &[
    call!("append: one message", 2 | 3, 1, |s| s.append(vec![s.post(0)]).await),
    call!("append: 64 messages, edits and reactions", 2 | 11, 64, |s| s.append_many().await),
    call!("append by rule: somebody joins and leaves", 6 | 25, 2, |s| s.join_and_leave().await),
    call!("head of the log", 1 | 1, 1, |s| s.store.log_head().await.map(|_| 1).unwrap()),
    call!("gateway: opening a conversation", 1 | 1, 5, |s| s.open(SMALL).await),
    call!("gateway: opening the large conversation", 1 | 1, 1_000, |s| s.open(0).await),
    call!("gateway: the last 20 events", 1 | 1, 20, |s| s.after(Seq(s.size.large - 20), 20).await),
    call!("gateway: 100 events from the midst", 1 | 1, 100, |s| s.after(s.size.middle(), 100).await),
    call!("gateway: sweep of the last 1,000 events", 2 | 2, 1, |s| s.sweep().await),
    call!("gateway: session", 1 | 1, 1, |s| usize::from(s.store.session(&token(70)).await.unwrap().is_some())),
    call!("gateway: conversations of a person", 1 | 1, 200, |s| s
        .store
        .conversations_joined(viewer())
        .await
        .unwrap()
        .len()),
    call!("gateway: when 100 people were here", 1 | 1, 0, |s| s.store.last_seen(&people()).await.unwrap().len()),
    call!("page: the newest 50", 1 | 1, PAGE, |s| s.page(0, MessageWindow::Newest).await),
    call!("page: the newest 50 of a small conversation", 1 | 1, PAGE, |s| s.page(SMALL, MessageWindow::Newest).await),
    call!("page: 50 before the midst", 1 | 1, PAGE, |s| s.page(0, MessageWindow::Before(s.size.middle())).await),
    call!("page: 50 after the midst", 1 | 1, PAGE, |s| s.page(0, MessageWindow::After(s.size.middle())).await),
    call!("page: 50 around the midst", 1 | 1, PAGE, |s| s.page(0, MessageWindow::Around(s.size.middle())).await),
    call!("page: one message", 1 | 1, 1, |s| shown(
        s.store.message(room(0), viewer(), Size::first_message()).await.unwrap()
    )),
    call!("page: the newest 50 of a thread", 1 | 1, PAGE, |s| s.thread().await),
    call!("page: pins", 1 | 1, 10, |s| s.pins().await),
    call!("page: 100 events for a client", 1 | 1, 100, |s| s.events_for().await),
    call!("list: 200 conversations", 1 | 1, 200, |s| s.list(200).await),
    call!("list: the first 50 conversations", 1 | 1, 50, |s| s.list(50).await),
    call!("list: one conversation", 1 | 1, 1, |s| usize::from(
        s.store.conversation(room(0), viewer()).await.unwrap().is_some()
    )),
    call!("list: 50 public groups", 1 | 1, 50, |s| s.public_groups().await),
    call!("writer: settings and own row", 1 | 1, 1, |s| {
        usize::from(s.store.known_rules(room(0), viewer()).await.unwrap().is_some())
    }),
    call!("writer: settings, own row and another", 1 | 1, 1, |s| {
        usize::from(s.store.known_about(room(0), viewer(), person(1)).await.unwrap().is_some())
    }),
    call!("writer: the first answer", 1 | 1, 0, |s| {
        usize::from(s.store.earlier(room(0).into(), viewer(), client_id()).await.unwrap().is_some())
    }),
    call!("writer: three people by name", 3 | 3, 3, |s| {
        s.store.named_members(room(0), &["user7", "user500", "user999"]).await.unwrap().len()
    }),
    call!("relay: 100 events of the log", 1 | 1, 100, |s| s.log_after().await),
    call!("members: the first 50", 1 | 1, PAGE, |s| s.members("").await),
    call!("members: by name", 1 | 1, 1, |s| s.members("user99").await.min(1)),
    call!("read mark: written", 4 | 2, 1, |s| s.mark().await),
    call!("read marks of a small conversation", 1 | 1, 5, |s| s.reads().await),
    call!("what a person keeps", 1 | 1, 10, |s| s.store.preferences_of(viewer()).await.unwrap().len()),
    call!("session with its use", 1 | 1, 1, |s| usize::from(s.store.session_row(&token(70)).await.unwrap().is_some())),
    call!("sessions of a person", 1 | 1, 1, |s| s.store.sessions_of(person(70)).await.unwrap().len()),
    call!("sign-in: the password", 1 | 1, 1, |s| usize::from(s.store.credentials("user70").await.unwrap().is_some())),
    call!("100 people by id", 1 | 1, 100, |s| s.store.users_by_id(&people()).await.unwrap().len()),
];

fn viewer() -> UserId {
    person(VIEWER)
}

fn people() -> Vec<UserId> {
    (1..=100).map(person).collect()
}

fn client_id() -> ClientId {
    ClientId::from_uuid(Uuid::new_v4())
}

fn shown(page: Option<HistoryPage>) -> usize {
    page.map_or(0, |page| page.messages().unwrap().len())
}

fn event(conversation: ConversationId, event_type: EventType, data: &impl serde::Serialize) -> NewEvent {
    NewEvent::new(conversation, event_type, data)
}

impl Scene {
    pub(crate) fn new(store: Arc<dyn Store>, size: Size) -> Self {
        Self { store, size, turn: Arc::default() }
    }

    /// The same with another connection.
    pub(crate) fn through(&self, store: Arc<dyn Store>) -> Self {
        Self { store, size: self.size, turn: self.turn.clone() }
    }

    async fn append(&self, commands: Vec<Append>) -> usize {
        let epoch = self.store.log_head().await.unwrap().epoch;
        let batch: Vec<_> = commands.into_iter().map(|command| Append { epoch, ..command }).collect();
        let outcomes = self.store.append_plain(&batch).await.unwrap();
        outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Appended(_))).count()
    }

    /// Of the viewer, who came first everywhere.
    fn command(&self, k: u64, event: NewEvent) -> Append {
        let (stream, user) = (room(k).into(), viewer());
        let expect =
            vec![Expect::Settings { stream, guard: Seq(1) }, Expect::Member { stream, user, guard: Some(Seq(2)) }];
        let request_hash = RequestHash::of("growth", &k);
        let epoch = confab_proto::Epoch(0);
        Append {
            actor: user,
            client_id: client_id(),
            request_hash,
            epoch,
            expect,
            events: vec![event],
            rows: Vec::new(),
        }
    }

    fn post(&self, k: u64) -> Append {
        let data = MessagePosted { body: "one more".to_owned(), ..MessagePosted::default() };
        self.command(k, event(room(k), EventType::MessagePosted, &data))
    }

    /// To sixty conversations, and four changes of messages that nobody has changed.
    async fn append_many(&self) -> usize {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut commands: Vec<_> = (0..60).map(|k| self.post(k)).collect();
        let stream = room(0).into();
        for n in 0..2 {
            let target = Seq(MANY + 2 + 10 * (2 * turn + n));
            let (edited, liked) = (target, Seq(target.0 + 1));
            let data =
                MessageEdited { target_seq: edited, body: "better".to_owned(), mentions: vec![], everyone: false };
            let mut edit = self.command(0, event(room(0), EventType::MessageEdited, &data).about(edited));
            edit.expect.push(Expect::Message { stream, target: edited });
            edit.expect.push(Expect::Changed { stream, target: edited, last: None });
            let data = Reaction { target_seq: liked, emoji: "👍".to_owned() };
            let mut like = self.command(0, event(room(0), EventType::ReactionAdded, &data).about(liked));
            like.expect.push(Expect::Message { stream, target: liked });
            like.expect.push(Expect::Reacted { stream, target: liked, user: viewer(), last: None });
            commands.extend([edit, like]);
        }
        self.append(commands).await
    }

    async fn join_and_leave(&self) -> usize {
        let (conversation, actor) = (room(0), person(self.size.people - 1));
        let mut done = 0;
        for join in [true, false] {
            let Some(known) = self.store.known_rules(conversation, actor).await.unwrap() else { return 0 };
            let epoch = self.store.log_head().await.unwrap().epoch;
            let (asker, known) = (Asker { actor, client_id: client_id(), epoch }, known.known());
            let command = if join { decide::join(asker, &known) } else { decide::leave(asker, &known) };
            done +=
                usize::from(matches!(self.store.append_rule(&command.unwrap()).await.unwrap(), Outcome::Appended(_)));
        }
        done
    }

    async fn open(&self, k: u64) -> usize {
        let snapshot = self.store.snapshot(room(k).into()).await.unwrap();
        snapshot.map_or(0, |snapshot| snapshot.conversation.unwrap().members.len())
    }

    async fn after(&self, after: Seq, limit: usize) -> usize {
        self.store.events_after(room(0).into(), after, limit, 1 << 20).await.unwrap().events.len()
    }

    async fn sweep(&self) -> usize {
        let position = self.store.log_head().await.unwrap().position;
        let sweep = self.store.sweep(Some(Position(position.0.saturating_sub(1_000)))).await.unwrap();
        usize::from(sweep.to == position && sweep.moved.len() > 50)
    }

    async fn page(&self, k: u64, window: MessageWindow) -> usize {
        shown(self.store.history(room(k), viewer(), window, PAGE).await.unwrap())
    }

    async fn thread(&self) -> usize {
        let (root, window) = (Size::first_message(), MessageWindow::Newest);
        shown(self.store.thread(room(0), viewer(), root, window, PAGE).await.unwrap())
    }

    async fn pins(&self) -> usize {
        let pins = self.store.pins(room(0), viewer(), 50).await.unwrap();
        pins.map_or(0, |(_, pinned)| pinned.len())
    }

    async fn events_for(&self) -> usize {
        let page = self.store.events_for(room(0), viewer(), self.size.middle(), 100, 1 << 20).await.unwrap();
        page.map_or(0, |page| page.events.len())
    }

    async fn list(&self, limit: usize) -> usize {
        let list = self.store.conversations_of(viewer(), limit, None).await.unwrap().unwrap();
        list.rows.iter().filter(|row| row.unread > 0 && row.last_message.is_some()).count()
    }

    async fn public_groups(&self) -> usize {
        self.store.public_groups(viewer(), "", 50, None).await.unwrap().unwrap().rows.len()
    }

    async fn log_after(&self) -> usize {
        let middle = Position(self.size.large / 2);
        self.store.log_after(middle, 100, 1 << 20).await.unwrap().events.len()
    }

    async fn members(&self, query: &str) -> usize {
        let filter = MemberFilter { query, role: None };
        let members = self.store.members(room(0), viewer(), filter, PAGE, None).await.unwrap();
        members.map_or(0, |members| members.rows.len())
    }

    /// One message further each time.
    async fn mark(&self) -> usize {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let seq = Seq(self.size.large * 9 / 10 + turn);
        usize::from(matches!(self.store.mark_read(room(0), viewer(), seq).await.unwrap(), ReadMark::Moved(_)))
    }

    async fn reads(&self) -> usize {
        let reads = self.store.reads(room(SMALL), viewer()).await.unwrap();
        let Mine::Here(reads) = reads else { return 0 };
        reads.marks.map_or(0, |marks| marks.len())
    }
}
