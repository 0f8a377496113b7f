//! Which channels are open, which sockets there are, and in which channels each of them has asked to be.
//!
//! Plain tables behind the hub's lock. What a socket asked for is noted with its latest ticket, so that the end of an earlier
//! join does not wipe out a later one.

use std::collections::BTreeMap;
use std::sync::Arc;

use confab_proto::{Epoch, Seq, StreamId, UserId};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use tokio::sync::oneshot;

use super::inbox::Command;
use crate::channel::{Source, Ticket};
use crate::socket::{Socket, SocketId};

#[derive(Default)]
pub(super) struct Registry {
    channels: BTreeMap<Source, Running>,
    sockets: BTreeMap<SocketId, Present>,
    /// Sockets that were let in, by user.
    let_in: BTreeMap<UserId, Vec<SocketId>>,
    last_id: u64,
    last_ticket: u64,
}

struct Running {
    id: u64,
    inbox: UnboundedSender<Command>,
}

pub(super) struct Present {
    pub(super) socket: Arc<dyn Socket>,
    pub(super) let_in: bool,
    asked: BTreeMap<Source, Ticket>,
}

/// What a reset has to wait for, and whom it has to tell.
pub(super) struct Cleared {
    pub(super) closing: Vec<oneshot::Receiver<()>>,
    pub(super) sockets: Vec<Arc<dyn Socket>>,
}

impl Registry {
    pub(super) fn channels(&self) -> usize {
        self.channels.len()
    }

    pub(super) fn enter(&mut self, socket: Arc<dyn Socket>) {
        self.sockets.entry(socket.id()).or_insert_with(|| Present { socket, let_in: false, asked: BTreeMap::new() });
    }

    /// Notes that the socket is let in; `false`: it was before, or is not here.
    #[must_use]
    pub(super) fn is_let_in(&mut self, socket: SocketId) -> bool {
        let Some(present) = self.sockets.get_mut(&socket) else { return false };
        let is_new = !std::mem::replace(&mut present.let_in, true);
        if is_new {
            self.let_in.entry(present.socket.user()).or_default().push(socket);
        }
        is_new
    }

    /// The sockets of these users that neither are in it nor have asked to be.
    pub(super) fn outside(&self, users: &[UserId], source: Source) -> Vec<Arc<dyn Socket>> {
        let sockets = users.iter().filter_map(|user| self.let_in.get(user)).flatten();
        let present = sockets.filter_map(|id| self.sockets.get(id));
        let outside = present.filter(|present| !present.asked.contains_key(&source));
        outside.map(|present| present.socket.clone()).collect()
    }

    /// For a join of this socket; `None` if it is not here.
    pub(super) fn ticket(&mut self, socket: SocketId, source: Source) -> Option<Ticket> {
        let present = self.sockets.get_mut(&socket)?;
        self.last_ticket += 1;
        present.asked.insert(source, Ticket(self.last_ticket));
        Some(Ticket(self.last_ticket))
    }

    /// Gives the command back if the channel's task is gone, as it is after the stop.
    pub(super) fn tell(
        &mut self,
        source: Source,
        command: Command,
        start: impl FnOnce(u64, UnboundedReceiver<Command>),
    ) -> Option<Command> {
        let running = self.channels.entry(source).or_insert_with(|| {
            self.last_id += 1;
            let (inbox, receiver) = unbounded();
            start(self.last_id, receiver);
            Running { id: self.last_id, inbox }
        });
        running.inbox.unbounded_send(command).err().map(|unsent| unsent.into_inner())
    }

    /// Gives `done` back if there is nothing to leave.
    pub(super) fn leave(
        &mut self,
        socket: SocketId,
        source: Source,
        done: Box<dyn FnOnce() + Send>,
    ) -> Option<Box<dyn FnOnce() + Send>> {
        let asked = self.sockets.get_mut(&socket).and_then(|present| present.asked.remove(&source));
        let Some(running) = asked.and_then(|_| self.channels.get(&source)) else { return Some(done) };
        match running.inbox.unbounded_send(Command::Leave { socket, done: Some(done) }) {
            Ok(()) => None,
            Err(unsent) => match unsent.into_inner() {
                Command::Leave { done, .. } => done,
                _ => None,
            },
        }
    }

    #[must_use]
    pub(super) fn gone(&mut self, socket: SocketId) -> Option<Present> {
        let present = self.sockets.remove(&socket)?;
        let user = present.socket.user();
        if let Some(sockets) = self.let_in.get_mut(&user) {
            sockets.retain(|id| *id != socket);
            if sockets.is_empty() {
                self.let_in.remove(&user);
            }
        }
        for running in present.asked.keys().filter_map(|source| self.channels.get(source)) {
            // A task that ended after the stop has nothing to leave.
            drop(running.inbox.unbounded_send(Command::Leave { socket, done: None }));
        }
        Some(present)
    }

    pub(super) fn forget(&mut self, socket: SocketId, source: Source, ticket: Ticket) {
        let Some(present) = self.sockets.get_mut(&socket) else { return };
        if present.asked.get(&source) == Some(&ticket) {
            present.asked.remove(&source);
        }
    }

    /// Gives the command back if the channel is not open.
    pub(super) fn tell_open(&self, source: Source, command: Command) -> Option<Command> {
        let Some(running) = self.channels.get(&source) else { return Some(command) };
        running.inbox.unbounded_send(command).err().map(|unsent| unsent.into_inner())
    }

    pub(super) fn hint(&self, stream: StreamId, seq: Seq) {
        for source in [Source::Conversation(stream.conversation()), Source::User(stream.user())] {
            if let Some(running) = self.channels.get(&source) {
                drop(running.inbox.unbounded_send(Command::Hint(seq)));
            }
        }
    }

    /// Takes the channel out, unless something is on its way to it.
    #[must_use]
    pub(super) fn close(&mut self, source: Source, id: u64) -> bool {
        let this = self.channels.get(&source).filter(|running| running.id == id);
        // One that a reset took out has its end in the inbox.
        let is_empty = this.is_some_and(|running| running.inbox.is_empty());
        if is_empty {
            self.remove(source, id);
        }
        is_empty
    }

    pub(super) fn remove(&mut self, source: Source, id: u64) {
        if self.channels.get(&source).is_some_and(|running| running.id == id) {
            self.channels.remove(&source);
        }
    }

    /// Ends all channels; later joins open new ones.
    pub(super) fn clear(&mut self, epoch: Epoch) -> Cleared {
        let mut closing = Vec::new();
        for running in std::mem::take(&mut self.channels).into_values() {
            let (done, closed) = oneshot::channel();
            drop(running.inbox.unbounded_send(Command::Reset { epoch, done }));
            closing.push(closed);
        }
        let sockets = self.sockets.values_mut().map(|present| {
            present.asked.clear();
            present.socket.clone()
        });
        Cleared { closing, sockets: sockets.collect() }
    }
}
