//! Who is sent the events of a channel, shared with the outputs that name the same people.

use std::sync::Arc;

use confab_proto::{SessionId, UserId};

use super::Ticket;
use crate::socket::SocketId;

/// One socket that is sent every event, and the join that made it a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    pub socket: SocketId,
    pub user: UserId,
    pub session: SessionId,
    pub ticket: Ticket,
}

/// Ordered by socket. An event on its way holds the set as it was; changing it then copies it.
#[derive(Debug, Default)]
pub(super) struct Listeners(Arc<Vec<Listener>>);

impl Listeners {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, socket: SocketId) -> bool {
        self.0.binary_search_by_key(&socket, |known| known.socket).is_ok()
    }

    pub(super) fn all(&self) -> Arc<Vec<Listener>> {
        self.0.clone()
    }

    pub(super) fn insert(&mut self, listener: Listener) {
        let all = Arc::make_mut(&mut self.0);
        match all.binary_search_by_key(&listener.socket, |known| known.socket) {
            Ok(index) => all[index] = listener,
            Err(index) => all.insert(index, listener),
        }
    }

    pub(super) fn remove(&mut self, socket: SocketId) -> Option<Listener> {
        let index = self.0.binary_search_by_key(&socket, |known| known.socket).ok()?;
        Some(Arc::make_mut(&mut self.0).remove(index))
    }

    /// Takes out everybody for whom `stays` is false.
    pub(super) fn drop_unless(&mut self, stays: impl Fn(&Listener) -> bool) -> Vec<Listener> {
        if self.0.iter().all(&stays) {
            return Vec::new();
        }
        Arc::make_mut(&mut self.0).extract_if(.., |listener| !stays(listener)).collect()
    }
}
