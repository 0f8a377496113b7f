//! The store as it should be: one log with positions, its rules by folding it, every life that it had. The only truth of a run.
//!
//! Appending follows section 3 of the design: under the lock first "is it a repeat", then epoch and expectations, then the insert.

use std::collections::{BTreeMap, BTreeSet};

use confab_domain::{
    Append, Conversation, Expect, LogEvent, MemberRow, NewEvent, Placed, RequestHash, Row, RuleChange,
};
use confab_proto::event_data::{Role, SessionRevoked};
use confab_proto::{ClientId, Epoch, EventType, MessageNo, Position, Seq, SessionId, StreamId, UserId};
use confab_runtime::clock;
use confab_store::{Outcome, SessionRow, TokenHash};
use serde_json::value::RawValue;
use tokio::time::Instant;
use uuid::Uuid;

/// One life of the store.
#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) epoch: Epoch,
    pub(crate) log: Vec<LogEvent>,
    hashes: Vec<Option<RequestHash>>,
    /// The tick at which each event was appended.
    ticks: Vec<u64>,
    /// What events were before they were taken back, by index.
    originals: BTreeMap<usize, Original>,
    pub(crate) streams: BTreeMap<StreamId, Stream>,
    identities: BTreeMap<(StreamId, UserId, ClientId), usize>,
    ended: BTreeSet<SessionId>,
}

/// An event before a deletion took it back.
#[derive(Clone)]
struct Original {
    event: LogEvent,
    hash: Option<RequestHash>,
    /// Index of the deletion.
    by: usize,
}

/// What belongs to one stream.
#[derive(Clone, Default)]
pub(crate) struct Stream {
    /// Indices into the log.
    pub(crate) events: Vec<usize>,
    /// Rules and members from a seq on, and since which tick they hold.
    pub(crate) states: Vec<State>,
}

#[derive(Clone)]
pub(crate) struct State {
    pub(crate) from: Seq,
    pub(crate) tick: u64,
    pub(crate) rules: Conversation,
}

pub(crate) struct Truth {
    /// The last one is the present.
    pub(crate) lives: Vec<Life>,
    /// Counts whatever changes.
    pub(crate) tick: u64,
    /// As they were made, ended or not.
    pub(crate) sessions: BTreeMap<TokenHash, SessionRow>,
    /// By name.
    pub(crate) leases: BTreeMap<String, (Uuid, Instant)>,
    next_epoch: u64,
}

impl Stream {
    #[must_use]
    pub(crate) fn head(&self) -> Seq {
        Seq(self.events.len() as u64)
    }

    /// Rules as of a seq.
    #[must_use]
    pub(crate) fn as_of(&self, seq: Seq) -> Option<&Conversation> {
        self.states.iter().rev().find(|state| state.from <= seq).map(|state| &state.rules)
    }
}

impl Life {
    fn begun(epoch: Epoch, streams: BTreeMap<StreamId, Stream>) -> Self {
        let (log, hashes, ticks, originals) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
        let (identities, ended) = (BTreeMap::new(), BTreeSet::new());
        Self { epoch, log, hashes, ticks, originals, streams, identities, ended }
    }

    fn index(&self, stream: StreamId, seq: Seq) -> Option<usize> {
        let index = usize::try_from(seq.0.checked_sub(1)?).ok()?;
        self.streams.get(&stream)?.events.get(index).copied()
    }

    #[must_use]
    pub(crate) fn event(&self, stream: StreamId, seq: Seq) -> Option<&LogEvent> {
        self.index(stream, seq).map(|index| &self.log[index])
    }

    /// All events of a stream, in their order.
    pub(crate) fn events(&self, stream: StreamId) -> impl DoubleEndedIterator<Item = &LogEvent> {
        let events = self.streams.get(&stream).map_or(&[][..], |stream| &stream.events);
        events.iter().map(|index| &self.log[*index])
    }

    /// An event as it was before it was taken back, and the seq of the deletion that did it.
    #[must_use]
    pub(crate) fn original(&self, stream: StreamId, seq: Seq) -> Option<(&LogEvent, Seq)> {
        let original = self.originals.get(&self.index(stream, seq)?)?;
        Some((&original.event, self.log[original.by].seq))
    }

    /// All that an event of the log ever was: as it is now, and as it was before it was taken back.
    pub(crate) fn versions(&self, index: usize) -> impl Iterator<Item = &LogEvent> {
        self.log.get(index).into_iter().chain(self.originals.get(&index).map(|original| &original.event))
    }

    /// The tick at which an event was appended.
    #[must_use]
    pub(crate) fn tick_of(&self, stream: StreamId, seq: Seq) -> u64 {
        self.index(stream, seq).map_or(0, |index| self.ticks[index])
    }

