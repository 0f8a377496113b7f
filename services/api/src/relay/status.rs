//! How the relay of this process goes, in numbers that anybody may read at any time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use confab_proto::{Position, Timestamp};

/// Why a stream was made, and filled from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refill {
    /// There was none: a new fleet, a deleted stream, a NATS that lost its data.
    Missing,
    /// The one that was there belonged to another epoch.
    Epoch,
    /// A relay of another epoch, or a stranger, had left a message in it.
    Foreign,
}

/// Of a replica that does not lead, `position`, `head` and the lag stand still and say nothing.
#[derive(Debug, Default)]
pub struct RelayStatus {
    leader: AtomicBool,
    halted: AtomicBool,
    position: AtomicU64,
    head: AtomicU64,
    /// Time of the oldest event that is not in the stream; 0 if there is none.
    behind_since: AtomicU64,
    refills: [AtomicU64; 3],
    /// Publishes that found their place taken.
    taken: AtomicU64,
    /// Failures of NATS or the store.
    failures: AtomicU64,
}

impl RelayStatus {
    /// Whether this process is the one that relays.
    pub fn is_leader(&self) -> bool {
        self.leader.load(Ordering::Relaxed)
    }

    /// Whether it stopped because the stream is ahead of the store: somebody must look.
    pub fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
    }

    /// Up to here the stream holds every event.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// Events that the stream does not hold yet.
    pub fn lag_positions(&self) -> u64 {
        self.head.load(Ordering::Relaxed).saturating_sub(self.position())
    }

    /// Age of the oldest event that the stream does not hold yet.
    pub fn lag_seconds(&self) -> f64 {
        match self.behind_since.load(Ordering::Relaxed) {
            0 => 0.0,
            since => {
                let now = u64::try_from(Timestamp::now().0).unwrap_or_default();
                std::time::Duration::from_micros(now.saturating_sub(since)).as_secs_f64()
            }
        }
    }

    /// How often a stream was made and filled anew, by reason.
    pub fn refills(&self) -> [(&'static str, u64); 3] {
        let of = |why: Refill| self.refills[why as usize].load(Ordering::Relaxed);
        [("missing", of(Refill::Missing)), ("epoch", of(Refill::Epoch)), ("foreign", of(Refill::Foreign))]
    }

    /// How often a place in the stream was taken by somebody else, such as a second relay.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How often NATS or the store failed it.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    pub(super) fn lead(&self, leads: bool) {
        self.leader.store(leads, Ordering::Relaxed);
    }

    pub(super) fn halt(&self, halted: bool) {
        self.halted.store(halted, Ordering::Relaxed);
    }

    /// The stream ends at `position` and the log at `head`; `oldest` is the time of the first event between them.
    pub(super) fn reached(&self, position: Position, head: Position, oldest: Option<Timestamp>) {
        self.position.store(position.0, Ordering::Relaxed);
        self.head.store(head.0, Ordering::Relaxed);
        let since = oldest.and_then(|at| u64::try_from(at.0).ok()).unwrap_or_default();
        self.behind_since.store(since, Ordering::Relaxed);
    }

    pub(super) fn refilled(&self, why: Refill) {
        self.refills[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_taken(&self) {
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}
