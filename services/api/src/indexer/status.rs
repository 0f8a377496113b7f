//! How the indexer of this process goes: what `/metrics` tells of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use confab_runtime::metrics::{Counter, Metrics};

use super::step::Progress;

pub(super) struct IndexStatus {
    leader: AtomicBool,
    lag: AtomicU64,
    pub(super) failures: Counter,
}

impl IndexStatus {
    pub(super) fn new(metrics: &Metrics) -> Arc<Self> {
        let failures = metrics.counter("confab_search_failures", "Times that the database held up the indexer");
        let status = Arc::new(Self { leader: AtomicBool::default(), lag: AtomicU64::default(), failures });
        let of = Arc::clone(&status);
        metrics.watch("confab_search_leader", "1 in the process that indexes messages", move || {
            f64::from(u8::from(of.leader.load(Ordering::Relaxed)))
        });
        let of = Arc::clone(&status);
        let help = "Events that the index of messages does not hold yet, where it is filled";
        metrics.watch("confab_search_lag_positions", help, move || of.lag.load(Ordering::Relaxed) as f64);
        status
    }

    /// Whoever does not lead tells no lag: another does.
    pub(super) fn lead(&self, leads: bool) {
        self.leader.store(leads, Ordering::Relaxed);
        if !leads {
            self.lag.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn reached(&self, progress: Progress) {
        self.lag.store(progress.head.0.saturating_sub(progress.position.0), Ordering::Relaxed);
    }
}
