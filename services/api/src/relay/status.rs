//! How the relay of this process goes: what `/metrics` tells of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use confab_proto::{Position, Timestamp};
use confab_runtime::metrics::{Counter, Metrics};

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

pub(crate) struct RelayStatus {
    leader: AtomicBool,
    /// Leads, or led last and is held up: then it still knows how far behind the stream is.
    tells: AtomicBool,
    halted: AtomicBool,
    contested: AtomicBool,
    position: AtomicU64,
    head: AtomicU64,
    /// Time of the oldest event that is not in the stream; 0 if there is none.
    behind_since: AtomicU64,
    refills: [Counter; 3],
    taken: Counter,
    failures: Counter,
}

impl RelayStatus {
    pub(crate) fn new(metrics: &Metrics) -> Arc<Self> {
        let refills =
            metrics.counters("confab_relay_refills", "Times that CONFAB_LOG was made and filled, by why", "why");
        let status = Arc::new(Self {
            leader: AtomicBool::default(),
            tells: AtomicBool::default(),
            halted: AtomicBool::default(),
            contested: AtomicBool::default(),
            position: AtomicU64::default(),
            head: AtomicU64::default(),
            behind_since: AtomicU64::default(),
            refills: ["missing", "epoch", "foreign"].map(|why| refills.of(why)),
            taken: metrics
                .counter("confab_relay_taken", "Publishes that found their place in CONFAB_LOG taken by another relay"),
            failures: metrics.counter("confab_relay_failures", "Times that NATS or the database held up the relay"),
        });
        status.show(metrics);
        status
    }

    fn show(self: &Arc<Self>, metrics: &Metrics) {
        let watch = |name, help, read: fn(&Self) -> f64| {
            let status = Arc::clone(self);
            metrics.watch(name, help, move || read(&status));
        };
        watch("confab_relay_leader", "1 in the process that relays into CONFAB_LOG", |status| {
            f64::from(u8::from(status.leads()))
        });
        let help = "1 if CONFAB_LOG and the database do not fit, so that the relay stopped: somebody must look";
        watch("confab_relay_halted", help, |status| f64::from(u8::from(status.leads() && status.is_halted())));
        let help = "1 while another store takes CONFAB_LOG again and again: two fleets share one NATS";
        watch("confab_relay_contested", help, |status| f64::from(u8::from(status.leads() && status.is_contested())));
        watch("confab_relay_position", "Position up to which CONFAB_LOG holds every event", |status| {
            status.position() as f64
        });
        watch("confab_relay_lag_positions", "Events that CONFAB_LOG does not hold yet", |status| {
            status.lag_positions() as f64
        });
        watch(
            "confab_relay_lag_seconds",
            "Age of the oldest event that CONFAB_LOG does not hold yet",
            Self::lag_seconds,
        );
    }

    fn leads(&self) -> bool {
        self.leader.load(Ordering::Relaxed)
    }

    pub(crate) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed)
    }

    pub(crate) fn is_contested(&self) -> bool {
        self.contested.load(Ordering::Relaxed)
    }

    fn tells(&self) -> bool {
        self.tells.load(Ordering::Relaxed)
    }

    pub(crate) fn position(&self) -> u64 {
        if self.tells() { self.position.load(Ordering::Relaxed) } else { 0 }
    }

    /// 0 where another leads, who tells.
    pub(crate) fn lag_positions(&self) -> u64 {
        if self.tells() { self.head.load(Ordering::Relaxed).saturating_sub(self.position()) } else { 0 }
    }

    /// Age of the oldest event that the stream does not hold yet.
    fn lag_seconds(&self) -> f64 {
        match self.behind_since.load(Ordering::Relaxed) {
            since if since > 0 && self.tells() => {
                let now = u64::try_from(Timestamp::now().0).unwrap_or_default();
                std::time::Duration::from_micros(now.saturating_sub(since)).as_secs_f64()
            }
            _ => 0.0,
        }
    }

    #[cfg(test)]
    pub(super) fn refills(&self, why: Refill) -> u64 {
        self.refills[why as usize].get()
    }

    pub(super) fn lead(&self, leads: bool) {
        self.leader.store(leads, Ordering::Relaxed);
        let told = self.tells.swap(leads, Ordering::Relaxed);
        if leads && !told {
            // Another may have led meanwhile.
            self.reached(Position::ZERO, Position::ZERO, None);
        }
    }

    /// Something failed, and whoever can may lead now. Until somebody does, the lag is told here.
    pub(super) fn held_up(&self) {
        self.leader.store(false, Ordering::Relaxed);
        self.failures.inc();
    }

    pub(super) fn halt(&self, halted: bool) {
        self.halted.store(halted, Ordering::Relaxed);
    }

    pub(super) fn contest(&self, contested: bool) {
        self.contested.store(contested, Ordering::Relaxed);
    }

    /// The stream ends at `position` and the log at `head`; `oldest` is the time of the first event between them.
    pub(super) fn reached(&self, position: Position, head: Position, oldest: Option<Timestamp>) {
        self.position.store(position.0, Ordering::Relaxed);
        self.head.store(head.0, Ordering::Relaxed);
        let since = oldest.and_then(|at| u64::try_from(at.0).ok()).unwrap_or_default();
        self.behind_since.store(since, Ordering::Relaxed);
    }

    pub(super) fn refilled(&self, why: Refill) {
        self.refills[why as usize].inc();
    }

    pub(super) fn count_taken(&self) {
        self.taken.inc();
    }
}
