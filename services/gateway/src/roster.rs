//! Who is connected to this gateway: at most so many sockets per user, and each leaves exactly once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use confab_proto::UserId;
use socketioxide::socket::Sid;

use crate::client::Client;
use crate::connect::Gateway;
use crate::socket::{Socket as _, SocketId};

pub(crate) struct Roster {
    max_per_user: usize,
    next_id: AtomicU64,
    present: Mutex<Present>,
}

#[derive(Default)]
struct Present {
    clients: HashMap<SocketId, Arc<Client>>,
    per_user: HashMap<UserId, usize>,
}

impl Roster {
    pub(crate) fn new(max_per_user: usize) -> Self {
        Self { max_per_user, next_id: AtomicU64::new(0), present: Mutex::default() }
    }

    pub(crate) fn next_id(&self) -> SocketId {
        SocketId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// `false` if this user has as many sockets as allowed.
    #[must_use]
    pub(crate) fn enter(&self, client: &Arc<Client>) -> bool {
        let mut present = self.present();
        let sockets = present.per_user.entry(client.user()).or_default();
        if *sockets >= self.max_per_user {
            return false;
        }
        *sockets += 1;
        present.clients.insert(client.id(), client.clone());
        true
    }

    fn leave(&self, client: &Client) {
        let mut present = self.present();
        if present.clients.remove(&client.id()).is_none() {
            return;
        }
        if let Some(sockets) = present.per_user.get_mut(&client.user()) {
            *sockets -= 1;
            if *sockets == 0 {
                present.per_user.remove(&client.user());
            }
        }
    }

    pub(crate) fn get(&self, id: SocketId) -> Option<Arc<Client>> {
        self.present().clients.get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Client>> {
        self.present().clients.values().cloned().collect()
    }

    /// How many go by websocket, and how many poll.
    pub(crate) fn transports(&self) -> (usize, usize) {
        let present = self.present();
        let websockets = present.clients.values().filter(|client| client.goes_by_websocket()).count();
        (websockets, present.clients.len() - websockets)
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        // Nothing panics half-way through a change, so a poisoned roster is whole.
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client in the roster, the hub, the session watch and the lines; it leaves all of them at `end`.
///
/// Kept by socketioxide's socket, so that it also ends when a socket is dropped without its disconnect handler being called,
/// as happens when the connection breaks while the CONNECT is being answered.
pub(crate) struct Presence {
    gateway: Arc<Gateway>,
    client: Arc<Client>,
    sid: Sid,
    left: AtomicBool,
}

impl Presence {
    /// `None` if this user has as many sockets as allowed.
    pub(crate) fn enter(gateway: &Arc<Gateway>, client: &Arc<Client>, sid: Sid) -> Option<Self> {
        let entered = gateway.roster.enter(client);
        entered.then(|| Self { gateway: gateway.clone(), client: client.clone(), sid, left: AtomicBool::new(false) })
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// The connection has ended, or has to.
    pub(crate) fn end(&self, reason: &'static str) {
        if self.leave(reason) {
            self.client.end(reason);
            self.gateway.lines.release(self.sid, Instant::now());
        }
    }

    /// Leaves everything but the line; `false` if it has left before. What killed the line counts before `reason`.
    pub(crate) fn leave(&self, reason: &'static str) -> bool {
        if self.left.swap(true, Ordering::AcqRel) {
            return false;
        }
        self.gateway.metrics.closed.of(self.client.killed().unwrap_or(reason)).inc();
        self.gateway.hub.gone(self.client.id());
        self.gateway.sessions.forget(self.client.id());
        self.gateway.roster.leave(&self.client);
        true
    }
}

impl Drop for Presence {
    /// As `end`, but the client's own lock is left alone: the last reference may go while the client holds it. What it guards is
    /// of no use any more, since an open client holds a reference itself.
    fn drop(&mut self) {
        if self.leave("dropped") {
            self.client.cut("dropped");
            self.gateway.lines.release(self.sid, Instant::now());
        }
    }
}
