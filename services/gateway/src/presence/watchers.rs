//! Which sockets want to know of whom, and what they are still owed: a socket that was behind is told later how things are then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use confab_proto::UserId;

use crate::socket::{Socket, SocketId};

#[derive(Default)]
pub(super) struct Watchers {
    by_user: BTreeMap<UserId, BTreeSet<SocketId>>,
    sockets: BTreeMap<SocketId, Watching>,
    owed: BTreeSet<(SocketId, UserId)>,
}

struct Watching {
    socket: Arc<dyn Socket>,
    users: Vec<UserId>,
}

impl Watchers {
    /// Replaces what the socket watched before.
    pub(super) fn watch(&mut self, socket: Arc<dyn Socket>, users: Vec<UserId>) {
        let id = socket.id();
        drop(self.forget(id));
        for user in &users {
            self.by_user.entry(*user).or_default().insert(id);
        }
        if !users.is_empty() {
            self.sockets.insert(id, Watching { socket, users });
        }
    }

    /// Gives the socket back, so that it is dropped outside of the lock.
    pub(super) fn forget(&mut self, id: SocketId) -> Option<Arc<dyn Socket>> {
        let Watching { socket, users } = self.sockets.remove(&id)?;
        for user in users {
            self.owed.remove(&(id, user));
            if let Some(watching) = self.by_user.get_mut(&user) {
                watching.remove(&id);
                if watching.is_empty() {
                    self.by_user.remove(&user);
                }
            }
        }
        Some(socket)
    }

    /// These have to be told of `user`.
    pub(super) fn owe(&mut self, user: UserId) {
        let watching = self.by_user.get(&user).into_iter().flatten();
        self.owed.extend(watching.map(|socket| (*socket, user)));
    }

    /// It could not be told yet.
    pub(super) fn owe_again(&mut self, socket: SocketId, user: UserId) {
        let still = self.by_user.get(&user).is_some_and(|watching| watching.contains(&socket));
        if still {
            self.owed.insert((socket, user));
        }
    }

    /// Whom to tell of whom.
    pub(super) fn take_owed(&mut self) -> Vec<(Arc<dyn Socket>, UserId)> {
        let owed = std::mem::take(&mut self.owed);
        owed.into_iter().filter_map(|(id, user)| Some((self.sockets.get(&id)?.socket.clone(), user))).collect()
    }

    pub(super) fn owes(&self) -> bool {
        !self.owed.is_empty()
    }
}
