//! A socket of the model: what the gateway hands over is checked, then waits until the client reads it.
//!
//! Bounded like the production one: after the first packet that did not fit it takes nothing more, and the client comes back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use confab_gateway::session::Sessions;
use confab_gateway::socket::{Dead, Socket, SocketId};
use confab_proto::socket::{JoinOptions, Joined, Refused};
use confab_proto::{ConversationId, Epoch, ErrorCode, Seq, SessionId, StreamId, UserId};
use confab_runtime::mutants::{Mutant, planted};
use serde_json::value::RawValue;
use tokio::sync::mpsc::UnboundedSender;

use crate::checks::Seen;
use crate::store::Link;
use crate::world::Shared;

/// What a client reads.
#[derive(Debug)]
pub(crate) enum Packet {
    Connected,
    /// It is not let in; with `true` it must not try again.
    Refused(bool),
    Event {
        room: ConversationId,
        seq: Seq,
    },
    Answer {
        room: ConversationId,
        join: u64,
        answer: Answer,
    },
    /// Out of the room, by leaving or by a rule.
    Out(ConversationId),
    Reset(Epoch),
}

#[derive(Debug)]
pub(crate) enum Answer {
    Joined { seq: Seq, epoch: Epoch, more: bool },
    Refused { code: ErrorCode, epoch: Option<Epoch> },
}

/// With the bytes that it weighs.
pub(crate) type Outbox = UnboundedSender<(usize, Packet)>;

pub(crate) struct ModelSocket {
    pub(crate) key: u64,
    pub(crate) name: String,
    pub(crate) gateway: usize,
    pub(crate) who: (UserId, SessionId),
    pub(crate) world: Shared,
    pub(crate) link: Arc<Link>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) state: Mutex<State>,
}

pub(crate) struct State {
    pending: usize,
    /// None once it has gone.
    outbox: Option<Outbox>,
}

