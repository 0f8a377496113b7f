//! What keeps channels from opening too early: before the sweep has its cursor, and while a reset is being told.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::channel::Source;

/// Who may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Open {
    Nobody,
    /// Channels of users; conversations wait until every socket was told `reset`.
    Users,
    All,
}

/// Not a `watch` channel: that one wakes in an order of chance, and the simulator's histories have none.
pub(super) struct Gate {
    open: Mutex<Open>,
    changed: Notify,
}

impl Default for Gate {
    fn default() -> Self {
        Self { open: Mutex::new(Open::Nobody), changed: Notify::new() }
    }
}

impl Gate {
    pub(super) fn set(&self, open: Open) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = open;
        self.changed.notify_waiters();
    }

    pub(super) async fn pass(&self, source: Source) {
        let needed = match source {
            Source::User(_) => Open::Users,
            Source::Conversation(_) => Open::All,
        };
        loop {
            // Before the look, so that no change between the two is missed.
            let changed = self.changed.notified();
            if self.lets(needed) {
                return;
            }
            changed.await;
        }
    }

    fn lets(&self, needed: Open) -> bool {
        // Each change is one assignment, so a poisoned gate is whole.
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) >= needed
    }
}
