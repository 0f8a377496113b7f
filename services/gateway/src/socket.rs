//! The narrow view that the rest of the gateway has of a client's socket.
//!
//! The production one wraps socketioxide; tests and the simulator have their own. Nothing here waits.

use confab_proto::socket::{Joined, Refused};
use confab_proto::{ConversationId, Epoch, ErrorCode, SessionId, UserId};
use serde_json::value::RawValue;

/// Names a socket within this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u64);

/// The socket takes nothing any more: its buffer was full or it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dead;

/// One connected client.
pub trait Socket: Send + Sync + 'static {
    fn id(&self) -> SocketId;
    fn user(&self) -> UserId;
    fn session(&self) -> SessionId;

    /// Puts one packet into the socket's buffer: event `name` with `body` as its only argument.
    ///
    /// # Errors
    /// [`Dead`] from the first packet that did not fit on: the client then comes back by itself, since a silent gap
    /// would break L3. The implementation has already begun to close it.
    fn send(&self, name: &'static str, body: &RawValue) -> Result<(), Dead>;

    /// Puts a signal into the socket's buffer if the socket keeps up, else drops it; says whether it was taken. A signal takes no
    /// room that events may need, and never closes a socket.
    fn signal(&self, name: &'static str, body: &RawValue) -> bool;

    /// Bytes handed to the socket that its connection has not written yet.
    fn pending_bytes(&self) -> usize;

    /// Says `closing {code}` if there is room and ends the connection, so that a stock client comes back.
    fn close(&self, code: ErrorCode);

    /// Says `reset {epoch}`: the socket is in no conversation any more.
    fn reset(&self, epoch: Epoch);

    /// Joins and leaves the Socket.IO room `chat:{id}`, kept for compatibility only.
    fn enter_room(&self, conversation: ConversationId);
    fn leave_room(&self, conversation: ConversationId);
}

/// Takes the answer to a join, once; called in the order of the socket's packets, before the first live event.
pub type JoinReply = Box<dyn FnOnce(Result<Joined, Refused>) + Send>;