impl ModelSocket {
    pub(crate) fn state(outbox: Outbox) -> Mutex<State> {
        Mutex::new(State { pending: 0, outbox: Some(outbox) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub(crate) fn is_gone(&self) -> bool {
        self.lock().outbox.is_none() || self.link.is_dead()
    }

    /// The client has read so many bytes.
    pub(crate) fn taken(&self, bytes: usize) {
        self.lock().pending -= bytes;
    }

    /// The connection ends.
    pub(crate) fn end(&self, why: &str) {
        if self.lock().outbox.take().is_some() {
            self.world.trace(|| format!("{}: closed, {why}", self.name));
            self.world.lock().checks.closed(self.key);
        }
    }

    /// Whether a packet may go out now; the first that may not ends the connection.
    fn takes(&self) -> Result<(), Dead> {
        if self.link.is_dead() || self.lock().outbox.is_none() {
            return Err(Dead);
        }
        if self.lock().pending > self.world.profile.socket_bytes {
            if !planted(Mutant::SkipOnFull) {
                self.world.count("socket: full");
                self.end("it is full");
            }
            return Err(Dead);
        }
        Ok(())
    }

    fn put(&self, bytes: usize, packet: Packet) {
        let mut state = self.lock();
        state.pending += bytes;
        if let Some(outbox) = &state.outbox {
            // A client that vanished reads nothing; the gateway does not know yet.
            drop(outbox.send((bytes, packet)));
        }
    }

    /// Tells the client something that weighs nothing.
    pub(crate) fn tell(&self, packet: Packet) {
        if !self.link.is_dead() {
            self.put(0, packet);
        }
    }

    /// The CONNECT is answered.
    pub(crate) fn connected(&self) {
        if !self.is_gone() {
            let now = self.world.now();
            self.world.lock().checks.open(self.key, now);
            self.tell(Packet::Connected);
        }
    }

    /// The answer to a join, in the order of the packets.
    pub(crate) fn answer(
        &self,
        (room, join, ticks): (ConversationId, u64, u64),
        options: Option<JoinOptions>,
        answer: Result<Joined, Refused>,
    ) {
        if self.takes().is_err() {
            return;
        }
        let (stream, name) = (StreamId::from(room), self.world.room_name(room.into()));
        let bytes = match &answer {
            Ok(joined) => 100 + joined.events.iter().map(|body| body.get().len()).sum::<usize>(),
            Err(_) => 100,
        };
        let answer = match answer {
            Ok(joined) => {
                self.granted(stream, &name, options, &joined);
                Answer::Joined { seq: joined.seq, epoch: joined.epoch, more: joined.more }
            }
            Err(refused) => {
                self.refused(stream, &name, (options, ticks), &refused);
                Answer::Refused { code: refused.code, epoch: refused.epoch }
            }
        };
        self.put(bytes, Packet::Answer { room, join, answer });
    }

    fn granted(&self, stream: StreamId, room: &str, options: Option<JoinOptions>, joined: &Joined) {
        let now = self.world.now();
        self.world.trace(|| {
            let (seq, more) = (joined.seq, if joined.more { ", more to come" } else { "" });
            format!("{}: in {room} at seq {seq} by a page of {}{more}", self.name, joined.events.len())
        });
        let mut inner = self.world.lock();
        inner.stats.count("join: ok");
        if joined.more {
            inner.stats.count("join: more to come");
        }
        if !joined.events.is_empty() {
            inner.stats.count("join: with a page");
        }
        if options.is_none() {
            inner.stats.count("join: bare");
        }
        if joined.events.iter().any(|body| body.get().contains("\"redacted\":true")) {
            inner.stats.count("join: with a blank event");
        }
        let crate::world::Inner { checks, truth, .. } = &mut *inner;
        let found = checks.granted(truth, (self.key, stream), room, (options, joined), now);
        let due = match self.world.profile.slow_sweep {
            true => inner.handed.get(&(self.gateway, stream, joined.epoch.0)).copied(),
            false => inner.truth.of(joined.epoch).map(|life| life.head(stream)),
        };
        drop(inner);
        self.world.check(found);
        if let (Some(seq), true) = (due, self.world.profile.prompt_store && !joined.more) {
            self.world.watch_delivery(stream, joined.epoch, seq, Some(self.gateway));
        }
    }

    fn refused(&self, stream: StreamId, room: &str, asked: (Option<JoinOptions>, u64), refused: &Refused) {
        self.world.trace(|| format!("{}: not in {room}, {}", self.name, refused.code.as_str()));
        self.world.count(match refused.code {
            ErrorCode::NotFound => "join: refused not_found",
            ErrorCode::Unavailable => "join: refused unavailable",
            ErrorCode::Reset => "join: refused reset",
            _ => "join: refused conflict",
        });
        let found = crate::rights::refusal(&self.world, (stream, self.who.0), asked, refused.code);
        self.world.lock().checks.out(self.key, stream);
        self.world.check(found.map_err(|(law, text)| (law, format!("{} in {room}: {text}", self.name))));
    }
}

impl Socket for ModelSocket {
    fn id(&self) -> SocketId {
        SocketId(self.key)
    }

    fn user(&self) -> UserId {
        self.who.0
    }

    fn session(&self) -> SessionId {
        self.who.1
    }

    fn send(&self, name: &'static str, body: &RawValue) -> Result<(), Dead> {
        if self.takes().is_err() {
            let left_out = planted(Mutant::SkipOnFull) && !self.is_gone();
            return if left_out { Ok(()) } else { Err(Dead) };
        }
        let seen: Seen = serde_json::from_str(body.get()).expect("an envelope");
        let own = name.starts_with("conversation.e");
        let stream = if own { StreamId::from(self.who.0) } else { seen.conversation_id.into() };
        let room = self.world.room_name(stream);
        self.world.trace(|| format!("{}: {name} {} of {room}", self.name, seen.seq));
        let mut inner = self.world.lock();
        inner.stats.count("socket: events");
        let crate::world::Inner { checks, truth, .. } = &mut *inner;
        let found = match own {
            true => checks.own_event(truth, self.key, body, &seen),
            false => checks.event(truth, self.key, &room, body, &seen),
        };
        drop(inner);
        self.world.check(found);
        if !own {
            self.put(body.get().len(), Packet::Event { room: seen.conversation_id, seq: seen.seq });
        }
        Ok(())
    }

    /// Nothing is promised, so nothing is checked.
    fn signal(&self, name: &'static str, _: &RawValue) -> bool {
        self.world.count(match name {
            "conversation.activity" => "socket: activity",
            _ => "socket: other signals",
        });
        self.takes().is_ok()
    }

    fn pending_bytes(&self) -> usize {
        self.lock().pending
    }

    fn close(&self, code: ErrorCode) {
        if !self.is_gone() {
            self.world.count("socket: closed by the gateway");
            self.end(code.as_str());
        }
    }

    fn reset(&self, epoch: Epoch) {
        if self.takes().is_ok() {
            self.world.trace(|| format!("{}: reset", self.name));
            let mut inner = self.world.lock();
            inner.stats.count("socket: reset");
            let crate::world::Inner { checks, truth, .. } = &mut *inner;
            let found = checks.reset(truth, self.key);
            drop(inner);
            self.world.check(found);
            self.put(20, Packet::Reset(epoch));
        }
        // As in production: the own stream is live from the new head on, what ended the session may stand before it.
        self.sessions.look_again(self.id());
    }

    fn enter_room(&self, _: ConversationId) {}

    fn leave_room(&self, conversation: ConversationId) {
        if !self.is_gone() {
            self.world.count("socket: dropped from a room");
            self.world.lock().checks.out(self.key, conversation.into());
            self.tell(Packet::Out(conversation));
        }
    }
}