    #[must_use]
    pub(crate) fn head(&self, stream: StreamId) -> Seq {
        self.streams.get(&stream).map_or(Seq::ZERO, Stream::head)
    }

    #[must_use]
    pub(crate) fn rules(&self, stream: StreamId) -> Option<&Conversation> {
        self.streams.get(&stream)?.states.last().map(|state| &state.rules)
    }

    #[must_use]
    pub(crate) fn position(&self) -> Position {
        Position(self.log.len() as u64)
    }

    #[must_use]
    pub(crate) fn has_ended(&self, session: SessionId) -> bool {
        self.ended.contains(&session)
    }

    /// Where a command stands, and the hash of its request.
    #[must_use]
    pub(crate) fn earlier(
        &self,
        stream: StreamId,
        actor: UserId,
        id: ClientId,
    ) -> Option<(Placed, Option<RequestHash>)> {
        let index = *self.identities.get(&(stream, actor, id))?;
        Some((placed(&self.log[index]), self.hashes[index]))
    }

    fn holds(&self, expect: &Expect) -> bool {
        match *expect {
            Expect::NewStream(stream) => !self.streams.contains_key(&stream),
            Expect::Settings { stream, guard } => self.rules(stream).is_some_and(|known| known.rules.guard == guard),
            Expect::Member { stream, user, guard } => {
                let row = self.rules(stream).and_then(|known| known.members.get(&user));
                row.map(|row| row.guard) == guard
            }
            Expect::OtherOwner { stream, user } => {
                let owns = |(other, row): (&UserId, &MemberRow)| *other != user && row.role == Role::Owner;
                self.rules(stream).is_some_and(|known| known.members.iter().any(owns))
            }
            Expect::Message { stream, target } => {
                self.event(stream, target).is_some_and(|event| event.event_type.is_message() && !event.redacted)
            }
            Expect::Changed { stream, target, last } => {
                let changes = |event: &LogEvent| {
                    use EventType::{MessageDeleted, MessageEdited, MessagePinned, MessageUnpinned};
                    matches!(event.event_type, MessageEdited | MessageDeleted | MessagePinned | MessageUnpinned)
                };
                self.last_about(stream, target, changes) == last
            }
            Expect::Reacted { stream, target, user, last } => {
                let reacts = |event: &LogEvent| {
                    let is_reaction = matches!(event.event_type, EventType::ReactionAdded | EventType::ReactionRemoved);
                    is_reaction && event.actor == user
                };
                self.last_about(stream, target, reacts) == last
            }
            // The model has none.
            Expect::Invitation { .. } | Expect::FileUsable { .. } => false,
        }
    }

    /// The last event about a message.
    pub(crate) fn last_about(
        &self,
        stream: StreamId,
        target: Seq,
        is_meant: impl Fn(&LogEvent) -> bool,
    ) -> Option<Seq> {
        let events = self.streams.get(&stream)?.events.iter().rev().map(|index| &self.log[*index]);
        let mut about = events.filter(|event| event.target_seq == Some(target) && is_meant(event));
        about.next().map(|event| event.seq)
    }

    /// What the last event does to a message and its edits.
    fn blank(&mut self, stream: StreamId, target: Seq) {
        let Some(of_stream) = self.streams.get(&stream) else { return };
        let by = self.log.len() - 1;
        for index in &of_stream.events {
            let event = &mut self.log[*index];
            let is_edit = event.event_type == EventType::MessageEdited && event.target_seq == Some(target);
            if (event.seq == target || is_edit) && !event.redacted {
                let original = Original { event: event.clone(), hash: self.hashes[*index], by };
                self.originals.insert(*index, original);
                event.data = RawValue::from_string("{}".to_owned()).expect("an empty object is JSON");
                event.redacted = true;
                self.hashes[*index] = None;
            }
        }
    }

    /// Adds an event to everything that follows from it.
    fn push(&mut self, event: LogEvent, hash: Option<RequestHash>, tick: u64) {
        let index = self.log.len();
        if let Some(client_id) = event.client_id {
            self.identities.insert((event.stream, event.actor, client_id), index);
        }
        if event.event_type == EventType::SessionRevoked
            && let Ok(revoked) = serde_json::from_str::<SessionRevoked>(event.data.get())
        {
            self.ended.insert(revoked.session_id);
        }
        let stream = self.streams.entry(event.stream).or_default();
        stream.events.push(index);
        let change = RuleChange::read(event.event_type, event.data.get()).expect("the model writes what it can read");
        if let Some(change) = change {
            stream.fold(&event, &change, tick);
        }
        self.log.push(event);
        self.hashes.push(hash);
        self.ticks.push(tick);
    }
}

