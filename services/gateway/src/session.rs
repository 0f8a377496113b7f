//! Closes sockets whose session has ended unseen: reads the session again when it should expire, and after a reset.
//!
//! A revocation comes by the user's own stream; this is for what nobody announces, or what stands in the part of the stream
//! that a reset passed over. It decides nothing by the clock alone: the session's row does, so a session that was prolonged goes on.
//!
//! Lifecycle: one task for the whole gateway, from start to stop. It ends no earlier; while the store is away it tries again.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use confab_proto::{ErrorCode, Timestamp};
use confab_runtime::clock;
use confab_store::{Reader, Session, StoreError, TokenHash};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::socket::{Socket, SocketId};

/// Sessions read at the same time: a reset makes all of them due.
const AT_ONCE: usize = 8;
/// Between two tries to read a session that is due.
const RETRY: Duration = Duration::from_secs(1);
/// No timer runs longer, so that it may be that a clock which was wrong is seen within a day.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The sessions of all sockets by the time at which to look again.
#[derive(Default)]
pub struct Sessions {
    due: Mutex<Due>,
    changed: Notify,
}

#[derive(Default)]
struct Due {
    order: BTreeSet<(Instant, SocketId)>,
    sockets: HashMap<SocketId, (Instant, TokenHash)>,
}

impl Sessions {
    /// Looks at the socket's session when it should expire.
    pub fn watch(&self, socket: SocketId, token: TokenHash, expires_at: Timestamp) {
        self.set(socket, token, Instant::now() + time_until(expires_at));
    }

    /// After a look that was due at `looked_at`: the next one is at `next`, unless the socket went or was asked about meanwhile.
    fn watch_on(&self, socket: SocketId, token: TokenHash, looked_at: Instant, next: Instant) {
        let is_same = self.due().sockets.get(&socket).is_some_and(|(at, _)| *at == looked_at);
        if is_same {
            self.set(socket, token, next);
        }
    }

    /// Looks at the socket's session as soon as may be.
    pub fn look_again(&self, socket: SocketId) {
        let token = self.due().sockets.get(&socket).map(|(_, token)| *token);
        if let Some(token) = token {
            self.set(socket, token, Instant::now());
        }
    }

    /// The socket has gone.
    pub fn forget(&self, socket: SocketId) {
        let mut due = self.due();
        if let Some((at, _)) = due.sockets.remove(&socket) {
            due.order.remove(&(at, socket));
        }
    }

    fn set(&self, socket: SocketId, token: TokenHash, at: Instant) {
        let mut due = self.due();
        if let Some((before, _)) = due.sockets.insert(socket, (at, token)) {
            due.order.remove(&(before, socket));
        }
        due.order.insert((at, socket));
        let is_next = due.order.first() == Some(&(at, socket));
        drop(due);
        if is_next {
            self.changed.notify_one();
        }
    }

    fn next(&self) -> Option<Instant> {
        self.due().order.first().map(|(at, _)| *at)
    }

    /// The socket that is due longest, since when, and its token. It stays known while it is looked at.
    fn take(&self, now: Instant) -> Option<(SocketId, Instant, TokenHash)> {
        let mut due = self.due();
        let (at, socket) = due.order.first().copied().filter(|(at, _)| *at <= now)?;
        due.order.remove(&(at, socket));
        let (_, token) = due.sockets.get(&socket)?;
        Some((socket, at, *token))
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        // Both sides of a change are plain insertions and removals, so a poisoned table is whole.
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads due sessions until `stop`. `find` gives the socket that has an id.
///
/// # Errors
/// Never: it tries again.
pub async fn watch(
    sessions: Arc<Sessions>,
    find: impl Fn(SocketId) -> Option<Arc<dyn Socket>> + Send + Sync + 'static,
    reader: Arc<dyn Reader>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let watching = async {
        loop {
            let until = sessions.next().unwrap_or_else(|| Instant::now() + LONGEST);
            tokio::select! {
                // Either order will do: what is due stays due.
                biased;
                () = sessions.changed.notified() => continue,
                () = tokio::time::sleep_until(until) => {}
            }
            let now = Instant::now();
            let due = stream::iter(std::iter::from_fn(|| sessions.take(now)));
            due.for_each_concurrent(AT_ONCE, |taken| look(&sessions, &find, &*reader, taken)).await;
        }
    };
    stop.run_until_cancelled(watching).await;
    Ok(())
}

async fn look(
    sessions: &Sessions,
    find: &(impl Fn(SocketId) -> Option<Arc<dyn Socket>> + Sync),
    reader: &dyn Reader,
    (id, due_at, token): (SocketId, Instant, TokenHash),
) {
    let Some(client) = find(id) else { return sessions.forget(id) };
    match valid(reader.session(&token).await) {
        Ok(Some(session)) => {
            sessions.watch_on(id, token, due_at, Instant::now() + time_until(session.expires_at));
        }
        Ok(None) => client.close(ErrorCode::SessionEnded),
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "cannot read a session that is due");
            sessions.watch_on(id, token, due_at, Instant::now() + RETRY);
        }
    }
}

/// Only a session that has not expired.
pub(crate) fn valid(read: Result<Option<Session>, StoreError>) -> Result<Option<Session>, StoreError> {
    Ok(read?.filter(|session| session.expires_at > clock::now()))
}

fn time_until(moment: Timestamp) -> Duration {
    let micros = moment.0.saturating_sub(clock::now().0);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(LONGEST)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_asked_for_during_a_look_is_looked_at_again() {
        let sessions = Sessions::default();
        let (socket, token) = (SocketId(1), [7; 32]);
        sessions.watch(socket, token, Timestamp::now());
        let later = Instant::now() + LONGEST;
        let (_, due_at, _) = sessions.take(later).unwrap();
        sessions.look_again(socket);
        sessions.watch_on(socket, token, due_at, later);
        assert!(sessions.take(Instant::now()).is_some(), "the look of before does not count for it");
    }

    #[tokio::test]
    async fn a_socket_that_went_during_a_look_is_not_known_afterwards() {
        let sessions = Sessions::default();
        let (socket, token) = (SocketId(1), [7; 32]);
        sessions.watch(socket, token, Timestamp::now());
        let later = Instant::now() + LONGEST;
        let (_, due_at, _) = sessions.take(later).unwrap();
        sessions.forget(socket);
        sessions.watch_on(socket, token, due_at, later);
        assert!(sessions.next().is_none() && sessions.due().sockets.is_empty());
    }
}
