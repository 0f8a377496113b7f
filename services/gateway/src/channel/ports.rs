//! What goes into a channel and what comes out of it: values only, so that a simulator can stand for the world.

use std::sync::Arc;

use confab_domain::Conversation;
use confab_proto::socket::{Joined, Refused};
use confab_proto::{ConversationId, Epoch, Position, Seq, StreamId, UserId, subject};

use super::event::ChannelEvent;
use super::joins::JoinRequest;
use super::listeners::Listener;
use crate::socket::SocketId;

/// Whose log a channel brings. Which of the two follows from what was asked, never from the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Conversation(ConversationId),
    User(UserId),
}

impl Source {
    #[must_use]
    pub fn stream(self) -> StreamId {
        match self {
            Self::Conversation(id) => id.into(),
            Self::User(id) => id.into(),
        }
    }

    /// Where its signals are published.
    #[must_use]
    pub fn signal_subject(self) -> String {
        match self {
            Self::Conversation(id) => subject::signal(id),
            Self::User(id) => subject::signal_user(id),
        }
    }

    /// Where its live events are published.
    #[must_use]
    pub fn subject(self) -> String {
        match self {
            Self::Conversation(id) => subject::live(id),
            Self::User(id) => subject::live_user(id),
        }
    }
}

/// Where a channel stands, for those who look at it from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Closed,
    Opening,
    Live,
    Repairing,
}

/// How much a channel keeps, and how large its pages are.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub tail_events: usize,
    pub tail_bytes: usize,
    /// Events that came early and wait.
    pub pending_events: usize,
    pub page_events: usize,
    pub page_bytes: usize,
}

/// Names a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Numbers the reads of a channel in the order in which they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadNo(pub u64);

/// What a channel is told.
#[derive(Debug)]
pub enum Input {
    /// A message of the live path; without `event` it could not be read, but says that `seq` exists.
    Live {
        epoch: Epoch,
        seq: Seq,
        event: Option<Arc<ChannelEvent>>,
    },
    /// The sweep saw the stream at this head.
    Hint(Seq),
    Join(JoinRequest),
    /// The socket left or went: it listens no more, and its waiting joins are refused.
    Leave(SocketId),
    /// What was on its way to the socket of this join is written, but for a little.
    Drained(Ticket),
    Read(ReadNo, Answer),
    Timer(Timer),
    /// The store began another life.
    Reset(Epoch),
}

/// The end of a read.
#[derive(Debug)]
pub enum Answer {
    /// `None`: there is no such stream.
    Snapshot(Option<Opened>),
    Page(Page),
    Failed,
}

/// Head, rules and members in one snapshot.
#[derive(Debug)]
pub struct Opened {
    pub epoch: Epoch,
    pub position: Position,
    pub head: Seq,
    pub conversation: Option<Conversation>,
}

/// Contiguous events of one snapshot.
#[derive(Debug)]
pub struct Page {
    pub epoch: Epoch,
    /// Last of the whole log.
    pub position: Position,
    /// Head of the stream.
    pub head: Seq,
    pub events: Vec<Arc<ChannelEvent>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// A hole may still be filled by the live path (25 ms).
    Gap,
    /// A join is answered in time, one way or the other (5 s).
    Join(Ticket),
    /// Nobody listens any more (30 s).
    Idle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Snapshot,
    EventsAfter(Seq),
}

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// Ask the store; before attempts above 0 wait a while that grows with them.
    Read {
        no: ReadNo,
        wanted: Wanted,
        attempt: u32,
    },
    Emit {
        event: Arc<ChannelEvent>,
        to: Arc<Vec<Listener>>,
    },
    /// Answer the join; unless `more`, the socket is a listener from here and enters the room.
    Grant {
        listener: Listener,
        joined: Joined,
    },
    Refuse {
        socket: SocketId,
        ticket: Ticket,
        refused: Refused,
    },
    /// Listens no more: leaves the room.
    Dropped(Listener),
    /// The session of this former listener ended.
    EndSession(Listener),
    /// Say [`Input::Drained`] when little is on its way to the socket.
    AwaitDrain {
        socket: SocketId,
        ticket: Ticket,
    },
    /// Starts the timer, or starts it again.
    Arm(Timer),
    Disarm(Timer),
    /// Epoch or position are not as they were: the sweep has to look at once.
    Suspect,
    /// Nobody needs this channel: drop it, unless a join is on its way.
    Close,
}
