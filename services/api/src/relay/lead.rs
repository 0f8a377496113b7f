//! Who relays, and when: takes the lease, keeps it, and takes step after step while it holds it.

use std::sync::Arc;
use std::time::Duration;

use confab_runtime::chance::jittered;
use confab_store::{Follower, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::status::RelayStatus;
use super::step::{Relay, RelayError, Step};
use crate::lease::{Lease, RENEW_EVERY};

/// Of one that does not lead.
const TRY_EVERY: Duration = Duration::from_millis(500);
/// While idle: for events that another process wrote.
const POLL_EVERY: Duration = Duration::from_millis(150);
/// While idle: whether the stream is still there.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// After all was copied: many events at once cost little more than one, and the database is there for those who write first.
const GATHER: Duration = Duration::from_millis(10);
const AFTER_TAKEN: Duration = Duration::from_millis(20);
/// Different failures that are told in one outage.
const MAX_TOLD: usize = 8;
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_CAP: Duration = Duration::from_secs(2);

pub(super) struct Lead {
    lease: Lease,
    relay: Relay,
    /// Notified after each commit of this process.
    news: Arc<Notify>,
    status: Arc<RelayStatus>,
    /// Failures in a row.
    failed: u32,
    /// What they were, so that each is told once.
    told: Vec<String>,
    /// Whether the log says that this process relays.
    said_leads: bool,
}

impl Lead {
    pub(super) fn new(store: Arc<dyn Follower>, relay: Relay, news: Arc<Notify>, status: Arc<RelayStatus>) -> Self {
        let lease = Lease::new(store, "relay");
        Self { lease, relay, news, status, failed: 0, told: Vec::new(), said_leads: false }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let leads = stop.run_until_cancelled(self.lead_for_ever()).await;
        debug_assert!(leads.is_none(), "it has no end of its own");
        self.status.lead(false);
        if let Err(error) = self.lease.give_back().await {
            tracing::warn!(%error, "cannot give the relay's lease back; it runs out by itself");
        }
        Ok(())
    }

    async fn lead_for_ever(&mut self) {
        loop {
            let done = match self.take_lease().await {
                Ok(true) => self.lead().await,
                Ok(false) => Ok(()),
                Err(error) => Err(error.into()),
            };
            match done {
                Ok(()) => sleep(jittered(TRY_EVERY)).await,
                Err(error) => self.after(&error).await,
            }
        }
    }

    async fn take_lease(&mut self) -> Result<bool, StoreError> {
        let leads = self.lease.take().await?;
        self.status.lead(leads);
        if self.said_leads && !leads {
            self.said_leads = false;
            tracing::info!("the relay of this process rests, another leads");
        }
        Ok(leads)
    }

    /// Relays until the lease is another's.
    async fn lead(&mut self) -> Result<(), RelayError> {
        self.relay.take_over();
        let (mut renewed, mut checked) = (Instant::now(), Instant::now());
        loop {
            if renewed.elapsed() >= RENEW_EVERY {
                // From before the call, since the lease may run from there.
                let now = Instant::now();
                if !self.take_lease().await? {
                    return Ok(());
                }
                renewed = now;
            }
            let step = self.relay.step().await?;
            if !matches!(step, Step::Ready | Step::Contested) {
                self.went_well();
            }
            match step {
                Step::Ready | Step::More => {}
                Step::Copied => sleep(jittered(GATHER)).await,
                Step::Taken => sleep(jittered(AFTER_TAKEN)).await,
                Step::Halted | Step::Contested => sleep(jittered(CHECK_EVERY)).await,
                Step::Idle => {
                    if checked.elapsed() >= CHECK_EVERY {
                        self.relay.check().await?;
                        checked = Instant::now();
                    }
                    // Over is as good as notified: then the log is read.
                    timeout(jittered(POLL_EVERY), self.news.notified()).await.ok();
                }
            }
        }
    }

    fn went_well(&mut self) {
        if !self.said_leads {
            self.said_leads = true;
            tracing::info!("the relay of this process leads");
        }
        if self.failed > 0 {
            tracing::info!(relay.failed = self.failed, "the relay goes on");
            self.failed = 0;
            self.told.clear();
        }
    }

    /// Lets another replica try, which may reach what this one does not, and waits.
    async fn after(&mut self, error: &RelayError) {
        self.status.held_up();
        let text = error.to_string();
        if self.told.len() < MAX_TOLD && !self.told.contains(&text) {
            tracing::warn!(error = text, "the relay into CONFAB_LOG is held up; chat goes on, trying again");
            self.told.push(text);
        }
        self.failed = self.failed.saturating_add(1);
        // If this fails too, it runs out by itself.
        self.lease.give_back().await.ok();
        self.relay.look_at_lag().await;
        let doublings = 2_u32.saturating_pow(self.failed.min(16) - 1);
        sleep(jittered(RETRY_FIRST.saturating_mul(doublings).min(RETRY_CAP))).await;
    }
}
