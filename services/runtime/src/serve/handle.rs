//! The handle on one TCP connection, found in the extensions of each of its requests: kill it, see what it wrote.
//!
//! It outlives the connection harmlessly and never keeps it open.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Context;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::inflow::Inflow;
use super::pending::PendingBytes;

/// Shared by the connection and all who may end it.
#[derive(Clone)]
pub struct ConnHandle(Arc<Shared>);

struct Shared {
    peer: SocketAddr,
    killed: OnceLock<&'static str>,
    /// Wakes whoever waits in `until_killed`.
    on_kill: Notify,
    /// Two wakers: after an upgrade, reading and writing may be two tasks.
    reader: AtomicWaker,
    writer: AtomicWaker,
    written: AtomicU64,
    /// Where written bytes are taken away from, if anybody counts them.
    pending: Mutex<Option<Arc<PendingBytes>>>,
    /// How fast its peer may send, if that is limited.
    inflow: OnceLock<Inflow>,
}

impl ConnHandle {
    pub(super) fn new(peer: SocketAddr) -> Self {
        Self(Arc::new(Shared {
            peer,
            killed: OnceLock::new(),
            on_kill: Notify::new(),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
            written: AtomicU64::new(0),
            pending: Mutex::new(None),
            inflow: OnceLock::new(),
        }))
    }

    pub fn peer(&self) -> SocketAddr {
        self.0.peer
    }

    /// From now on the stream fails in both directions, and tasks that wait for it wake up. The first reason stays.
    pub fn kill(&self, reason: &'static str) {
        if self.0.killed.set(reason).is_ok() {
            self.0.reader.wake();
            self.0.writer.wake();
            self.0.on_kill.notify_waiters();
        }
    }

    /// Why it was killed, if it was.
    pub fn killed(&self) -> Option<&'static str> {
        self.0.killed.get().copied()
    }

    /// Returns when it is killed; a connection that ends otherwise never does that.
    pub async fn until_killed(&self) {
        let killed = self.0.on_kill.notified();
        if self.killed().is_none() {
            killed.await;
        }
    }

    /// Bytes that the kernel has taken, headers and frames included.
    pub fn written_bytes(&self) -> u64 {
        self.0.written.load(Ordering::Relaxed)
    }

    /// From now on what this connection writes is taken away from `pending`. A connection serves one count at a time: a proxy may
    /// send polls of several clients over one.
    pub fn count_for(&self, pending: &Arc<PendingBytes>) {
        *self.pending() = Some(pending.clone());
    }

    /// Takes back `count_for`.
    pub fn count_no_more(&self) {
        *self.pending() = None;
    }

    /// From now on its peer is read no faster than this. For connections that serve one client only.
    pub fn limit_inflow(&self, inflow: Inflow) {
        // A second limit is none: the first one stays.
        let (Ok(()) | Err(_)) = self.0.inflow.set(inflow);
    }

    /// Bytes were read; for how long none is to be read.
    pub(super) fn read(&self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.inflow.get().map_or(Duration::ZERO, |inflow| inflow.came(bytes, Instant::now()))
    }

    pub(super) fn wrote(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.written.fetch_add(bytes, Ordering::Relaxed);
        if let Some(pending) = &*self.pending() {
            pending.written(bytes);
        }
    }

    /// To be called before looking at `killed`, so that a kill in between is not missed.
    pub(super) fn wake_reader(&self, context: &Context<'_>) {
        self.0.reader.register(context.waker());
    }

    pub(super) fn wake_writer(&self, context: &Context<'_>) {
        self.0.writer.register(context.waker());
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Option<Arc<PendingBytes>>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ConnHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnHandle").field("killed", &self.killed()).field("written", &self.written_bytes()).finish()
    }
}
