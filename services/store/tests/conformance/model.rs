//! Random commands against a model in memory: every outcome and the log at the end are as the model says.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use confab_domain::append::Expect;
use confab_domain::decide::{self, Known};
use confab_domain::{Append, MemberRow, Placed};
use confab_proto::{ConversationId, Epoch, EventType, Seq, StreamId, UserId};
use confab_store::{Moved, Outcome};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::database::Database;
use crate::pages::fold;
use crate::scene::{
    Stores, asker, assert_positions_are_gapless, assert_seqs_are_gapless, group, known, log, message, sign_up,
};

/// What must come out, kept by the simplest means.
struct Model {
    epoch: Epoch,
    position: u64,
    /// Events and messages of each stream.
    heads: HashMap<StreamId, (u64, u64)>,
    settings: HashMap<StreamId, Seq>,
    members: BTreeMap<(StreamId, UserId), MemberRow>,
    done: HashMap<(StreamId, UserId, uuid::Uuid), ([u8; 16], Placed)>,
}

impl Model {
    /// The store as it is now.
    async fn of(store: &Stores, streams: Vec<StreamId>) -> Self {
        let head = store.log_head().await.unwrap();
        let mut model = Self {
            epoch: head.epoch,
            position: head.position.0,
            heads: HashMap::new(),
            settings: HashMap::new(),
            members: BTreeMap::new(),
            done: HashMap::new(),
        };
        for stream in streams {
            let snapshot = store.snapshot(stream).await.unwrap().unwrap();
            model.heads.insert(stream, (snapshot.head.seq.0, snapshot.head.message_no.0));
            if let Some(conversation) = snapshot.conversation {
                model.settings.insert(stream, conversation.rules.guard);
                model.members.extend(conversation.members.into_iter().map(|(user, row)| ((stream, user), row)));
            }
        }
        model
    }

    fn holds(&self, expect: &Expect) -> bool {
        match *expect {
            Expect::NewStream(stream) => !self.settings.contains_key(&stream),
            Expect::Settings { stream, guard } => self.settings.get(&stream) == Some(&guard),
            Expect::Member { stream, user, guard } => self.members.get(&(stream, user)).map(|row| row.guard) == guard,
            other => unreachable!("no command of these expects {other:?}"),
        }
    }

    /// Checks the store's outcome and takes it over.
    fn check(&mut self, command: &Append, outcome: &Outcome) {
        let identity = (command.first_stream(), command.actor, command.client_id.uuid());
        if let Some((hash, placed)) = self.done.get(&identity) {
            let expected = if *hash == command.request_hash.0 { Outcome::Duplicate(*placed) } else { Outcome::Reused };
            assert_eq!(*outcome, expected);
            return;
        }
        if command.epoch != self.epoch || !command.expect.iter().all(|expect| self.holds(expect)) {
            assert_eq!(*outcome, Outcome::Conflict, "{command:?}");
            return;
        }
        let Outcome::Appended(placed) = outcome else { panic!("{outcome:?} for {command:?}") };
        assert_eq!(placed.len(), command.events.len());
        for (event, place) in command.events.iter().zip(placed) {
            let head = self.heads.entry(event.stream).or_default();
            head.0 += 1;
            head.1 += u64::from(event.event_type == EventType::MessagePosted);
            self.position += 1;
            assert_eq!((place.seq.0, place.message_no.0, place.position.0), (head.0, head.1, self.position));
        }
        self.done.insert(identity, (command.request_hash.0, placed[0]));
        for row in &command.rows {
            self.project(row, placed);
        }
    }

    fn project(&mut self, row: &confab_domain::Row, placed: &[Placed]) {
        match *row {
            confab_domain::Row::AddMember { stream, user, role, event } => {
                let seq = placed[event].seq;
                self.members.insert((stream, user), MemberRow { role, since: seq, guard: seq });
            }
            confab_domain::Row::DropMember { stream, user } => {
                self.members.remove(&(stream, user));
            }
            _ => {}
        }
    }
}

struct World<'a> {
    store: &'a Stores,
    random: StdRng,
    people: Vec<UserId>,
    rooms: Vec<ConversationId>,
    /// Commands of the past, to be sent again, or sent late.
    past: Vec<Append>,
}

