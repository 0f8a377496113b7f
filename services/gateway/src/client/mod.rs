//! The production `Socket`: one client over socketioxide, with a flag that it is gone and a count of what is pending.
//!
//! Invariants: after the first packet that did not fit, nothing more is sent (a silent gap would break L3) and the line is
//! killed, so that a stock client comes back. Bytes are counted before they are handed over (else they could be written before,
//! and stay counted for ever). Nothing here calls the hub, since the hub calls here.

pub(crate) mod arguments;
pub(crate) mod attention_arguments;
mod call;
mod frame;
pub(crate) mod refusal;
mod reply;
mod rooms;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::socket::{Closing, Reset, name, room};
use confab_proto::{ConversationId, Epoch, ErrorCode, SessionId, UserId};
use confab_runtime::tasks::Tasks;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide::TransportType;
use socketioxide::extract::{AckSender, SocketRef};

pub(crate) use call::Call;
pub(crate) use reply::Reply;
pub(crate) use rooms::Rooms;

use crate::disconnect::Line;
use crate::session::Sessions;
use crate::socket::{Dead, Socket, SocketId};

/// For the last words of a closed socket to be written.
const FAREWELL: Duration = Duration::from_secs(1);
/// Packets for a client whose CONNECT is not answered yet.
const MAX_EARLY: usize = 256;

/// Bytes on their way to a socket that still gets signals: a quarter of its packets at the most, with the smallest there are.
const SIGNAL_ROOM: u64 = 16 * 1024;

/// Who connected, and how.
pub(crate) struct Identity {
    pub(crate) id: SocketId,
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
}

pub(crate) struct Client {
    identity: Identity,
    line: Arc<Line>,
    max_pending: u64,
    tasks: Tasks,
    pub(crate) rooms: Rooms,
    sessions: Arc<Sessions>,
    state: Mutex<State>,
}

