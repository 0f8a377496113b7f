//! The list of open connections, upgraded ones included: the drain waits for it to be empty, then kills what is left.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::handle::ConnHandle;

#[derive(Clone, Default)]
pub(super) struct OpenConns(Arc<Shared>);

#[derive(Default)]
struct Shared {
    list: Mutex<List>,
    emptied: Notify,
}

#[derive(Default)]
struct List {
    next_id: u64,
    handles: HashMap<u64, ConnHandle>,
}

impl OpenConns {
    /// Enters the connection until the guard is dropped.
    pub(super) fn enter(&self, handle: ConnHandle) -> OpenGuard {
        let mut list = self.lock();
        list.next_id += 1;
        let id = list.next_id;
        list.handles.insert(id, handle);
        OpenGuard { conns: self.clone(), id }
    }

    pub(super) async fn until_empty(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            if self.lock().handles.is_empty() {
                return;
            }
            emptied.await;
        }
    }

    /// Kills all that are open; says how many.
    pub(super) fn kill_all(&self, reason: &'static str) -> usize {
        // Taken out first: a kill wakes tasks, and none should find the list locked.
        let handles: Vec<_> = self.lock().handles.values().cloned().collect();
        for handle in &handles {
            handle.kill(reason);
        }
        handles.len()
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct OpenGuard {
    conns: OpenConns,
    id: u64,
}

impl Drop for OpenGuard {
    fn drop(&mut self) {
        let mut list = self.conns.lock();
        list.handles.remove(&self.id);
        if list.handles.is_empty() {
            self.conns.0.emptied.notify_waiters();
        }
    }
}