impl Stream {
    fn fold(&mut self, event: &LogEvent, change: &RuleChange, tick: u64) {
        let known = self.states.last().map(|state| state.rules.clone());
        let mut rules = match (known, change) {
            (Some(known), _) => known,
            (None, RuleChange::Created { kind, name, visibility }) => {
                Conversation::created(event.stream, *kind, name.clone(), *visibility, event.seq)
            }
            (None, _) => return,
        };
        rules.apply(change, event.seq);
        self.states.push(State { from: event.seq, tick, rules });
    }
}

fn placed(event: &LogEvent) -> Placed {
    Placed { seq: event.seq, position: event.position, message_no: event.message_no, at: event.at }
}

impl Truth {
    #[must_use]
    pub(crate) fn new(users: &[UserId], epoch: u64) -> Self {
        let streams = users.iter().map(|user| (StreamId::from(*user), Stream::default())).collect();
        let life = Life::begun(Epoch(epoch), streams);
        Self { lives: vec![life], tick: 1, sessions: BTreeMap::new(), leases: BTreeMap::new(), next_epoch: epoch + 1 }
    }

    #[must_use]
    pub(crate) fn life(&self) -> &Life {
        self.lives.last().expect("there is always a life")
    }

    #[must_use]
    pub(crate) fn of(&self, epoch: Epoch) -> Option<&Life> {
        self.lives.iter().find(|life| life.epoch == epoch)
    }

    /// What `append_plain` and `append_rule` do with one command.
    pub(crate) fn append(&mut self, command: &Append) -> Outcome {
        let life = self.lives.last_mut().expect("there is always a life");
        if let Some((first, hash)) = life.earlier(command.first_stream(), command.actor, command.client_id) {
            let same = hash.is_none_or(|hash| hash == command.request_hash);
            return if same { Outcome::Duplicate(first) } else { Outcome::Reused };
        }
        if command.epoch != life.epoch || !command.expect.iter().all(|expect| life.holds(expect)) {
            return Outcome::Conflict;
        }
        self.tick += 1;
        let at = life.log.last().map_or(clock::now(), |last| last.at.max(clock::now()));
        let mut places = Vec::new();
        for (index, new) in command.events.iter().enumerate() {
            let last = life.event(new.stream, life.head(new.stream));
            let messages = last.map_or(MessageNo::ZERO, |last| last.message_no);
            let is_message = u64::from(new.event_type == EventType::MessagePosted);
            let event = LogEvent {
                stream: new.stream,
                seq: life.head(new.stream).next(),
                position: life.position().next(),
                message_no: MessageNo(messages.0 + is_message),
                event_type: new.event_type,
                version: NewEvent::VERSION,
                actor: command.actor,
                client_id: (index == 0).then_some(command.client_id),
                target_seq: new.target_seq,
                at,
                data: new.data.clone(),
                redacted: false,
            };
            places.push(placed(&event));
            life.push(event, (index == 0).then_some(command.request_hash), self.tick);
        }
        for row in &command.rows {
            if let Row::Blank { stream, target } = row {
                life.blank(*stream, *target);
            }
        }
        Outcome::Appended(places)
    }

    /// The store goes back by so many events, and knows it.
    pub(crate) fn restore(&mut self, back: usize, at_least: usize) {
        self.tick += 1;
        let old = self.life();
        let keep = old.log.len().saturating_sub(back).max(at_least);
        let users = old.streams.iter().filter(|(_, stream)| stream.states.is_empty());
        let streams = users.map(|(id, _)| (*id, Stream::default())).collect();
        let mut life = Life::begun(Epoch(self.next_epoch), streams);
        for (index, event) in old.log.iter().enumerate().take(keep) {
            match old.originals.get(&index) {
                // Its deletion is undone.
                Some(original) if original.by >= keep => life.push(original.event.clone(), original.hash, self.tick),
                original => {
                    life.push(event.clone(), old.hashes[index], self.tick);
                    life.originals.extend(original.map(|original| (index, original.clone())));
                }
            }
        }
        self.next_epoch += 1;
        self.leases.clear();
        self.lives.push(life);
    }

    /// Whether something ever held of a conversation's rules between two ticks.
    #[must_use]
    pub(crate) fn ever(
        &self,
        stream: StreamId,
        ticks: (u64, u64),
        holds: impl Fn(Option<&Conversation>) -> bool,
    ) -> bool {
        let mut until = u64::MAX;
        for life in self.lives.iter().rev() {
            let states = life.streams.get(&stream).map_or(&[][..], |stream| &stream.states);
            let begun = states.first().map_or(0, |state| state.tick);
            for state in states.iter().rev() {
                if state.tick < until && state.tick <= ticks.1 && until > ticks.0 && holds(Some(&state.rules)) {
                    return true;
                }
                until = until.min(state.tick);
            }
            if until <= ticks.0 {
                return false;
            }
            if begun > ticks.0 && self.lives.len() == 1 && holds(None) {
                return true;
            }
        }
        until > ticks.0 && holds(None)
    }
}