enum State {
    /// The CONNECT is not answered yet; events of the user's own stream wait here.
    Connecting(Vec<(&'static str, Box<RawValue>)>),
    Open(SocketRef),
    Gone,
}

impl Client {
    pub(crate) fn new(
        identity: Identity,
        line: Arc<Line>,
        max_pending: u64,
        rooms: Rooms,
        sessions: Arc<Sessions>,
        tasks: Tasks,
    ) -> Self {
        let state = Mutex::new(State::Connecting(Vec::new()));
        Self { identity, line, max_pending, tasks, rooms, sessions, state }
    }

    /// The CONNECT was answered: what waited goes out, and everything from now on directly.
    pub(crate) fn open(&self, socket: SocketRef) {
        let mut state = self.state();
        let State::Connecting(early) = &mut *state else { return };
        let early = std::mem::take(early);
        *state = State::Open(socket);
        for (name, body) in early {
            if self.emit(&mut state, name, &body).is_err() {
                return;
            }
        }
    }

    /// The connection has ended, or must at once.
    pub(crate) fn end(&self, reason: &'static str) {
        // Dropped outside of the lock: with the last reference to socketioxide's socket its handlers go, too.
        let last = std::mem::replace(&mut *self.state(), State::Gone);
        drop(last);
        self.cut(reason);
    }

    /// Ends the line. Nothing is sent after it.
    pub(crate) fn cut(&self, reason: &'static str) {
        self.line.kill(reason);
    }

    /// Why the line was killed, if it was.
    pub(crate) fn killed(&self) -> Option<&'static str> {
        self.line.killed()
    }

    pub(crate) fn goes_by_websocket(&self) -> bool {
        self.line.is_websocket()
    }

    pub(crate) fn is_gone(&self) -> bool {
        matches!(*self.state(), State::Gone) || self.line.is_killed()
    }

    /// Answers one event of this client. An answer may overtake the CONNECT's end on this side, so it does not wait for `open`.
    fn acknowledge(&self, ack: AckSender, body: &RawValue) {
        let mut state = self.state();
        if matches!(*state, State::Gone) || self.line.is_killed() {
            return;
        }
        let websocket = matches!(&*state, State::Open(socket) if is_websocket(socket));
        let counted = self.count(frame::on_the_wire(frame::ack_bytes(body.get()), websocket));
        let sent = counted.and_then(|()| ack.send(body).map_err(|_| Dead));
        if sent.is_err() {
            self.fail(&mut state);
        }
    }

    fn emit(&self, state: &mut State, name: &'static str, body: &RawValue) -> Result<(), Dead> {
        let State::Open(socket) = &*state else { return Err(Dead) };
        let bytes = frame::on_the_wire(frame::event_bytes(name, body.get()), is_websocket(socket));
        let sent = self.count(bytes).and_then(|()| socket.emit(name, body).map_err(|_| Dead));
        if sent.is_err() {
            self.fail(state);
        }
        sent
    }

    fn count(&self, bytes: u64) -> Result<(), Dead> {
        // A single packet may be larger than the limit; what must not be is a client that lets packets pile up.
        match self.line.pending().add(bytes) - bytes {
            before if before > self.max_pending => Err(Dead),
            _ => Ok(()),
        }
    }

    /// A packet did not fit: the client has to come back, and is told so if there is room for that.
    fn fail(&self, state: &mut State) {
        let last = std::mem::replace(state, State::Gone);
        self.say_farewell(last, ErrorCode::SlowConsumer);
    }

    fn say_farewell(&self, last: State, code: ErrorCode) {
        let State::Open(socket) = last else { return self.line.kill(code.as_str()) };
        let body = raw(&Closing { code });
        let bytes = frame::on_the_wire(frame::event_bytes(name::CLOSING, body.get()), is_websocket(&socket));
        self.line.pending().add(bytes);
        if socket.emit(name::CLOSING, &body).is_err() {
            return self.line.kill(code.as_str());
        }
        let line = self.line.clone();
        self.tasks.spawn_draining("farewell", async move {
            // Either end is right: what was not written within the time is not going to be.
            let (Ok(()) | Err(_)) = tokio::time::timeout(FAREWELL, line.pending().at_most(0)).await;
            line.kill(code.as_str());
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_socket(&self, act: impl FnOnce(&SocketRef)) {
        if let State::Open(socket) = &*self.state() {
            act(socket);
        }
    }
}

impl Socket for Client {
    fn id(&self) -> SocketId {
        self.identity.id
    }

    fn user(&self) -> UserId {
        self.identity.user
    }

    fn session(&self) -> SessionId {
        self.identity.session
    }

    fn send(&self, name: &'static str, body: &RawValue) -> Result<(), Dead> {
        let mut state = self.state();
        if self.line.is_killed() {
            return Err(Dead);
        }
        match &mut *state {
            State::Gone => Err(Dead),
            State::Open(_) => self.emit(&mut state, name, body),
            State::Connecting(early) if early.len() < MAX_EARLY => {
                early.push((name, body.to_owned()));
                Ok(())
            }
            State::Connecting(_) => {
                self.fail(&mut state);
                Err(Dead)
            }
        }
    }

    fn signal(&self, name: &'static str, body: &RawValue) -> bool {
        let state = self.state();
        let State::Open(socket) = &*state else { return false };
        if self.line.is_killed() || self.line.pending().get() > SIGNAL_ROOM {
            return false;
        }
        let bytes = frame::on_the_wire(frame::event_bytes(name, body.get()), is_websocket(socket));
        self.line.pending().add(bytes);
        let taken = socket.emit(name, body).is_ok();
        if !taken {
            self.line.pending().written(bytes);
        }
        taken
    }

    fn pending_bytes(&self) -> usize {
        usize::try_from(self.line.pending().get()).unwrap_or(usize::MAX)
    }

    fn close(&self, code: ErrorCode) {
        let last = std::mem::replace(&mut *self.state(), State::Gone);
        if !matches!(last, State::Gone) {
            self.say_farewell(last, code);
        }
    }

    fn reset(&self, epoch: Epoch) {
        self.rooms.clear();
        self.with_socket(|socket| socket.leave_all());
        // A socket that cannot take it is closed by the attempt, which tells the client the same.
        let (Ok(()) | Err(Dead)) = self.send(name::RESET, &raw(&Reset { epoch }));
        // The own stream is live from the new head on; what ended the session may stand before it.
        self.sessions.look_again(self.identity.id);
    }

    fn enter_room(&self, conversation: ConversationId) {
        self.rooms.entered(conversation);
        self.with_socket(|socket| socket.join(room(conversation)));
    }

    fn leave_room(&self, conversation: ConversationId) {
        self.rooms.left(conversation);
        self.with_socket(|socket| socket.leave(room(conversation)));
    }
}

fn is_websocket(socket: &SocketRef) -> bool {
    socket.transport_type() == TransportType::Websocket
}

/// The JSON of one of our own types.
pub(crate) fn raw<T: serde::Serialize>(value: &T) -> Box<RawValue> {
    to_raw_value(value).expect("types of confab-proto have string keys only")
}