impl World<'_> {
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.random_range(0..from.len())]
    }

    /// A message: fresh, late, repeated, with a foreign epoch or with another content under its id.
    async fn plain(&mut self) -> Option<Append> {
        let (room, user) = (self.pick(&self.rooms.clone()), self.pick(&self.people.clone()));
        if !self.past.is_empty() && self.random.random_ratio(1, 4) {
            let index = self.random.random_range(0..self.past.len());
            let mut command = self.past[index].clone();
            if self.random.random_ratio(1, 3) {
                command.request_hash.0[0] ^= 1;
            }
            return Some(command);
        }
        known(self.store, room, user).await.own?;
        let body = format!("text {}", self.random.random::<u32>());
        let mut command = message(self.store, room, user, &body).await;
        if self.random.random_ratio(1, 12) {
            command.epoch.0 ^= 1;
        }
        self.past.push(command.clone());
        // Half are sent now, half only later, when guards may have moved.
        self.random.random_bool(0.7).then_some(command)
    }

    /// A join or a leave, decided on what may have been true a while ago.
    async fn rule(&mut self) -> Option<Append> {
        let (room, user) = (self.pick(&self.rooms.clone()), self.pick(&self.people.clone()));
        let mut known: Known = known(self.store, room, user).await;
        if self.random.random_ratio(1, 5) {
            known.rules.guard = Seq(known.rules.guard.0 + 1);
        }
        let asker = asker(self.store, user).await;
        // The one owner stays.
        if known.own.is_some() { decide::leave(asker, &known).ok() } else { decide::join(asker, &known).ok() }
    }
}

pub(crate) async fn random_commands_end_as_the_model_says(database: Arc<Database>) {
    for seed in 0..3 {
        run(&database, seed).await;
    }
}

async fn run(database: &Database, seed: u64) {
    let store = &database.store;
    let mut people = Vec::new();
    for n in 0..4 {
        people.push(sign_up(store, &format!("person-{seed}-{n}")).await);
    }
    let mut rooms = Vec::new();
    for n in 0..2 {
        rooms.push(group(store, people[n], &format!("room {n}"), &people).await);
    }
    let streams = rooms.iter().map(|room| StreamId::from(*room)).chain(people.iter().map(|user| (*user).into()));
    let mut model = Model::of(store, streams.collect()).await;
    let random = StdRng::seed_from_u64(seed);
    let mut world = World { store, random, people: people.clone(), rooms: rooms.clone(), past: Vec::new() };
    for _ in 0..120 {
        if world.random.random_ratio(1, 4) {
            let Some(command) = world.rule().await else { continue };
            model.check(&command, &store.append_rule(&command).await.unwrap());
            continue;
        }
        let mut batch: Vec<Append> = Vec::new();
        for _ in 0..world.random.random_range(1..6) {
            let Some(command) = world.plain().await else { continue };
            if batch.iter().all(|other| other.client_id != command.client_id) {
                batch.push(command);
            }
        }
        let outcomes = store.append_plain(&batch).await.unwrap();
        assert_eq!(outcomes.len(), batch.len());
        for (command, outcome) in batch.iter().zip(&outcomes) {
            model.check(command, outcome);
        }
    }
    assert_ends_as(store, &model, &rooms).await;
}

async fn assert_ends_as(store: &Stores, model: &Model, rooms: &[ConversationId]) {
    let mut logs = Vec::new();
    for room in rooms {
        let log = log(store, *room).await;
        assert_seqs_are_gapless(&log);
        let state = store.snapshot((*room).into()).await.unwrap().unwrap().conversation.unwrap();
        assert_eq!(state, fold(*room, &log), "the projection is the fold of the log");
        let stream = StreamId::from(*room);
        let members: BTreeMap<UserId, MemberRow> =
            model.members.iter().filter(|((s, _), _)| *s == stream).map(|((_, user), row)| (*user, *row)).collect();
        assert_eq!(state.members, members);
        logs.push(log);
    }
    let all = store.sweep(Some(confab_proto::Position(0))).await.unwrap().moved;
    for Moved { stream, seq: head, .. } in all {
        if rooms.iter().any(|room| stream == (*room).into()) {
            continue;
        }
        let log = log(store, stream).await;
        assert_eq!(log.last().unwrap().seq, head);
        logs.push(log);
    }
    assert_positions_are_gapless(store, &logs).await;
}
