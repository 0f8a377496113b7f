//! One client's way through the network: what is pending on it, and how it is cut so that the client comes back.
//!
//! Over websocket it is one TCP connection. Over polling it is every request with the client's `sid`: those are answered
//! 400, and no connection is touched, since a proxy may carry other clients over it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use confab_runtime::serve::{ConnHandle, Inflow, InflowRate, PendingBytes};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Default)]
pub(crate) struct Line {
    cut: CancellationToken,
    /// The first reason of a kill.
    reason: OnceLock<&'static str>,
    refused: AtomicBool,
    /// The websocket's connection; none as long as the client polls.
    websocket: Mutex<Option<ConnHandle>>,
    pending: Arc<PendingBytes>,
    /// Of what is posted.
    inflow: OnceLock<Inflow>,
}

impl Line {
    /// Ends the line in both directions at once.
    pub(crate) fn kill(&self, reason: &'static str) {
        self.reason.get_or_init(|| reason);
        self.cut.cancel();
        let websocket = self.websocket.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(conn) = websocket {
            conn.kill(reason);
        }
    }

    /// The client was refused for good. It gets no second try over this line, since each is a read of the store.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::Release);
    }

    pub(crate) fn was_refused(&self) -> bool {
        self.refused.load(Ordering::Acquire)
    }

    /// Why it was killed, if it was: by us or, for what does not read, by its connection.
    pub(crate) fn killed(&self) -> Option<&'static str> {
        let websocket = self.websocket.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.reason.get().copied().or_else(|| websocket?.killed())
    }

    /// Asked before each packet: the token would take a lock for it.
    pub(crate) fn is_killed(&self) -> bool {
        self.reason.get().is_some()
    }

    pub(crate) async fn until_killed(&self) {
        self.cut.cancelled().await;
    }

    /// From now on a kill ends this connection, too, and what it writes is no longer pending. A line has one websocket in its
    /// life; `false` if it had it.
    pub(crate) fn goes_over(&self, conn: &ConnHandle) -> bool {
        let mut websocket = self.websocket.lock().unwrap_or_else(PoisonError::into_inner);
        if websocket.is_some() {
            return false;
        }
        *websocket = Some(conn.clone());
        drop(websocket);
        conn.count_for(&self.pending);
        // A kill that did not see the connection yet is made up for here.
        if self.is_killed() {
            conn.kill("line_killed");
        }
        true
    }

    /// Takes back `goes_over`: the upgrade was refused.
    pub(crate) fn goes_not_over(&self, conn: &ConnHandle) {
        *self.websocket.lock().unwrap_or_else(PoisonError::into_inner) = None;
        conn.count_no_more();
    }

    pub(crate) fn is_websocket(&self) -> bool {
        self.websocket.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What the client posts; a websocket counts for itself.
    pub(crate) fn inflow(&self, rate: InflowRate) -> &Inflow {
        self.inflow.get_or_init(|| Inflow::new(rate))
    }

    /// Handed to the socket but not yet written, or not yet polled.
    pub(crate) fn pending(&self) -> &PendingBytes {
        &self.pending
    }
}
