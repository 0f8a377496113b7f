//! What follows the log beside the relay: one process at a time does it, as long as it holds the lease, step after step.
//!
//! Lifecycle: one support task per consumer and API process. At the stop it gives its lease back, so that another goes on at once.
//!
//! Invariant: nothing here is awaited by a request, and no failure here stops one: it is logged once and tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use confab_proto::Position;
use confab_runtime::chance::jittered;
use confab_runtime::metrics::{Counter, Metrics};
use confab_store::{Store, StoreError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::lease::{Lease, RENEW_EVERY};

/// Of one that does not lead.
const TRY_EVERY: Duration = Duration::from_millis(500);
/// While there is nothing to do: for events that another process wrote.
pub(crate) const POLL_EVERY: Duration = Duration::from_millis(500);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_CAP: Duration = Duration::from_secs(10);

/// The names of a consumer, for its lease, metrics and the log.
pub(crate) struct Names {
    pub(crate) lease: &'static str,
    /// What people miss while it fails.
    pub(crate) failing: &'static str,
    /// Name and help of a metric.
    pub(crate) leader: [&'static str; 2],
    pub(crate) lag: [&'static str; 2],
    pub(crate) failures: [&'static str; 2],
}

/// What a consumer does. It is left at any await when the process stops.
pub(crate) trait Consumer {
    const NAMES: Names;

    type Step;

    async fn step(&mut self) -> Result<Progress<Self::Step>, StoreError>;

    /// Ends what the step began, and waits if there is nothing to do.
    async fn after(&mut self, progress: Progress<Self::Step>);
}

/// A step and where the consumer stands after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<S> {
    pub step: S,
    pub position: Position,
    /// Where the log ended.
    pub head: Position,
}

/// Runs a consumer.
pub(crate) struct Lead<C> {
    lease: Lease,
    consumer: C,
    status: Arc<Status>,
    /// Failures in a row.
    failed: u32,
}

impl<C: Consumer> Lead<C> {
    pub(crate) fn new(store: &Arc<dyn Store>, consumer: C, metrics: &Metrics) -> Self {
        let lease = Lease::new(Arc::clone(store) as _, C::NAMES.lease);
        Self { lease, consumer, status: Status::new(&C::NAMES, metrics), failed: 0 }
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let leads = stop.run_until_cancelled(self.lead_for_ever()).await;
        debug_assert!(leads.is_none(), "it has no end of its own");
        self.status.lead(false);
        if let Err(error) = self.lease.give_back().await {
            tracing::warn!(%error, lease = C::NAMES.lease, "cannot give the lease back; it runs out by itself");
        }
        Ok(())
    }

    async fn lead_for_ever(&mut self) {
        loop {
            match self.lead().await {
                Ok(()) => sleep(jittered(TRY_EVERY)).await,
                Err(error) => self.pause(&error).await,
            }
        }
    }

    /// Goes on until the lease is another's.
    async fn lead(&mut self) -> Result<(), StoreError> {
        let mut renewed: Option<Instant> = None;
        loop {
            if renewed.is_none_or(|renewed| renewed.elapsed() >= RENEW_EVERY) {
                // From before the call, since the lease may run from there.
                let now = Instant::now();
                let leads = self.lease.take().await?;
                self.status.lead(leads);
                if !leads {
                    return Ok(());
                }
                renewed = Some(now);
            }
            let progress = self.consumer.step().await?;
            self.status.reached(progress.position, progress.head);
            if self.failed > 0 {
                tracing::info!(failed = self.failed, "{}: it goes on", C::NAMES.lease);
                self.failed = 0;
            }
            self.consumer.after(progress).await;
        }
    }

    /// Lets another replica try, and waits.
    async fn pause(&mut self, error: &StoreError) {
        self.status.failures.inc();
        let failing = C::NAMES.failing;
        match error {
            _ if self.failed > 0 => {}
            StoreError::Unavailable(_) => tracing::warn!(%error, "{failing}; chat goes on, trying again"),
            // It will not go away by itself.
            _ => tracing::error!(%error, "{failing}; chat goes on; look with `confab verify`"),
        }
        self.failed = self.failed.saturating_add(1);
        self.status.lead(false);
        // If this fails too, it runs out by itself.
        self.lease.give_back().await.ok();
        let doublings = 2_u32.saturating_pow(self.failed.min(16) - 1);
        sleep(jittered(RETRY_FIRST.saturating_mul(doublings).min(RETRY_CAP))).await;
    }
}

/// How it goes in this process: what `/metrics` tells of it.
struct Status {
    leader: AtomicBool,
    lag: AtomicU64,
    failures: Counter,
}

impl Status {
    fn new(names: &Names, metrics: &Metrics) -> Arc<Self> {
        let [name, help] = names.failures;
        let failures = metrics.counter(name, help);
        let status = Arc::new(Self { leader: AtomicBool::default(), lag: AtomicU64::default(), failures });
        let of = Arc::clone(&status);
        let [name, help] = names.leader;
        metrics.watch(name, help, move || f64::from(u8::from(of.leader.load(Ordering::Relaxed))));
        let of = Arc::clone(&status);
        let [name, help] = names.lag;
        metrics.watch(name, help, move || of.lag.load(Ordering::Relaxed) as f64);
        status
    }

    /// Whoever does not lead tells no lag: another does.
    fn lead(&self, leads: bool) {
        self.leader.store(leads, Ordering::Relaxed);
        if !leads {
            self.lag.store(0, Ordering::Relaxed);
        }
    }

    fn reached(&self, position: Position, head: Position) {
        self.lag.store(head.0.saturating_sub(position.0), Ordering::Relaxed);
    }
}
