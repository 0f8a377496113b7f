//! One logical client: it keeps the last seq of each conversation over many sockets, on any gateway, follows the
//! client's rule, and writes down whatever comes, right or wrong.
//!
//! Pure: what happens comes in by method calls, what is to be done is pushed to a list of [`Act`]s. Chance is drawn
//! from the spec's seed and the client's name, so what one client does moves nothing for the others.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use confab_proto::socket::name;
use confab_proto::{ConversationId, Epoch, EventType, Signal};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::answer::{self, Unclear};
use crate::envelope::{Received, fingerprint};
use crate::history::{JoinAnswer, Line};
use crate::packet;
use crate::room::{Asked, Place, Room, Step};
use crate::spec::{ClientSpec, Gateway};

/// What the client wants done, in this order.
#[derive(Debug)]
pub enum Act {
    /// Open a connection to the gateway of this number in the spec.
    Open(usize),
    Send(String),
    Write(Line),
    Later(Duration, Timer),
}

/// What the client wants to be told later. A number is a room's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    Reconnect,
    /// After a refusal.
    Retry(usize),
    /// After an event that may have ended the right.
    Look(usize),
    Wander,
    /// After a leave, on this socket.
    Return(usize, Arc<str>),
}

/// The server sent something that no client can read.
#[derive(Debug, thiserror::Error)]
#[error("{client} cannot read {what}: {text:.200}")]
pub struct Unreadable {
    client: Arc<str>,
    what: String,
    text: String,
    #[source]
    source: Option<Unclear>,
}

enum Question {
    Join(usize, Asked),
    Leave(usize),
}

#[derive(Deserialize)]
struct Named {
    event: Option<String>,
    code: Option<String>,
    epoch: Option<Epoch>,
}

/// How many of `name` there were.
#[derive(Debug, Default)]
struct Counts {
    sockets: u64,
    joins: u64,
    questions: u64,
}

pub struct Client {
    spec: ClientSpec,
    gateways: Arc<[Gateway]>,
    gateway: usize,
    rooms: Vec<Room>,
    by_id: HashMap<ConversationId, usize>,
    socket: Arc<str>,
    connected: bool,
    counts: Counts,
    questions: HashMap<u64, Question>,
    chance: StdRng,
    acts: Vec<Act>,
}

impl Client {
    /// Its first act is to connect.
    #[must_use]
    pub fn new(spec: ClientSpec, gateways: Arc<[Gateway]>, seed: u64) -> Self {
        let rooms: Vec<_> = spec.conversations.iter().map(|id| Room::new(*id, spec.bare)).collect();
        let by_id = rooms.iter().enumerate().map(|(index, room)| (room.id, index)).collect();
        let chance = StdRng::from_seed(Sha256::digest(format!("{seed}/{}", spec.name)).into());
        let (counts, questions, socket) = (Counts::default(), HashMap::new(), "".into());
        let mut client = Self {
            spec,
            gateways,
            gateway: 0,
            rooms,
            by_id,
            socket,
            connected: false,
            counts,
            questions,
            chance,
            acts: vec![],
        };
        client.open();
        if client.spec.restless {
            client.later(2000..8000, Timer::Wander);
        }
        client
    }

    #[must_use]
    pub const fn spec(&self) -> &ClientSpec {
        &self.spec
    }

    /// What is to be done since the last call.
    pub fn acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// Where it stands in each conversation; once asked it stays where it is.
    pub fn standing(&mut self) -> BTreeMap<ConversationId, Place> {
        self.spec.restless = false;
        self.rooms.iter().map(|room| (room.id, room.place())).collect()
    }

    /// CONNECT was answered.
    pub fn connected(&mut self) {
        self.connected = true;
        let gateway = self.gateways[self.gateway].name.clone();
        let (client, user, transport) = (self.spec.name.clone(), self.spec.user, self.spec.transport);
        self.acts.push(Act::Write(Line::Connect { client, user, socket: self.socket.clone(), gateway, transport }));
        for room in 0..self.rooms.len() {
            self.join(room);
        }
    }

    /// The server asked whether it is there.
    pub fn pong(&mut self) {
        self.acts.push(Act::Send(packet::PONG.to_owned()));
    }

    /// The connection is gone, or never came to be.
    pub fn lost(&mut self, why: &'static str) {
        self.ended(why);
        self.later(50..400, Timer::Reconnect);
    }

