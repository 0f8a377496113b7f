//! Which client goes over which line: the lines by Engine.IO session id, so that a client can be cut off from outside.
//!
//! socketioxide cannot do that: its `disconnect` needs room in the buffer, and tells a stock client never to come back.
//!
//! A line is known from its handshake on (polling) or from its CONNECT on (websocket). A session that never sends a CONNECT
//! is closed by socketioxide itself, so its line is forgotten after a while.

mod layer;
mod line;
mod posted;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use socketioxide::socket::Sid;

pub(crate) use layer::WatchedService;
pub(crate) use line::Line;

/// All lines of this gateway.
#[derive(Debug)]
pub(crate) struct Lines {
    closed: AtomicBool,
    /// After this a session without a CONNECT is gone.
    unclaimed_for: Duration,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    lines: HashMap<Sid, Entry>,
    /// Lines in the order of their handshakes; claimed ones stay in it until their time.
    young: VecDeque<(Instant, Sid)>,
}

#[derive(Debug, Default)]
struct Entry {
    line: Arc<Line>,
    claimed: bool,
}

impl Lines {
    pub(crate) fn new(unclaimed_for: Duration) -> Self {
        Self { closed: AtomicBool::new(false), unclaimed_for, table: Mutex::default() }
    }

    /// From now on no new client is taken.
    pub(crate) fn close_doors(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(crate) fn doors_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// The line of a session that has just been opened by polling.
    pub(crate) fn open(&self, sid: Sid, now: Instant) {
        let mut table = self.table();
        table.forget_unclaimed(now);
        table.lines.entry(sid).or_default();
        table.young.push_back((now + self.unclaimed_for, sid));
    }

    pub(crate) fn get(&self, sid: Sid) -> Option<Arc<Line>> {
        self.table().lines.get(&sid).map(|entry| entry.line.clone())
    }

    /// The line of a session that sends its CONNECT; it stays until `release` or `forget`.
    pub(crate) fn claim(&self, sid: Sid, now: Instant) -> Arc<Line> {
        let mut table = self.table();
        table.forget_unclaimed(now);
        let entry = table.lines.entry(sid).or_default();
        entry.claimed = true;
        entry.line.clone()
    }

    /// A line that was killed or refused. While its client polls, or could try again, it has to be known for a while.
    pub(crate) fn release(&self, sid: Sid, now: Instant) {
        let mut table = self.table();
        table.forget_unclaimed(now);
        let Some(entry) = table.lines.get_mut(&sid) else { return };
        if entry.line.is_websocket() && entry.line.is_killed() {
            table.lines.remove(&sid);
        } else {
            entry.claimed = false;
            table.young.push_back((now + self.unclaimed_for, sid));
        }
    }

    pub(crate) fn forget(&self, sid: Sid) {
        self.table().lines.remove(&sid);
    }

    /// How many belong to a client that is connected, and how many to one that is not yet or was a moment ago.
    pub(crate) fn count(&self) -> (usize, usize) {
        let table = self.table();
        let claimed = table.lines.values().filter(|entry| entry.claimed).count();
        (claimed, table.lines.len() - claimed)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing panics half-way through a change of the table, so a poisoned one is whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn forget_unclaimed(&mut self, now: Instant) {
        while let Some(&(until, sid)) = self.young.front()
            && until <= now
        {
            self.young.pop_front();
            if self.lines.get(&sid).is_some_and(|entry| !entry.claimed) {
                self.lines.remove(&sid);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WHILE: Duration = Duration::from_secs(30);

    #[test]
    fn a_session_without_connect_is_forgotten_and_one_with_it_is_not() {
        let (lines, start) = (Lines::new(WHILE), Instant::now());
        let [never, connects, late] = [Sid::new(), Sid::new(), Sid::new()];
        lines.open(never, start);
        lines.open(connects, start);
        let opened = lines.get(connects).unwrap();
        assert!(
            Arc::ptr_eq(&opened, &lines.claim(connects, start)),
            "the line of the handshake is the line of the client"
        );
        lines.open(late, start + WHILE);
        assert!(lines.get(never).is_none());
        assert!(lines.get(connects).is_some());
        assert!(lines.get(late).is_some());
        lines.release(connects, start + WHILE);
        assert!(lines.get(connects).is_some(), "a poll may still come");
        lines.open(Sid::new(), start + WHILE * 2);
        assert!(lines.get(connects).is_none());
    }

    #[tokio::test]
    async fn a_kill_reaches_who_waits_and_who_comes_later() {
        let lines = Lines::new(WHILE);
        let line = lines.claim(Sid::new(), Instant::now());
        assert!(!line.is_killed());
        let waiting = line.clone();
        let ((), ()) = tokio::join!(waiting.until_killed(), async { line.kill("test") });
        assert!(line.is_killed());
        line.until_killed().await;
    }
}
