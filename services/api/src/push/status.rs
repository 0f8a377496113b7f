//! How Web Push goes in this process: what `/metrics` tells of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use confab_proto::Position;
use confab_runtime::metrics::{By, Counter, Metrics};

pub(super) struct PushStatus {
    leader: AtomicBool,
    lag: AtomicU64,
    pub(super) failures: Counter,
    /// By what became of them.
    pub(super) sent: By<Counter>,
}

impl PushStatus {
    pub(super) fn new(metrics: &Metrics) -> Arc<Self> {
        let failures = metrics.counter("confab_push_failures", "Times that the database held up Web Push");
        let help = "Browsers told of a message by Web Push, or not: delivered, gone, refused, failed";
        let sent = metrics.counters("confab_push_sent", help, "result");
        let status = Arc::new(Self { leader: AtomicBool::default(), lag: AtomicU64::default(), failures, sent });
        let of = Arc::clone(&status);
        metrics.watch("confab_push_leader", "1 in the process that looks through the log for Web Push", move || {
            f64::from(u8::from(of.leader.load(Ordering::Relaxed)))
        });
        let of = Arc::clone(&status);
        let help = "Events that Web Push has not looked at yet, where it is done; those of the delay are among them";
        metrics.watch("confab_push_lag_positions", help, move || of.lag.load(Ordering::Relaxed) as f64);
        status
    }

    /// Whoever does not lead tells no lag: another does.
    pub(super) fn lead(&self, leads: bool) {
        self.leader.store(leads, Ordering::Relaxed);
        if !leads {
            self.lag.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn reached(&self, position: Position, head: Position) {
        self.lag.store(head.0.saturating_sub(position.0), Ordering::Relaxed);
    }
}