    /// The socket is over; another is opened when a timer says so.
    pub fn ended(&mut self, why: &'static str) {
        if self.connected {
            let (client, socket) = (self.spec.name.clone(), self.socket.clone());
            self.acts.push(Act::Write(Line::Disconnect { client, socket, why }));
        }
        self.connected = false;
        self.questions.clear();
        self.rooms.iter_mut().for_each(Room::lost);
    }

    pub fn due(&mut self, timer: Timer) {
        match timer {
            Timer::Reconnect => self.open(),
            Timer::Retry(room) => {
                self.rooms[room].later = false;
                if self.rooms[room].idle() {
                    self.join(room);
                }
            }
            Timer::Look(room) => {
                if self.rooms[room].asked.is_none() && !self.rooms[room].leaving {
                    self.join(room);
                }
            }
            Timer::Wander => self.wander(),
            Timer::Return(room, socket) => {
                if socket == self.socket {
                    self.rooms[room].leaving = false;
                    if self.rooms[room].idle() {
                        self.join(room);
                    }
                }
            }
        }
    }

    /// An event came.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn event(&mut self, event: &str, argument: Option<&RawValue>) -> Result<(), Unreadable> {
        let Some(argument) = argument else { return Ok(()) };
        let (client, socket) = (self.spec.name.clone(), self.socket.clone());
        match event {
            name::ERROR => {
                let Named { event: name, code, .. } = self.read("an error", argument)?;
                self.acts.push(Act::Write(Line::Refused { client, socket, name, code }));
                Ok(())
            }
            name::RESET => {
                let Named { epoch, .. } = self.read("a reset", argument)?;
                self.acts.push(Act::Write(Line::Reset { client, socket, epoch }));
                for room in 0..self.rooms.len() {
                    self.rooms[room].restart();
                    self.join(room);
                }
                Ok(())
            }
            name::CLOSING => Ok(()),
            signal if Signal::NAMES.contains(&signal) => Ok(()),
            _ => self.log_event(event, argument),
        }
    }

    fn log_event(&mut self, event: &str, argument: &RawValue) -> Result<(), Unreadable> {
        let received: Received = self.read(event, argument)?;
        if event == EventType::ConversationEntered.as_str() {
            let room = received.about().and_then(|id| self.by_id.get(&id).copied());
            if let Some(room) = room.filter(|room| self.rooms[*room].idle()) {
                self.join(room);
            }
            return Ok(());
        }
        // Signals have no seq; what stands on a user's own stream is followed by nobody here.
        let Some(seq) = received.seq else { return Ok(()) };
        if event == EventType::ConversationExited.as_str() {
            return Ok(());
        }
        let h = fingerprint(argument).map_err(|source| self.unreadable(event, argument.get(), Some(source.into())))?;
        let conversation = received.conversation_id;
        let (client, socket) = (self.spec.name.clone(), self.socket.clone());
        self.acts.push(Act::Write(Line::Event { client, socket, conversation, seq, h }));
        let Some(&room) = conversation.and_then(|id| self.by_id.get(&id)) else { return Ok(()) };
        if self.rooms[room].follow(seq) == Step::Hole && self.rooms[room].joined {
            self.join(room);
        }
        if ends_right(event) && received.user().is_none_or(|user| user == self.spec.user) {
            // Who asks at once would end the old listening themselves and hide a leak: so most wait.
            let wait = if self.chance.random_bool(0.3) { 0..1 } else { 500..2500 };
            self.later(wait, Timer::Look(room));
        }
        Ok(())
    }

    /// An answer came.
    ///
    /// # Errors
    /// It cannot be read, or nothing was asked.
    pub fn answer(&mut self, number: u64, argument: Option<&RawValue>) -> Result<(), Unreadable> {
        let text = argument.map_or("nothing", RawValue::get);
        let Some(question) = self.questions.remove(&number) else {
            return Err(self.unreadable("an answer to no question", text, None));
        };
        match question {
            Question::Leave(room) => {
                let (client, socket, conversation) = (self.spec.name.clone(), self.socket.clone(), self.rooms[room].id);
                self.acts.push(Act::Write(Line::Left { client, socket: socket.clone(), conversation }));
                self.later(100..3000, Timer::Return(room, socket));
                Ok(())
            }
            Question::Join(room, asked) => {
                let answer = argument.ok_or(Unclear::Missing).and_then(answer::read);
                match answer.map_err(|source| self.unreadable("an answer", text, Some(source)))? {
                    JoinAnswer::Refused { code, seq, epoch } => {
                        self.joined(room, &asked, false, JoinAnswer::Refused { code: code.clone(), seq, epoch });
                        if self.rooms[room].answered(&asked) {
                            self.refused(room, &code);
                        }
                    }
                    JoinAnswer::Granted { seq, epoch, more, events } => {
                        let counts = self.rooms[room].granted(&asked, seq, epoch, events.iter().map(|(seq, _)| *seq));
                        self.joined(room, &asked, true, JoinAnswer::Granted { seq, epoch, more, events });
                        if counts && more {
                            self.join(room);
                        } else if counts {
                            self.rooms[room].joined = true;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    fn joined(&mut self, room: usize, asked: &Asked, ok: bool, answer: JoinAnswer) {
        let (client, socket, join) = (self.spec.name.clone(), self.socket.clone(), asked.name.clone());
        self.acts.push(Act::Write(Line::Joined {
            client,
            socket,
            join,
            conversation: self.rooms[room].id,
            ok,
            answer,
        }));
    }

    fn refused(&mut self, room: usize, code: &str) {
        if code == "reset" {
            self.rooms[room].restart();
        }
        let soon = ["reset", "unavailable", "rate_limited"].contains(&code);
        if !self.rooms[room].later {
            self.rooms[room].later = true;
            self.later(if soon { 50..400 } else { 800..1800 }, Timer::Retry(room));
        }
    }

    fn open(&mut self) {
        self.counts.sockets += 1;
        self.socket = format!("{}.{}", self.spec.name, self.counts.sockets).into();
        self.gateway = self.chance.random_range(0..self.gateways.len());
        self.acts.push(Act::Open(self.gateway));
    }

    fn join(&mut self, room: usize) {
        if !self.connected {
            return;
        }
        self.counts.joins += 1;
        let epoch = self.rooms[room].epoch;
        let join = format!("{}.{}", self.socket, self.counts.joins);
        let (asked, arguments) = self.rooms[room].ask(name::JOIN, &join);
        let (client, socket, after) = (self.spec.name.clone(), self.socket.clone(), asked.after);
        self.acts.push(Act::Write(Line::Join {
            client,
            socket,
            join,
            conversation: self.rooms[room].id,
            after,
            epoch,
        }));
        self.ask(Question::Join(room, asked), &arguments);
    }

    /// Now and then it leaves a conversation and comes back.
    fn wander(&mut self) {
        if !self.spec.restless || self.rooms.is_empty() {
            return;
        }
        let room = self.chance.random_range(0..self.rooms.len());
        if self.rooms[room].joined && self.connected {
            self.rooms[room].joined = false;
            self.rooms[room].leaving = true;
            self.ask(Question::Leave(room), &serde_json::json!([name::LEAVE, self.rooms[room].id]));
        }
        self.later(2000..8000, Timer::Wander);
    }

    fn ask(&mut self, question: Question, arguments: &serde_json::Value) {
        let number = self.counts.questions;
        self.counts.questions += 1;
        self.questions.insert(number, question);
        self.acts.push(Act::Send(packet::emit(number, arguments)));
    }

    fn later(&mut self, milliseconds: std::ops::Range<u64>, timer: Timer) {
        let wait = Duration::from_millis(self.chance.random_range(milliseconds));
        self.acts.push(Act::Later(wait, timer));
    }

    fn read<'a, T: Deserialize<'a>>(&self, what: &str, argument: &'a RawValue) -> Result<T, Unreadable> {
        serde_json::from_str(argument.get())
            .map_err(|source| self.unreadable(what, argument.get(), Some(source.into())))
    }

    fn unreadable(&self, what: &str, text: &str, source: Option<Unclear>) -> Unreadable {
        Unreadable { client: self.spec.name.clone(), what: what.to_owned(), text: text.to_owned(), source }
    }
}

/// Whether the right to listen may be gone after it.
fn ends_right(event: &str) -> bool {
    use EventType::{ConversationVisibilityChanged, MemberBanned, MemberLeft, MemberRemoved};
    [MemberRemoved, MemberLeft, MemberBanned, ConversationVisibilityChanged].iter().any(|ends| ends.as_str() == event)
}
